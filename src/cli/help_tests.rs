//! The help texts, as they are laid out on a narrow and on a wide terminal.
//!
//! `UPDATE=1 cargo test` rewrites the files in `tests/fixtures/help`; the diff is the review.

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory as _;

use super::args::Cli;

/// Columns of the terminals that help is checked on.
const WIDTHS: [usize; 2] = [80, 100];

/// The help of every command, as a user gets it.
fn help(width: usize) -> String {
    let mut out = String::new();
    write_help(&mut out, &Cli::command(), &mut vec!["keysieve".to_owned()], width);
    out
}

fn write_help(out: &mut String, command: &clap::Command, called: &mut Vec<String>, width: usize) {
    let asked = |flag: &str| {
        let program = Cli::command().term_width(width);
        let shown = program.try_get_matches_from(called.iter().map(String::as_str).chain([flag]));
        shown.expect_err("because clap hands out help as an error").to_string()
    };
    let help = asked("--help");
    assert_eq!(help, asked("-h"), "`{}` has two kinds of help", called.join(" "));
    let _ = writeln!(out, "$ {} --help\n{help}", called.join(" "));
    for below in command.get_subcommands() {
        called.push(below.get_name().to_owned());
        write_help(out, below, called, width);
        called.pop();
    }
}

#[test]
fn help_reads_as_agreed() {
    for width in WIDTHS {
        let text = help(width);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/help/{width}-columns.txt"));
        if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            std::fs::write(&path, &text).expect("because the folder is checked in");
        }
        let expected = std::fs::read_to_string(&path).expect("because the fixture is checked in; UPDATE=1 writes it");
        assert!(text == expected, "{} differs; UPDATE=1 cargo test rewrites it. Now:\n{text}", path.display());
    }
}

#[test]
fn no_line_of_help_is_wider_than_the_terminal() {
    for width in WIDTHS {
        for line in help(width).lines() {
            assert!(line.chars().count() <= width, "wider than {width}: {line}");
        }
    }
}

#[test]
fn what_wraps_is_wrapped_by_the_layout() {
    let narrow = help(WIDTHS[0]);
    let at_the_edge = |line: &&str| line.starts_with(|c: char| c.is_lowercase());
    assert_eq!(narrow.lines().find(at_the_edge), None, "a line broke without its indentation");
}

#[test]
fn the_program_alone_shows_its_help_and_fails() {
    let shown = Cli::command().try_get_matches_from(["keysieve"]).expect_err("because a command is missing");
    assert_eq!((shown.exit_code(), shown.use_stderr()), (2, true));
    assert!(shown.to_string().contains("Usage: keysieve <COMMAND>"), "{shown}");
}

#[test]
fn the_version_is_the_package_s() {
    for flag in ["-V", "--version"] {
        let shown = Cli::command().try_get_matches_from(["keysieve", flag]).expect_err("because clap hands out the version as an error");
        assert_eq!((shown.exit_code(), shown.to_string()), (0, format!("keysieve {}\n", env!("CARGO_PKG_VERSION"))));
    }
}

#[test]
fn a_wrong_word_is_answered_with_the_right_ones() {
    for (flag, words) in [
        ("--format", "human, json, jsonl, sarif, github, markdown, gitlab, codequality, junit, csv, rdjson, html"),
        ("--min-confidence", "low, medium, high"),
        ("--exposure", "full, brief, none"),
        ("--color", "auto, always, never"),
    ] {
        let answer = Cli::command().try_get_matches_from(["keysieve", "scan", flag, "nonsense"]).expect_err("because it is nonsense");
        assert!(answer.to_string().contains(&format!("[possible values: {words}]")), "{answer}");
    }
}

//! `keysieve man`: the manual pages, for packages. It knows nothing of the commands but what clap does.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::args::Cli;
use super::{exit, output};

const SOURCE: &str = concat!("keysieve ", env!("CARGO_PKG_VERSION"));

/// Prints the page of the command that `words` name, of `keysieve` itself without any; or writes those of all commands into the folder `out`.
///
/// # Errors
/// There is no such command, or a page cannot be written.
pub fn run(words: &[String], out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(out) = out else {
        output::print(&page(words)?)?;
        return Ok(ExitCode::from(exit::CLEAN));
    };
    std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    for words in all(&Cli::command(), &[]) {
        let file = out.join(format!("{}.1", [&["keysieve".to_owned()], &words[..]].concat().join("-")));
        std::fs::write(&file, page(&words)?).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(ExitCode::from(exit::CLEAN))
}

/// The words of `command`, which are `words`, and of every command below it that help shows.
fn all(command: &clap::Command, words: &[String]) -> Vec<Vec<String>> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    let below = below.flat_map(|below| all(below, &[words, &[below.get_name().to_owned()]].concat()));
    std::iter::once(words.to_vec()).chain(below).collect()
}

fn page(words: &[String]) -> anyhow::Result<String> {
    let mut command = Cli::command();
    command.build();
    let mut called = vec![command.get_name().to_owned()];
    for word in words {
        let below = command.find_subcommand(word).cloned();
        command = below.with_context(|| format!("`{}` has no command `{word}`; see `{0} --help`", called.join(" ")))?;
        called.push(word.clone());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).source(SOURCE).manual("keysieve").render(&mut page)?;
    Ok(with_sections(&String::from_utf8(page)?))
}

/// Makes sections of what stands below the options: its lines are laid out by hand and must not be filled.
fn with_sections(page: &str) -> String {
    let Some((before, extra)) = page.split_once(".SH EXTRA\n") else {
        return page.to_owned();
    };
    let (extra, after) = extra.split_once(".SH ").unwrap_or((extra, ""));
    let mut out = before.to_owned();
    for line in extra.lines() {
        match line.strip_suffix(':').filter(|title| !title.starts_with(' ')) {
            Some(title) => out.push_str(&format!(".fi\n.SH {}\n.nf\n", title.to_uppercase())),
            None => out.push_str(&format!("{}\n", line.strip_prefix("  ").unwrap_or(line))),
        }
    }
    out.push_str(".fi\n");
    if !after.is_empty() {
        out.push_str(".SH ");
    }
    out + after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let commands = all(&Cli::command(), &[]);
        assert!(commands.len() > 10);
        for words in commands {
            let page = page(&words).expect("because the command is there");
            let name = [&["keysieve".to_owned()], &words[..]].concat().join("-");
            assert!(page.contains(&format!(".TH {name} 1")), "{page}");
            assert!(page.contains(&format!("{} \\- ", name.replace('-', "\\-"))), "{page}");
        }
    }

    #[test]
    fn examples_keep_their_lines() {
        let page = page(&["scan".to_owned()]).expect("because the command is there");
        assert!(!page.contains("EXTRA"), "{page}");
        for section in ["EXAMPLES", "EXIT CODES"] {
            assert!(page.contains(&format!(".fi\n.SH {section}\n.nf\n")), "{page}");
        }
    }

    #[test]
    fn a_command_that_is_not_there_is_an_error() {
        let words = ["rules", "lst"].map(str::to_owned);
        let error = page(&words).expect_err("because there is no such command").to_string();
        assert_eq!(error, "`keysieve rules` has no command `lst`; see `keysieve rules --help`");
    }
}

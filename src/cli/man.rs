//! `keysieve man`: the manual pages, for packages. It knows nothing of the commands but what clap does.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::args::Cli;
use super::{exit, output};

const SOURCE: &str = concat!("keysieve ", env!("CARGO_PKG_VERSION"));

/// Prints the page of the command that `words` name, of `keysieve` itself without any.
///
/// # Errors
/// There is no such command.
pub fn run(words: &[String]) -> anyhow::Result<ExitCode> {
    output::print(&page(words)?)?;
    Ok(ExitCode::from(exit::CLEAN))
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

    fn check_all(command: &clap::Command, words: &mut Vec<String>) -> usize {
        let page = page(words).expect("because the command is there");
        let title = [&["keysieve".to_owned()], &words[..]].concat().join("\\-");
        assert!(page.contains(&format!(".TH {} 1", title.replace("\\-", "-"))), "{page}");
        assert!(page.contains(&format!("{title} \\- ")), "{page}");
        let mut pages = 1;
        for below in command.get_subcommands() {
            words.push(below.get_name().to_owned());
            pages += check_all(below, words);
            words.pop();
        }
        pages
    }

    #[test]
    fn every_command_has_a_page() {
        assert!(check_all(&Cli::command(), &mut Vec::new()) > 10);
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

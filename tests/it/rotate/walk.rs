//! The walks of `docs/rotation.md`, from a scan to a closed incident and the one of approval: their commands are run, and say what the page says
//! they do.
//!
//! What is another one in each run, such as times and ids of commits, is left out of the comparison. `UPDATE=1` writes what was said into the page.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use regex::Regex;

use super::python::python;
use crate::purge::filter_repo;
use crate::support::{Folder, Said, git_in};

const PAGE: &str = "docs/rotation.md";
/// The port of the receiver in the page.
const PORT: &str = "18080";
/// The home of whoever is told of in the page.
const HOME: &str = "/home/ann";

/// A part of the page: text, or a command with what it says.
enum Part {
    Text(String),
    Command { line: String, said: String },
}

/// The section, cut into its parts.
fn parts(section: &str) -> Vec<Part> {
    let (mut parts, mut is_console) = (Vec::new(), false);
    for line in section.split_inclusive('\n') {
        match (is_console, line.strip_prefix("$ "), parts.last_mut()) {
            (true, Some(command), _) => parts.push(Part::Command { line: command.trim_end().to_owned(), said: String::new() }),
            (true, None, Some(Part::Command { said, .. })) if !line.starts_with("```") => said.push_str(line),
            _ => {
                is_console = line == "```console\n" || (is_console && !line.starts_with("```"));
                parts.push(Part::Text(line.to_owned()));
            }
        }
    }
    parts
}

/// What a run gave, with the names of the page in place of its own.
fn run(commands: &[&str], python: &Path, programs: &Path) -> Vec<String> {
    let home = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("because there is a free port").port();
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, home.path.join(name)).expect("because the folder is new");
    link(Path::new(env!("CARGO_MANIFEST_DIR")), "keysieve");
    let environment = python.parent().and_then(Path::parent).expect("because it is an environment of its own");
    let mut script = "exec 2>&1\ntrap 'jobs -p | xargs --no-run-if-empty kill' EXIT\n".to_owned();
    for command in commands {
        let command = match () {
            () if command.contains("-m venv") => format!("ln -s '{}' venv", environment.display()),
            () if command.contains("receiver.py") => {
                format!("{command}\nfor wait in $(seq 100); do grep -qs listening receiver.log && break; sleep 0.1; done")
            }
            () => (*command).to_owned(),
        };
        script.push_str(&format!("printf '\\036'\n{}\n", command.replace(PORT, &port.to_string())));
    }
    let mut shell = Command::new("bash");
    shell.current_dir(&home.path).env_clear().args(["-c", &script]);
    shell.envs(git_in(&home.path).get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
        .env_remove("GIT_AUTHOR_DATE")
        .env_remove("GIT_COMMITTER_DATE")
        .env("GIT_AUTHOR_NAME", "Ann")
        .env("GIT_AUTHOR_EMAIL", "ann@example.org");
    let own = Path::new(env!("CARGO_BIN_EXE_keysieve")).parent().expect("because it is in a folder");
    let mut path = OsString::from(own);
    for folder in [programs.as_os_str(), &std::env::var_os("PATH").unwrap_or_default()] {
        path.push(":");
        path.push(folder);
    }
    shell.env("HOME", &home.path).env("PATH", path).env("USER", "ann").stdin(std::process::Stdio::null());
    let said = Said::of(&mut shell).stdout;
    let said = said.replace(&home.path.display().to_string(), HOME).replace(&port.to_string(), PORT);
    let host = Regex::new(r", ann@[^ ,]+, named by").expect("because it is a constant");
    let said = host.replace_all(&said, ", ann@laptop, named by");
    said.split('\u{1e}').skip(1).map(str::to_owned).collect()
}

/// What is the same in each run.
fn plain(text: &str) -> String {
    [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
        (r"\d{8}T\d{6}Z", "<time>"),
        (r"\b[0-9a-f]{40,64}\b", "<hash>"),
        (r"\b\d+(\.\d+)? (ms|s|min|h|days)\b", "<length>"),
        (r"(?m)^(keysieve_\w*seconds\w*(\{[^}]*\})?) .*$", "$1 <number>"),
        (r"\b\d+(\.\d+)? seconds\b", "<length>"),
        (r"\b[0-9a-f]{10}\b", "<commit>"),
        (r"\b\d{4}-\d\d-\d\d\b", "<day>"),
    ]
    .into_iter()
    .fold(text.trim_end().to_owned(), |text, (pattern, name)| {
        Regex::new(pattern).expect("because it is a constant").replace_all(&text, name).into_owned()
    })
}

/// Runs the commands of a section, which are at least so many, and holds what they say against the page.
fn hold(heading: &str, at_least: usize, python: &Path, programs: &Path) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).expect("because the page is there");
    let begin = page.find(heading).expect("because it is there") + heading.len();
    let end = begin + page[begin..].find("\n## ").expect("because other sections follow");
    let parts = parts(&page[begin..end]);
    let commands: Vec<_> =
        parts.iter().filter_map(|part| if let Part::Command { line, .. } = part { Some(line.as_str()) } else { None }).collect();
    assert!(commands.len() >= at_least, "the walk is no longer read: {commands:?}");
    let mut outputs = run(&commands, python, programs).into_iter();
    let (mut written, mut wrong) = (String::new(), Vec::new());
    for part in &parts {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Command { line, said } => {
                let now = outputs.next().unwrap_or_default();
                if plain(said) != plain(&now) {
                    wrong.push(format!("$ {line}\n--- the page\n{said}--- now\n{now}"));
                }
                written.push_str(&format!("$ {line}\n{}", if now.is_empty() || now.ends_with('\n') { now } else { now + "\n" }));
            }
        }
    }
    if std::env::var_os("UPDATE").is_some() && !wrong.is_empty() {
        std::fs::write(&path, format!("{}{written}{}", &page[..begin], &page[end..])).expect("because it is ours");
    } else {
        assert!(wrong.is_empty(), "{PAGE} is not what happens (UPDATE=1 writes it anew):\n{}", wrong.join("\n"));
    }
}

// One test: with `UPDATE=1` each walk writes the whole page.
#[test]
fn the_walks_of_the_page_are_what_happens() {
    let (Some(python), Some(programs)) = (python(), filter_repo::folder()) else { return };
    hold("## From a scan to a closed incident\n", 20, python, programs);
    hold("## Approval\n", 10, python, programs);
}

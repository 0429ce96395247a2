//! Every way in which a commit can be made, tried with a planted token; and what must not be stopped.

use std::process::Output;

use super::scratch::{Folder, RULE, Scratch, planted};

/// What has to become of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The hook stops git.
    Stopped,
    /// git goes on.
    Passed,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// As expected.
    Right,
    /// Not as expected, in words.
    Wrong(String),
}

/// One way.
pub struct Trial {
    /// In words, for the table.
    pub name: &'static str,
    /// The hook that git asks.
    pub hook: &'static str,
    /// What has to become of it.
    pub expected: Expected,
    make: fn(&Scratch, &str) -> anyhow::Result<Output>,
}

impl Trial {
    /// Tries it in a repository of its own.
    ///
    /// # Errors
    /// It could not be tried.
    pub fn run(&self, scratch: &Scratch, number: usize) -> anyhow::Result<Became> {
        let output = (self.make)(scratch, &format!("trial-{number}"))?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("git said nothing");
        let first = keysieve::report::escaped(first).into_owned();
        Ok(match (self.expected, output.status.success()) {
            (Expected::Stopped, true) => Became::Wrong("got through".to_owned()),
            (Expected::Stopped, false) if said.contains(RULE) => Became::Right,
            (Expected::Stopped, false) => Became::Wrong(format!("stopped, but not for the token: {first}")),
            (Expected::Passed, true) => Became::Right,
            (Expected::Passed, false) => Became::Wrong(format!("stopped: {first}")),
        })
    }
}

const fn stopped(name: &'static str, hook: &'static str, make: fn(&Scratch, &str) -> anyhow::Result<Output>) -> Trial {
    Trial { name, hook, expected: Expected::Stopped, make }
}

const fn passed(name: &'static str, hook: &'static str, make: fn(&Scratch, &str) -> anyhow::Result<Output>) -> Trial {
    Trial { name, hook, expected: Expected::Passed, make }
}

const COMMIT: [&str; 3] = ["commit", "--quiet", "--message=planted"];

/// All of them.
pub const ALL: [Trial; 19] = [
    stopped("git add, git commit", "pre-commit", |scratch, name| with(scratch, name, "app.py", &["add", "app.py"], &[])),
    stopped("git commit --all", "pre-commit", |scratch, name| with(scratch, name, "README", &[], &["--all"])),
    stopped("git commit PATH", "pre-commit", |scratch, name| with(scratch, name, "README", &[], &["README"])),
    stopped("the file is clean again, the index is not", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.write("README", &planted(name)?)?;
        folder.done(&["add", "README"])?;
        folder.write("README", "clean\n")?;
        folder.tried(&COMMIT)
    }),
    stopped("a file is renamed and edited", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.done(&["mv", "README", "app.py"])?;
        folder.write("app.py", &format!("first\n{}", planted(name)?))?;
        folder.done(&["add", "app.py"])?;
        folder.tried(&COMMIT)
    }),
    stopped("a name with spaces", "pre-commit", |scratch, name| with(scratch, name, "my app.py", &["add", "my app.py"], &[])),
    stopped("the very first commit", "pre-commit", |scratch, name| {
        let folder = scratch.empty(name, false)?;
        folder.write("app.py", &planted(name)?)?;
        folder.done(&["add", "app.py"])?;
        folder.tried(&COMMIT)
    }),
    stopped("git commit --amend", "pre-commit", |scratch, name| with(scratch, name, "README", &["add", "README"], &["--amend"])),
    stopped("a merge with a conflict", "pre-commit", |scratch, name| {
        let folder = two_sides(scratch, name, "README", "other\n")?;
        folder.tried(&["merge", "--quiet", "side"])?;
        folder.write("README", &planted(name)?)?;
        folder.done(&["add", "README"])?;
        folder.tried(&COMMIT)
    }),
    stopped("a merge without a conflict", "pre-merge-commit", |scratch, name| {
        let folder = two_sides(scratch, name, "app.py", &planted(name)?)?;
        folder.tried(&["merge", "--quiet", "--no-edit", "side"])
    }),
    stopped("in a linked worktree", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        let linked = folder.other(&format!("{name}-linked"));
        folder.done(&["worktree", "add", "--quiet", &linked.path.display().to_string()])?;
        linked.write("README", &planted(name)?)?;
        linked.tried(&["commit", "--quiet", "--all", "--message=planted"])
    }),
    stopped("from a subfolder", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        let below = folder.other(&format!("{name}/sub"));
        std::fs::create_dir(&below.path)?;
        below.write("app.py", &planted(name)?)?;
        below.done(&["add", "app.py"])?;
        below.tried(&COMMIT)
    }),
    stopped("without a user's name", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.write("README", &planted(name)?)?;
        let mut git = folder.git();
        git.env_remove("GIT_COMMITTER_NAME").env_remove("GIT_COMMITTER_EMAIL");
        git.args(["-c", "user.useConfigOnly=true"]).args(COMMIT).args(["--all", "--author=A <a@example.org>"]);
        Ok(git.output()?)
    }),
    passed("a token that is in the working tree only", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.write("README", "second\n")?;
        folder.done(&["add", "README"])?;
        folder.write("README", &planted(name)?)?;
        folder.tried(&COMMIT)
    }),
    passed("a token in an untracked file", "pre-commit", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.write("app.py", &planted(name)?)?;
        folder.write("README", "second\n")?;
        folder.tried(&["commit", "--quiet", "--all", "--message=clean"])
    }),
    stopped("a token in the message", "commit-msg", |scratch, name| {
        let folder = scratch.repository(name)?;
        folder.tried(&["commit", "--quiet", "--allow-empty", "--message", &planted(name)?])
    }),
    stopped("a push of a token that the next commit removes", "pre-push", |scratch, name| {
        let folder = removed_again(scratch, name)?;
        pushed(scratch, &folder, name, &["main"])
    }),
    passed("a push without a token", "pre-push", |scratch, name| {
        let folder = scratch.repository(name)?;
        pushed(scratch, &folder, name, &["main"])
    }),
    stopped("a push that this server receives", "pre-receive", |scratch, name| {
        let folder = removed_again(scratch, name)?;
        pushed(scratch, &folder, name, &["--no-verify", "main"])
    }),
];

/// A token in `file`, whatever is needed to stage it, and a commit.
fn with(scratch: &Scratch, name: &str, file: &str, stage: &[&str], how: &[&str]) -> anyhow::Result<Output> {
    let folder = scratch.repository(name)?;
    folder.write(file, &planted(name)?)?;
    if !stage.is_empty() {
        folder.done(stage)?;
    }
    folder.tried(&[&COMMIT[..], how].concat())
}

/// `main`, and `side` on which `file` holds `text`; both have commits of their own.
fn two_sides<'s>(scratch: &'s Scratch, name: &str, file: &str, text: &str) -> anyhow::Result<Folder<'s>> {
    let folder = scratch.repository(name)?;
    folder.done(&["checkout", "--quiet", "-b", "side"])?;
    folder.write(file, text)?;
    folder.done(&["add", file])?;
    folder.committed("side")?;
    folder.done(&["checkout", "--quiet", "main"])?;
    let own = if file == "README" { "README" } else { "MAIN" };
    folder.write(own, "main\n")?;
    folder.done(&["add", own])?;
    folder.committed("main")?;
    Ok(folder)
}

/// A token comes with one commit and goes with the next.
fn removed_again<'s>(scratch: &'s Scratch, name: &str) -> anyhow::Result<Folder<'s>> {
    let folder = scratch.repository(name)?;
    folder.write("README", &planted(name)?)?;
    folder.done(&["add", "README"])?;
    folder.committed("planted")?;
    folder.write("README", "clean\n")?;
    folder.done(&["add", "README"])?;
    folder.committed("removed")?;
    Ok(folder)
}

fn pushed(scratch: &Scratch, folder: &Folder<'_>, name: &str, what: &[&str]) -> anyhow::Result<Output> {
    let remote = scratch.empty(&format!("{name}-remote"), true)?;
    folder.done(&["remote", "add", "origin", &remote.path.display().to_string()])?;
    // The side that receives has the same hooks, as the configuration of the command line does not reach it.
    remote.done(&["config", "core.hooksPath", &scratch.root().join("hooks").display().to_string()])?;
    let (flags, refs): (Vec<&str>, Vec<&str>) = what.iter().partition(|word| word.starts_with('-'));
    folder.tried(&[&["push", "--quiet"], flags.as_slice(), &["origin"], refs.as_slice()].concat())
}

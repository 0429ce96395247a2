//! What git tells hooks about refs on standard input. `git help hooks`, "pre-push" and "pre-receive".
//!
//! Takes lines apart without trusting them. Knows nothing of repositories.

use std::io::{IsTerminal as _, Read as _, Stdin};

use anyhow::{Context as _, bail};

use keysieve::report::escaped;
use keysieve::source::range::Update;

/// Most bytes of standard input: some hundred thousand refs.
const LONGEST: u64 = 64 << 20;

/// All of standard input.
///
/// # Errors
/// Nobody would write into it, it is too long, or it cannot be read.
pub fn standard_input(hook: &str) -> anyhow::Result<Vec<u8>> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() || is_device(&stdin) {
        bail!(
            "git tells a {hook} hook on standard input which refs it is about, and nobody tells anything here: `keysieve install --hook {hook}` \
             makes git call it; lefthook needs `use_stdin: true`"
        );
    }
    let mut text = Vec::new();
    stdin.lock().take(LONGEST + 1).read_to_end(&mut text).context("cannot read standard input")?;
    if text.len() as u64 > LONGEST {
        bail!("standard input has more than 64 MiB: that are more refs than a hook can be asked about at once");
    }
    Ok(text)
}

/// Whether it is a device, such as `/dev/null`: git writes into a pipe, and a runner that does not pass it on must not look like a push of
/// nothing.
#[cfg(unix)]
fn is_device(stdin: &Stdin) -> bool {
    let kind = rustix::fs::fstat(stdin).map(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode));
    matches!(kind, Ok(rustix::fs::FileType::CharacterDevice))
}

#[cfg(not(unix))]
fn is_device(_: &Stdin) -> bool {
    false
}

/// Lines `local-ref local-id remote-ref remote-id`. The first may hold spaces: it is what the user wrote.
///
/// # Errors
/// One that is something else.
pub fn pushed(text: &[u8]) -> anyhow::Result<Vec<Update>> {
    let form = "`local-ref local-id remote-ref remote-id`, as git writes for a pre-push hook";
    each(text, form, |line| {
        let mut parts = line.rsplitn(4, ' ');
        let (old, name, new, local) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (!local.is_empty() && !name.is_empty()).then(|| update(name, new, old)).flatten()
    })
}

/// Lines `old-id new-id ref`.
///
/// # Errors
/// One that is something else.
pub fn received(text: &[u8]) -> anyhow::Result<Vec<Update>> {
    let form = "`old-id new-id ref`, as git writes for a pre-receive hook";
    each(text, form, |line| {
        let mut parts = line.splitn(3, ' ');
        let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?);
        (!name.is_empty()).then(|| update(name, new, old)).flatten()
    })
}

fn each(text: &[u8], form: &str, read: impl Fn(&str) -> Option<Update>) -> anyhow::Result<Vec<Update>> {
    let mut updates = Vec::new();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
        if line.is_empty() {
            continue;
        }
        match read(&line) {
            Some(update) => updates.push(update),
            None => bail!("line {number} of standard input is not {form}"),
        }
    }
    Ok(updates)
}

fn update(name: &str, new: &str, old: &str) -> Option<Update> {
    let is_id = |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_update = is_id(new) && is_id(old) && new.len() == old.len();
    is_update.then(|| Update { name: escaped(name).into_owned(), new: new.to_owned(), old: old.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn lines_are_taken_apart() {
        let text = format!(
            "refs/heads/main {ONE} refs/heads/main {NONE}\n:/a fix {ONE} refs/heads/x {ONE}\r\n(delete) {NONE} refs/heads/y {ONE}\n"
        );
        let updates = pushed(text.as_bytes()).expect("because they are well-formed");
        let names: Vec<_> = updates.iter().map(|update| (update.name.as_str(), update.new == NONE, update.old == NONE)).collect();
        assert_eq!(names, [("refs/heads/main", false, true), ("refs/heads/x", false, false), ("refs/heads/y", true, false)]);
        let updates = received(format!("{NONE} {ONE} refs/heads/main\n").as_bytes()).expect("because it is well-formed");
        assert_eq!((updates[0].name.as_str(), updates[0].new.as_str()), ("refs/heads/main", ONE));
        assert_eq!((pushed(b"").map(|all| all.len()).ok(), received(b"\n\n").map(|all| all.len()).ok()), (Some(0), Some(0)));
    }

    #[test]
    fn anything_else_is_refused_by_its_number() {
        for line in ["x", "a b c d", "HEAD", "\0\0\0\0", " 1 2 3", "\u{202e} x y z"] {
            let text = format!("refs/heads/main {ONE} refs/heads/main {NONE}\n{line}\n");
            let error = pushed(text.as_bytes()).expect_err("because it is no such line").to_string();
            assert!(error.starts_with("line 2 of standard input is not `local-ref"), "{error}");
            let error = received(line.as_bytes()).expect_err("because it is no such line").to_string();
            assert!(error.starts_with("line 1 "), "{error}");
        }
        assert!(received(&[0xff; 100]).is_err());
        assert!(received(format!("{ONE} {} refs/heads/x", "1".repeat(64)).as_bytes()).is_err());
    }
}

//! The shell scripts that git runs: what they say, and how one of ours is known again.
//!
//! Plain `sh`. A script that cannot find the program fails: it never lets anything pass that was not scanned.

use std::path::Path;

use crate::cli::args::HookName;

/// Behind the name of a hook that was there before and is run as well.
pub const BEFORE: &str = ".before-keysieve";
/// What the third line of a script of ours begins with.
const MARK: &str = "# keysieve-hook: v1 ";
/// What the fourth line begins with if there are flags.
const FLAGS: &str = "# flags: ";

/// Which program a script runs, and what else.
#[derive(Clone, Copy, Debug)]
pub struct Script<'s> {
    /// As git names the hook.
    pub hook: &'s str,
    /// What is scanned; none for a script that only hands on to the repository's own hook.
    pub scans: Option<HookName>,
    /// Where the program is; none where others use the script as well, and have it elsewhere.
    pub program: Option<&'s Path>,
    /// Further flags for the program, as a shell reads them; may be empty.
    pub flags: &'s str,
    /// Whether it stands in the folder for all repositories, in front of their own hooks.
    pub is_global: bool,
    /// Whether the folder was made for it.
    pub made_folder: bool,
}

/// What is known of a script that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whether it is as it was written.
    pub is_intact: bool,
    /// Whether the folder was made for it.
    pub made_folder: bool,
    /// Whether it scans.
    pub scans: bool,
}

impl Script<'_> {
    /// The whole script.
    pub fn text(&self) -> String {
        let body = self.body();
        let flags = [("folder ", self.made_folder), ("scans ", self.scans.is_some())];
        let flags: String = flags.iter().filter(|(_, is_set)| *is_set).map(|(word, _)| *word).collect();
        let sum = sum(&flags, &body);
        format!("#!/bin/sh\n# Written by `keysieve install`; `keysieve uninstall` takes it out again.\n{MARK}{flags}{sum:08x}\n{body}")
    }

    fn body(&self) -> String {
        let mut body = format!("hook={}\n", self.hook);
        body.push_str(if self.is_global { GLOBAL } else { LOCAL });
        let Some(scans) = self.scans else {
            body.push_str(if self.hook == "push-to-checkout" { CHECKOUT } else { HAND_ON });
            return body;
        };
        match self.program {
            Some(program) => {
                let program = quoted(&program.to_string_lossy());
                body.push_str(&format!("keysieve={program}\nif [ ! -x \"$keysieve\" ]; then\n    keysieve=$(command -v keysieve)\nfi\n"));
            }
            None => body.push_str("keysieve=$(command -v keysieve)\n"),
        }
        body.push_str(MISSING);
        let call = match scans {
            HookName::PreCommit => PRE_COMMIT,
            HookName::CommitMsg => COMMIT_MSG,
            HookName::PrePush => PRE_PUSH,
            HookName::PreReceive => PRE_RECEIVE,
        };
        if self.flags.is_empty() {
            return body + call;
        }
        let name = scans.as_str();
        let with_flags = call.replace(&format!("hook {name}"), &format!("hook {name} {}", self.flags));
        format!("{FLAGS}{}\n{body}{with_flags}", self.flags)
    }
}

/// The flags of a script of ours.
pub fn flags(text: &str) -> &str {
    text.lines().nth(3).and_then(|line| line.strip_prefix(FLAGS)).unwrap_or_default()
}

/// What `text` is if it is a script of ours.
pub fn known(text: &str) -> Option<Known> {
    let mut lines = text.splitn(4, '\n');
    let (first, _, third, body) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
    let rest = third.strip_prefix(MARK).filter(|_| first == "#!/bin/sh")?;
    let (flags, own) = rest.split_at(rest.rfind(' ').map_or(0, |at| at + 1));
    Some(Known {
        is_intact: own == format!("{:08x}", sum(flags, body)),
        made_folder: flags.contains("folder "),
        scans: flags.contains("scans "),
    })
}

fn sum(flags: &str, body: &str) -> u32 {
    crc32fast::hash(format!("{flags}\n{body}").as_bytes())
}

/// `text` as one word of a shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

const LOCAL: &str = r#"case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
before=$here/$hook.before-keysieve
"#;

/// The repository's own hook; one of ours there scans by itself.
const GLOBAL: &str = r#"before=$(git rev-parse --git-common-dir)/hooks/$hook
if [ -x "$before" ] && grep -q '^# keysieve-hook: v1 .*scans ' "$before"; then
    exec "$before" "$@"
fi
"#;

const HAND_ON: &str = r#"[ ! -x "$before" ] || exec "$before" "$@"
"#;

/// git does this itself only where there is no such hook. From the sample that git comes with.
const CHECKOUT: &str = r#"[ ! -x "$before" ] || exec "$before" "$@"
stop() {
    echo "$1" >&2
    exit 1
}
git update-index -q --ignore-submodules --refresh || stop 'Up-to-date check failed'
git diff-files --quiet --ignore-submodules -- || stop 'Working directory has unstaged changes'
head=$(git rev-parse --quiet --verify HEAD) || head=$(git hash-object -t tree /dev/null)
git diff-index --quiet --cached --ignore-submodules "$head" -- || stop 'Working directory has staged changes'
git read-tree -u -m "$1" || stop 'Could not update working tree to new HEAD'
"#;

const MISSING: &str = r#"if [ -z "$keysieve" ]; then
    echo "keysieve: the $hook hook does not find the program, so nothing was scanned and this is stopped." >&2
    echo "keysieve: install it so that \`keysieve\` is on the PATH, then run \`keysieve install\` again; or delete $0" >&2
    exit 1
fi
"#;

/// What was there comes first: it may change what is staged. git runs this, and not pre-commit, even where a hook of pre-commit runs git.
const PRE_COMMIT: &str = r#"if [ -x "$before" ]; then
    "$before" "$@" || exit
fi
unset PRE_COMMIT
exec "$keysieve" hook pre-commit
"#;

const COMMIT_MSG: &str = r#"if [ -x "$before" ]; then
    "$before" "$@" || exit
fi
unset PRE_COMMIT
exec "$keysieve" hook commit-msg -- "$@"
"#;

/// What was there comes last: it may send something, such as large files. Both read the same input. Standard output is that of `git push`
/// itself, which programs read.
const PRE_PUSH: &str = r#"refs=$(cat)
say_refs() {
    [ -z "$refs" ] || printf '%s\n' "$refs"
}
say_refs | PRE_COMMIT='' "$keysieve" hook pre-push -- "$@" >&2 || exit
if [ -x "$before" ]; then
    say_refs | "$before" "$@" || exit
fi
"#;

const PRE_RECEIVE: &str = r#"refs=$(cat)
say_refs() {
    [ -z "$refs" ] || printf '%s\n' "$refs"
}
if [ -x "$before" ]; then
    say_refs | "$before" "$@" || exit
fi
say_refs | "$keysieve" hook pre-receive
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_again_and_an_edit_is_noticed() {
        let path = Path::new("/opt/it's here/keysieve");
        let script = Script {
            hook: "pre-push",
            scans: Some(HookName::PrePush),
            program: Some(path),
            flags: "",
            is_global: false,
            made_folder: true,
        };
        let text = script.text();
        assert_eq!(known(&text), Some(Known { is_intact: true, made_folder: true, scans: true }));
        assert_eq!(known(&text.replace("|| exit", "|| true")).map(|known| known.is_intact), Some(false));
        assert!(text.contains(r"keysieve='/opt/it'\''s here/keysieve'"), "{text}");
        let flagged = Script { flags: "'--time-budget' '1'", ..script }.text();
        assert!(flagged.contains("hook pre-push '--time-budget' '1' -- "), "{flagged}");
        assert_eq!((flags(&flagged), flags(&text), known(&flagged).map(|known| known.is_intact)), ("'--time-budget' '1'", "", Some(true)));
        let other = Script { scans: None, program: None, is_global: true, made_folder: false, ..script }.text();
        assert_eq!(known(&other), Some(Known { is_intact: true, made_folder: false, scans: false }));
        assert_eq!((known(""), known("#!/bin/sh\nexec keysieve scan --staged\n")), (None, None));
    }
}

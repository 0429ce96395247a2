//! The part of a commit's message that git keeps. `git help commit`, "--cleanup".
//!
//! What git cuts is blanked, so that line numbers stay. Where it is not sure that git cuts something, it is kept and so scanned.

use keysieve::source::repository::MessageSettings;

/// What reports call the message.
pub const NAME: &str = "commit message";
/// The line above which git's own text begins, behind the comment sign.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// Blanks what git will take out of `text`. `is_edited`: a person has seen it in an editor; otherwise git takes out nothing.
pub fn blank(text: &mut Vec<u8>, settings: &MessageSettings, is_edited: bool) {
    if !is_edited {
        return;
    }
    if let Some(at) = scissors(text) {
        text.truncate(at);
    }
    let strips = matches!(settings.cleanup.as_deref(), None | Some(b"default" | b"strip"));
    let Some(comment) = settings.comment.as_deref().filter(|_| strips) else { return };
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| start + at);
        if text[start..end].starts_with(comment) {
            text[start..end].fill(b' ');
        }
        start = end + 1;
    }
}

/// Where the line with the scissors begins, if git put it there: comments come behind it that say what it is.
fn scissors(text: &[u8]) -> Option<usize> {
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| start + at);
        let line = text[start..end].strip_suffix(b"\r").unwrap_or(&text[start..end]);
        if let Some(sign) = line.strip_suffix(SCISSORS).filter(|sign| !sign.is_empty() && sign.len() <= 16)
            && text.get(end + 1..).is_some_and(|rest| rest.starts_with(sign))
        {
            return Some(start);
        }
        start = end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, cleanup: Option<&str>, comment: Option<&str>, is_edited: bool) -> String {
        let settings = MessageSettings { cleanup: cleanup.map(Into::into), comment: comment.map(Into::into) };
        let mut text = text.as_bytes().to_vec();
        blank(&mut text, &settings, is_edited);
        let text = String::from_utf8(text).expect("because it was text");
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("|")
    }

    const EDITED: &str = "subject\n# Please enter\n\nbody # 1\n# ------------------------ >8 ------------------------\n# Do not modify\ndiff --git a/x b/x\n+x\n";

    #[test]
    fn comments_and_the_diff_are_taken_out_of_an_edited_message() {
        assert_eq!(kept(EDITED, None, Some("#"), true), "subject|||body # 1");
        assert_eq!(kept(EDITED, Some("scissors"), Some("#"), true), "subject|# Please enter||body # 1");
        assert_eq!(kept(&EDITED.replace("\n#", "\n;"), None, Some(";"), true), "subject|||body # 1");
    }

    #[test]
    fn what_git_may_keep_is_kept() {
        assert_eq!(kept(EDITED, None, Some("#"), false).lines().count(), EDITED.lines().collect::<Vec<_>>().join("|").lines().count());
        assert!(kept(EDITED, None, Some("#"), false).ends_with("|+x"));
        assert_eq!(kept("a\n# b\n", Some("whitespace"), Some("#"), true), "a|# b");
        assert_eq!(kept("a\n# b\n", None, None, true), "a|# b");
        let typed = "a\n# ------------------------ >8 ------------------------\nb\n";
        assert_eq!(kept(typed, None, Some("#"), true), "a||b");
    }
}

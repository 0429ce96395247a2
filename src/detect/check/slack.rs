//! Slack tokens: `xox` and a letter, then numbers of the workspace and the user, then random characters.
//!
//! Source: <https://api.slack.com/concepts/token-types>.

use super::{Check, Checked};

pub(super) const CHECK: Check = Check { name: "slack", summary: "workspace and user numbers in xox tokens, app id in xapp tokens", run };

/// Ids have nine digits or more; shorter numbers are versions.
const SHORTEST_ID: usize = 9;
/// Fewest random characters at the end.
const SHORTEST_SECRET: usize = 24;

fn run(token: &[u8]) -> Checked {
    let Ok(token) = std::str::from_utf8(token) else { return Checked::malformed() };
    if !token.starts_with("xox") && !token.starts_with("xapp-") {
        return Checked::malformed();
    }
    let parts: Vec<&str> = token.split('-').take(8).collect();
    let is_id = |part: &&&str| part.len() >= SHORTEST_ID && part.len() <= 20 && part.bytes().all(|b| b.is_ascii_digit());
    let ends_random = parts.last().is_some_and(|last| last.len() >= SHORTEST_SECRET && last.bytes().all(|b| b.is_ascii_alphanumeric()));
    if token.starts_with("xapp-") {
        return match parts.get(2) {
            Some(app) if app.starts_with('A') && app.len() >= SHORTEST_ID && ends_random => {
                Checked::structured("holds an app id").with("app_id", app)
            }
            _ => Checked::neutral(),
        };
    }
    let ids: Vec<_> = parts.iter().skip(1).filter(is_id).collect();
    match ids.as_slice() {
        [team, user, ..] if ends_random => {
            Checked::structured("holds workspace and user numbers").with("team_id", team).with("user_id", user)
        }
        _ => Checked::neutral(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    #[test]
    fn numbers_name_workspace_and_user() {
        let random = "aB3dE6".repeat(4);
        for head in ["xoxb-123456789012-234567890123", "xoxp-123456789012-234567890123-345678901234", "xoxa-2-123456789012-234567890123"] {
            let checked = run(format!("{head}-{random}").as_bytes());
            assert_eq!(checked.verdict, Verdict::Valid, "{head}");
            let named: Vec<_> = checked.identity.iter().collect();
            assert_eq!(named, [("team_id", "123456789012"), ("user_id", "234567890123")], "{head}");
        }
        let app = run(format!("xapp-1-A0123456789-123456789012-{random}").as_bytes());
        assert_eq!(app.identity.get("app_id"), Some("A0123456789"));
    }

    #[test]
    fn nothing_is_said_about_other_forms() {
        for text in ["xoxb-", "xoxb-1-2-3", "xoxe.xoxp-1-abc", "xapp-1", "xoxb-123456789012-234567890123-short"] {
            let checked = run(text.as_bytes());
            assert_eq!((checked.verdict, checked.identity.is_empty()), (Verdict::Neutral, true), "{text}");
        }
        assert_eq!(run(b"other").verdict, Verdict::Malformed);
        assert_eq!(run(&[0xff, 0xfe]).verdict, Verdict::Malformed);
    }
}

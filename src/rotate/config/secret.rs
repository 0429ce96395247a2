//! `include_secret` and `recipient` of a target: whether, and how, it is sent the secret itself.

use super::walk::Walk;
use crate::config::yaml::{Node, Place};
use crate::rotate::format::Format;
use crate::rotate::seal::Recipient;

/// Whether a target is sent the secret itself.
#[derive(Clone, Debug, Default)]
pub enum IncludeSecret {
    /// What may be shown of it, and no more.
    #[default]
    Never,
    /// So that the receiver alone can read it.
    Encrypted(Recipient),
    /// As it is. Only over https, or on this machine, and only where the command line says so as well.
    Plain,
}

/// The two keys, as far as they were read.
#[derive(Default)]
pub struct Draft {
    mode: Option<&'static str>,
    recipient: Option<Recipient>,
}

impl Draft {
    /// Reads `include_secret:`.
    pub fn mode(&mut self, walk: &mut Walk, node: &Node) {
        self.mode = walk.word("`include_secret`", node, &["never", "encrypted", "plain"]);
    }

    /// Reads `recipient:`.
    pub fn recipient(&mut self, walk: &mut Walk, node: &Node) {
        let Some(text) = walk.text_of("`recipient`", node, true) else { return };
        match Recipient::read(text.trim()) {
            Ok(recipient) => self.recipient = Some(recipient),
            Err(why) => walk.complain_hidden(node.place, format!("`recipient` {why}"), "the receiver makes one with `age-keygen`"),
        }
    }

    /// What both say together, for a target of this format.
    pub fn finish(self, walk: &mut Walk, place: Place, format: Format) -> IncludeSecret {
        let mode = self.mode.unwrap_or("never");
        if mode != "never" && matches!(format, Format::Slack | Format::Teams) {
            walk.complain(place, format!("a chat is told no secrets: `include_secret: {mode}` cannot be"), "leave `include_secret` out");
        }
        match (mode, self.recipient) {
            ("encrypted", Some(recipient)) => return IncludeSecret::Encrypted(recipient),
            ("encrypted", None) => {
                let hint = "write `recipient: age1…`; the receiver makes it with `age-keygen` and keeps the private half";
                walk.complain(place, "`include_secret: encrypted` needs the `recipient` for whom to encrypt", hint);
            }
            (_, Some(_)) => walk.complain(place, "there is a `recipient`, and nothing is encrypted", "write `include_secret: encrypted`"),
            ("plain", None) => return IncludeSecret::Plain,
            _ => {}
        }
        IncludeSecret::Never
    }
}

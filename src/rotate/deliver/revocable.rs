//! Which kinds of tokens a receiver revokes: asked once for each target of a process. Knows nothing of how it is asked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::answer::{NoReply, Reply};
use crate::rotate::format::revoke;

/// What is known of a receiver.
pub struct Revocable {
    /// Where it is asked.
    pub url: Zeroizing<String>,
    known: Mutex<Option<Arc<BTreeSet<String>>>>,
}

/// A reply, and what it says.
pub type Listed = (Reply, Option<Vec<u8>>);

impl Revocable {
    /// Nothing is known yet.
    pub fn new(url: String) -> Self {
        Self { url: Zeroizing::new(url), known: Mutex::new(None) }
    }

    /// Whether tokens of this kind may be sent; `ask` gets the list if nobody has it yet. A reply is that of a receiver that did not give it:
    /// what it means is a matter of its status.
    ///
    /// # Errors
    /// The receiver does not revoke them, or said nothing that could be understood.
    pub fn takes(&self, kind: &str, ask: impl FnOnce(&str) -> Result<Listed, NoReply>) -> Result<Option<Reply>, NoReply> {
        let list = match self.list(ask)? {
            Ok(list) => list,
            Err(reply) => return Ok(Some(reply)),
        };
        if list.contains(kind) {
            return Ok(None);
        }
        Err(NoReply::Needless(format!(
            "not sent: the receiver does not revoke tokens of the type `{kind}`; if it knows them by another word, write it in `types`"
        )))
    }

    /// Held while it is asked, so that of several threads one asks and the others wait for what it learns.
    fn list(&self, ask: impl FnOnce(&str) -> Result<Listed, NoReply>) -> Result<Result<Arc<BTreeSet<String>>, Reply>, NoReply> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = &*known {
            return Ok(Ok(list.clone()));
        }
        let (reply, content) = ask(&self.url)?;
        if !(200..300).contains(&reply.status) {
            return Ok(Err(reply));
        }
        let list = content.and_then(|content| revoke::read_types(&content)).map(Arc::new).ok_or_else(|| {
            NoReply::Unanswered("asked which types it revokes, the receiver did not answer with `{\"types\": […]}`".to_owned())
        })?;
        *known = Some(list.clone());
        Ok(Ok(list))
    }
}

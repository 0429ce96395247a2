//! What a push brings: the commits of its refs that the other side does not have.
//!
//! Takes refs and ids as git tells them to the hooks `pre-push` and `pre-receive`. Knows nothing of how they arrive.

use gix::objs::Kind;

use super::{Resolver, Side, refs};
use crate::coverage::Gap;
use crate::source::SourceError;

/// Refs that a push creates, moves or deletes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// All of them.
    pub updates: Vec<Update>,
    /// What else the receiving side has.
    pub known: Known,
    /// The push as reports name it, such as `push to origin`.
    pub words: String,
}

/// One ref of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The ref, as messages name it.
    pub name: String,
    /// What it is to point to: an id in hex, zeros where it is deleted, or a revision.
    pub new: String,
    /// What it points to on the receiving side: an id in hex, or zeros where it is new. One that is not known here says nothing.
    pub old: String,
}

/// What the receiving side has, as far as this repository can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// What remote-tracking branches reach: this is the side that pushes.
    #[default]
    RemoteTracking,
    /// What any ref reaches: this is the side that receives.
    AllRefs,
}

impl Resolver<'_> {
    /// One walk for all refs together, so that what several bring counts once.
    ///
    /// # Errors
    /// A ref is to point to what is not there.
    pub(super) fn pushed(&mut self, pushed: &Pushed) -> Result<(), SourceError> {
        let mut tips = Vec::new();
        let mut excluded = Vec::new();
        for update in &pushed.updates {
            if let Some(kind) = self.other_kind(&update.new) {
                let why = format!("it is to point to a {kind}, and only what commits hold is scanned");
                self.found.gaps.push(Gap::new(update.name.clone(), why, "`git show` prints it; scan that with `keysieve scan --stdin`"));
                continue;
            }
            let Side::Commit(tip) = self.tip(&update.new)? else { continue };
            tips.push(tip);
            let tags = self.found.tags.len();
            if let Ok(Side::Commit(old)) = self.side(&update.old) {
                excluded.push(old);
            }
            // Its tags are known there.
            self.found.tags.truncate(tags);
        }
        if tips.is_empty() {
            return Ok(());
        }
        excluded.extend(refs::known(pushed.known, &self.git, self.objects));
        excluded.sort_unstable();
        excluded.dedup();
        self.walk(&tips, &excluded);
        Ok(())
    }

    fn tip(&mut self, text: &str) -> Result<Side, SourceError> {
        match self.side(text)? {
            Side::Beyond => Err(self.unknown(text, "this shallow clone does not have it")),
            side => Ok(side),
        }
    }

    /// What `text`, an id in hex, names if that is neither a commit nor a tag of one.
    fn other_kind(&self, text: &str) -> Option<Kind> {
        let mut id = gix::ObjectId::from_hex(text.as_bytes()).ok()?;
        for _ in 0..super::DEEPEST_TAG {
            match self.objects.kind(&id).ok()? {
                Kind::Tag => id = self.target(&id).ok()?,
                Kind::Commit => return None,
                kind => return Some(kind),
            }
        }
        None
    }
}

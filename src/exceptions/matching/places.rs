//! One exception and one place that it is about: whether it covers the place, or what keeps it from that.

use super::super::{ExceptionUse, Source, Standing, Terms};
use super::{Cover, Matching};
use crate::finding::{Suppression, SuppressionKind};

/// Where a place is, for those who may approve that something there is hidden.
#[derive(Clone, Copy)]
pub(super) enum Spot<'p> {
    /// In the file at this path, from the top of the repository.
    File(&'p [u8]),
    /// In no file.
    NoFile,
    /// Outside of the repository.
    Elsewhere,
}

impl Matching<'_> {
    /// Exception number `at` is about what `cover` is for, which is at `spot`.
    pub(super) fn take(&mut self, at: usize, spot: Spot<'_>, cover: &mut Cover) {
        if at < self.in_places.len() {
            self.ask_approvals();
        }
        let own = &mut self.uses[at];
        own.is_used = true;
        let place = format!("{}:{}", own.origin.file, own.origin.line);
        if let Some(complaint) = own.complaint() {
            return cover.notes.push(format!("{place}: {complaint}"));
        }
        let own = suppression(own);
        let refusal = self.refusal(at, spot);
        if let Some((refused, counts)) = self.in_places.get_mut(at) {
            *counts |= refusal.is_none();
            if let Some(why) = refusal {
                cover.notes.push(format!("{place}: the exception for {} hides nothing here: it {why}", self.uses[at].subject));
                refused.get_or_insert(why);
                return;
            }
        }
        cover.by.get_or_insert(own);
    }

    /// Finds out, once, which listed exceptions nobody could approve anywhere.
    pub(super) fn ask_approvals(&mut self) {
        if !std::mem::replace(&mut self.are_approvals_asked, true) && self.exceptions.policy.require_approval {
            let listed = self.uses.iter_mut().take(self.exceptions.listed.len()).enumerate();
            for (at, own) in listed.filter(|(_, own)| own.standing == Standing::InForce) {
                own.standing = self.exceptions.unapproved(at).map_or(Standing::InForce, Standing::Refused);
            }
        }
    }

    /// Why the approval of listed exception number `at` is none for what is at `spot`, in words that follow "it".
    fn refusal(&mut self, at: usize, spot: Spot<'_>) -> Option<String> {
        let exceptions = self.exceptions;
        let approver = exceptions.listed.get(at)?.terms.approved_by.as_deref().filter(|_| exceptions.policy.require_approval)?;
        let approvals = exceptions.approvals.get()?;
        let path = match spot {
            Spot::File(path) => approvals.file_of(at, Some(path)),
            Spot::NoFile => approvals.file_of(at, None),
            Spot::Elsewhere => return Some(format!("was approved by {approver}, and here is another repository")),
        };
        let owners = approvals.owners.as_ref().ok()?;
        let owned = self.owned.entry(path.to_vec()).or_insert_with(|| owners.of(path));
        approvals.refusal_at(approver, path, owned)
    }
}

fn suppression(own: &ExceptionUse) -> Suppression {
    let Terms { reason, owner, expires, approved_by } = own.terms.clone();
    let reason = reason.or_else(|| (own.source == Source::Baseline).then(|| "known when the baseline was made".to_owned()));
    let expires = expires.map(|day| day.to_string());
    let (file, line) = (own.origin.file.clone(), own.origin.line);
    Suppression { kind: SuppressionKind::External, reason, owner, expires, approved_by, file, line }
}

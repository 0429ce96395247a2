//! Comments in the scanned text: which of them cover a place.

use std::collections::{HashMap, HashSet};

use super::super::{Day, Terms, inline};
use super::{Cover, Matching};
use crate::finding::{Finding, Location, LocationKind, Marker, Suppression, SuppressionKind};

/// A line, and a rule that found secrets on it.
pub(super) type LineOfRule<'f> = (&'f [u8], Option<&'f str>, Option<&'f str>, LocationKind, u32, &'f str);

impl Matching<'_> {
    /// One comment is for one secret: a second one that comes to stand on the line is not hidden by the comment for the first.
    pub(super) fn markers(
        &mut self,
        finding: &Finding,
        location: &Location,
        crowds: &HashMap<LineOfRule<'_>, usize>,
        today: Day,
        cover: &mut Cover,
    ) {
        let own: Vec<&Marker> = location.markers.iter().filter(|marker| marker.rule == finding.rule.id).collect();
        let Some(first) = own.first() else { return };
        self.comments.extend(own.iter().map(|marker| (location.path.clone(), marker.line, marker.rule.clone())));
        let told = |line: u32, why: &str| format!("`{}` on line {line} hides nothing: {why}", inline::WORD);
        let reasoned: Vec<(&Marker, &String)> = own.iter().filter_map(|marker| Some((*marker, marker.reason.as_ref()?))).collect();
        let Some((marker, reason)) = reasoned.first() else {
            cover.notes.push(told(first.line, &format!("it {}", inline::NO_REASON)));
            return;
        };
        let terms = Terms { reason: Some((*reason).clone()), ..Terms::default() };
        if let Some(why) = inline::lacks(&self.exceptions.policy, &terms, today) {
            cover.notes.push(told(marker.line, &format!("it {why}")));
            return;
        }
        let crowd = crowds.get(&line_of_rule(finding, location)).copied().unwrap_or(1);
        if reasoned.len() < crowd {
            let why = format!("the line holds {crowd} secrets of this rule, and one comment excepts one");
            cover.notes.push(told(marker.line, &why));
            return;
        }
        cover.by.get_or_insert_with(|| Suppression {
            kind: SuppressionKind::InSource,
            reason: terms.reason,
            owner: None,
            expires: None,
            approved_by: None,
            file: location.path_lossy().into_owned(),
            line: marker.line,
        });
    }
}

/// How many secrets of one rule begin on a line that has markers.
pub(super) fn crowds(findings: &[Finding]) -> HashMap<LineOfRule<'_>, usize> {
    let mut crowds: HashMap<LineOfRule<'_>, HashSet<usize>> = HashMap::new();
    for (number, finding) in findings.iter().enumerate() {
        for location in finding.locations.iter().filter(|location| !location.markers.is_empty()) {
            crowds.entry(line_of_rule(finding, location)).or_default().insert(number);
        }
    }
    crowds.into_iter().map(|(line, findings)| (line, findings.len())).collect()
}

fn line_of_rule<'f>(finding: &'f Finding, location: &'f Location) -> LineOfRule<'f> {
    let Location { path, blob, commit, submodule, kind, start, .. } = location;
    // Two secrets of one line of a blob may have come with two commits.
    let object = blob.as_deref().or(commit.as_deref());
    (path, object, submodule.as_deref(), *kind, start.line, &finding.rule.id)
}

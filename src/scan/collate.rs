//! Sightings to findings: one finding for each secret of each rule, with all its places, in final order.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Sighting;
use super::history::Seen;
use crate::finding::{Exposure, Finding, Fingerprint, FingerprintKey, Remediation, RuleRef, Status, Subject};
use crate::rules::{RuleEntry, RuleIndex, RuleSet};
use crate::secret::Secret;

/// What was found by rules that are reported, and by others.
#[derive(Debug, Default)]
pub struct Collated {
    /// In final order.
    pub findings: Vec<Finding>,
    /// Those of disabled rules.
    pub disabled: Vec<Finding>,
}

/// Groups sightings by rule and secret. The result does not depend on their order.
pub fn collate(sightings: Vec<Sighting>, rules: &RuleSet, key: &FingerprintKey) -> Collated {
    let mut groups: BTreeMap<(RuleIndex, Fingerprint), Vec<Sighting>> = BTreeMap::new();
    for sighting in sightings {
        let family = &rules.get(sighting.rule).provider.slug;
        let fingerprint = Fingerprint::new(key, family, &sighting.secret);
        groups.entry((sighting.rule, fingerprint)).or_default().push(sighting);
    }
    let mut collated = Collated::default();
    for ((rule, fingerprint), group) in groups {
        let list = if rules.is_disabled(rule) { &mut collated.disabled } else { &mut collated.findings };
        list.push(finding(rules.get(rule), fingerprint, group));
    }
    sort_findings(&mut collated.findings);
    collated
}

/// The findings of a history: each of `seen` with its sightings, which are at least one, and its exposure.
pub fn collate_seen(
    seen: &[&Seen],
    sightings: Vec<Vec<Sighting>>,
    exposures: Vec<Exposure>,
    rules: &RuleSet,
    key: &FingerprintKey,
) -> Vec<Finding> {
    let together = seen.iter().zip(sightings).zip(exposures);
    let mut findings: Vec<Finding> = together
        .filter(|((_, sightings), _)| !sightings.is_empty())
        .map(|((seen, sightings), exposure)| {
            let entry = rules.get(seen.rule);
            let mut finding = finding(entry, Fingerprint::new(key, &entry.provider.slug, &seen.secret), sightings);
            // The surest place may be in a version that is not shown.
            finding.confidence = seen.confidence;
            finding.evidence.clone_from(&seen.evidence);
            finding.identity = seen.identity.clone();
            finding.exposure = Some(exposure);
            finding
        })
        .collect();
    sort_findings(&mut findings);
    findings
}

/// Puts findings in their final order: worst and surest first, then by place.
pub fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(Finding::order);
}

/// `group` holds at least one sighting; the surest of them (and among those the first in place) speaks for all.
fn finding(entry: &RuleEntry, fingerprint: Fingerprint, mut group: Vec<Sighting>) -> Finding {
    group.sort_by(|a, b| Reverse(a.confidence).cmp(&Reverse(b.confidence)).then_with(|| a.location.cmp(&b.location)));
    let mut locations: Vec<_> = group.iter().map(|sighting| sighting.location.clone()).collect();
    locations.sort();
    locations.dedup();
    let mut written: Vec<Secret> = group.iter_mut().filter_map(|sighting| sighting.written.take()).collect();
    written.sort_unstable_by(|a, b| a.expose().cmp(b.expose()));
    written.dedup();
    let best = group.swap_remove(0);
    let rule = &entry.rule;
    let (named, remediation) = about(entry);
    Finding {
        fingerprint,
        subject: if rule.path.is_some() { Subject::File } else { Subject::Secret },
        rule: named,
        severity: rule.severity,
        confidence: best.confidence,
        evidence: best.evidence,
        status: Status::default(),
        secret: best.secret,
        written,
        masked: best.masked,
        identity: best.identity,
        locations,
        exposure: None,
        sharing: None,
        remediation,
    }
}

/// What a finding says of the rule of `entry`, and of how to get rid of what it finds.
pub fn about(entry: &RuleEntry) -> (RuleRef, Remediation) {
    let rule = &entry.rule;
    let named = RuleRef {
        id: rule.id.to_string(),
        name: rule.name.to_string(),
        provider: entry.provider.name.to_string(),
        description: rule.description.to_string(),
    };
    let remediation = Remediation {
        url: rule.rotation.url.as_ref().map(ToString::to_string),
        steps: rule.rotation.steps.iter().map(|step| step.text.to_string()).collect(),
        references: rule.references.iter().map(ToString::to_string).collect(),
        playbook: rule.playbook(),
    };
    (named, remediation)
}

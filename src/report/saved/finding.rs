//! A finding of a saved report, checked.

use std::borrow::Cow;

use super::{clean, exposure, model};
use crate::finding::{
    Evidence, Finding, Fingerprint, Identity, Location, Playbook, Remediation, RuleRef, Sharing, Snippet, Status, Step, Subject,
    Suppression,
};
use crate::location::{ByteSpan, Position};
use crate::report::playbook;
use crate::secret::Secret;

/// What is wrong with it.
pub type Wrong = &'static str;

/// `finding` as the program knows it.
pub fn finding(finding: model::Finding) -> Result<Finding, Wrong> {
    let model::Finding { fingerprint, subject, rule, severity, confidence, evidence, status, secret, .. } = finding;
    if finding.locations.is_empty() {
        return Err("there is no place");
    }
    let mut identity = Identity::default();
    for (key, value) in &finding.identity {
        identity.insert(clean(key), value);
    }
    let remediation = finding.remediation;
    let cleaned = |texts: &[String]| texts.iter().map(|text| clean(text)).collect();
    Ok(Finding {
        fingerprint: Fingerprint::parse(&fingerprint).ok_or("the fingerprint is none")?,
        subject: match subject {
            model::Subject::Secret => Subject::Secret,
            model::Subject::File => Subject::File,
            model::Subject::Sharing => Subject::Sharing,
        },
        rule: RuleRef {
            id: clean(&rule.id),
            name: clean(&rule.name),
            provider: clean(&rule.provider),
            description: clean(&rule.description),
        },
        severity,
        confidence,
        evidence: evidence.into_iter().map(read_evidence).collect(),
        status: read_status(status),
        sharing: finding.sharing.map(sharing).transpose()?,
        secret: Secret::saved(secret.value.as_deref(), &secret.length).ok_or("the length of the secret is none")?,
        written: Vec::new(),
        masked: secret.masked,
        identity,
        locations: finding.locations.into_iter().map(location).collect::<Result<_, _>>()?,
        exposure: finding.exposure.map(exposure::exposure).transpose()?,
        remediation: Remediation {
            url: remediation.url.as_deref().map(clean),
            steps: cleaned(&remediation.steps),
            references: cleaned(&remediation.references),
            playbook: playbook(remediation.playbook),
        },
    })
}

/// As its rule has it: what follows from the finding is made anew, and facts are filled in again.
fn playbook(own: model::Playbook) -> Playbook {
    let step = |step: model::Step| Step {
        phase: step.phase,
        text: clean(&step.text),
        command: step.template.or(step.command).as_deref().map(playbook::lines),
        reversible: step.reversible,
    };
    Playbook {
        steps: own.steps.into_iter().filter(|step| !step.added).map(step).collect(),
        breaks: clean(&own.breaks),
        revoke_first: own.revoke_first.as_deref().map(clean),
    }
}

fn sharing(own: model::Sharing) -> Result<Sharing, Wrong> {
    let findings = own.findings.iter().map(|text| Fingerprint::parse(text).ok_or("a fingerprint is none"));
    Ok(Sharing { environments: own.environments.iter().map(|name| clean(name)).collect(), findings: findings.collect::<Result<_, _>>()? })
}

fn read_evidence(reason: model::Evidence) -> Evidence {
    Evidence { kind: Cow::Owned(clean(&reason.kind)), note: reason.note, supports: reason.supports }
}

fn read_status(status: model::Status) -> Status {
    let suppression = |own: model::Suppression| Suppression {
        kind: own.kind,
        reason: own.reason,
        owner: own.owner,
        expires: own.expires,
        approved_by: own.approved_by,
        file: own.file,
        line: own.line,
    };
    Status {
        state: status.state,
        reason: status.reason,
        suppressions: status.suppressions.into_iter().map(suppression).collect(),
        notes: status.notes,
    }
}

fn location(place: model::Location) -> Result<Location, Wrong> {
    let path = match &place.path_base64 {
        Some(text) => data_encoding::BASE64.decode(text.as_bytes()).map_err(|_| "a path is no base64")?,
        None => place.path.into_bytes(),
    };
    if place.byte_range.start > place.byte_range.end || place.byte_range.end as u64 > super::LARGEST_COUNT {
        return Err("a place ends before it begins");
    }
    let snippet = place.snippet.map_or_else(Snippet::default, |shown| Snippet {
        text: shown.text,
        mark_start_chars: shown.mark_start_chars,
        mark_end_chars: shown.mark_end_chars,
    });
    if snippet.mark_start_chars > snippet.mark_end_chars {
        return Err("a mark ends before it begins");
    }
    Ok(Location {
        path,
        start: position(&place.start)?,
        end: position(&place.end)?,
        byte_range: ByteSpan::new(place.byte_range.start, place.byte_range.end),
        decoded_via: place.decoded_via.iter().map(|name| clean(name)).collect(),
        kind: place.kind,
        blob: place.blob.map(object_id).transpose()?,
        commit: place.commit.map(object_id).transpose()?,
        submodule: place.submodule,
        line_hash: place.line_hash.map(line_hash).transpose()?,
        snippet,
        markers: std::sync::Arc::default(),
        foreign: std::sync::Arc::default(),
        surroundings: None,
        environment: place.environment.as_deref().map(clean),
    })
}

fn position(at: &model::Position) -> Result<Position, Wrong> {
    if at.line == 0 || at.column == 0 {
        return Err("a line or a column is 0");
    }
    Ok(Position { line: at.line, column_utf16: at.column })
}

/// The name of an object of git, which is shown without being escaped.
pub fn object_id(id: String) -> Result<String, Wrong> {
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_id { Ok(id) } else { Err("an object id is none") }
}

fn line_hash(hash: String) -> Result<String, Wrong> {
    let digits = |text: &str| !text.is_empty() && text.len() <= 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = |text: &str| !text.starts_with('0') && text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    match hash.split_once(':') {
        Some((hex, count)) if digits(hex) && !count.is_empty() && number(count) => Ok(hash),
        _ => Err("a hash of a line is none"),
    }
}

//! Reports for the tests of all formats. Every secret is made at run time.

mod history;
mod parts;

pub use history::report as history;

use super::{FingerprintInfo, Report, RuleSetInfo, Scope, ScopeKind, Tool};
use crate::coverage::{Coverage, Gap, Skip};
use crate::finding::{
    Confidence, Evidence, Finding, Fingerprint, FingerprintKey, Identity, Location, LocationKind, Phase, Playbook, Remediation, RuleRef,
    Severity, Snippet, Status, StatusState, Step, Suppression, SuppressionKind,
};
use crate::location::{ByteSpan, Position};
use crate::secret::Secret;

/// Places of all findings of [`report`].
pub const PLACES: usize = 12;

/// `length` letters and digits, always the same for the same seed.
pub fn random(seed: u64, length: usize) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ALPHABET[(state >> 33) as usize % ALPHABET.len()] as char
    };
    (0..length).map(|_| next()).collect()
}

/// Nothing found, everything scanned.
pub fn clean() -> Report {
    Report {
        tool: Tool {
            name: "keysieve",
            version: "0.0.0".into(),
            ruleset: RuleSetInfo { count: 150, digest: format!("sha256:{}", "0".repeat(64)) },
            fingerprints: FingerprintInfo { keyed_by: FingerprintKey::default().id() },
        },
        scope: Scope { kind: ScopeKind::Worktree, target: vec![".".to_owned()], range: None },
        coverage: Coverage { items: 15_026, bytes: 188_400_000, skipped: Vec::new(), incomplete: Vec::new() },
        findings: Vec::new(),
        below_threshold: 0,
        min_confidence: Confidence::Medium,
        withheld: Vec::new(),
        exceptions: Vec::new(),
        fail_on: crate::finding::Threshold::default(),
        seconds: Some(0.52),
    }
}

/// A bit of everything, hostile names among it.
pub fn report() -> Report {
    Report {
        coverage: Coverage {
            skipped: vec![skip("ignored files", 212), skip("special file", 1), skip("submodules", 2)],
            incomplete: vec![
                Gap::new("data/dump.sql", "larger than 64 MiB", "see --max-file-size"),
                Gap::new("evil\n::error::forged\x1b[2J", "permission denied.", "Make it readable."),
            ],
            ..clean().coverage
        },
        findings: vec![github(), aws(), private_key(), password(), publishable(), suppressed()],
        below_threshold: 3,
        ..clean()
    }
}

fn skip(what: &str, count: u64) -> Skip {
    Skip { what: what.to_owned(), why: "because the sample says so".to_owned(), count }
}

fn github() -> Finding {
    let token = ["ghp_", &random(1, 32), "Kh8u"].concat();
    let mut finding = finding("github.personal-access-token", "GitHub personal access token (classic)", "GitHub", &token);
    finding.severity = Severity::Critical;
    finding.evidence =
        vec![Evidence::supporting("checksum-valid", "checksum valid"), Evidence::supporting("near-user", "next to a user name")];
    finding.identity.insert("account_id", "123456789012");
    finding.identity.insert("note", "made \u{202e}by##[error]Ann");
    finding.locations =
        vec![place(b"deploy/settings.py", 14, "GITHUB = \"", &finding.masked, "\""), place(HOSTILE, 3, "##[error]", &finding.masked, "")];
    finding.locations[0].line_hash = Some("271789c17abda88f:1".to_owned());
    finding
}

/// Newline, workflow command, terminal escape, bidirectional override.
const HOSTILE: &[u8] = b"deploy/\n::error::x\x1b[31m\xe2\x80\xae[y](z) 100%/\xe6\x97\xa5.py";

fn aws() -> Finding {
    let mut finding = finding("aws.secret-access-key", "AWS secret access key", "Amazon Web Services", &random(2, 40));
    finding.evidence = vec![Evidence::supporting("near-key-id", "next to an access key id")];
    finding.locations = (1..=6).map(|n| place(format!("env/{n}.tfvars").as_bytes(), n, "secret = ", &finding.masked, "")).collect();
    for location in &mut finding.locations {
        location.kind = LocationKind::Staged;
        location.blob = Some("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".to_owned());
    }
    finding
}

fn private_key() -> Finding {
    let key = ["-----BEGIN ", "PRIVATE KEY-----\n", &random(3, 64), "\n", &random(4, 64), "\n-----END ", "PRIVATE KEY-----"].concat();
    let mut finding = finding("privatekey.pkcs8", "Private key (PKCS #8)", "Private keys", &key);
    finding.locations = vec![place("schlüssel/\u{2066}id.pem".as_bytes(), 1, "", &finding.masked, "")];
    finding.locations[0].end = Position { line: 4, column_utf16: 26 };
    finding.locations[0].snippet = Snippet::default();
    finding
}

fn password() -> Finding {
    let mut secret = random(5, 10).into_bytes();
    secret.push(0xff);
    secret.push(0x07);
    let mut finding = finding("generic.password", "Password", "Generic", "");
    finding.secret = Secret::new(&secret);
    finding.masked = finding.secret.masked(0);
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Medium;
    finding.evidence = vec![Evidence::opposing("file-role-test", "in a test file"), Evidence::opposing("low-entropy", "few characters")];
    finding.locations = vec![place(b"caf\xe9/app.ini", 120_345, "日本 password = ", &finding.masked, " ; old")];
    finding
}

fn publishable() -> Finding {
    let key = ["pk_live_", &random(6, 24)].concat();
    let mut finding = finding("stripe.publishable-key", "Stripe publishable key", "Stripe", &key);
    finding.severity = Severity::Low;
    let (before, after) = ("var a=[1,2,3],b=\"x\";".repeat(40), ";function f(){return 1}".repeat(40));
    finding.locations = vec![place(b"js/app.min.js", 1, &before, &finding.masked, &after)];
    finding.locations[0].kind = LocationKind::SymlinkTarget;
    finding
}

fn suppressed() -> Finding {
    let mut finding = finding("slack.bot-token", "Slack bot token", "Slack", &["xoxb-", &random(7, 48)].concat());
    finding.status =
        Status { state: StatusState::Suppressed, reason: Some("revoked 2024-05-01\n::warning::x".to_owned()), ..Status::default() };
    finding.status.suppressions = vec![Suppression {
        kind: SuppressionKind::External,
        reason: finding.status.reason.clone(),
        owner: Some("@org/team".to_owned()),
        expires: Some("2027-01-31".to_owned()),
        approved_by: None,
        file: "keysieve.yaml".to_owned(),
        line: 7,
    }];
    finding.locations = vec![place(b"-", 7, "", &finding.masked, "")];
    finding.locations[0].kind = LocationKind::Stdin;
    finding
}

/// A finding of high severity and confidence without places. What stands before the last `_` or `-` of `secret` is its public prefix.
pub fn finding(id: &str, name: &str, provider: &str, secret: &str) -> Finding {
    let public_prefix = secret.rfind(['_', '-']).map_or(0, |at| at + 1);
    let secret = Secret::new(secret.as_bytes());
    let family = id.split('.').next().unwrap_or(id);
    Finding {
        fingerprint: Fingerprint::new(&FingerprintKey::default(), family, &secret),
        subject: Default::default(),
        rule: RuleRef {
            id: id.to_owned(),
            name: name.to_owned(),
            provider: provider.to_owned(),
            description: format!("Lets its holder use {provider} as whoever made it."),
        },
        severity: Severity::High,
        confidence: Confidence::High,
        evidence: Vec::new(),
        status: Status::default(),
        masked: secret.masked(if public_prefix < secret.len() { public_prefix } else { 0 }),
        secret,
        written: Vec::new(),
        identity: Identity::default(),
        locations: Vec::new(),
        exposure: None,
        sharing: None,
        remediation: Remediation {
            url: (provider != "Generic").then(|| format!("https://{family}.example/keys")),
            steps: vec!["Revoke it.".to_owned(), "Look for its use in the audit log.".to_owned()],
            references: vec![format!("https://{family}.example/docs")],
            playbook: Playbook {
                steps: vec![
                    Step {
                        phase: Phase::Revoke,
                        text: "Revoke it.".to_owned(),
                        command: Some("provider keys disable {key_id} --account {account_id}".to_owned()),
                        reversible: Some(true),
                    },
                    Step { phase: Phase::Verify, text: "Look for its use in the audit log.".to_owned(), command: None, reversible: None },
                ],
                breaks: "Programs that use it are refused.".to_owned(),
                revoke_first: None,
            },
        },
    }
}

/// A place in a file whose line reads `before`, the masked secret, `after`.
pub fn place(path: &[u8], line: u32, before: &str, masked: &str, after: &str) -> Location {
    let mark_start_chars = before.chars().count();
    let column = crate::location::utf16_len(before.as_bytes()) + 1;
    Location {
        start: Position { line, column_utf16: column },
        end: Position { line, column_utf16: column + 40 },
        byte_range: ByteSpan::new(before.len(), before.len() + 40),
        snippet: Snippet {
            text: format!("{before}{masked}{after}"),
            mark_start_chars,
            mark_end_chars: mark_start_chars + masked.chars().count(),
        },
        ..Location::new(path.to_vec(), LocationKind::File)
    }
}

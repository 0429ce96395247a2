//! How fast a large report is rendered.

use divan::Bencher;
use divan::counter::ItemsCount;
use keysieve::coverage::Coverage;
use keysieve::finding::{
    Confidence, Evidence, Finding, Fingerprint, FingerprintKey, Identity, Location, LocationKind, Remediation, RuleRef, Severity, Snippet,
    Status, Subject,
};
use keysieve::location::{ByteSpan, Position};
use keysieve::report::{FingerprintInfo, Format, Report, RuleSetInfo, Scope, ScopeKind, Style, Tool};
use keysieve::secret::Secret;

use crate::corpus::random::{BASE62, Random};

const FINDINGS: usize = 10_000;

#[divan::bench(args = Format::ALL, sample_count = 10)]
fn render(bencher: Bencher, format: Format) {
    let report = report();
    bencher.counter(ItemsCount::new(FINDINGS)).bench(|| format.render(divan::black_box(&report), Style::default()));
}

fn report() -> Report {
    let mut random = Random::new(2);
    Report {
        tool: Tool {
            name: "keysieve",
            version: "0.0.0".into(),
            ruleset: RuleSetInfo { count: 150, digest: "sha256:0".to_owned() },
            fingerprints: FingerprintInfo { keyed_by: "0".repeat(16) },
        },
        scope: Scope { kind: ScopeKind::Worktree, target: vec![".".to_owned()], range: None },
        coverage: Coverage { items: 15_000, bytes: 188 << 20, ..Coverage::default() },
        findings: (0..FINDINGS).map(|number| finding(&mut random, number)).collect(),
        below_threshold: 0,
        min_confidence: Confidence::Medium,
        withheld: Vec::new(),
        exceptions: Vec::new(),
        fail_on: keysieve::finding::Threshold::default(),
        seconds: Some(1.0),
    }
}

fn finding(random: &mut Random, number: usize) -> Finding {
    let secret = Secret::new(random.text(BASE62, 40).as_bytes());
    Finding {
        fingerprint: Fingerprint::new(&FingerprintKey::default(), "example", &secret),
        subject: Subject::Secret,
        rule: RuleRef {
            id: "example.token".to_owned(),
            name: "Example token".to_owned(),
            provider: "Example".to_owned(),
            description: "Acts as the person who made it.".to_owned(),
        },
        severity: Severity::High,
        confidence: Confidence::High,
        evidence: vec![Evidence::supporting("checksum-valid", "checksum valid")],
        status: Status::default(),
        masked: secret.masked(4),
        secret,
        written: Vec::new(),
        identity: Identity::default(),
        locations: (0..1 + number % 3).map(|place| location(number, place)).collect(),
        exposure: None,
        sharing: None,
        remediation: Remediation { steps: vec!["Revoke it.".to_owned()], ..Remediation::default() },
    }
}

fn location(number: usize, place: usize) -> Location {
    let line = u32::try_from(1 + number).expect("because there are few findings");
    let text = format!("token = \"{}\"", "*".repeat(16));
    Location {
        start: Position { line, column_utf16: 10 },
        end: Position { line, column_utf16: 50 },
        byte_range: ByteSpan::new(100 * number, 100 * number + 40),
        line_hash: Some(format!("{number:016x}:1")),
        snippet: Snippet { mark_start_chars: 9, mark_end_chars: 9 + 16, text },
        ..Location::new(format!("src/module{number}/file{place}.py").into_bytes(), LocationKind::File)
    }
}

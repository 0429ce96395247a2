//! Every report format on what a scan of arbitrary bytes finds: JSON parses, and no secret stands in any output.

#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use keysieve::detect::Detector;
use keysieve::detect::prefilter::Workload;
use keysieve::finding::{Confidence, FingerprintKey, Threshold};
use keysieve::report::{FingerprintInfo, Format, Report, RuleSetInfo, Scope, ScopeKind, Style, Tool};
use keysieve::rules::RuleSet;
use keysieve::scan::{self, Counters};
use keysieve::source::stdin::Stdin;
use keysieve_fuzz::Given;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

const MAX_FILE_SIZE: u64 = 1 << 20;
/// Shorter ones are words, and reports promise nothing about them outside of snippets.
const SHORTEST_SECRET: usize = 16;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Small));
/// What rules say of themselves: a password may be the words of a manual.
static RULES: LazyLock<String> =
    LazyLock::new(|| DETECTOR.rules().iter().map(|(_, entry)| format!("{:?}", (&entry.provider, &entry.rule))).collect());

fuzz_target!(|data: &[u8]| {
    let report = report(Given::from(data));
    let styles = [
        Style::default(),
        Style { color: true, width: Some(80), ..Style::default() },
        Style { width: Some(usize::from(data.first().copied().unwrap_or(0))), quiet: true, ..Style::default() },
    ];
    for format in Format::ALL {
        for style in styles {
            let text = format.render(&report, style);
            assert!(text.is_empty() || text.ends_with('\n'), "{format:?}");
            parses(format, &text);
            for finding in report.findings.iter().filter(|finding| finding.secret.len() >= SHORTEST_SECRET) {
                let secret = String::from_utf8_lossy(finding.secret.expose());
                let shown = text.contains(&*secret) && !RULES.contains(&*secret);
                assert!(!shown, "{format:?} shows the secret of {}", finding.rule.id);
            }
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { keysieve_fuzz::mutate(data, size, max_size, seed) });

fn report(given: Given<'_>) -> Report {
    let source = Stdin::new(given.path.to_vec(), MAX_FILE_SIZE, Box::new(Cursor::new(given.text.to_vec())));
    let scanned = scan::scan(&source, &DETECTOR, 1, &Counters::default()).expect("because standard input can always be listed");
    assert!(scanned.coverage.incomplete.is_empty(), "the detector panicked");
    Report {
        tool: Tool { name: "keysieve", version: "0.0.0".into(), ruleset: RuleSetInfo { count: 1, digest: "sha256:0".to_owned() }, fingerprints: FingerprintInfo { keyed_by: "0".repeat(16) } },
        scope: Scope { kind: ScopeKind::Stdin, target: vec![String::from_utf8_lossy(given.path).into_owned()], range: None },
        coverage: scanned.coverage,
        findings: scan::collate(scanned.sightings, DETECTOR.rules(), &FingerprintKey::default()).findings,
        below_threshold: 0,
        min_confidence: Confidence::Low,
        withheld: Vec::new(),
        exceptions: Vec::new(),
        fail_on: Threshold::default(),
        seconds: None,
    }
}

fn parses(format: Format, text: &str) {
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match format {
        Format::Human | Format::Github | Format::Markdown | Format::Junit | Format::Csv | Format::Html => {}
        Format::Json | Format::Sarif | Format::Gitlab | Format::Codequality | Format::Rdjson => assert!(is_json(text), "{format:?} is no JSON"),
        Format::Jsonl => assert!(text.lines().all(is_json), "a line of {format:?} is no JSON"),
    }
}

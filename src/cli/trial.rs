//! `keysieve rules try`: step by step why a rule finds something in a file, or does not.

use std::fmt::Write as _;
use std::io::Read as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;

use keysieve::decode;
use keysieve::detect::entropy::{Randomness, randomness};
use keysieve::detect::prefilter::Workload;
use keysieve::detect::trace::{Outcome, Place, Step};
use keysieve::detect::trial::{Trial, written_in};
use keysieve::detect::{Detector, Input};
use keysieve::finding::Confidence;
use keysieve::location::{LineIndex, Position};
use keysieve::rules::RuleEntry;
use keysieve::secret;

use super::args::RulesTryArgs;
use super::explain::wrapped;
use super::{exit, output, rulefiles, rules};

/// Tries one rule on one file.
///
/// # Errors
/// When there is no such rule or a file cannot be read.
pub fn run(args: &RulesTryArgs) -> anyhow::Result<ExitCode> {
    let detector = Detector::new(rulefiles::in_force(&args.rules)?, Workload::Small);
    let id = &*rules::find(detector.rules(), &args.id)?.rule.id;
    let (index, entry) = detector.rules().find(id).context("because the rule was just found")?;
    let (name, bytes) = read(args)?;
    let path = name.as_encoded_bytes();
    let mut texts = vec![Tried::new("as it stands", &bytes, detector.trial(Input { bytes: &bytes, path }, index))];
    let decoded = decode::decode(&bytes);
    if let Some(decoded) = &decoded {
        let trial = detector.trial(Input { bytes: decoded.text(), path }, index);
        texts.push(Tried::new(decoded.encoding().name(), decoded.text(), trial));
    }
    let shown = Shown { entry, file: name.to_string_lossy().into_owned(), texts };
    output::print(&if args.json { shown.json()? } else { shown.text(output::is_colored(args.color.into())) })?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The content, and the name under which it is scanned.
fn read(args: &RulesTryArgs) -> anyhow::Result<(std::ffi::OsString, Vec<u8>)> {
    let is_stdin = args.file.as_os_str() == "-";
    let mut bytes = Vec::new();
    if is_stdin {
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    }
    let own = if is_stdin { "<stdin>".into() } else { args.file.clone().into_os_string() };
    Ok((args.path.clone().unwrap_or(own), bytes))
}

/// One reading of the file.
struct Tried<'a> {
    reading: &'static str,
    text: &'a [u8],
    trial: Trial,
}

impl<'a> Tried<'a> {
    fn new(reading: &'static str, text: &'a [u8], trial: Trial) -> Self {
        Self { reading, text, trial }
    }

    /// The name of an assignment, unless a secret stands in it.
    fn name(&self, place: &Place) -> Option<String> {
        let name = place.name?;
        let mut secrets = self.trial.secrets.iter().copied().chain(self.trial.places.iter().filter_map(|place| place.secret));
        let is_secret = secrets.any(|secret| secret.overlaps(name)) || randomness(name.of(self.text)) == Randomness::Strong;
        let text = String::from_utf8_lossy(name.of(self.text));
        Some(if is_secret { secret::mask(name.of(self.text), 0) } else { text.escape_debug().to_string() })
    }
}

/// All that is shown.
struct Shown<'a> {
    entry: &'a RuleEntry,
    file: String,
    texts: Vec<Tried<'a>>,
}

/// Most places that are shown step by step.
const MOST: usize = 10;
/// Up to so many places, all are shown.
const FEW: usize = 5;

impl Shown<'_> {
    fn best(&self) -> Option<Confidence> {
        self.texts.iter().flat_map(|text| &text.trial.places).filter_map(|place| place.found).max()
    }

    fn text(&self, color: bool) -> String {
        let bold = if color { Style::new().bold() } else { Style::new() };
        let rule = &self.entry.rule;
        let mut out = format!("{bold}{}{bold:#} ({}) in {}\n", rule.name, rule.id, self.file);
        for tried in &self.texts {
            if self.texts.len() > 1 {
                let _ = writeln!(out, "\n{bold}read {}{bold:#}", tried.reading);
            }
            self.places(&mut out, tried, color);
        }
        let _ = writeln!(out, "\n{}", self.conclusion());
        out
    }

    fn places(&self, out: &mut String, tried: &Tried<'_>, color: bool) {
        let lines = LineIndex::new(tried.text);
        let places = &tried.trial.places;
        let is_shown = |place: &&Place| places.len() <= FEW || is_close(place);
        for place in places.iter().filter(is_shown).take(MOST) {
            self.place(out, tried, place, lines.position(place.at.start), color);
        }
        let left_out = places.iter().filter(is_shown).count().saturating_sub(MOST);
        if left_out > 0 {
            let _ = writeln!(out, "\n{left_out} more places; --json has them all");
        }
        let far: Vec<_> = places.iter().filter(|place| !is_shown(place)).collect();
        for (why, at) in by_reason(&far) {
            let shown: Vec<_> = at.iter().take(FEW).map(|place| position(lines.position(place.at.start))).collect();
            let more = if at.len() > FEW { ", …" } else { "" };
            let noun = if at.len() == 1 { "place" } else { "places" };
            let _ = writeln!(out, "\n{} {noun} ({}{more}): {}", at.len(), shown.join(", "), wrapped(why, "  "));
        }
        if places.is_empty() {
            let _ = writeln!(out, "\n{}", wrapped(&self.nothing(&tried.trial), ""));
        }
        if tried.trial.is_limited {
            let _ = writeln!(out, "\nnot all was read: encodings stand in each other deeper, or at more length, than is decoded");
        }
    }

    fn place(&self, out: &mut String, tried: &Tried<'_>, place: &Place, at: Position, color: bool) {
        let style = |wanted: Style| if color { wanted } else { Style::new() };
        let (good, bad) = (style(AnsiColor::Green.on_default()), style(AnsiColor::Red.on_default()));
        let name = tried.name(place).map_or_else(String::new, |name| format!("  {name}"));
        let _ = match place.found {
            Some(sure) => {
                let masked = place.masked.as_deref().unwrap_or_default();
                let found = if place.via.is_empty() { "found".to_owned() } else { format!("found {}", written_in(&place.via)) };
                writeln!(out, "\n{}{name}  {good}{found}, {} confidence{good:#}: {masked}", position(at), sure.as_str())
            }
            None => {
                let read = if place.via.is_empty() { String::new() } else { format!(", read {}", written_in(&place.via)) };
                writeln!(out, "\n{}{name}  {bad}not found{bad:#}{read}", position(at))
            }
        };
        for step in &place.steps {
            let (mark, style) = match step.outcome {
                Outcome::Passed => ("ok", good),
                Outcome::Failed => ("no", bad),
                Outcome::Noted => ("  ", Style::new()),
            };
            let indent = " ".repeat(18);
            let _ = writeln!(out, "  {style}{mark}{style:#}  {:11} {}", step.stage, wrapped(&step.note, &indent));
        }
    }

    /// Why there is no place to look at.
    fn nothing(&self, trial: &Trial) -> String {
        let rule = &self.entry.rule;
        if let Some(token) = &rule.token {
            let literals: Vec<_> = token.literals.iter().map(|literal| format!("`{literal}`")).collect();
            return format!("none of the rule's literals stands in it: {}", literals.join(", "));
        }
        if let Some(search) = &rule.search {
            let words: Vec<_> = search.keywords.iter().map(|word| format!("`{word}`")).collect();
            return match words.is_empty() {
                true => "the pattern matches nowhere in it".to_owned(),
                false => format!("none of the rule's keywords stands in it, or the pattern matches nowhere: {}", words.join(", ")),
            };
        }
        if trial.is_binary {
            return "it is binary (a NUL byte in its first 8,000 bytes), and assignments and URLs are read in text only".to_owned();
        }
        if rule.url.is_some() {
            return "no `://` stands in it".to_owned();
        }
        let unjoined = match trial.unjoined_words {
            0 => "no word that may begin such a name stands in it (key, token, secret, pass, auth, …)".to_owned(),
            count => {
                format!("{count} words that may begin such a name stand in it (key, token, secret, pass, auth, …), none joined to a value")
            }
        };
        format!("no name of a credential with a value: {unjoined}")
    }

    fn conclusion(&self) -> String {
        let all = self.texts.iter().map(|tried| tried.trial.places.len()).sum::<usize>();
        let found = self.texts.iter().flat_map(|tried| &tried.trial.places).filter(|place| place.found.is_some()).count();
        let places = if all == 1 { "place" } else { "places" };
        match self.best() {
            Some(Confidence::Low) => {
                format!("found at {found} of {all} {places}; with low confidence, which takes --min-confidence low in a scan")
            }
            Some(_) => format!("found at {found} of {all} {places}"),
            None if self.is_lost() => "not found by this rule: another one has what it would take".to_owned(),
            None => "not found".to_owned(),
        }
    }

    /// Whether the rule fits somewhere and another one won.
    fn is_lost(&self) -> bool {
        let mut steps = self.texts.iter().flat_map(|tried| &tried.trial.places).filter_map(|place| place.steps.last());
        steps.any(|step| step.stage == "overlap" && step.outcome == Outcome::Failed)
    }

    fn json(&self) -> anyhow::Result<String> {
        let texts: Vec<_> = self
            .texts
            .iter()
            .map(|tried| {
                let lines = LineIndex::new(tried.text);
                let places: Vec<_> =
                    tried.trial.places.iter().map(|place| json_place(tried, place, lines.position(place.at.start))).collect();
                let why = tried.trial.places.is_empty().then(|| self.nothing(&tried.trial));
                serde_json::json!({ "read": tried.reading, "places": places, "why_no_place": why, "is_limited": tried.trial.is_limited })
            })
            .collect();
        let shown = serde_json::json!({
            "rule": self.entry.rule.id, "file": self.file, "found": self.best().is_some(),
            "confidence": self.best().map(Confidence::as_str), "texts": texts,
        });
        Ok(format!("{}\n", serde_json::to_string_pretty(&shown)?))
    }
}

fn json_place(tried: &Tried<'_>, place: &Place, at: Position) -> serde_json::Value {
    let step = |step: &Step| serde_json::json!({ "stage": step.stage, "outcome": step.outcome.as_str(), "note": step.note });
    serde_json::json!({
        "line": at.line, "column": at.column_utf16, "name": tried.name(place), "masked": place.masked, "decoded_via": place.via,
        "confidence": place.found.map(Confidence::as_str), "steps": place.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

/// Whether the rule came far enough at a place to be worth a look.
fn is_close(place: &Place) -> bool {
    let passed = |stage| place.steps.iter().any(|step| step.outcome == Outcome::Passed && step.stage == stage);
    place.found.is_some() || ["literal", "context", "pattern", "name", "userinfo", "header"].into_iter().any(passed)
}

/// Places by the step that ended the matter, in order of the first.
fn by_reason<'p>(places: &[&'p Place]) -> Vec<(&'p str, Vec<&'p Place>)> {
    let mut groups: Vec<(&str, Vec<&Place>)> = Vec::new();
    for place in places {
        let why = place.steps.iter().find(|step| step.outcome == Outcome::Failed).map_or("", |step| step.note.as_str());
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, members)) => members.push(place),
            None => groups.push((why, vec![place])),
        }
    }
    groups
}

fn position(at: Position) -> String {
    format!("{}:{}", at.line, at.column_utf16)
}

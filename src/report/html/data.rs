//! What the page's script reads: the report with short keys, each rule and each text once, and long lists cut.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::coverage::{Gap, Skip};
use crate::finding::{Exposure, Finding, Location, RefName, Subject, Suppression};
use crate::report::place::Words;
use crate::report::playbook::{self, Filled, FilledStep};
use crate::report::{ExposureDetail, Report, Style, escape, sentence};

/// Places of a finding, names of refs, and characters of a line on either side of a secret, that the page tells.
const MOST_PLACES: usize = 100;
const MOST_REFS: usize = 24;
const MOST_SNIPPET_CHARS: usize = 160;

/// The data of a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    verdict: String,
    made_at: Option<i64>,
    coverage: Value,
    rules: Vec<Value>,
    findings: Vec<Value>,
    strings: Vec<String>,
}

/// What `report` has for the page.
pub fn page(report: &Report, style: Style<'_>) -> Page {
    let mut tables = Tables::default();
    // Unlike in other formats what is excepted is always there: the page shows it only when it is asked to.
    let findings = report.open().chain(report.suppressed()).map(|finding| tables.finding(finding, style)).collect();
    let skip = |skip: &Skip| json!({ "what": escape::text(&skip.what), "why": escape::text(&skip.why), "count": skip.count });
    let gap = |gap: &Gap| {
        let [what, why, remedy] = [&gap.what, &gap.why, &gap.remedy].map(|text| escape::text(text));
        json!({ "what": what, "why": why.trim_end_matches('.'), "remedy": remedy })
    };
    let coverage = &report.coverage;
    Page {
        verdict: sentence::verdict(report),
        made_at: style.made_at,
        coverage: json!({
            "skipped": coverage.skipped.iter().map(skip).collect::<Vec<_>>(),
            "incomplete": coverage.incomplete.iter().map(gap).collect::<Vec<_>>(),
        }),
        rules: tables.rules,
        findings,
        strings: tables.strings,
    }
}

/// What many findings share.
#[derive(Default)]
struct Tables<'r> {
    rules: Vec<Value>,
    rule_numbers: BTreeMap<&'r str, usize>,
    strings: Vec<String>,
    string_numbers: BTreeMap<String, usize>,
}

impl<'r> Tables<'r> {
    fn rule(&mut self, finding: &'r Finding) -> usize {
        if let Some(number) = self.rule_numbers.get(finding.rule.id.as_str()) {
            return *number;
        }
        let (rule, remediation) = (&finding.rule, &finding.remediation);
        let [id, name, provider, description] = [&rule.id, &rule.name, &rule.provider, &rule.description].map(|text| escape::text(text));
        let texts = |texts: &[String]| texts.iter().map(|text| escape::text(text).into_owned()).collect::<Vec<_>>();
        self.rules.push(json!({
            "id": id, "name": name, "provider": provider, "description": description,
            "url": remediation.url.as_deref().map(escape::text), "references": texts(&remediation.references),
        }));
        self.rule_numbers.insert(&rule.id, self.rules.len() - 1);
        self.rules.len() - 1
    }

    fn string(&mut self, text: String) -> usize {
        let (strings, next) = (&mut self.strings, self.string_numbers.len());
        *self.string_numbers.entry(text).or_insert_with_key(|text| {
            strings.push(text.clone());
            next
        })
    }

    /// The number of `text`, escaped, among the strings.
    fn text(&mut self, text: &str) -> usize {
        self.string(escape::text(text).into_owned())
    }

    /// Phase, text, whether it can be taken back (0 if nobody said), commands.
    fn step(&mut self, step: &FilledStep) -> Value {
        let undo = playbook::undo(step).map_or(0, |words| 1 + usize::from(words == "cannot be undone"));
        let mut row = vec![json!(step.phase as usize), json!(self.string(step.text.clone())), json!(undo)];
        row.extend(step.command.as_ref().map(|command| json!(self.string(command.clone()))));
        Value::Array(row)
    }

    fn finding(&mut self, finding: &'r Finding, style: Style<'_>) -> Value {
        let status = &finding.status;
        let mut data = json!({
            "f": finding.fingerprint.as_str(),
            "r": self.rule(finding),
            "s": finding.severity as usize,
            "c": finding.confidence as usize,
            "m": self.text(&finding.masked),
            "st": usize::from(!status.is_open()),
            "l": finding.locations.iter().take(MOST_PLACES).map(|place| self.place(place)).collect::<Vec<_>>(),
        });
        let lists = [
            ("sup", status.suppressions.iter().map(suppression).collect::<Vec<_>>()),
            ("notes", status.notes.iter().map(|note| json!(escape::text(note))).collect()),
            ("ev", finding.evidence.iter().map(|reason| json!([self.text(&reason.note), usize::from(reason.supports)])).collect()),
            ("id", finding.identity.iter().map(|(key, value)| json!([escape::text(key), escape::text(value)])).collect()),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            data[key] = Value::Array(list);
        }
        let playbook = Filled::of(finding);
        if !playbook.steps.is_empty() {
            data["p"] = playbook.steps.iter().map(|step| self.step(step)).collect();
        }
        for (key, words) in [("b", Some(&playbook.breaks)), ("rf", playbook.revoke_first.as_ref())] {
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                data[key] = json!(self.string(words.clone()));
            }
        }
        if finding.subject == Subject::File {
            data["x"] = json!(1);
        }
        if let Some(more @ 1..) = finding.locations.len().checked_sub(MOST_PLACES) {
            data["more"] = json!(more);
        }
        if let Some(owner) = status.suppressions.iter().find_map(|own| own.owner.as_deref()) {
            data["o"] = json!(escape::text(owner));
        }
        if let Some(reason) = &status.reason {
            data["why"] = json!(escape::text(reason));
        }
        let detail = style.exposure.unwrap_or_default();
        if let Some(known) = finding.exposure.as_ref().filter(|_| detail != ExposureDetail::None) {
            data["e"] = self.exposure(known);
        }
        data
    }

    fn place(&mut self, place: &Location) -> Value {
        let Words { name, after, has_lines } = Words::of(place);
        let (line, column) = if has_lines { (place.start.line, place.start.column_utf16) } else { (0, 0) };
        let [before, mark, behind] = snippet(place).map(|part| self.string(part));
        json!([self.string(name), line, column, self.string(after), before, mark, behind])
    }

    fn exposure(&mut self, known: &Exposure) -> Value {
        let mut data = json!({
            "inHead": usize::from(known.in_head), "reach": known.reach, "pushed": usize::from(known.pushed), "commits": known.commits,
            "blobs": known.blobs, "pathCount": known.path_count(), "held": known.held_by_count(), "reachable": known.reachable_from_count(),
            "heldBy": self.names(&known.held_by), "reachableFrom": self.names(&known.reachable_from),
        });
        for (key, info) in [("first", &known.first), ("last", &known.last)] {
            if let Some(info) = info {
                data[key] = json!([info.id, info.seconds, self.text(&info.author), self.text(&info.subject)]);
            }
        }
        if let Some(days) = known.days {
            data["days"] = json!(days);
        }
        data
    }

    fn names(&mut self, refs: &[RefName]) -> Vec<usize> {
        refs.iter().take(MOST_REFS).map(|name| self.text(short(&name.name))).collect()
    }
}

fn suppression(own: &Suppression) -> Value {
    let said = |text: &Option<String>| text.as_deref().map(|text| escape::text(text).into_owned());
    json!({
        "reason": said(&own.reason), "owner": said(&own.owner), "approved": said(&own.approved_by), "expires": said(&own.expires),
        "file": escape::text(&own.file), "line": own.line,
    })
}

/// The line before, in and behind the mark.
fn snippet(place: &Location) -> [String; 3] {
    let shown = &place.snippet;
    let chars: Vec<char> = shown.text.chars().collect();
    let start = shown.mark_start_chars.min(chars.len());
    let end = shown.mark_end_chars.clamp(start, chars.len());
    let first = start.saturating_sub(MOST_SNIPPET_CHARS);
    let last = end.saturating_add(MOST_SNIPPET_CHARS).min(chars.len());
    let text = |from: usize, to: usize| escape::text(&chars[from..to].iter().collect::<String>()).into_owned();
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    [format!("{}{}", cut(first > 0), text(first, start)), text(start, end), format!("{}{}", text(end, last), cut(last < chars.len()))]
}

/// A ref without the folders that go without saying.
fn short(name: &str) -> &str {
    ["refs/heads/", "refs/remotes/", "refs/"].iter().find_map(|folder| name.strip_prefix(folder)).unwrap_or(name)
}

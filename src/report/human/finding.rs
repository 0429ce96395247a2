//! One finding: headline, snippet, why it is believed, whose it is, where else it stands, since when it is exposed, what to do.

use super::Look;
use super::layout::{DOT, columns, counted, flow, wrap};
use super::{exposure, paint, snippet};
use crate::finding::{Confidence, Finding, Location, Status, Subject, Suppression};
use crate::report::playbook::Filled;
use crate::report::{escape, place};

/// Columns of the line number.
const NUMBER_COLUMNS: usize = 5;
/// Columns of ` | `.
const BAR_COLUMNS: usize = 3;
/// Further places that are listed one by one.
const LISTED_PLACES: usize = 3;

/// Appends the block of `finding`.
pub(super) fn write(out: &mut String, finding: &Finding, look: Look) {
    let mut block = Block { out, look, number_columns: number_columns(finding) };
    block.headline(finding);
    block.snippet(finding);
    if look.show_secrets && finding.subject != Subject::File && !finding.secret.is_empty() {
        block.row("", &format!("secret: {}", escape::path(finding.secret.expose())));
    }
    for line in flow(&identity(finding), block.room()) {
        block.row("", &line);
    }
    block.further_places(&finding.locations);
    block.rows(&exposure::lines(finding, look.exposure, block.room()));
    block.row("", &format!("what it is: keysieve explain {}", escape::text(&finding.rule.id)));
    for line in flow(&playbook(finding), block.room()) {
        block.row("", &line);
    }
}

/// The phases of its rotation, and where the whole of it is told.
fn playbook(finding: &Finding) -> Vec<String> {
    let filled = Filled::of(finding);
    let phases: Vec<&str> = filled.phases().into_iter().map(|(phase, _)| phase.as_str()).collect();
    let lead = if phases.is_empty() { "how to rotate it".to_owned() } else { format!("rotate it: {}", phases.join(" → ")) };
    // What only the history holds is not found by a look at the files.
    let history = if finding.is_of_history() { " --history" } else { "" };
    vec![lead, format!("keysieve playbook {}{history}", finding.fingerprint.short())]
}

fn number_columns(finding: &Finding) -> usize {
    let line = finding.locations.first().map_or(0, |place| place.start.line);
    line.to_string().len().max(NUMBER_COLUMNS)
}

struct Block<'o> {
    out: &'o mut String,
    look: Look,
    number_columns: usize,
}

impl Block<'_> {
    /// Severity, rule id, place; confidence if not high; then the rule's name for people.
    fn headline(&mut self, finding: &Finding) {
        let paint = self.look.paint;
        self.out.push_str(&paint.with(paint::severity(finding.severity), finding.severity.as_str()));
        self.out.push_str("  ");
        self.out.push_str(&escape::text(&finding.rule.id));
        if let Some(first) = finding.locations.first() {
            self.out.push_str("  ");
            self.out.push_str(&paint.with(paint::STRONG, place::words(first)));
            self.out.push_str(&environment(first));
        }
        if finding.confidence != Confidence::High {
            self.out.push_str(&paint.with(paint::DIM, format!("  {} confidence", finding.confidence.as_str())));
        }
        self.out.push('\n');
        self.row("", &escape::text(&finding.rule.name));
        if !finding.status.is_open() {
            self.rows(&suppressed(&finding.status));
        }
        for note in &finding.status.notes {
            let note = format!("not excepted: {}", escape::text(note));
            self.rows(&wrap(&note, self.room()));
        }
    }

    /// The masked line with marks below the secret, and the evidence beside the marks if there is room, else below.
    fn snippet(&mut self, finding: &Finding) {
        let evidence = evidence(finding);
        let room = self.room();
        let Some((first, shown)) = finding.locations.first().and_then(|first| Some((first, snippet::fit(&first.snippet, room)?))) else {
            self.rows(&flow(&evidence, room));
            return;
        };
        self.row(&first.start.line.to_string(), &shown.line);
        let marks = "^".repeat(shown.mark_columns);
        let marks = format!("{}{}", " ".repeat(shown.mark_start), self.look.paint.with(paint::severity(finding.severity), marks));
        let beside = evidence.join(DOT);
        if shown.mark_start + shown.mark_columns + 1 + columns(&beside) <= room {
            self.row("", format!("{marks} {beside}").trim_end());
        } else {
            self.row("", &marks);
            self.rows(&flow(&evidence, room));
        }
    }

    fn further_places(&mut self, places: &[Location]) {
        let further = further(places);
        for (at, location) in further.iter().take(LISTED_PLACES).enumerate() {
            let lead = if at == 0 { "also at" } else { "       " };
            self.row("", &format!("{lead} {}{}", place::words(location), environment(location)));
        }
        if let Some(more) = further.len().checked_sub(LISTED_PLACES).filter(|more| *more > 0) {
            self.row("", &format!("        and {}", counted(more as u64, "more place")));
        }
    }

    fn rows(&mut self, lines: &[String]) {
        for line in lines {
            self.row("", line);
        }
    }

    /// One line behind the bar.
    fn row(&mut self, number: &str, text: &str) {
        let gutter = format!("{number:>columns$} |", columns = self.number_columns);
        self.out.push_str(&self.look.paint.with(paint::DIM, gutter));
        if !text.is_empty() {
            self.out.push(' ');
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    /// Columns behind the bar.
    fn room(&self) -> usize {
        self.look.width.saturating_sub(self.number_columns + BAR_COLUMNS)
    }
}

/// The places behind the first, those before the others that are the first of their environment.
fn further(places: &[Location]) -> Vec<&Location> {
    let Some((first, others)) = places.split_first() else { return Vec::new() };
    let mut seen = vec![first.environment.as_deref()];
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for place in others {
        let environment = place.environment.as_deref();
        if environment.is_none() || seen.contains(&environment) {
            known.push(place);
        } else {
            seen.push(environment);
            new.push(place);
        }
    }
    new.extend(known);
    new
}

/// ` (prod)`.
fn environment(place: &Location) -> String {
    place.environment.as_deref().map(|name| format!(" ({})", escape::text(name))).unwrap_or_default()
}

/// One line for each exception: why, who, until when, where it is written down.
fn suppressed(status: &Status) -> Vec<String> {
    if status.suppressions.is_empty() {
        let reason = status.reason.as_deref().map(|reason| format!(": {}", escape::text(reason))).unwrap_or_default();
        return vec![format!("suppressed{reason}")];
    }
    let line = |own: &Suppression| {
        let reason = own.reason.as_deref().map(|reason| format!(": {}", escape::text(reason))).unwrap_or_default();
        let origin = format!("{}:{}", escape::text(&own.file), own.line);
        let terms = [("owner ", &own.owner), ("approved by ", &own.approved_by), ("until ", &own.expires)];
        let terms = terms.into_iter().filter_map(|(lead, text)| Some(format!("{lead}{}", escape::text(text.as_deref()?))));
        let terms: Vec<String> = std::iter::once(origin).chain(terms).collect();
        format!("suppressed{reason} ({})", terms.join(", "))
    };
    let mut lines: Vec<String> = status.suppressions.iter().take(LISTED_PLACES).map(line).collect();
    if let Some(more) = status.suppressions.len().checked_sub(LISTED_PLACES).filter(|more| *more > 0) {
        lines.push(format!("and by {}", counted(more as u64, "more exception")));
    }
    lines
}

/// Reasons for the finding, then reasons to doubt it.
fn evidence(finding: &Finding) -> Vec<String> {
    let notes = |supports: bool| {
        finding.evidence.iter().filter(move |reason| reason.supports == supports).map(|reason| escape::text(&reason.note).into_owned())
    };
    let mut words: Vec<String> = notes(true).collect();
    let lead = if words.is_empty() { "doubtful: " } else { "but " };
    words.extend(notes(false).enumerate().map(|(at, note)| if at == 0 { format!("{lead}{note}") } else { note }));
    words
}

/// What the credential says about itself: `account id 1234`, `expires 2031-01-01`.
fn identity(finding: &Finding) -> Vec<String> {
    finding.identity.iter().map(|(key, value)| format!("{}: {}", key.replace('_', " "), escape::text(value))).collect()
}

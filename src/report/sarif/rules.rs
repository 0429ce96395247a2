//! The rules of a run: what they find, how bad it is, how to rotate it.

use std::collections::BTreeMap;

use super::limits::{self, clip};
use super::model::{Configuration, Help, Rule, RuleProperties, Text};
use crate::finding::{Confidence, Finding, Severity, Subject};
use crate::report::playbook::{self, Filled};

/// Rules that have results, sorted by id.
pub struct Rules<'f> {
    by_id: BTreeMap<&'f str, Seen<'f>>,
}

/// What the findings of one rule have in common.
struct Seen<'f> {
    example: &'f Finding,
    severity: Severity,
    confidence: Confidence,
}

impl<'f> Rules<'f> {
    /// The rules of `findings`.
    pub fn of(findings: &[&'f Finding]) -> Self {
        let mut by_id: BTreeMap<&str, Seen<'f>> = BTreeMap::new();
        for &finding in findings {
            let (severity, confidence) = (finding.severity, finding.confidence);
            let seen = by_id.entry(&finding.rule.id).or_insert(Seen { example: finding, severity, confidence });
            seen.severity = seen.severity.max(severity);
            seen.confidence = seen.confidence.max(confidence);
        }
        Self { by_id }
    }

    /// Position of each rule in [`Rules::descriptors`].
    pub fn indices(&self) -> BTreeMap<&'f str, usize> {
        self.by_id.keys().enumerate().map(|(index, id)| (*id, index)).collect()
    }

    /// The rules as SARIF describes them.
    pub fn descriptors(&self) -> Vec<Rule> {
        self.by_id.values().map(descriptor).collect()
    }
}

/// SARIF's level of a severity.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// Code scanning's score of a severity: above 9 is critical, from 7 high, from 4 medium. Must be a string.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn descriptor(seen: &Seen<'_>) -> Rule {
    let finding = seen.example;
    let (rule, remediation) = (&finding.rule, &finding.remediation);
    Rule {
        id: rule.id.clone(),
        name: clip(&identifier(&rule.id), limits::NAME_CHARS),
        short_description: Text { text: clip(&rule.name, limits::TEXT_CHARS) },
        full_description: Text { text: clip(&rule.description, limits::TEXT_CHARS) },
        help_uri: remediation.url.iter().chain(&remediation.references).find(|url| is_web(url)).cloned(),
        help: Help { text: help_text(finding), markdown: help_markdown(finding) },
        default_configuration: Configuration { level: level(seen.severity) },
        properties: RuleProperties {
            tags: tags(&rule.id, finding.subject),
            precision: seen.confidence.as_str(),
            security_severity: security_severity(seen.severity),
        },
    }
}

/// `github.personal-access-token` as `GithubPersonalAccessToken`: SARIF wants a rule's name to be an identifier in Pascal case.
fn identifier(id: &str) -> String {
    id.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|word| word.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }))
        .collect()
}

/// CWE-798 is "Use of Hard-coded Credentials", CWE-540 "Inclusion of Sensitive Information in Source Code"; code scanning shows tags of this
/// form as links.
fn tags(id: &str, subject: Subject) -> Vec<String> {
    let provider = id.split('.').next().unwrap_or(id);
    let weakness = match subject {
        Subject::File => "external/cwe/cwe-540",
        Subject::Secret | Subject::Sharing => "external/cwe/cwe-798",
    };
    let mut tags: Vec<String> = [weakness, "secret", "security", provider].map(str::to_owned).to_vec();
    tags.sort();
    tags.dedup();
    tags.truncate(limits::TAGS);
    tags
}

/// Whether `url` is one that a reader may be sent to.
pub fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn help_text(finding: &Finding) -> String {
    let mut text = format!("{}\n\nHow to rotate it:\n", finding.rule.description);
    for (at, step) in finding.remediation.steps.iter().enumerate() {
        text.push_str(&format!("{}. {step}\n", at + 1));
    }
    for url in finding.remediation.url.iter().chain(&finding.remediation.references) {
        text.push_str(&format!("See {url}\n"));
    }
    text
}

fn help_markdown(finding: &Finding) -> String {
    let remediation = &finding.remediation;
    let mut markdown = format!("{}\n\n## How to rotate it\n\n", finding.rule.description);
    let playbook = Filled::blank(&remediation.playbook, remediation.url.as_deref(), finding.subject);
    if let Some(why) = &playbook.revoke_first {
        markdown.push_str(&format!("The exposed one goes first. {why}\n\n"));
    }
    for (at, step) in playbook.steps.iter().enumerate() {
        markdown.push_str(&format!("{}. **{}**: {}\n", at + 1, step.phase.as_str(), step.text));
        if let Some(command) = &step.command {
            markdown.push_str(&playbook::fenced(command, "   "));
        }
    }
    if !playbook.breaks.is_empty() {
        markdown.push_str(&format!("\n**What breaks meanwhile**: {}\n", playbook.breaks));
    }
    if let Some(url) = remediation.url.as_deref().filter(|url| is_web(url)) {
        markdown.push_str(&format!("\n[Rotate or revoke it]({url})\n"));
    }
    let references: Vec<String> = remediation.references.iter().filter(|url| is_web(url)).map(|url| format!("- <{url}>\n")).collect();
    if !references.is_empty() {
        markdown.push_str(&format!("\n## References\n\n{}", references.concat()));
    }
    markdown.push_str(&format!("\nOffline: `keysieve explain {}`\n", finding.rule.id));
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_worst_finding_speaks_for_its_rule() {
        let mut mild = sample::finding("a.b", "A", "A", "x");
        mild.severity = Severity::Low;
        mild.confidence = Confidence::Low;
        let mut bad = mild.clone();
        bad.severity = Severity::Critical;
        bad.confidence = Confidence::Medium;
        let rules = Rules::of(&[&mild, &bad]).descriptors();
        assert_eq!(rules.len(), 1);
        assert_eq!((rules[0].default_configuration.level, rules[0].properties.security_severity), ("error", "9.5"));
        assert_eq!(rules[0].properties.precision, "medium");
    }

    #[test]
    fn names_are_identifiers_and_tags_few() {
        assert_eq!(identifier("github.personal-access-token"), "GithubPersonalAccessToken");
        assert_eq!(tags("github.x", Subject::Secret), ["external/cwe/cwe-798", "github", "secret", "security"]);
        assert_eq!(tags("secret.x", Subject::Secret).len(), 3);
    }

    #[test]
    fn scores_fall_in_the_band_of_their_severity() {
        let band = |severity| match security_severity(severity).parse::<f64>().expect("because it is a number") {
            score if score > 9.0 => Severity::Critical,
            score if score >= 7.0 => Severity::High,
            score if score >= 4.0 => Severity::Medium,
            _ => Severity::Low,
        };
        for severity in Severity::ALL {
            assert_eq!(band(severity), severity);
        }
    }
}

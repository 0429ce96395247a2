//! The part of SARIF 2.1.0 that is written, as serializable types. Names and nesting are the standard's.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::finding::LocationKind;

/// `sarifLog`.
#[derive(Serialize)]
pub struct Log<'r> {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: Vec<Run<'r>>,
}

/// `run`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run<'r> {
    pub tool: Tool<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation_details: Option<AutomationDetails>,
    pub invocations: [Invocation; 1],
    pub original_uri_base_ids: BTreeMap<&'static str, Described>,
    pub column_kind: &'static str,
    /// Always there, even when empty.
    pub results: Vec<Result>,
    pub properties: Value,
}

/// `runAutomationDetails`.
#[derive(Serialize)]
pub struct AutomationDetails {
    pub id: String,
}

/// `tool`.
#[derive(Serialize)]
pub struct Tool<'r> {
    pub driver: Driver<'r>,
}

/// `toolComponent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver<'r> {
    pub name: &'r str,
    pub version: &'r str,
    pub semantic_version: &'r str,
    pub rules: Vec<Rule>,
    pub properties: Value,
}

/// `reportingDescriptor` of a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub id: String,
    pub name: String,
    pub short_description: Text,
    pub full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_uri: Option<String>,
    pub help: Help,
    pub default_configuration: Configuration,
    pub properties: RuleProperties,
}

/// `multiformatMessageString`.
#[derive(Serialize)]
pub struct Help {
    pub text: String,
    pub markdown: String,
}

/// `reportingConfiguration`.
#[derive(Serialize)]
pub struct Configuration {
    pub level: &'static str,
}

/// The keys that code scanning reads from a rule's property bag.
#[derive(Serialize)]
pub struct RuleProperties {
    pub tags: Vec<String>,
    pub precision: &'static str,
    #[serde(rename = "security-severity")]
    pub security_severity: &'static str,
}

/// `message` with its text only.
#[derive(Serialize)]
pub struct Text {
    pub text: String,
}

/// `artifactLocation` of which only the meaning is known.
#[derive(Serialize)]
pub struct Described {
    pub description: Text,
}

/// `invocation`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    pub execution_successful: bool,
    pub tool_execution_notifications: Vec<Notification>,
}

/// `notification`.
#[derive(Serialize)]
pub struct Notification {
    pub descriptor: DescriptorReference,
    pub level: &'static str,
    pub message: Text,
}

/// `reportingDescriptorReference`.
#[derive(Serialize)]
pub struct DescriptorReference {
    pub id: &'static str,
}

/// `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Result {
    pub rule_id: String,
    pub rule_index: usize,
    pub level: &'static str,
    pub message: Text,
    pub locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    pub properties: Value,
}

/// `suppression`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    pub kind: SuppressionKind,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    pub properties: Value,
}

/// The words for `suppression.kind`.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SuppressionKind {
    InSource,
    External,
}

/// `location`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
}

/// `logicalLocation`; any word may be its kind.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogicalLocation {
    pub fully_qualified_name: String,
    pub kind: LocationKind,
}

/// `physicalLocation`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    pub artifact_location: ArtifactLocation,
    pub region: Region,
}

/// `artifactLocation`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactLocation {
    pub uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_base_id: Option<&'static str>,
}

/// `region`; the end column is one past the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

//! A rule as its author writes it in `rules/<slug>.yaml`.
//!
//! The schema is closed: an unknown key is an error. The same types are parsed from YAML (at build time, and at run time for files that a
//! user names) and stand in the static table that `build.rs` makes; that is why texts and lists are [`Cow`]s. This file is compiled into
//! the build script as well, so it depends on nothing but serde and the two judgement words.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::phases;
use super::search::SearchMatch;
use super::step::Step;
use crate::finding::{Confidence, Severity};

/// Borrowed in the static table, owned when read from a file.
pub type Text = Cow<'static, str>;
/// Borrowed in the static table, owned when read from a file.
pub type List<T> = Cow<'static, [T]>;

/// One file: a provider and its rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Who issues the credentials.
    pub provider: Provider,
    /// What it issues.
    pub rules: List<Rule>,
}

/// Who issues a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// First part of every rule id in the file, and the file's name. Lower-case letters and digits.
    pub slug: Text,
    /// Name for people.
    pub name: Text,
    /// The provider's home page.
    #[serde(default)]
    pub url: Option<Text>,
    /// No provider at all but a form that many share, such as a PEM block: where a provider's rule finds the same bytes, that one wins.
    #[serde(default)]
    pub generic: bool,
}

/// One kind of credential and how to find it. Exactly one of `token`, `assignment`, `url`, `grammar`, `path`, `search` and `shared` is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `<slug>.<kind>`, lower-case letters, digits and `-`.
    pub id: Text,
    /// Name for people.
    pub name: Text,
    /// What the credential is and what its holder can do; one or two sentences, plain text.
    pub description: Text,
    /// Blast radius.
    pub severity: Severity,
    /// How sure a match is before its evidence is weighed.
    pub confidence: Confidence,
    /// How long such a credential lives if nobody revokes it.
    pub lifetime: Lifetime,
    /// Whose such a credential is.
    pub identity: IdentityClass,
    /// The credential has a form of its own.
    #[serde(default)]
    pub token: Option<TokenMatch>,
    /// The credential is known by the name it is assigned to.
    #[serde(default)]
    pub assignment: Option<AssignmentMatch>,
    /// The credential is the password of a URL with one of these schemes.
    #[serde(default)]
    pub url: Option<UrlMatch>,
    /// The rule names what the key/value grammar finds under names of one class.
    #[serde(default)]
    pub grammar: Option<GrammarClass>,
    /// The rule names files that a repository should not store.
    #[serde(default)]
    pub path: Option<PathMatch>,
    /// The credential is found by a search through whole texts.
    #[serde(default)]
    pub search: Option<SearchMatch>,
    /// The rule is about secrets that other rules find in several places.
    #[serde(default)]
    pub shared: Option<Shared>,
    /// Least Shannon entropy of the secret in bits per byte; below it there is no finding.
    #[serde(default)]
    pub min_entropy: Option<f32>,
    /// Name of an offline check (`keysieve rules checks` lists them).
    #[serde(default)]
    pub check: Option<Text>,
    /// Other rules whose match nearby says something about this one.
    #[serde(default)]
    pub companions: List<Companion>,
    /// Only in files whose path ends with one of these (case-insensitive), such as `.npmrc`.
    #[serde(default)]
    pub files: List<Text>,
    /// How to get rid of an exposed one.
    pub rotation: Rotation,
    /// Where the facts come from: the provider's documentation. Only a rule with `search` can do without.
    #[serde(default)]
    pub references: List<Text>,
    /// What must and must not be found. Only a rule with `search` can do without.
    #[serde(default)]
    pub examples: Examples,
}

/// A credential with a form of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenMatch {
    /// At least one of these stands in every match: three bytes or more of ASCII, rare in ordinary text. Compared exactly, unless the
    /// pattern begins with `(?i`.
    pub literals: List<Text>,
    /// Regular expression over bytes (`\w`, `\d` and `\b` are ASCII) with a group named `secret`.
    pub pattern: Text,
    /// Longest match in bytes; needed if the pattern itself has no bound.
    #[serde(default)]
    pub max_length: Option<u32>,
    /// What the pattern tells about itself; computed, never written.
    #[serde(skip)]
    pub facts: PatternFacts,
    /// The literals together with what the pattern has behind them, where that is few enough texts: a longer text is met less often by
    /// chance. Computed, never written.
    #[serde(skip)]
    pub lengthened: List<Text>,
}

/// What a pattern tells about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternFacts {
    /// Longest match in bytes.
    pub max_length: u32,
    /// Every match begins with one of the literals, so the pattern is tried only where a literal stands.
    pub anchored: bool,
    /// The pattern begins with `\b`.
    pub word_start: bool,
    /// Letter case does not count.
    pub ignore_case: bool,
}

/// A credential known by the name it is assigned to: `name op value` in any syntax that the key/value grammar reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentMatch {
    /// Words for the provider, compared without case and separators. One of them must be in the name, in a name that encloses it, in the
    /// file's path or, with `within_lines`, near it.
    pub context: List<Text>,
    /// One of these must be in the name, compared without case and separators. Empty: any name the grammar takes for a credential's.
    #[serde(default)]
    pub names: List<Text>,
    /// Regular expression that the whole value must match.
    pub value: Text,
    /// How many lines before the value a context word may stand. 0: only in the name or path.
    #[serde(default)]
    pub within_lines: u32,
    /// What the value pattern tells about itself; computed, never written.
    #[serde(skip)]
    pub facts: ValueFacts,
}

/// What the pattern of a value tells about itself: most values are seen not to fit without running it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueFacts {
    /// Shortest value in bytes.
    pub min_length: u32,
    /// Longest value in bytes.
    pub max_length: u32,
    /// ASCII bytes that a value can hold: byte `n` is bit `n`. Others can stand in none.
    pub bytes: u128,
}

/// A password in a URL with userinfo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlMatch {
    /// Schemes in lower case, such as `postgres`; a `+driver` suffix is ignored. Empty: every scheme no other rule names.
    #[serde(default)]
    pub schemes: List<Text>,
}

/// A file that a repository should not store, known by its name. In names `*` stands for any characters, also for none, and letter case does
/// not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathMatch {
    /// Names of such files, such as `.env.*`, or with the one folder that they lie in, such as `.kube/config`.
    pub names: List<Text>,
    /// Names that are none although `names` has them, such as `*.example`.
    #[serde(default)]
    pub except: List<Text>,
    /// What such a file holds.
    #[serde(default)]
    pub content: FileContent,
    /// Regular expression over bytes that the content must match somewhere. Where the group `value` is a placeholder, the match does not count;
    /// if what the group `name` holds is never the name of a credential, the file is shown to audits only.
    #[serde(default)]
    pub pattern: Option<Text>,
}

/// What the places of one secret have in common that they should not have. Told of a finished scan, not of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// They belong to more than one environment, such as staging and production.
    Environments,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileContent {
    /// Anything but nothing and white space.
    #[default]
    Any,
    /// No text: a NUL or bytes that are no UTF-8 near its beginning.
    Binary,
}

/// Class of a name in the key/value grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrammarClass {
    /// `password`, `passwd`, `passphrase`, …
    Password,
    /// `secret`, `client_secret`, …
    Secret,
    /// `token`, `access_token`, …
    Token,
    /// `api_key`, `secret_key`, `encryption_key`, …
    ApiKey,
    /// Bare `key` and other `…Key` names.
    Key,
    /// `auth`, `credential`, `nonce`, `salt`, …
    Auth,
    /// The value of an `Authorization: Basic` header.
    BasicHeader,
    /// The value of an `Authorization: Bearer` header.
    BearerHeader,
}

/// Another rule whose match nearby says something about this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Rule id.
    pub rule: Text,
    /// How many lines before or after.
    pub within_lines: u32,
    /// Without it there is no finding. Otherwise its presence raises the confidence by one step.
    #[serde(default)]
    pub required: bool,
}

/// How long a credential lives if nobody revokes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifetime {
    /// Until revoked, or for months.
    Long,
    /// Hours or days.
    Short,
}

/// Whose a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityClass {
    /// A person's.
    Human,
    /// An account made for a program.
    ServiceAccount,
    /// A running job, pod or machine.
    Workload,
    /// A registered application.
    Application,
    /// A database, host, network or signing key.
    Infrastructure,
}

/// How to get rid of an exposed credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The provider's page for rotating or revoking.
    #[serde(default)]
    pub url: Option<Text>,
    /// Steps in the order create, deploy, revoke, verify: imperative sentences, or mappings as below.
    #[serde(deserialize_with = "settled")]
    pub steps: List<Step>,
    /// What stops working when the exposed one ends before everything has the new one, and who notices. Worked out from the kind of
    /// credential where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Text>,
    /// Why the steps that revoke stand first, in one sentence. Without it they stand behind those that deploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_first: Option<Text>,
}

fn settled<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<List<Step>, D::Error> {
    let mut steps = Vec::<Step>::deserialize(deserializer)?;
    phases::settle(&mut steps);
    Ok(steps.into())
}

/// What must and must not be found. `{{base62:36}}` and its like stand for generated characters, so that no live-looking token is written
/// down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Texts in which this rule must report something by default; two at least, but for a rule with `search`.
    #[serde(default)]
    pub positive: List<Text>,
    /// Texts in which this rule must report nothing by default; two at least, but for a rule with `search`.
    #[serde(default)]
    pub negative: List<Text>,
    /// The file name under which they are scanned.
    #[serde(default)]
    pub path: Option<Text>,
    /// In place of `positive` for a rule with `path` or `shared`: files that it must report by default.
    #[serde(default)]
    pub positive_files: List<FileExample>,
    /// In place of `negative` for a rule with `path` or `shared`: files that it must not report by default.
    #[serde(default)]
    pub negative_files: List<FileExample>,
}

/// A file that a repository stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileExample {
    /// Path from the top of the repository, `/` between the parts.
    pub path: Text,
    /// What it holds; a template as in other examples.
    #[serde(default)]
    pub content: Text,
}

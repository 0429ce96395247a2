//! The configuration in force for a scan: which files count, what the environment and flags say, and what comes of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail};

use keysieve::config::{self, Config, NAMES, Setting, Sources};
use keysieve::coverage::Skip;
use keysieve::exceptions::{Exceptions, Lookup};
use keysieve::finding::FingerprintKey;
use keysieve::rules::RuleSet;
use keysieve::run::{Plan, Settings, Target};
use keysieve::source::excludes;
use keysieve::source::range::Wanted;
use keysieve::source::repository::GitEnvironment;

use super::args::{RulesInForceArgs, ScannedArgs, SettingsArgs};
use super::rulefiles;

/// What is configured about.
pub enum Place<'p> {
    /// The repository that a folder lies in; reported paths count from its top.
    Repository(&'p Path),
    /// The same, or a folder that lies in none; reported paths count from its root.
    Whole(&'p Path),
    /// Files and folders; reported paths begin as they are named.
    Paths(&'p [PathBuf]),
}

/// A configuration and what comes of it.
pub struct InForce {
    /// All layers.
    pub config: Config,
    /// The rules.
    pub rules: RuleSet,
    /// The rest.
    pub settings: Settings,
    /// What it excepts.
    pub exceptions: Exceptions,
    /// Roots of what is scanned, without links, each once.
    pub roots: Vec<PathBuf>,
}

impl InForce {
    /// A plan to scan `target` by it, and the rules. `git` is what the environment says of git.
    ///
    /// # Errors
    /// The clock stands before 1970.
    pub fn plan(self, target: Target, git: GitEnvironment) -> anyhow::Result<(Plan, RuleSet)> {
        let plan = Plan {
            target,
            threads: 0,
            max_file_size: self.config.max_file_size(),
            min_confidence: self.config.min_confidence(),
            fingerprint_key: FingerprintKey::default(),
            git,
            now: now()?,
            settings: self.settings,
            exceptions: self.exceptions,
            list_comments: false,
            roots: self.roots,
        };
        Ok((plan, self.rules))
    }

    /// With what is known of those who wrote its exceptions and approved them, as far as that is asked for. `wanted` names the range that is
    /// scanned.
    #[must_use]
    pub fn with_approvals(mut self, git: &GitEnvironment, wanted: Option<&Wanted>) -> Self {
        if self.exceptions.policy.require_approval && !self.exceptions.listed.is_empty() {
            let (config, git, wanted) = (self.config.clone(), git.clone(), wanted.cloned());
            self.exceptions.approvals = Lookup::new(move || config.approvals(&git, wanted.as_ref()));
        }
        self
    }
}

/// Finds and reads what counts for `place`.
///
/// # Errors
/// Something cannot be read or used.
pub fn load(args: &SettingsArgs, place: &Place<'_>, git: &GitEnvironment) -> anyhow::Result<InForce> {
    let roots = roots(place, git);
    let mut sources = sources(args);
    let mut distinct: Vec<PathBuf> = roots.values().flatten().cloned().collect();
    distinct.sort();
    distinct.dedup();
    let needs_file = !sources.without_files && sources.named.is_none();
    sources.root = match distinct.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => match several.iter().find(|root| needs_file && NAMES.iter().any(|name| root.join(name).exists())) {
            Some(root) => bail!(
                "the paths lie in several repositories, and {} has a configuration of its own: scan them one by one, or say with --config or \
                 --no-config what counts",
                root.display()
            ),
            None => None,
        },
    };
    let in_force = in_force(Config::load(&sources)?, &args.scanned.rules, |excludes| match place {
        Place::Repository(_) | Place::Whole(_) => excludes,
        Place::Paths(paths) => excludes.below(excludes::named_roots(paths, |path| roots.get(&asked(path)).cloned().flatten())),
    })?;
    let files = if needs_file { NAMES.to_vec() } else { Vec::new() };
    Ok(InForce { roots: distinct, settings: Settings { files, ..in_force.settings }, ..in_force })
}

/// The rules in force in the current folder.
///
/// # Errors
/// The configuration there or a rule file cannot be used.
pub fn rules_here(args: &RulesInForceArgs) -> anyhow::Result<RuleSet> {
    let scanned = ScannedArgs { rules: args.rules.clone(), no_config: args.no_config, ..ScannedArgs::default() };
    let git = GitEnvironment::from_env(|name| std::env::var_os(name));
    let settings = SettingsArgs { scanned, ..SettingsArgs::default() };
    let found = load(&settings, &Place::Paths(&[PathBuf::from(".")]), &git);
    Ok(found.context("the configuration decides over rules; --no-config leaves it out")?.rules)
}

/// What comes of a configuration.
///
/// # Errors
/// It names what is not there.
pub fn in_force(
    config: Config,
    rules: &[PathBuf],
    below: impl FnOnce(excludes::Excludes) -> excludes::Excludes,
) -> anyhow::Result<InForce> {
    let found = config.rule_files()?;
    let named: Vec<_> = found.iter().map(|(path, origin)| (path.as_path(), origin.source())).collect();
    let (set, mut skipped) = configured_rules(&named, rules)?;
    let excludes = below(config.excludes()?);
    let exceptions = config.exceptions(&set)?;
    let reported = config.rules(set)?;
    skipped.extend(reported.skipped);
    let (fail_on, environments) = (config.fail_on(), config.environments()?);
    let settings = Settings { excludes, fail_on, environments, files: Vec::new(), skipped };
    Ok(InForce { rules: reported.rules, settings, config, exceptions, roots: Vec::new() })
}

/// The rules of files that a configuration names, and of those that flags name: of several with one id the last one counts. What a
/// configuration puts in the place of others is told.
fn configured_rules(named: &[(&Path, &str)], flags: &[PathBuf]) -> anyhow::Result<(RuleSet, Vec<Skip>)> {
    let mut replaced: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut paths = Vec::new();
    if !named.is_empty() {
        let builtin = RuleSet::builtin();
        let mut known: BTreeMap<String, &str> = builtin.iter().map(|(_, entry)| (entry.rule.id.to_string(), "built-in rules")).collect();
        for (path, by) in named {
            for file in rulefiles::named(&[path.to_path_buf()])? {
                for rule in rulefiles::parse_bounded(&file)?.file.rules.iter() {
                    if let Some(what) = known.insert(rule.id.to_string(), "rules of other files") {
                        *replaced.entry((what, by)).or_default() += 1;
                    }
                }
            }
            paths.push(path.to_path_buf());
        }
    }
    let why = |by: &str| format!("rule_dirs, by {by}: rules of the same id take their place");
    let skips = replaced.iter().map(|((what, by), count)| Skip { what: (*what).to_owned(), why: why(by), count: *count }).collect();
    paths.extend(flags.iter().cloned());
    Ok((rulefiles::in_force(&paths)?, skips))
}

/// For the folder of each path the root whose configuration counts. Asked once for each folder: a hook names hundreds of files in few.
fn roots(place: &Place<'_>, git: &GitEnvironment) -> BTreeMap<Asked, Option<PathBuf>> {
    let paths = match place {
        Place::Repository(folder) => return BTreeMap::from([(asked(folder), config::top_of(folder, git))]),
        Place::Whole(folder) => return BTreeMap::from([(asked(folder), config::root_of(folder, git))]),
        Place::Paths(paths) => *paths,
    };
    let mut roots = BTreeMap::new();
    for path in paths {
        roots.entry(asked(path)).or_insert_with(|| config::root_of(path, git));
    }
    roots
}

/// A folder, and whether it was named itself: outside of repositories its configuration counts only then.
type Asked = (PathBuf, bool);

fn asked(path: &Path) -> Asked {
    let is_folder = path.is_dir();
    let folder = if is_folder { path } else { path.parent().unwrap_or(path) };
    (folder.to_owned(), is_folder)
}

/// Where a configuration comes from, but for the root.
pub fn sources(args: &SettingsArgs) -> Sources {
    let scanned = &args.scanned;
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let without = variable("KEYSIEVE_NO_CONFIG").is_some_and(|value| value != "0" && value != "false") && scanned.config.is_none();
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    Sources {
        root: None,
        user: user_config(),
        named: scanned.config.clone().or_else(|| variable("KEYSIEVE_CONFIG").map(PathBuf::from)),
        without_files: scanned.no_config || without,
        variables: variables.filter(|(name, _)| name.starts_with("KEYSIEVE_")).collect(),
        flags: flags(args),
    }
}

fn flags(args: &SettingsArgs) -> Vec<(Setting, &'static str, String)> {
    let scanned = &args.scanned;
    let mut flags = Vec::new();
    let mut add = |setting, flag, texts: Vec<String>| flags.extend(texts.into_iter().map(|text| (setting, flag, text)));
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
    add(Setting::RuleFiles, "--rules", paths(&scanned.rules));
    add(Setting::DisabledRules, "--disable-rule", scanned.disable_rule.clone());
    add(Setting::EnabledRules, "--enable-rule", scanned.enable_rule.clone());
    add(Setting::ExcludedPaths, "--exclude", scanned.exclude.clone());
    add(Setting::IncludedPaths, "--include", scanned.include.clone());
    let word = |word: Option<&str>| word.map(str::to_owned).into_iter().collect();
    add(Setting::FailOnSeverity, "--fail-on-severity", word(args.fail_on_severity.map(|level| level.as_str())));
    add(Setting::FailOnConfidence, "--fail-on-confidence", word(args.fail_on_confidence.map(|level| level.as_str())));
    add(Setting::MinConfidence, "--min-confidence", word(scanned.min_confidence.map(|level| level.as_str())));
    add(Setting::MaxFileSize, "--max-file-size", scanned.max_file_size.map(|size| size.0.to_string()).into_iter().collect());
    flags
}

/// The user's own file.
fn user_config() -> Option<PathBuf> {
    Some(user_folder()?.join("config.yaml"))
}

/// The folder of the user's own files, in the folder where programs keep their settings, as the system's conventions say.
pub fn user_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let standard = || match () {
        () if cfg!(windows) => absolute("APPDATA"),
        () if cfg!(target_os = "macos") => Some(absolute("HOME")?.join("Library/Application Support")),
        () => Some(absolute("HOME")?.join(".config")),
    };
    Some(absolute("XDG_CONFIG_HOME").or_else(standard)?.join("keysieve"))
}

/// Seconds since 1970.
///
/// # Errors
/// The clock stands before 1970.
pub fn now() -> anyhow::Result<i64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

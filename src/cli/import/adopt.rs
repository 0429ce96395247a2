//! Imports of what another tool ignores: where it points, keysieve looks, and excepts the secrets themselves.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::config;
use keysieve::exceptions::Exceptions;
use keysieve::finding::{Confidence, Finding, Subject};
use keysieve::import::gitleaksignore::{self, Entry, Look};
use keysieve::import::{Outcome, detect_secrets as baseline, trufflehog};
use keysieve::report::Report;
use keysieve::rules::RuleSet;
use keysieve::run::{self, Target};
use keysieve::scan::Counters;
use keysieve::source::commit_files::CommitFile;
use keysieve::source::repository::GitEnvironment;

use super::super::args::{AdoptArgs, ScannedArgs, SettingsArgs, SourceArgs, WritingArgs};
use super::super::progress::{self, Shown};
use super::super::settings::{self, InForce, Place};
use super::super::{exit, look};
use super::{finish, source};

/// Takes a `.gitleaksignore` over.
///
/// # Errors
/// It cannot be read, nothing can be scanned, or nothing can be written.
pub fn gitleaksignore(args: &AdoptArgs) -> anyhow::Result<ExitCode> {
    let top = Top::of(&args.writing)?;
    let (name, text) = source(&top.file(args, ".gitleaksignore"), gitleaksignore::LARGEST)?;
    let mut outcome = Outcome::default();
    let entries = gitleaksignore::parse(&text, &mut outcome);
    let reports = [top.files(&entries)?, top.commits(&entries)?];
    let seen = Seen::new(&reports);
    let builtin = RuleSet::builtin();
    let families: HashSet<String> = builtin.iter().filter_map(|(_, entry)| entry.rule.id.split('.').next().map(str::to_owned)).collect();
    let imported = gitleaksignore::import(&entries, &families, outcome, |entry| seen.look(entry, &top));
    finish(&imported, &name, &top.writing)
}

/// Takes a baseline of detect-secrets over.
///
/// # Errors
/// As [`gitleaksignore`].
pub fn detect_secrets(args: &AdoptArgs) -> anyhow::Result<ExitCode> {
    let top = Top::of(&args.writing)?;
    let (name, text) = source(&top.file(args, ".secrets.baseline"), baseline::LARGEST)?;
    let written = baseline::Baseline::parse(&text).with_context(|| name.clone())?;
    let report = top.scan(Target::Worktree { roots: vec![".".into()], include_ignored: false })?;
    let limit = config::LARGEST_FILE_SIZE.min(64 << 20);
    let content = |path: &str| keysieve::source::read_bounded(&top.path.join(path), false, limit).ok().flatten();
    let imported = baseline::import(&written, &report.findings, &|path| if is_below(path) { content(path) } else { None });
    let code = finish(&imported, &name, &top.writing)?;
    look::warn(&report);
    Ok(if report.coverage.incomplete.is_empty() { code } else { ExitCode::from(exit::INCOMPLETE) })
}

/// Takes the paths over that trufflehog leaves out.
///
/// # Errors
/// As [`gitleaksignore`].
pub fn trufflehog_exclude(args: &SourceArgs) -> anyhow::Result<ExitCode> {
    let (name, text) = source(&args.file, trufflehog::LARGEST)?;
    finish(&trufflehog::import_excludes(&text), &name, &Top::of(&args.writing)?.writing)
}

/// The folder whose configuration is written.
struct Top {
    path: PathBuf,
    git: GitEnvironment,
    writing: WritingArgs,
}

impl Top {
    /// The top of the repository of the folder that was named, or the folder.
    fn of(writing: &WritingArgs) -> anyhow::Result<Self> {
        let named = &writing.output;
        let git = look::environment(named.as_os_str() != ".");
        let real = named.canonicalize().with_context(|| format!("--output {}", named.display()))?;
        anyhow::ensure!(real.is_dir(), "--output {}: not a folder", named.display());
        let path = config::root_of(named, &git).unwrap_or_else(|| real.clone());
        let output = if path == real { named.clone() } else { path.clone() };
        Ok(Self { path, git, writing: WritingArgs { output, ..writing.clone() } })
    }

    /// The file that was named, or the usual one.
    fn file(&self, args: &AdoptArgs, usual: &str) -> PathBuf {
        let usual = || if self.writing.output.as_os_str() == "." { PathBuf::from(usual) } else { self.writing.output.join(usual) };
        args.file.clone().unwrap_or_else(usual)
    }

    /// Everything that is found in `target`, however unsure, with nothing excepted.
    fn scan(&self, target: Target) -> anyhow::Result<Report> {
        let scanned = ScannedArgs { min_confidence: Some(Confidence::Low), ..ScannedArgs::default() };
        let in_force = settings::load(&SettingsArgs { scanned, ..SettingsArgs::default() }, &Place::Whole(&self.path), &self.git)?;
        let (plan, rules) = InForce { exceptions: Exceptions::default(), ..in_force }.plan(target, look::absolute(self.git.clone()))?;
        let counters = Counters::default();
        let run = || Ok(run::run(plan, rules, &counters)?);
        look::within(&self.path, || progress::scoped(&Shown { counters: &counters, noun: "files" }, false, run))
    }

    /// Scans the files that entries without a commit name.
    fn files(&self, entries: &[Entry]) -> anyhow::Result<Option<Report>> {
        let named = entries.iter().filter(|entry| entry.commit.is_none()).map(|entry| &entry.path);
        let roots: BTreeSet<PathBuf> = named.filter(|path| self.path.join(path).is_file()).map(PathBuf::from).collect();
        if roots.is_empty() {
            return Ok(None);
        }
        self.scan(Target::Worktree { roots: roots.into_iter().collect(), include_ignored: true }).map(Some)
    }

    /// Scans those that the others name.
    fn commits(&self, entries: &[Entry]) -> anyhow::Result<Option<Report>> {
        let files: BTreeSet<CommitFile> = entries.iter().filter_map(commit_file).collect();
        if files.is_empty() {
            return Ok(None);
        }
        self.scan(Target::CommitFiles { cwd: self.path.clone(), files: files.into_iter().collect() }).map(Some)
    }
}

fn commit_file(entry: &Entry) -> Option<CommitFile> {
    Some(CommitFile { commit: entry.commit.clone()?, path: entry.path.clone().into_bytes() })
}

/// Whether a path from the top leads nowhere else.
fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// The lines of a secret, from 1.
type Lines<'f> = (u32, u32, &'f Finding);

/// What was found, by commit and path.
struct Seen<'f> {
    found: HashMap<(Option<&'f str>, &'f [u8]), Vec<Lines<'f>>>,
    gaps: HashMap<&'f str, String>,
}

impl<'f> Seen<'f> {
    fn new(reports: &'f [Option<Report>]) -> Self {
        let mut own = Self { found: HashMap::new(), gaps: HashMap::new() };
        for report in reports.iter().flatten() {
            for finding in report.findings.iter().filter(|finding| finding.subject == Subject::Secret) {
                for place in &finding.locations {
                    let key = (place.commit.as_deref(), place.path.as_slice());
                    own.found.entry(key).or_default().push((place.start.line, place.end.line, finding));
                }
            }
            own.gaps.extend(report.coverage.incomplete.iter().map(|gap| (gap.what.as_str(), gap.why.clone())));
        }
        own
    }

    fn look(&self, entry: &Entry, top: &Top) -> Look<'f> {
        let name = commit_file(entry).map_or_else(|| entry.path.clone(), |file| file.name());
        if let Some(why) = self.gaps.get(name.as_str()) {
            return Look::Unread(format!("it could not be looked at: {why}"));
        }
        if entry.commit.is_none() && !top.path.join(&entry.path).is_file() {
            return Look::Unread("there is no such file any more".to_owned());
        }
        let all = self.found.get(&(entry.commit.as_deref(), entry.path.as_bytes())).map_or(&[][..], Vec::as_slice);
        Look::Found(all.iter().filter(|(from, to, _)| (*from..=*to).contains(&entry.line)).map(|(_, _, finding)| *finding).collect())
    }
}

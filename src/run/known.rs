//! Marks the findings of a report that are excepted.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::shared::Search;
use crate::enrich::MOST_SPOTS;
use crate::exceptions::inline::Comment;
use crate::exceptions::{Day, Exceptions, Matching, Scene};
use crate::finding::{Finding, Location};
use crate::report::{Report, ScopeKind};
use crate::scan;
use crate::source::names;

/// What is excepted, where and when.
pub(super) struct Known {
    pub(super) exceptions: Exceptions,
    pub(super) roots: Vec<PathBuf>,
    pub(super) now: i64,
    /// Comments in the scanned files.
    pub(super) comments: Vec<Comment>,
}

impl Known {
    /// Marks the findings of `report`, and those `below` it, adds what `search` finds among the marked ones, and says what became of each
    /// exception.
    pub(super) fn mark(&self, report: &mut Report, below: &mut Vec<Finding>, search: &Search<'_>) {
        let today = Day::at(self.now);
        let folders = self.folders(report.scope.kind);
        let path = |location: &Location| folders.below_root(&location.path);
        let scene = Scene { today, most_places: MOST_SPOTS, path: &path };
        let mut matching = Matching::new(&self.exceptions, today);
        for findings in [&mut report.findings, below] {
            matching.apply(findings, &scene);
        }
        let (mut shared, inherited): (Vec<_>, Vec<_>) =
            search.among(&report.findings, &path).into_iter().map(|derived| (derived.finding, derived.inherited)).unzip();
        matching.apply(&mut shared, &scene);
        for (mut finding, inherited) in shared.into_iter().zip(inherited) {
            if let Some(status) = inherited.filter(|_| finding.status.is_open()) {
                finding.status = status;
            }
            if finding.confidence >= report.min_confidence {
                report.findings.push(finding);
            } else {
                report.below_threshold += 1;
            }
        }
        scan::sort_findings(&mut report.findings);
        report.exceptions = matching.into_uses(&self.comments, today);
    }

    /// Where the paths of a report begin.
    pub(super) fn folders(&self, kind: ScopeKind) -> Folders {
        // Paths on disk begin where the user is, those out of git at the top.
        let is_on_disk = matches!(kind, ScopeKind::Worktree | ScopeKind::Stdin);
        let roots = self.roots.iter().filter(|_| is_on_disk).filter_map(|root| root.canonicalize().ok()).collect();
        Folders { roots, known: RefCell::default() }
    }
}

/// Folders as they were named, and where they really are.
pub(super) struct Folders {
    /// Tops of repositories, without links. None: paths are not changed.
    roots: Vec<PathBuf>,
    known: RefCell<HashMap<PathBuf, Option<PathBuf>>>,
}

impl Folders {
    /// The path, from the top of its repository, of what the user knows as `path`; none if that is elsewhere.
    pub(super) fn below_root(&self, path: &[u8]) -> Option<Vec<u8>> {
        if self.roots.is_empty() || path.is_empty() {
            return Some(path.to_vec());
        }
        let path = names::path(path);
        let (folder, name) = (path.parent().unwrap_or(Path::new("")), path.file_name()?);
        let mut known = self.known.borrow_mut();
        let real = known.entry(folder.to_owned()).or_insert_with(|| {
            let named = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            // What standard input is called need not be there.
            named.canonicalize().or_else(|_| std::path::absolute(named)).ok()
        });
        let real = real.as_deref()?;
        let root = self.roots.iter().filter(|root| real.starts_with(root)).max_by_key(|root| root.as_os_str().len())?;
        let below = real.strip_prefix(root).ok()?.join(name);
        Some(names::bytes(&below).into_owned())
    }
}

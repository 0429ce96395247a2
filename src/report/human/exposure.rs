//! The timeline below a finding: since when it is exposed, in which commits, and what still holds it.

use std::collections::BTreeSet;

use super::layout::{clip, columns, counted, flow, thousands, wrap};
use super::refs::{self, enumerate};
use crate::finding::{CommitInfo, Exposure, Finding, Reach, RefKind, RefName};
use crate::report::{ExposureDetail, dates, escape, place};

/// Names of refs of one kind that are shown in brief.
const NAMED: usize = 3;
/// Columns of `first`, id and date with what separates them.
const COMMIT_COLUMNS: usize = 31;
/// Fewer columns than this are too few for an author and a subject.
const LEAST_WHO_COLUMNS: usize = 24;
/// Columns of an author in brief.
const AUTHOR_COLUMNS: usize = 30;

/// The lines for the exposure of `finding`, none wider than `width` columns.
pub(super) fn lines(finding: &Finding, detail: ExposureDetail, width: usize) -> Vec<String> {
    let Some(exposure) = finding.exposure.as_ref().filter(|_| detail != ExposureDetail::None) else {
        return Vec::new();
    };
    let timeline = Timeline {
        exposure,
        in_tree: finding.locations.iter().any(|location| place::is_in_tree(location.kind)),
        full: detail == ExposureDetail::Full,
    };
    let mut lines: Vec<String> = timeline.extent().iter().flat_map(|line| wrap(line, width)).collect();
    lines.extend(timeline.commits(width));
    lines.extend(flow(&timeline.standing(), width).iter().flat_map(|line| wrap(line, width)));
    if timeline.full {
        lines.extend(timeline.paths().iter().flat_map(|line| wrap(line, width)));
    }
    lines
}

struct Timeline<'e> {
    exposure: &'e Exposure,
    /// Whether it stands in a tree, so that it can be gone from HEAD and yet in its history.
    in_tree: bool,
    full: bool,
}

impl Timeline<'_> {
    /// `exposed 412 days, in 23 commits and 4 versions of 2 files`; nothing where nothing is known.
    fn extent(&self) -> Option<String> {
        let time = self.exposure.days.map(|days| if days == 0 { "less than a day".to_owned() } else { counted(days, "day") });
        let facts: Vec<String> = time.into_iter().chain(self.size()).collect();
        (!facts.is_empty()).then(|| format!("exposed {}", facts.join(", ")))
    }

    fn size(&self) -> Option<String> {
        let Exposure { commits, blobs, .. } = self.exposure;
        let files = match (blobs, self.exposure.path_count() as u64) {
            (0, _) | (1, 0 | 1) => String::new(),
            (_, 0) => format!(" and {}", counted(*blobs, "blob")),
            (1, files) => format!(" and {}", counted(files, "file")),
            (_, 1) => format!(" and {} of a file", counted(*blobs, "version")),
            (_, files) => format!(" and {} of {}", counted(*blobs, "version"), counted(files, "file")),
        };
        match (commits, blobs) {
            (0, 0) => None,
            (0, _) => Some(format!("in {} that no commit holds", counted(*blobs, "blob"))),
            _ => Some(format!("in {}{files}", counted(*commits, "commit"))),
        }
    }

    /// One line for the first and one for the last commit, or one if that is the same.
    fn commits(&self, width: usize) -> Vec<String> {
        let (first, last) = (self.exposure.first.as_ref(), self.exposure.last.as_ref());
        match (first, last) {
            (Some(first), Some(last)) if first.id != last.id => {
                [self.commit("first", first, width), self.commit("last ", last, width)].concat()
            }
            _ => first.or(last).map(|only| self.commit("in   ", only, width)).unwrap_or_default(),
        }
    }

    fn commit(&self, label: &str, commit: &CommitInfo, width: usize) -> Vec<String> {
        let day = dates::day(commit.seconds).unwrap_or_else(|| "no date".to_owned());
        let line = format!("{label}  {:<10}  {day:<10}", place::short_id(&commit.id));
        let room = width.saturating_sub(COMMIT_COLUMNS);
        if room >= LEAST_WHO_COLUMNS {
            return vec![format!("{line}  {}", self.who(commit, room)).trim_end().to_owned()];
        }
        let indent = " ".repeat(label.len() + 2);
        let who = self.who(commit, width.saturating_sub(indent.len()));
        let line = line.trim_end().to_owned();
        if who.is_empty() { vec![line] } else { vec![line, format!("{indent}{who}")] }
    }

    /// `Ann: "Add deploy settings"`, in at most `width` columns.
    fn who(&self, commit: &CommitInfo, width: usize) -> String {
        let name = escape::text(&commit.author);
        let author = if self.full && !commit.email.is_empty() {
            format!("{name} <{}>", escape::text(&commit.email)).trim_start().to_owned()
        } else {
            clip(&name, AUTHOR_COLUMNS)
        };
        let subject = escape::text(&commit.subject);
        let quotes = if author.is_empty() { 2 } else { 4 };
        let room = width.saturating_sub(columns(&author) + quotes);
        match (author.is_empty(), subject.is_empty()) {
            (_, true) => clip(&author, width),
            (true, false) => format!("\"{}\"", clip(&subject, room)),
            // Too few columns to tell anything of it.
            (false, false) if room < 8 => clip(&author, width),
            (false, false) => format!("{author}: \"{}\"", clip(&subject, room)),
        }
    }

    /// What holds it, what keeps it from going away, and whether it left this machine.
    fn standing(&self) -> Vec<String> {
        let pushed = self.pushed();
        match self.exposure.reach {
            Reach::Unreachable => {
                let dangling = "dangling: no ref reaches it, it stays in this repository until git gc --prune=now";
                [dangling.to_owned()].into_iter().chain(pushed.filter(|_| self.exposure.pushed)).collect()
            }
            Reach::Reflog => {
                let reflog = "only a reflog or the index keeps it: it goes when that expires or changes";
                [reflog.to_owned()].into_iter().chain(pushed).collect()
            }
            Reach::Refs => [self.refs(), self.pulls(), pushed].into_iter().flatten().collect(),
        }
    }

    /// Which refs hold it, and through whose history it can be reached. Refs of pull requests come on their own.
    fn refs(&self) -> Option<String> {
        if place::is_only_in_stash(self.exposure) {
            let names: Vec<&str> = self.reachable(|_| true).iter().map(|name| name.name.as_str()).collect();
            return Some(format!("only the stash holds it ({})", refs::list(&names, self.named())));
        }
        let tips = self.tips();
        let (in_head, is_held) = (self.exposure.in_head, !tips.is_empty());
        // Names of what has it only in its history matter less where something holds it openly.
        let through = self.through(if is_held && !self.full { 0 } else { self.named() });
        let lead = match (self.in_tree, in_head, is_held) {
            (false, _, true) => "in ",
            (false, _, false) => "",
            (true, true, _) => "still in ",
            (true, false, true) => "gone from HEAD, still in ",
            (true, false, false) => "gone from HEAD",
        };
        let words = match (lead, is_held, through.as_str()) {
            (_, _, "") => format!("{lead}{tips}"),
            (_, true, _) => format!("{lead}{tips}; also in the history of {through}"),
            ("", false, _) => format!("in the history of {through}"),
            (_, false, "HEAD") => format!("{lead}, but in its history"),
            (_, false, _) => format!("{lead}, but in the history of {through}"),
        };
        (!words.is_empty()).then_some(words)
    }

    /// `HEAD, 2 branches (dev, main) and 1 tag (v1.0)`: what holds it openly.
    fn tips(&self) -> String {
        let is_told = |name: &RefName| self.exposure.in_head && is_head(name);
        let held: Vec<&RefName> = self.exposure.held_by.iter().filter(|name| name.kind != RefKind::Pull && !is_told(name)).collect();
        let mut tips = refs::phrases(&held, self.named());
        if self.exposure.in_head {
            tips.insert(0, "HEAD".to_owned());
        }
        enumerate(&tips)
    }

    /// The same of what has it in its history only. HEAD itself goes without saying where anything else is named.
    fn through(&self, named: usize) -> String {
        let held: BTreeSet<&RefName> = self.exposure.held_by.iter().collect();
        let mut history = self.reachable(|name| name.kind != RefKind::Pull && !held.contains(name));
        if history.iter().any(|name| !is_head(name)) {
            history.retain(|name| !is_head(name));
        }
        enumerate(&refs::phrases(&history, named))
    }

    fn pulls(&self) -> Option<String> {
        let pulls = self.reachable(|name| name.kind == RefKind::Pull);
        let names: Vec<&str> = pulls.iter().map(|name| name.name.as_str()).collect();
        let verb = if names.len() == 1 { "keeps" } else { "keep" };
        let (named, only) = (self.named(), if self.exposure.reachable_from.len() == names.len() { "only " } else { "" });
        (!names.is_empty())
            .then(|| format!("{only}{} {verb} it: a push cannot remove it there, only the host can", refs::list(&names, named)))
    }

    fn pushed(&self) -> Option<String> {
        let remotes = refs::remotes(&self.reachable(|_| true));
        match (self.exposure.pushed, remotes.is_empty()) {
            (true, true) => Some("pushed".to_owned()),
            (true, false) => Some(format!("pushed to {}", refs::list(&remotes, self.named()))),
            // A ref of a pull request means that the host has it, whatever the remote-tracking refs say.
            (false, _) => {
                (!self.exposure.reachable_from.iter().any(|name| name.kind == RefKind::Pull)).then(|| "not known to be pushed".to_owned())
            }
        }
    }

    fn paths(&self) -> Option<String> {
        let paths: Vec<String> = self.exposure.paths.iter().map(|path| escape::path(path)).collect();
        (!paths.is_empty()).then(|| format!("{}: {}", if paths.len() == 1 { "path" } else { "paths" }, paths.join(", ")))
    }

    fn reachable(&self, which: impl Fn(&RefName) -> bool) -> Vec<&RefName> {
        self.exposure.reachable_from.iter().filter(|name| which(name)).collect()
    }

    fn named(&self) -> usize {
        if self.full { usize::MAX } else { NAMED }
    }
}

fn is_head(name: &RefName) -> bool {
    name.kind == RefKind::Head && name.name == "HEAD"
}

/// How many of the secrets of `findings` HEAD still holds and how many were pushed: `3 still in HEAD, 2 pushed`.
pub(super) fn summary(findings: &[&Finding], detail: ExposureDetail) -> Option<String> {
    let exposures: Vec<&Exposure> = findings.iter().filter_map(|finding| finding.exposure.as_ref()).collect();
    let count = |which: fn(&Exposure) -> bool| thousands(exposures.iter().filter(|exposure| which(exposure)).count() as u64);
    let is_wanted = !exposures.is_empty() && detail != ExposureDetail::None;
    is_wanted.then(|| format!("{} still in HEAD, {} pushed", count(|exposure| exposure.in_head), count(|exposure| exposure.pushed)))
}

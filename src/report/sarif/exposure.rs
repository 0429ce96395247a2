//! Exposure in one sentence, for the message of a result.

use crate::finding::{Finding, Reach, RefKind};
use crate::report::dates;
use crate::report::place::{self, is_only_in_stash};

/// `Exposed for 412 days, since commit a1b2c3d4e5 of 2025-10-07; gone from HEAD, but in the history; pushed.`
pub fn sentence(finding: &Finding) -> Option<String> {
    let exposure = finding.exposure.as_ref()?;
    let in_tree = finding.locations.iter().any(|location| place::is_in_tree(location.kind));
    let mut begin = match exposure.days {
        Some(0) => "Exposed for less than a day".to_owned(),
        Some(1) => "Exposed for 1 day".to_owned(),
        Some(days) => format!("Exposed for {days} days"),
        None => "Exposed".to_owned(),
    };
    if let Some(first) = &exposure.first {
        let comma = if exposure.days.is_some() { "," } else { "" };
        let day = dates::day(first.seconds).map(|day| format!(" of {day}")).unwrap_or_default();
        begin.push_str(&format!("{comma} since commit {}{day}", place::short_id(&first.id)));
    }
    let is_pulled = exposure.reachable_from.iter().any(|name| name.kind == RefKind::Pull);
    let standing = match exposure.reach {
        Reach::Unreachable => "no ref reaches it",
        Reach::Reflog => "only a reflog or the index keeps it",
        Reach::Refs if !in_tree => "in the history",
        Reach::Refs if is_only_in_stash(exposure) => "only the stash holds it",
        Reach::Refs if exposure.in_head => "still in HEAD",
        Reach::Refs if exposure.held_by_count() > 0 => "gone from HEAD, but other refs still hold it",
        Reach::Refs => "gone from HEAD, but in the history",
    };
    let mut facts = vec![begin.as_str(), standing];
    if exposure.pushed {
        facts.push("pushed");
    }
    if is_pulled {
        facts.push("kept by a ref of a pull request, which a push cannot remove");
    }
    Some(format!("{}.", facts.join("; ")))
}

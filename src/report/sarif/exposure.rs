//! Exposure in one sentence, for the message of a result.

use crate::finding::{Finding, Reach, RefKind};
use crate::report::{dates, place};

/// `Exposed for 412 days, since commit a1b2c3d4e5 of 2025-10-07; gone from HEAD, but in the history; pushed.`
pub fn sentence(finding: &Finding) -> Option<String> {
    let exposure = finding.exposure.as_ref()?;
    let in_tree = finding.locations.iter().any(|location| place::is_in_tree(location.kind));
    let time = match exposure.days {
        Some(0) => " for less than a day",
        Some(1) => " for 1 day",
        Some(days) => &format!(" for {days} days"),
        None => "",
    };
    let since = exposure.first.as_ref().map(|first| {
        let day = dates::day(first.seconds).map(|day| format!(" of {day}")).unwrap_or_default();
        format!("since commit {}{day}", place::short_id(&first.id))
    });
    let is_pulled = exposure.reachable_from.iter().any(|name| name.kind == RefKind::Pull);
    let standing = match exposure.reach {
        Reach::Unreachable => "no ref reaches it",
        Reach::Reflog => "only a reflog or the index keeps it",
        Reach::Refs if !in_tree => "in the history",
        Reach::Refs if exposure.in_head => "still in HEAD",
        Reach::Refs => "gone from HEAD, but in the history",
    };
    let mut facts: Vec<String> = vec![[format!("Exposed{time}")].into_iter().chain(since).collect::<Vec<_>>().join(", ")];
    facts.push(standing.to_owned());
    if exposure.pushed {
        facts.push("pushed".to_owned());
    }
    if is_pulled {
        facts.push("kept by a ref of a pull request, which a push cannot remove".to_owned());
    }
    Some(format!("{}.", facts.join("; ")))
}

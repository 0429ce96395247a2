//! Secrets of disabled rules: nobody follows them through the history, but they are known, so that nothing else that is reported shows them.

use super::show::{Spot, show};
use super::tally::Seen;
use crate::detect::Detector;
use crate::finding::Withheld;
use crate::scan::sighting;
use crate::source::history::History;
use crate::source::history::graph::Graph;

/// What must not be shown of each of `seen`. Reads, of objects of at most `limit` bytes, those in which a secret stands encoded where it is
/// surest: the bytes that stand there for it are not known otherwise.
pub fn withheld(history: &History, graph: &Graph, detector: &Detector, seen: &[&Seen], limit: u64) -> Vec<Withheld> {
    let encoded: Vec<&Seen> = seen.iter().copied().filter(|seen| seen.best.1.is_encoded).collect();
    let spots: Vec<Vec<Spot>> = encoded.iter().map(|seen| vec![best(graph, seen)]).collect();
    let mut written = show(history, detector, &encoded, &spots, limit).into_iter();
    let one = |seen: &&Seen| {
        let shown = if seen.best.1.is_encoded { written.next() } else { None };
        let written = shown.into_iter().flatten().filter_map(|sighting| sighting.written);
        let spellings = std::iter::once(seen.secret.clone()).chain(written).collect();
        Withheld::new(spellings, seen.masked.clone(), seen.holders.iter().map(|holder| sighting::kind_of(holder.part)))
    };
    let mut withheld: Vec<Withheld> = seen.iter().map(one).collect();
    // They come in no order, and the first one that stands somewhere is shown by its mask.
    let order = |one: &Withheld| (one.spellings.first().map(|secret| secret.expose().to_vec()), one.masked.clone());
    withheld.sort_by_cached_key(order);
    withheld
}

/// Where a secret is surest.
fn best(graph: &Graph, seen: &Seen) -> Spot {
    let holder = seen.best.1.holder;
    let path = holder.name.map(|name| graph.trees.names().get(name).to_vec()).unwrap_or_default();
    Spot { part: holder.part, object: holder.object, path, commit: None }
}

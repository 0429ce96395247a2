//! Puts items into a block list of YAML, line by line, without touching a line that is there.
//!
//! Knows the block style with spaces and nothing else of YAML: whoever calls it reads the result back.

use std::ops::Range;

/// A key, and what stands below it.
struct Block {
    /// Lines below the key, without empty lines and comments at the end.
    body: Range<usize>,
}

/// Adds `items`, each one as its lines, to the list at `path`, which is made if it is not there.
///
/// # Errors
/// One of the keys is there, and what it holds is not written as a block.
pub(super) fn add(lines: &mut Vec<String>, path: &[&str], items: &[Vec<String>]) -> Result<(), ()> {
    if items.is_empty() {
        return Ok(());
    }
    let mut within = 0..lines.len();
    let mut indent = 0;
    for (depth, key) in path.iter().enumerate() {
        let Some(block) = block(lines, &within, indent, key)? else {
            let end = if depth == 0 { end_of_file(lines) } else { within.end };
            insert(lines, end, &nested(indent, &path[depth..], items));
            return Ok(());
        };
        within = block.body;
        let first = lines[within.clone()].iter().find(|line| !is_idle(line));
        indent = first.map_or(indent + 2, |line| width(line));
    }
    // A key of a map where a list should begin, or the other way round, shows when the result is read.
    let new: Vec<String> = items.iter().flat_map(|item| listed(indent, item)).collect();
    insert(lines, within.end, &new);
    Ok(())
}

/// The block of `key`, which stands in the lines `within`, `indent` columns from the left.
fn block(lines: &[String], within: &Range<usize>, indent: usize, key: &str) -> Result<Option<Block>, ()> {
    let lead = format!("{}{key}:", " ".repeat(indent));
    let Some(at) = within.clone().find(|at| lines[*at].starts_with(&lead)) else { return Ok(None) };
    let behind = lines[at][lead.len()..].trim();
    if !(behind.is_empty() || behind.starts_with('#')) {
        return Err(());
    }
    let is_below = |line: &str| is_idle(line) || width(line) > indent || (width(line) == indent && line[indent..].starts_with("- "));
    let below = lines[at + 1..within.end].iter().take_while(|line| is_below(line)).count();
    let idle = lines[at + 1..at + 1 + below].iter().rev().take_while(|line| is_idle(line)).count();
    Ok(Some(Block { body: at + 1..at + 1 + below - idle }))
}

/// Where a new key can stand: behind all that is there.
fn end_of_file(lines: &[String]) -> usize {
    lines.len() - lines.iter().rev().take_while(|line| line.trim().is_empty()).count()
}

fn insert(lines: &mut Vec<String>, at: usize, new: &[String]) {
    lines.splice(at..at, new.iter().cloned());
}

/// Keys below each other, and the list below the last one.
fn nested(indent: usize, path: &[&str], items: &[Vec<String>]) -> Vec<String> {
    let key = |(depth, key): (usize, &&str)| format!("{}{key}:", " ".repeat(indent + 2 * depth));
    let keys = path.iter().enumerate().map(key);
    keys.chain(items.iter().flat_map(|item| listed(indent + 2 * path.len(), item))).collect()
}

fn listed(indent: usize, item: &[String]) -> Vec<String> {
    let space = " ".repeat(indent);
    item.iter().enumerate().map(|(at, line)| format!("{space}{}{line}", if at == 0 { "- " } else { "  " })).collect()
}

/// Whether a line is empty or a comment.
fn is_idle(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

fn width(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

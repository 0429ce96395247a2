//! Named stretches of a text, one inside of the other.

use super::designators::{self, Role};
use crate::location::ByteSpan;

/// Most stretches of one text. Behind them the text is read as if it had no structure.
const MOST_NODES: usize = 100_000;
/// Deepest nesting that is gone up; deeper ones are nobody's configuration.
const DEEPEST: usize = 200;
/// Most values of one stretch that are kept.
const MOST_VALUES: usize = 6;
/// Longest value that names an environment, in bytes.
const LONGEST_VALUE: usize = 100;

/// The stretches of a text, in the order in which they begin. The first is the whole text.
pub struct Tree<'t> {
    text: &'t [u8],
    nodes: Vec<Node>,
    open: Vec<usize>,
}

/// A stretch of a text.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is called; empty if it is not.
    pub name: ByteSpan,
    parent: usize,
    start: usize,
    end: usize,
    /// Values in it that say what all of it is for.
    environment: Vec<ByteSpan>,
    /// The same of values that name a mode rather than a place.
    mode: Vec<ByteSpan>,
}

impl Node {
    /// The values in it that say what all of it is for.
    pub fn designations(&self) -> &[ByteSpan] {
        &self.environment
    }

    /// The values in it that name a mode.
    pub fn modes(&self) -> &[ByteSpan] {
        &self.mode
    }
}

impl<'t> Tree<'t> {
    /// One stretch: all of `text`.
    pub fn new(text: &'t [u8]) -> Self {
        let whole = Self::node(ByteSpan::new(0, 0), 0, 0);
        Self { text, nodes: vec![whole], open: vec![0] }
    }

    fn node(name: ByteSpan, parent: usize, start: usize) -> Node {
        Node { name, parent, start, end: usize::MAX, environment: Vec::new(), mode: Vec::new() }
    }

    /// The text.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// The innermost stretch that is open.
    pub fn top(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    /// The open stretch that is `up` above the innermost one.
    pub fn opened(&self, up: usize) -> Option<usize> {
        self.open.len().checked_sub(up + 1).map(|at| self.open[at])
    }

    /// Number of open stretches, the whole text among them.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Begins a stretch inside of the innermost open one; its number.
    pub fn push(&mut self, name: ByteSpan, start: usize) -> usize {
        let parent = self.top();
        // What is too much is open as its parent, so that what closes it closes the right one.
        let at = if self.nodes.len() < MOST_NODES { self.nodes.len() } else { parent };
        if at == self.nodes.len() {
            self.nodes.push(Self::node(name, parent, start));
        }
        self.open.push(at);
        at
    }

    /// Ends the innermost open stretch; never the whole text.
    pub fn pop(&mut self, end: usize) {
        if self.open.len() > 1
            && let Some(at) = self.open.pop()
            && !self.open.contains(&at)
        {
            self.nodes[at].end = end;
        }
    }

    /// Ends all that is open.
    pub fn finish(&mut self) {
        while self.open.len() > 1 {
            self.pop(self.text.len());
        }
        self.nodes[0].end = self.text.len() + 1;
    }

    /// What the stretch number `at` is called.
    pub fn name(&self, at: usize) -> &'t [u8] {
        let name = self.nodes.get(at).map_or(ByteSpan::new(0, 0), |node| node.name);
        self.text.get(name.start..name.end).unwrap_or_default()
    }

    /// Takes note that `key` in the stretch number `parent` has the value at `value`, if such a key names an environment.
    pub fn assign(&mut self, parent: usize, key: &[u8], value: ByteSpan) {
        if value.is_empty() || value.len() > LONGEST_VALUE || self.nodes.get(parent).is_none() {
            return;
        }
        match designators::role(key, self.name(parent)) {
            Role::None => {}
            Role::Mode => add(&mut self.nodes[parent].mode, value),
            Role::Environment => {
                let mut at = parent;
                for _ in 0..DEEPEST {
                    if at == 0 || !designators::is_wrapper(self.name(at)) {
                        break;
                    }
                    at = self.nodes[at].parent;
                }
                add(&mut self.nodes[at].environment, value);
            }
        }
    }

    /// The stretches that hold the byte at `offset`, innermost first.
    pub fn above(&self, offset: usize) -> impl Iterator<Item = &Node> {
        let mut at = self.nodes.partition_point(|node| node.start <= offset).checked_sub(1);
        let up = move || {
            let node = self.nodes.get(at?)?;
            at = if at == Some(0) { None } else { Some(node.parent) };
            Some(node)
        };
        std::iter::from_fn(up).take(DEEPEST).filter(move |node| offset < node.end)
    }
}

fn add(values: &mut Vec<ByteSpan>, value: ByteSpan) {
    if values.len() < MOST_VALUES {
        values.push(value);
    }
}

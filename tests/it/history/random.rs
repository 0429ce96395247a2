//! Seeded histories: edits, renames, copies, reverts and merges on a few branches, with tokens that come and go.
//!
//! Knows nothing of what is expected of them; see [`super::oracle`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::repository::Repository;
use crate::support::{encoded, token};

/// How many tokens a history may hold.
pub const TOKENS: usize = 8;

/// The token `number` of every random history.
pub fn planted(number: usize) -> String {
    token(&format!("random {number}"))
}

/// Path to lines.
type Tree = BTreeMap<String, Vec<String>>;

/// A generator of numbers: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).expect("because it is below a usize")
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        from.get(self.below(from.len()))
    }
}

struct Commit {
    tree: Tree,
    parents: Vec<usize>,
    branch: &'static str,
    date: usize,
}

/// A history that is not in a repository yet.
pub struct History {
    /// Whether tokens are planted in encodings, and files are long.
    is_encoded: bool,
    random: Random,
    commits: Vec<Commit>,
    tips: BTreeMap<&'static str, usize>,
}

impl History {
    /// A history of so many commits; the same for the same numbers.
    pub fn new(seed: u64, commits: usize) -> Self {
        Self::made(false, seed, commits)
    }

    /// The same with tokens that stand encoded, some of them over several lines, which later edits change, and files of many lines.
    pub fn encoded(seed: u64, commits: usize) -> Self {
        Self::made(true, seed, commits)
    }

    fn made(is_encoded: bool, seed: u64, commits: usize) -> Self {
        let mut history = Self { is_encoded, random: Random(seed), commits: Vec::new(), tips: BTreeMap::new() };
        for number in 0..commits {
            history.step(number);
        }
        history
    }

    /// A new bare repository with the history, as `git fast-import` leaves it: one pack.
    pub fn repository(&self) -> Repository {
        let repository = Repository::new(&["--bare"]);
        repository.git_with_input(&["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"], self.stream().as_bytes());
        repository
    }

    fn step(&mut self, number: usize) {
        let branch =
            if number == 0 { "main" } else { *self.random.pick(&["main", "main", "side", "old"]).expect("because it is not empty") };
        // A branch begins at any commit before.
        let parent = self.tips.get(branch).copied().or_else(|| (number > 0).then(|| self.random.below(number)));
        let mut tree = match parent {
            Some(parent) => self.commits[parent].tree.clone(),
            None => self.first_tree(),
        };
        let mut parents = Vec::from_iter(parent);
        match self.random.below(100) {
            0..40 => self.edit(&mut tree),
            40..48 => self.add(&mut tree, number),
            48..62 => self.plant(&mut tree),
            62..72 => self.unplant(&mut tree),
            72..79 => self.rename(&mut tree, number, true),
            79..83 => self.rename(&mut tree, number, false),
            83..87 => self.delete(&mut tree),
            87..91 if number > 0 => tree = self.commits[self.random.below(number)].tree.clone(),
            _ => self.merge(&mut tree, &mut parents),
        }
        let date = match self.commits.last() {
            Some(last) if self.random.one_in(5) => last.date,
            _ => 1_600_000_000 + number * 600 + self.random.below(6000),
        };
        self.tips.insert(branch, number);
        self.commits.push(Commit { tree, parents, branch, date });
    }

    fn first_tree(&mut self) -> Tree {
        let mut tree = Tree::new();
        (0..5).for_each(|number| self.add(&mut tree, number));
        tree
    }

    fn line(&mut self) -> String {
        let names = ["value", "index", "buffer", "request", "handler", "total", "entry"];
        format!("{} = {}({})", names[self.random.below(7)], names[self.random.below(7)], self.random.below(10_000))
    }

    fn path(&mut self, tree: &Tree) -> Option<String> {
        let paths: Vec<&String> = tree.keys().collect();
        self.random.pick(&paths).map(|path| (*path).clone())
    }

    fn add(&mut self, tree: &mut Tree, number: usize) {
        let most = if self.is_encoded { 600 } else { 100 };
        let lines = (0..20 + self.random.below(most)).map(|_| self.line()).collect();
        tree.insert(format!("d{}/file{number}.py", self.random.below(3)), lines);
    }

    fn edit(&mut self, tree: &mut Tree) {
        let (Some(path), line) = (self.path(tree), self.line()) else { return };
        let lines = tree.entry(path).or_default();
        let at = self.random.below(lines.len());
        match self.random.below(3) {
            0 => lines.insert(at, line),
            // Not a line with a token: that is what the other changes are for.
            1 if lines.get(at).is_some_and(|line| !line.starts_with("T=")) => drop(lines.remove(at)),
            _ => lines.push(line),
        }
    }

    fn plant(&mut self, tree: &mut Tree) {
        let Some(path) = self.path(tree) else { return };
        let lines = tree.entry(path).or_default();
        let at = self.random.below(lines.len() + 1);
        let token = planted(self.random.below(TOKENS));
        if self.is_encoded {
            let forms = encoded(&token);
            let (_, written) = self.random.pick(&forms).expect("because there are some");
            lines.splice(at..at, written.lines().map(str::to_owned));
        } else {
            lines.insert(at, format!("T={token}"));
        }
    }

    fn unplant(&mut self, tree: &mut Tree) {
        let (line, everywhere) = (format!("T={}", planted(self.random.below(TOKENS))), self.random.one_in(2));
        for lines in tree.values_mut() {
            let before = lines.len();
            lines.retain(|other| *other != line);
            if lines.len() < before && !everywhere {
                return;
            }
        }
    }

    fn rename(&mut self, tree: &mut Tree, number: usize, away: bool) {
        let Some(path) = self.path(tree) else { return };
        let lines = tree.get(&path).cloned().unwrap_or_default();
        if away {
            tree.remove(&path);
        }
        tree.insert(format!("d{}/moved{number}.py", self.random.below(3)), lines);
    }

    fn delete(&mut self, tree: &mut Tree) {
        if let Some(path) = self.path(tree).filter(|_| tree.len() > 2) {
            tree.remove(&path);
        }
    }

    /// Takes each file from one side or the other, and sometimes adds what neither has.
    fn merge(&mut self, tree: &mut Tree, parents: &mut Vec<usize>) {
        let others: Vec<usize> = self.tips.values().copied().filter(|tip| !parents.contains(tip)).collect();
        let Some(other) = self.random.pick(&others).copied() else { return self.edit(tree) };
        for (path, lines) in self.commits[other].tree.clone() {
            if self.random.one_in(2) {
                tree.insert(path, lines);
            }
        }
        parents.push(other);
        if self.random.one_in(3) {
            self.plant(tree);
        }
    }

    /// What `git fast-import` reads.
    fn stream(&self) -> String {
        let mut stream = String::from("feature done\n");
        for (number, commit) in self.commits.iter().enumerate() {
            let mark = number + 1;
            let _ = write!(stream, "commit refs/heads/{}\nmark :{mark}\n", commit.branch);
            let _ = writeln!(stream, "author A{} <a@example.org> {} +0100", number % 3, commit.date - 50);
            let message = format!("change {number}");
            let _ = write!(stream, "committer C <c@example.org> {} +0000\ndata {}\n{message}\n", commit.date, message.len());
            for (place, parent) in commit.parents.iter().enumerate() {
                let _ = writeln!(stream, "{} :{}", if place == 0 { "from" } else { "merge" }, parent + 1);
            }
            stream.push_str("deleteall\n");
            for (path, lines) in &commit.tree {
                let content = lines.join("\n") + "\n";
                let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
            }
        }
        for (name, part) in [("refs/tags/v1", 4), ("refs/remotes/origin/main", 2)] {
            let _ = write!(stream, "reset {name}\nfrom :{}\n\n", self.commits.len() / part + 1);
        }
        stream + "done\n"
    }
}

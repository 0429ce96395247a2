//! What git says of a token in a history: `git log`, `git for-each-ref`, `git grep` and `git cat-file`.

use std::collections::{BTreeMap, BTreeSet};

use super::repository::Repository;
use crate::support::{Said, git_in};

/// What commits are sorted by: date, longest way to a commit without parents, id.
type Age<'c> = (i64, usize, &'c str);

struct Commit {
    date: i64,
    generation: usize,
    parents: Vec<String>,
    subject: String,
}

/// A history without tokens in mind.
pub struct Oracle<'r> {
    repository: &'r Repository,
    commits: BTreeMap<String, Commit>,
    /// Full name to commit.
    refs: Vec<(String, String)>,
    head: String,
    blobs: Vec<(String, Vec<u8>)>,
}

/// What is true of one token.
#[derive(Debug, PartialEq, Eq)]
pub struct Expected {
    /// Id, committer date and subject of the first commit.
    pub first: (String, i64, String),
    /// The same of the last.
    pub last: (String, i64, String),
    /// Number of commits that hold it.
    pub commits: usize,
    /// Ids of blobs that hold it.
    pub blobs: BTreeSet<String>,
    /// Whether HEAD holds it.
    pub in_head: bool,
    /// Refs whose commit holds it.
    pub held_by: Vec<String>,
    /// Refs from which a commit that holds it can be reached.
    pub reachable_from: Vec<String>,
    /// Every path that held it.
    pub paths: BTreeSet<String>,
    /// Paths that hold it in the first commit.
    pub first_paths: BTreeSet<String>,
}

impl<'r> Oracle<'r> {
    /// Asks git about the whole repository.
    pub fn of(repository: &'r Repository) -> Self {
        let mut commits = BTreeMap::new();
        for line in repository.git(&["log", "--all", "--format=%H%x09%ct%x09%P%x09%s"]).lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let commit = Commit {
                generation: 0,
                date: fields[1].parse().expect("because git writes a number"),
                parents: fields[2].split_whitespace().map(str::to_owned).collect(),
                subject: fields[3].to_owned(),
            };
            commits.insert(fields[0].to_owned(), commit);
        }
        count_generations(&mut commits);
        let names = repository.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let refs = names.lines().filter_map(|line| line.split_once(' ')).map(|(name, id)| (name.to_owned(), id.to_owned())).collect();
        Self { repository, commits, refs, head: repository.git(&["rev-parse", "HEAD"]), blobs: blobs(repository) }
    }

    /// What is true of `token`; `None` where no blob holds it.
    pub fn expected(&self, token: &str) -> Option<Expected> {
        let holds = |content: &[u8]| content.windows(token.len()).any(|window| window == token.as_bytes());
        let blobs: BTreeSet<String> = self.blobs.iter().filter(|(_, content)| holds(content)).map(|(id, _)| id.clone()).collect();
        let holders = self.holders(token);
        assert_eq!(blobs.is_empty(), holders.is_empty(), "because every blob of these histories is in a commit");
        let first = self.first(&holders.keys().cloned().collect())?;
        let last = holders.keys().max_by_key(|id| self.age(id))?.clone();
        let reaching = |name: &&(String, String)| !self.ancestors(&name.1).is_disjoint(&holders.keys().cloned().collect());
        Some(Expected {
            commits: holders.len(),
            blobs,
            in_head: holders.contains_key(&self.head),
            held_by: self.refs.iter().filter(|(_, id)| holders.contains_key(id)).map(|(name, _)| name.clone()).collect(),
            reachable_from: self.refs.iter().filter(reaching).map(|(name, _)| name.clone()).collect(),
            paths: holders.values().flatten().cloned().collect(),
            first_paths: holders[&first].clone(),
            first: self.shown(first),
            last: self.shown(last),
        })
    }

    /// The oldest commit that has `token` at `path`.
    pub fn first_at(&self, token: &str, path: &str) -> Option<String> {
        let there = self.holders(token).into_iter().filter(|(_, paths)| paths.contains(path)).map(|(id, _)| id);
        there.min_by(|one, other| self.age(one).cmp(&self.age(other)))
    }

    /// Of the commits that hold something and none of whose ancestors does, the oldest.
    fn first(&self, holders: &BTreeSet<String>) -> Option<String> {
        let begins =
            |id: &&String| self.ancestors(id).iter().filter(|ancestor| *ancestor != *id).all(|ancestor| !holders.contains(ancestor));
        holders.iter().filter(begins).min_by_key(|id| self.age(id)).cloned()
    }

    fn age<'s>(&'s self, id: &'s str) -> Age<'s> {
        let commit = &self.commits[id];
        (commit.date, commit.generation, id)
    }

    fn shown(&self, id: String) -> (String, i64, String) {
        let commit = &self.commits[&id];
        (id, commit.date, commit.subject.clone())
    }

    /// Commits that hold `token`, with the paths that do.
    fn holders(&self, token: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut git = git_in(&self.repository.path);
        git.args(["grep", "--text", "--null", "--files-with-matches", "--fixed-strings", "-e", token]).args(self.commits.keys());
        let said = Said::of(&mut git);
        assert!(said.code == 0 || said.code == 1, "git grep failed: {said:?}");
        let mut holders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (commit, path) in said.stdout.split('\0').filter_map(|place| place.split_once(':')) {
            holders.entry(commit.trim().to_owned()).or_default().insert(path.to_owned());
        }
        holders
    }

    /// Ids of a commit and of all before it.
    fn ancestors(&self, id: &str) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![id.to_owned()];
        while let Some(id) = pending.pop() {
            if let Some(commit) = self.commits.get(&id).filter(|_| seen.insert(id.clone())) {
                pending.extend(commit.parents.iter().cloned());
            }
        }
        seen
    }
}

fn count_generations(commits: &mut BTreeMap<String, Commit>) {
    // Each round settles at least one more generation.
    for _ in 0..commits.len() {
        let next: Vec<(String, usize)> = commits
            .iter()
            .map(|(id, commit)| (id.clone(), commit.parents.iter().map(|parent| commits[parent].generation + 1).max().unwrap_or(0)))
            .collect();
        next.into_iter().for_each(|(id, generation)| commits.get_mut(&id).expect("because it is listed").generation = generation);
    }
}

/// Id and content of every blob of a repository.
fn blobs(repository: &Repository) -> Vec<(String, Vec<u8>)> {
    let all = repository.git_with_input(&["cat-file", "--batch-all-objects", "--batch"], b"");
    let mut blobs = Vec::new();
    let mut rest = all.as_slice();
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        let fields: Vec<&str> = header.split(' ').collect();
        let size: usize = fields[2].parse().expect("because git writes a number");
        let content = &rest[end + 1..][..size];
        if fields[1] == "blob" {
            blobs.push((fields[0].to_owned(), content.to_vec()));
        }
        rest = &rest[end + 1 + size + 1..];
    }
    blobs
}

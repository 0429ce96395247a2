//! Random small histories with forks and merges: what is found is what `git log -p -m` shows as added against every parent.
//!
//! Every line of a history is another one, and lines keep their order, so that there is only one way to compare two versions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use crate::support::{Folder, git_in, list, text, token};

const HISTORIES: u64 = 10;
const COMMITS: usize = 14;
const RANGES: usize = 10;
const PATHS: [&str; 4] = ["a.env", "b.txt", "d/c.env", "d/e/f.py"];

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("because it has 31 bits") % end
    }
}

/// The lines of each file: where a line stands among the others, and its number.
type State = BTreeMap<&'static str, BTreeSet<(usize, usize)>>;

struct History {
    folder: Folder,
    numbers: Numbers,
    seed: u64,
    lines: usize,
    states: Vec<State>,
    stream: String,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut history =
            Self { folder: Folder::repository(), numbers: Numbers(seed), seed, lines: 0, states: Vec::new(), stream: String::new() };
        for number in 0..COMMITS {
            history.commit(number);
        }
        let mut git = git_in(&history.folder.path);
        let mut git = git.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("because git is installed where tests run");
        git.stdin.take().expect("because it is piped").write_all(history.stream.as_bytes()).expect("because git reads it");
        assert!(git.wait().expect("because it ends").success());
        history
    }

    fn commit(&mut self, number: usize) {
        let is_merge = number > 2 && self.numbers.below(3) == 0;
        let mut parents = Vec::new();
        if number > 0 {
            // Mostly the newest ones, so that histories are neither a line nor a star.
            parents.push(number - 1 - self.numbers.below(number.min(3)));
        }
        if is_merge {
            parents.push(self.numbers.below(number));
            parents.dedup();
        }
        let mut state = self.merged(&parents);
        if !is_merge || self.numbers.below(3) == 0 {
            self.edit(&mut state);
        }
        let when = 1_577_836_800 + number / 2;
        let _ =
            writeln!(self.stream, "commit refs/heads/c{number}\nmark :{}\ncommitter C <c@example.org> {when} +0000\ndata 1\nm", number + 1);
        for (at, parent) in parents.iter().enumerate() {
            let _ = writeln!(self.stream, "{} :{}", if at == 0 { "from" } else { "merge" }, parent + 1);
        }
        for (path, lines) in &state {
            let content: String = lines.iter().map(|(_, line)| self.line(*line)).collect();
            let _ = write!(self.stream, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
        }
        self.states.push(state);
    }

    /// Each file as one of the parents has it, or with the lines of both.
    fn merged(&mut self, parents: &[usize]) -> State {
        let mut state = State::new();
        for path in PATHS {
            let sides: Vec<_> = parents.iter().filter_map(|parent| self.states[*parent].get(path).cloned()).collect();
            let chosen = match (sides.len(), self.numbers.below(4)) {
                (0, _) => continue,
                (1, _) => sides[0].clone(),
                (_, choice @ 0..=1) => sides[choice].clone(),
                _ => sides.concat_all(),
            };
            state.insert(path, chosen);
        }
        state
    }

    fn edit(&mut self, state: &mut State) {
        for _ in 0..=self.numbers.below(3) {
            let path = PATHS[self.numbers.below(PATHS.len())];
            let file = state.entry(path).or_default();
            for _ in 0..self.numbers.below(8) {
                self.lines += 1;
                file.insert((self.numbers.below(100), self.lines));
            }
            if file.len() > 1 && self.numbers.below(2) == 0 {
                let gone = *file.iter().nth(self.numbers.below(file.len())).expect("because it is below the length");
                file.remove(&gone);
            }
        }
    }

    /// Every other line holds a token.
    fn line(&self, number: usize) -> String {
        if number.is_multiple_of(2) { format!("T{number}={}\n", self.token(number)) } else { format!("line {number}\n") }
    }

    fn token(&self, number: usize) -> String {
        token(&format!("{} {number}", self.seed))
    }

    /// Commit, path and token of everything that is added against each parent, as git sees it.
    fn expected(&self, revisions: &[&str]) -> BTreeSet<(String, String, String)> {
        let arguments = ["log", "-p", "-m", "--unified=0", "--no-renames", "--format=commit %H %P"];
        let log = self.folder.git(arguments.iter().chain(revisions));
        let mut added: HashMap<(String, String, String), usize> = HashMap::new();
        let (mut commit, mut parents, mut path) = (String::new(), HashMap::new(), "");
        for line in log.lines() {
            if let Some(ids) = line.strip_prefix("commit ") {
                let mut ids = ids.split_whitespace();
                commit = ids.next().unwrap_or_default().to_owned();
                parents.insert(commit.clone(), ids.count().max(1));
            } else if let Some(file) = line.strip_prefix("+++ b/") {
                path = file;
            } else if let Some((_, token)) = line.strip_prefix("+T").and_then(|line| line.split_once('=')) {
                *added.entry((commit.clone(), path.to_owned(), token.to_owned())).or_default() += 1;
            }
        }
        added.into_iter().filter(|((commit, _, _), count)| parents.get(commit) == Some(count)).map(|(place, _)| place).collect()
    }

    fn found(&self, range: &str) -> BTreeSet<(String, String, String)> {
        let said = self.folder.scan(["--range", range, "--show-secrets", "--min-confidence", "low"]);
        assert_eq!(said.gaps(), [""; 0]);
        let report = said.report();
        let mut found = BTreeSet::new();
        // Files that are findings by their names have no secret.
        for finding in list(&report["findings"]).iter().filter(|finding| finding["secret"].get("value").is_some()) {
            let secret = text(&finding["secret"]["value"]);
            for place in list(&finding["locations"]) {
                found.insert((text(&place["commit"]).to_owned(), text(&place["path"]).to_owned(), secret.to_owned()));
            }
        }
        found
    }
}

trait ConcatAll {
    fn concat_all(&self) -> BTreeSet<(usize, usize)>;
}

impl ConcatAll for Vec<BTreeSet<(usize, usize)>> {
    fn concat_all(&self) -> BTreeSet<(usize, usize)> {
        self.iter().flatten().copied().collect()
    }
}

#[test]
fn what_is_found_is_what_git_shows_as_added_against_every_parent() {
    let mut places = 0;
    for seed in 1..=HISTORIES {
        let mut history = History::new(seed);
        for _ in 0..RANGES {
            let (one, other) = (history.numbers.below(COMMITS), history.numbers.below(COMMITS));
            let dots = [".."; 3].iter().chain(&["..."]).nth(history.numbers.below(4)).copied().unwrap_or_default();
            let range = if one == other { format!("c{one}") } else { format!("c{one}{dots}c{other}") };
            let (expected, found) = (history.expected(&[&range]), history.found(&range));
            // A change that several commits bring is told once.
            let without_commits = |places: &BTreeSet<(String, String, String)>| -> BTreeSet<(String, String)> {
                places.iter().map(|(_, path, token)| (path.clone(), token.clone())).collect()
            };
            assert_eq!(without_commits(&found), without_commits(&expected), "history {seed}, {range}");
            assert!(found.is_subset(&expected), "history {seed}, {range}: other commits");
            places += found.len();
        }
    }
    assert!(places > 200, "the histories hold too little: {places}");
}

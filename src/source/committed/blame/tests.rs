//! git itself says who changed each line of scripted histories.

use super::*;
use crate::source::repository::GitEnvironment;
use crate::source::testing::Folder;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most
    }
}

fn commit(folder: &Folder, number: usize) {
    folder.git(["add", "--all"]);
    let (author, date) = (format!("--author=n{number} <n{number}@example.org>"), format!("--date={}", 1_600_000_000 + number * 60));
    folder.git(["commit", "--quiet", "--allow-empty", "--message=x", &author, &date]);
}

/// A change of one file: lines are put in, taken out and changed, no two of them alike.
fn change(folder: &Folder, path: &str, dice: &mut Dice, number: usize) {
    let old = std::fs::read_to_string(folder.path.join(path)).unwrap_or_default();
    let mut lines: Vec<String> = old.lines().map(str::to_owned).collect();
    for n in 0..=dice.below(4) {
        let at = dice.below(lines.len() + 1);
        match dice.below(3) {
            0 if at < lines.len() => drop(lines.remove(at)),
            1 if at < lines.len() => lines[at] = format!("changed in {number}, {n}"),
            _ => lines.insert(at, format!("new in {number}, {n}, of {path}")),
        }
    }
    folder.write(path, lines.join("\n") + "\n");
}

fn blamed(folder: &Folder, path: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder.path.join(path)).expect("because it is there");
    let count = u32::try_from(text.lines().count()).expect("because it is short");
    let committed = Committed::open(&folder.path, &GitEnvironment::default(), None).expect("because it is a repository");
    let lines: Vec<Line> = (1..=count).map(|number| Line { path: path.as_bytes().to_vec(), number, seen: Seen::File }).collect();
    let name = |blamed: &Blamed| match blamed {
        Blamed::By(author) => author.people[0].email.clone(),
        other => format!("{other:?}"),
    };
    committed.blame(&lines).iter().map(name).zip(text.lines().map(str::to_owned)).collect()
}

fn by_git(folder: &Folder, path: &str) -> Vec<(String, String)> {
    let said = folder.git(["blame", "--line-porcelain", path]);
    let mut found = Vec::new();
    let mut email = String::new();
    for line in said.lines() {
        if let Some(own) = line.strip_prefix("author-mail ") {
            email = own.trim_matches(['<', '>']).to_owned();
        } else if let Some(text) = line.strip_prefix('\t') {
            found.push((email.clone(), text.to_owned()));
        }
    }
    found
}

#[test]
fn lines_are_of_whom_git_blames() {
    for seed in 1..5 {
        let mut dice = Dice(seed);
        let folder = Folder::repository();
        let mut paths = ["a.txt".to_owned(), "sub/b.txt".to_owned(), "sub/deep/c.txt".to_owned()];
        for number in 0..30 {
            let at = dice.below(paths.len());
            change(&folder, &paths[at].clone(), &mut dice, number);
            commit(&folder, number);
            if number % 7 == 6 && folder.path.join(&paths[at]).exists() {
                let moved = format!("moved{number}/{}", paths[at].rsplit('/').next().unwrap_or_default());
                folder.write(format!("moved{number}/keep"), "");
                folder.git(["mv", &paths[at], &moved]);
                commit(&folder, 100 + number);
                paths[at] = moved;
            }
            if number % 10 == 9 {
                // Two sides that change different files.
                folder.git(["checkout", "--quiet", "-b", &format!("side{number}"), "HEAD"]);
                change(&folder, &paths[0].clone(), &mut dice, 200 + number);
                commit(&folder, 200 + number);
                folder.git(["checkout", "--quiet", "main"]);
                change(&folder, &paths[1].clone(), &mut dice, 300 + number);
                commit(&folder, 300 + number);
                folder.git(["merge", "--quiet", "--no-ff", "--message=m", &format!("side{number}")]);
            }
        }
        for path in paths.iter().filter(|path| folder.path.join(path).exists()) {
            assert_eq!(blamed(&folder, path), by_git(&folder, path), "{path}, seed {seed}");
        }
    }
}

#[test]
fn what_head_does_not_have_is_nobodys() {
    let folder = Folder::repository();
    let ask = |folder: &Folder, path: &str, seen: Seen| {
        let committed = Committed::open(&folder.path, &GitEnvironment::default(), None).expect("because it is a repository");
        committed.blame(&[Line { path: path.as_bytes().to_vec(), number: 2, seen }]).remove(0)
    };
    assert_eq!(ask(&folder, "a", Seen::File), Blamed::NotInHead);
    folder.write("a", "one\ntwo\n").commit_all();
    assert!(matches!(ask(&folder, "a", Seen::File), Blamed::By(_)));
    assert_eq!(ask(&folder, "b", Seen::File), Blamed::NotInHead);
    assert_eq!(ask(&folder, "a/b", Seen::File), Blamed::NotInHead);
    let blob = Seen::Blob(folder.git(["rev-parse", "HEAD:a"]));
    folder.write("a", "one\nthree\n");
    assert_eq!(ask(&folder, "a", Seen::File), Blamed::NotInHead);
    assert!(matches!(ask(&folder, "a", blob.clone()), Blamed::By(_)));
    folder.write("a", "new\none\ntwo\n").commit_all();
    assert!(matches!(ask(&folder, "a", blob), Blamed::By(_)));
    assert!(matches!(ask(&folder, "a", Seen::Blob("0".repeat(40))), Blamed::Unknown(_)));
    assert!(matches!(ask(&folder, "a", Seen::Blob("x".to_owned())), Blamed::Unknown(_)));
}

//! What the path of a file says of its environment.

use super::words::{Words, split};

/// What a path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is among tests: whatever it is called, nothing but tests use it.
    Tests,
    /// It is an example for readers: no environment uses it.
    Example,
    /// An environment, by number.
    Environment(usize),
    /// Nothing.
    Nothing,
}

/// Words of the folders of tests.
const TESTS: [&str; 16] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "fixture",
    "fixtures",
    "testfixtures",
    "spec",
    "specs",
    "mock",
    "mocks",
    "testcases",
    "testlib",
    "tester",
    "integrationtest",
    "e2e",
];
/// Words of what is for readers.
const EXAMPLES: [&str; 14] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "tutorial",
    "tutorials",
    "template",
    "templates",
    "dist",
    "tmpl",
];
/// Folders of programs' parts in which `templates` and `dist` are what is used: charts and builds.
const USED_FOLDERS: [&str; 4] = ["template", "templates", "dist", "tmpl"];
/// Ends of names of program text, in which `production` mostly means something else.
const CODE: [&str; 36] = [
    "py", "rb", "js", "ts", "mjs", "cjs", "jsx", "tsx", "php", "go", "java", "kt", "kts", "cs", "rs", "c", "cc", "cpp", "h", "hpp",
    "swift", "scala", "pl", "pm", "lua", "ex", "exs", "erl", "clj", "vue", "svelte", "dart", "sql", "m", "map", "css",
];
/// Ends of names of texts for readers.
const READING: [&str; 9] = ["md", "rst", "txt", "adoc", "html", "htm", "tex", "pdf", "svg"];
/// Words that stand beside the environment in names of settings that are program text.
const SETTINGS: [&str; 18] = [
    "environment",
    "environments",
    "env",
    "envs",
    "config",
    "configs",
    "conf",
    "configuration",
    "setting",
    "settings",
    "secret",
    "secrets",
    "application",
    "app",
    "credentials",
    "local",
    "base",
    "firebase",
];
/// Further words of folders in which program text is about a deployment.
const DEPLOYMENT: [&str; 16] = [
    "deploy",
    "deployment",
    "deployments",
    "infra",
    "infrastructure",
    "terraform",
    "k8s",
    "kubernetes",
    "helm",
    "overlays",
    "ansible",
    "inventories",
    "stacks",
    "clusters",
    "accounts",
    "live",
];
/// Parts of a path that are looked at, from its end.
const MOST_PARTS: usize = 64;

/// What `path`, from the top of its repository, says.
pub fn says(path: &[u8], words: &Words) -> Says {
    let mut parts = path.rsplit(|byte| *byte == b'/').take(MOST_PARTS);
    let name = parts.next().unwrap_or_default();
    let folders: Vec<(&[u8], Vec<String>)> = parts.map(|folder| (folder, split(folder))).collect();
    let has = |known: &[&str], own: &[String]| own.iter().any(|word| known.contains(&word.as_str()));
    let is_reading = |own: &[String]| own.iter().any(|word| EXAMPLES.contains(&word.as_str()) && !USED_FOLDERS.contains(&word.as_str()));
    if has(&EXAMPLES, &split(name)) || folders.iter().any(|(_, own)| is_reading(own)) {
        return Says::Example;
    }
    if folders.iter().any(|(_, own)| has(&TESTS, own)) {
        return Says::Tests;
    }
    // A folder of program text that is called `staging` is mostly a part of the program.
    let is_deployed = |(_, own): &(&[u8], Vec<String>)| has(&SETTINGS, own) || has(&DEPLOYMENT, own);
    let folders_count = !is_end(name, &CODE) || folders.iter().any(is_deployed);
    let by_folder = || folders.iter().filter(|_| folders_count).find_map(|(folder, _)| words.of(folder));
    of_name(name, words).or_else(by_folder).map_or(Says::Nothing, Says::Environment)
}

/// Whether `name` ends in a dot and one of `ends`, which are in lower case.
fn is_end(name: &[u8], ends: &[&str]) -> bool {
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0) else { return false };
    ends.iter().any(|end| name[dot + 1..].eq_ignore_ascii_case(end.as_bytes()))
}

fn of_name(name: &[u8], words: &Words) -> Option<usize> {
    if is_end(name, &READING) {
        return None;
    }
    if !is_end(name, &CODE) {
        return words.of(name);
    }
    let stem = name.iter().rposition(|byte| *byte == b'.').map_or(name, |dot| &name[..dot]);
    let is_settings = |word: &String| SETTINGS.contains(&word.as_str()) || words.of(word.as_bytes()).is_some();
    words.of(stem).filter(|_| split(stem).iter().all(is_settings))
}

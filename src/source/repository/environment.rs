//! The environment variables that git gives a hook and that say where things are.
//!
//! Plain data: the binary reads the environment, the library is told. Knows nothing of what is found there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::owners::Person;

/// Where git says the parts of the repository are, as in the section "ENVIRONMENT VARIABLES" of `git help git`.
///
/// The default is an empty environment: everything is where git puts it by itself, and the user has no configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitEnvironment {
    /// `GIT_DIR`, absolute or relative to the current directory. With it no search happens.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`, absolute or relative to the current directory.
    pub work_tree: Option<PathBuf>,
    /// `GIT_COMMON_DIR`, absolute or relative to the current directory.
    pub common_dir: Option<PathBuf>,
    /// `GIT_INDEX_FILE`, absolute or relative to the top of the worktree.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`, absolute or relative to the current directory.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`, taken apart.
    pub alternate_object_directories: Vec<PathBuf>,
    /// `GIT_CEILING_DIRECTORIES`, taken apart: the search upwards stops below these.
    pub ceiling_directories: Vec<PathBuf>,
    /// `GIT_DISCOVERY_ACROSS_FILESYSTEM`: the search upwards may cross mount points.
    pub across_filesystems: bool,
    /// The user's home folder, for paths that begin with `~/`.
    pub home: Option<PathBuf>,
    /// Configuration files outside of the repository, the later ones win. They need not exist.
    pub config_files: Vec<PathBuf>,
    /// The file of ignore rules that counts when no configuration names one. It need not exist.
    pub default_excludes: Option<PathBuf>,
    /// `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL` or `EMAIL`; empty where they are not set.
    pub author: Person,
}

impl GitEnvironment {
    /// Takes what matters from an environment, asking `get` for one variable at a time. Empty values count as unset, as in git.
    pub fn from_env(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let path = |name: &str| get(name).map(PathBuf::from);
        let home = path("HOME").or_else(|| path("USERPROFILE"));
        let user = path("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config"))).map(|folder| folder.join("git"));
        let text = |name: &str| get(name).map(|value| value.to_string_lossy().trim().to_owned()).unwrap_or_default();
        let email = Some(text("GIT_AUTHOR_EMAIL")).filter(|email| !email.is_empty()).unwrap_or_else(|| text("EMAIL"));
        let author = Person { name: text("GIT_AUTHOR_NAME"), email };
        let mut config_files = Vec::new();
        if !get("GIT_CONFIG_NOSYSTEM").is_some_and(|value| is_true(&value)) {
            config_files.push(path("GIT_CONFIG_SYSTEM").unwrap_or_else(|| PathBuf::from("/etc/gitconfig")));
        }
        match path("GIT_CONFIG_GLOBAL") {
            Some(only) => config_files.push(only),
            None => {
                config_files.extend(user.as_ref().map(|folder| folder.join("config")));
                config_files.extend(home.as_ref().map(|home| home.join(".gitconfig")));
            }
        }
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            common_dir: path("GIT_COMMON_DIR"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternate_object_directories: get("GIT_ALTERNATE_OBJECT_DIRECTORIES").map(|list| alternates(&list)).unwrap_or_default(),
            ceiling_directories: get("GIT_CEILING_DIRECTORIES").map(|list| ceilings(&list)).unwrap_or_default(),
            across_filesystems: get("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_some_and(|value| is_true(&value)),
            default_excludes: user.map(|folder| folder.join("ignore")),
            home,
            config_files,
            author,
        }
    }

    /// The same environment without what belongs to one repository, for looking at another one.
    #[must_use]
    pub fn without_repository(&self) -> Self {
        Self {
            ceiling_directories: self.ceiling_directories.clone(),
            across_filesystems: self.across_filesystems,
            home: self.home.clone(),
            config_files: self.config_files.clone(),
            default_excludes: self.default_excludes.clone(),
            author: self.author.clone(),
            ..Self::default()
        }
    }
}

/// git's words for yes, `git help config`, "boolean".
fn is_true(value: &OsString) -> bool {
    value.to_str().is_some_and(|value| ["1", "true", "yes", "on"].iter().any(|yes| value.eq_ignore_ascii_case(yes)))
}

fn ceilings(list: &OsString) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|path| path.is_absolute()).collect()
}

/// Takes a list of object folders apart. git puts a path with a separator or a quote in double quotes, with C escapes, and a hook
/// that runs before a push is accepted gets such a list.
fn alternates(list: &OsString) -> Vec<PathBuf> {
    const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };
    let Some(text) = list.to_str().filter(|text| text.contains('"')) else {
        return std::env::split_paths(list).filter(|path| path != Path::new("")).collect();
    };
    let mut paths = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (path, after) = match rest.strip_prefix('"').and_then(unquoted) {
            Some((path, after)) => (path, after.strip_prefix(SEPARATOR).unwrap_or(after)),
            None => rest.split_once(SEPARATOR).map_or((rest.to_owned(), ""), |(path, after)| (path.to_owned(), after)),
        };
        if !path.is_empty() {
            paths.push(PathBuf::from(path));
        }
        rest = after;
    }
    paths
}

/// The text up to the closing quote, and what stands after it. Escapes other than for quote and backslash do not occur in paths that
/// are text; a list with them is taken literally and the folder will be missing.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' => text.push(chars.next().filter(|(_, escaped)| matches!(escaped, '"' | '\\'))?.1),
            _ => text.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> GitEnvironment {
        GitEnvironment::from_env(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn every_variable_of_a_hook_is_taken_and_empty_ones_are_not() {
        let env = from(&[("GIT_DIR", ".git"), ("GIT_INDEX_FILE", "/r/.git/index.lock"), ("GIT_WORK_TREE", ""), ("GIT_COMMON_DIR", "c")]);
        assert_eq!(env.git_dir, Some(PathBuf::from(".git")));
        assert_eq!(env.index_file, Some(PathBuf::from("/r/.git/index.lock")));
        assert_eq!((env.work_tree, env.common_dir), (None, Some(PathBuf::from("c"))));
    }

    #[test]
    fn configuration_files_follow_the_users_folders() {
        let paths = |env: &GitEnvironment| env.config_files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(paths(&from(&[("HOME", "/h")])), ["/etc/gitconfig", "/h/.config/git/config", "/h/.gitconfig"]);
        let nosystem = from(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x"), ("GIT_CONFIG_NOSYSTEM", "1")]);
        assert_eq!(paths(&nosystem), ["/x/git/config", "/h/.gitconfig"]);
        assert_eq!(nosystem.default_excludes, Some(PathBuf::from("/x/git/ignore")));
        assert_eq!(paths(&from(&[("GIT_CONFIG_GLOBAL", "/g"), ("GIT_CONFIG_SYSTEM", "/s")])), ["/s", "/g"]);
        assert_eq!(from(&[]).default_excludes, None);
    }

    #[cfg(unix)]
    #[test]
    fn object_folders_are_taken_apart_with_their_quotes() {
        let folders = |list: &str| from(&[("GIT_ALTERNATE_OBJECT_DIRECTORIES", list)]).alternate_object_directories;
        assert_eq!(folders("/a:/b c::/d"), ["/a", "/b c", "/d"].map(PathBuf::from));
        assert_eq!(folders(r#""/a:b":/c"#), ["/a:b", "/c"].map(PathBuf::from));
        assert_eq!(folders(r#"/x:"/a\"b\\c":"/d""#), ["/x", r#"/a"b\c"#, "/d"].map(PathBuf::from));
        assert_eq!(folders(r#""/never closed:/c"#), [r#""/never closed"#, "/c"].map(PathBuf::from));
    }
}

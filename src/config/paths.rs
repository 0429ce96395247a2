//! Which paths a configuration leaves out, and where the rule files are that it names.

use std::path::{Component, Path, PathBuf};

pub use crate::source::excludes::{check, check_regex};

use super::problem::Problem;
use super::{Config, ConfigError, Origin, Setting, Value, shown};
use crate::source::excludes::{Excludes, Form, Pattern};

impl Config {
    /// The paths that are not scanned.
    ///
    /// # Errors
    /// The patterns are too many or too large together.
    pub fn excludes(&self) -> Result<Excludes, ConfigError> {
        let mut patterns = Vec::new();
        let mut origins = Vec::new();
        for entry in &self.entries {
            let (form, is_include) = match entry.setting {
                Setting::ExcludedPaths => (Form::Glob, false),
                Setting::ExcludedRegexes => (Form::Regex, false),
                Setting::IncludedPaths => (Form::Glob, true),
                _ => continue,
            };
            if let Value::Text(text) = &entry.value {
                patterns.push(Pattern { text: text.clone(), form, is_include, by: entry.origin.source().to_owned() });
                origins.push(&entry.origin);
            }
        }
        Excludes::new(patterns).map_err(|(number, why)| {
            let origin = origins.get(number).copied().unwrap_or(&Origin::Default);
            Problem::new(origin, format!("the patterns of paths cannot be used: {why}"), "write fewer, or simpler ones").into()
        })
    }

    /// Files and folders of rules that files and the environment name, each with where that is. Flags are not among them.
    ///
    /// # Errors
    /// One is not there, or a repository names one outside of itself.
    pub fn rule_files(&self) -> Result<Vec<(PathBuf, &Origin)>, ConfigError> {
        self.all(Setting::RuleFiles)
            .filter(|(_, origin)| !matches!(origin, Origin::Flag(_)))
            .map(|(path, origin)| self.rule_file(path, origin))
            .collect()
    }

    fn rule_file<'o>(&self, path: &str, origin: &'o Origin) -> Result<(PathBuf, &'o Origin), ConfigError> {
        let missing = |path: &Path| Problem::new(origin, format!("there is no file or folder `{}`", path.display()), "");
        let (folder, is_repository) = match origin {
            Origin::File { text, is_repository, .. } => (text.folder.as_path(), *is_repository),
            _ => (Path::new(""), false),
        };
        let named = folder.join(path);
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let outside = || {
            let message = format!("`{}` leads out of the repository", shown(path));
            Problem::new(origin, message, "a repository may name rule files inside of itself only")
        };
        if is_repository && !is_below {
            return Err(outside().into());
        }
        let real = named.canonicalize().map_err(|_| missing(Path::new(path)))?;
        if is_repository && !self.root.as_ref().is_some_and(|root| real.starts_with(root)) {
            return Err(outside().into());
        }
        Ok((named, origin))
    }
}

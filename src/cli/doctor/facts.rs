//! What is set up, in words: program, git, configuration, and the hook that git runs for each occasion.

use std::path::Path;

use keysieve::finding::Threshold;
use keysieve::report::escaped;
use keysieve::source::repository::GitEnvironment;

use super::scratch::RULE;
use crate::cli::args::{HookName, SettingsArgs};
use crate::cli::git::{self, Repository};
use crate::cli::install::managers::{self, Manager};
use crate::cli::install::script::Script;
use crate::cli::install::{self, files, files_of, global, husky};
use crate::cli::settings::{self, Place};

/// How a fact is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should be.
    Good,
    /// To be known.
    Note,
    /// Commits can get through, or all are stopped.
    Bad,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is about.
    pub about: String,
    /// In words, escaped.
    pub words: String,
    /// How it is to be taken.
    pub mood: Mood,
}

/// All facts, and the scripts that git runs here.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order in which they are shown.
    pub facts: Vec<Fact>,
    /// Name and text of each hook that can be tried.
    pub scripts: Vec<(String, String)>,
}

impl Found {
    fn add(&mut self, about: impl Into<String>, mood: Mood, words: impl Into<String>) {
        let words = words.into();
        self.facts.push(Fact { about: about.into(), words: escaped(&words).into_owned(), mood });
    }

    /// Looks at everything.
    ///
    /// # Errors
    /// There is no git or no repository, or a hook cannot be read.
    pub fn here(folder: &Path) -> anyhow::Result<Self> {
        let mut found = Self::default();
        let program = std::env::current_exe()?;
        found.add("version", Mood::Good, format!("keysieve {}, {}", env!("CARGO_PKG_VERSION"), program.display()));
        found.path(&program);
        let version = git::asked(folder, ["--version"])?.unwrap_or_default();
        found.add("git", Mood::Good, version.trim_start_matches("git version ").to_owned());
        let repository = Repository::find(folder)?;
        let place = repository.top.as_ref().unwrap_or(&repository.common_dir);
        found.add("repository", Mood::Good, place.display().to_string());
        found.config(folder);
        found.hooks_path(&repository)?;
        let manager = managers::find(&repository)?;
        found.manager(manager.as_ref());
        for hook in install::ALL {
            for file in files_of(hook) {
                found.hook(hook, file, &repository, manager.as_ref(), &program)?;
            }
        }
        if repository.top.as_ref().is_some_and(|top| top.join(".gitmodules").is_file()) {
            found.add("submodules", Mood::Note, "each is a repository of its own, with hooks of its own: run this in each of them");
        }
        Ok(found)
    }

    /// Hooks that name no folder, and frameworks, find the program by this.
    fn path(&mut self, program: &Path) {
        let name = if cfg!(windows) { "keysieve.exe" } else { "keysieve" };
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let first =
            std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| files::is_executable(path) && path.is_file());
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        match first {
            Some(path) if real(&path) == real(program) => self.add("PATH", Mood::Good, "names this program"),
            Some(path) => self.add("PATH", Mood::Note, format!("names another one, {}", path.display())),
            None => self.add("PATH", Mood::Note, "names no keysieve: husky, lefthook and pre-commit with `language: system` need it"),
        }
    }

    fn config(&mut self, folder: &Path) {
        let git = GitEnvironment::from_env(|name| std::env::var_os(name));
        match settings::load(&SettingsArgs::default(), &Place::Repository(folder), &git) {
            Ok(found) if found.settings.fail_on != Threshold::default() => {
                let least = found.settings.fail_on;
                let least = format!("severity {}, confidence {}", least.severity.as_str(), least.confidence.as_str());
                self.add("configuration", Mood::Note, format!("what is below fail_on ({least}) is listed and not stopped"));
            }
            Ok(found) if found.rules.find(RULE).is_some_and(|(rule, _)| found.rules.is_disabled(rule)) => {
                self.add("configuration", Mood::Note, format!("disables {RULE}, which is what is planted where it does not count"));
            }
            Ok(_) => self.add("configuration", Mood::Good, "can be used; `keysieve config show --origin` prints it"),
            Err(error) => self.add("configuration", Mood::Bad, format!("every hook fails: {error:#}")),
        }
    }

    /// Who says where git looks for hooks, and what is then not run.
    fn hooks_path(&mut self, repository: &Repository) -> anyhow::Result<()> {
        let folder = repository.hooks();
        let Some((scope, _)) = &repository.hooks_path else {
            self.add("hooks", Mood::Good, folder.display().to_string());
            return Ok(());
        };
        let is_ours = global::folder().is_ok_and(|own| own == folder);
        self.add("hooks", Mood::Good, format!("{}, by core.hooksPath of the {scope} configuration", folder.display()));
        let own = repository.common_dir.join("hooks");
        let mut shadowed = Vec::new();
        for entry in std::fs::read_dir(&own).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.contains('.') && files::is_executable(&entry.path()) && own != folder {
                shadowed.push(name);
            }
        }
        shadowed.sort();
        if !shadowed.is_empty() && !is_ours {
            self.add(
                "shadowed",
                Mood::Note,
                format!("git does not run these, because of core.hooksPath: {} in {}", shadowed.join(", "), own.display()),
            );
        }
        Ok(())
    }

    fn manager(&mut self, manager: Option<&Manager>) {
        match manager {
            Some(Manager::Husky(folder)) => self.add("husky", Mood::Note, format!("keeps the hooks, in {}", folder.display())),
            Some(Manager::Lefthook(file)) => self.add("lefthook", Mood::Note, format!("keeps the hooks, by {}", file.display())),
            Some(Manager::PreCommit(_, true)) => {
                self.add("framework", Mood::Good, "pre-commit keeps the hooks, and its configuration names keysieve")
            }
            Some(Manager::PreCommit(..)) => {
                self.add("framework", Mood::Note, "pre-commit keeps the hooks: `keysieve install` says what to add")
            }
            None => {}
        }
    }

    fn hook(
        &mut self,
        hook: HookName,
        file: &str,
        repository: &Repository,
        manager: Option<&Manager>,
        program: &Path,
    ) -> anyhow::Result<()> {
        let path = repository.hooks().join(file);
        let legacy = path.with_file_name(format!("{file}.legacy"));
        let path = match files::ours(&path)? {
            // It hands on to the repository's own.
            Some(known) if known.is_intact && !known.scans => repository.common_dir.join("hooks").join(file),
            None if managers::is_generated(&path) && files::ours(&legacy)?.is_some() => legacy,
            _ => path,
        };
        let is_wanted = if repository.is_bare { hook == HookName::PreReceive } else { hook == HookName::PreCommit };
        match files::ours(&path)? {
            Some(known) if !known.is_intact => self.add(file, Mood::Bad, "was edited after `keysieve install` wrote it, and is not tried"),
            Some(known) if known.scans && !files::is_executable(&path) => {
                self.add(file, Mood::Bad, format!("git does not run it: {} is not executable", path.display()));
            }
            Some(known) if known.scans => {
                let before = files::beside(&path);
                let and =
                    if files::is_there(&before) { format!(", and {}, which was there before", before.display()) } else { String::new() };
                self.add(file, Mood::Good, format!("runs keysieve{and}"));
                self.scripts.push((file.to_owned(), files::text(&path)?.unwrap_or_default()));
            }
            _ if is_theirs(manager, hook, &path) => {
                self.add(file, Mood::Good, "runs keysieve, by that; what is tried is a hook as `keysieve install` writes it");
                let script =
                    Script { hook: file, scans: Some(hook), program: Some(program), flags: "", is_global: false, made_folder: false };
                self.scripts.push((file.to_owned(), script.text()));
            }
            _ => self.other(hook, file, manager, is_wanted, &path),
        }
        Ok(())
    }

    fn other(&mut self, hook: HookName, file: &str, manager: Option<&Manager>, is_wanted: bool, path: &Path) {
        if let Some(Manager::Husky(folder)) = manager
            && husky::is_put(&folder.join(file))
        {
            self.add(file, Mood::Good, "runs keysieve, by husky");
            return self.scripts.push((file.to_owned(), format!("#!/bin/sh\n{}", husky::block(hook, file, "", ""))));
        }
        if is_wanted {
            let words = if files::is_there(path) { "there is one, and it is not keysieve's" } else { "there is none" };
            self.add(file, Mood::Note, format!("{words}; `keysieve install` puts keysieve there"));
        }
    }
}

/// Whether a program that keeps the hooks runs keysieve in this one. Its own hook is not tried: it would run everything else as well.
fn is_theirs(manager: Option<&Manager>, hook: HookName, path: &Path) -> bool {
    match manager {
        Some(Manager::PreCommit(_, is_named)) => *is_named && managers::is_generated(path),
        Some(Manager::Lefthook(file)) => managers::runs(file, hook) && files::is_executable(path),
        Some(Manager::Husky(_)) | None => false,
    }
}

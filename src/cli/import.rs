//! `keysieve import`: reads what another tool was told, writes what this one is told instead, and says what was taken.

mod adopt;
mod place;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use keysieve::import::{Additions, Draft, Imported, gitleaks};
use keysieve::report::escaped;

use super::args::{ImportCommand, ListFormat, SourceArgs, WritingArgs};
use super::{exit, output};
use place::Placed;

/// Runs one of the imports.
///
/// # Errors
/// The source cannot be read or is not of its kind, or a file is there already.
pub fn run(command: &ImportCommand) -> anyhow::Result<ExitCode> {
    match command {
        ImportCommand::Gitleaks(args) => toml(args, gitleaks::Tool::Gitleaks),
        ImportCommand::Betterleaks(args) => toml(args, gitleaks::Tool::Betterleaks),
        ImportCommand::Gitleaksignore(args) => adopt::gitleaksignore(args),
        ImportCommand::DetectSecrets(args) => adopt::detect_secrets(args),
        ImportCommand::TrufflehogExclude(args) => adopt::trufflehog_exclude(args),
    }
}

fn toml(args: &SourceArgs, tool: gitleaks::Tool) -> anyhow::Result<ExitCode> {
    let (name, text) = source(&args.file, gitleaks::LARGEST)?;
    let imported = gitleaks::import(&text, tool).with_context(|| name.clone())?;
    finish(&imported, &name, &args.writing)
}

/// The name of a source for people and its text: a file of bounded size, or standard input for `-`.
///
/// # Errors
/// It cannot be read, is larger than `largest` bytes, or no UTF-8.
pub fn source(path: &Path, largest: u64) -> anyhow::Result<(String, String)> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let wrong = |why: &str| anyhow::anyhow!("cannot read {name}: {why}");
    let bytes = if is_stdin {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(largest + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
        if bytes.len() as u64 > largest {
            bail!("cannot read {name}: it has more than {largest} bytes");
        }
        bytes
    } else {
        keysieve::source::read_bounded(path, false, largest).map_err(|why| wrong(&why))?.ok_or_else(|| wrong("there is no such file"))?
    };
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is no UTF-8"))?;
    Ok((name, text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)))
}

/// Writes the files of an import, unless only a look was asked for, and prints its outcome.
///
/// # Errors
/// One of the files is there already and may not be replaced: then none is written. Or one cannot be written.
pub fn finish(imported: &Imported, source: &str, args: &WritingArgs) -> anyhow::Result<ExitCode> {
    let imported = &settled(imported, args)?;
    let placed = Placed::plan(&imported.config, args)?;
    if !args.dry_run {
        refuse_to_replace(&imported.drafts, args)?;
        for draft in &imported.drafts {
            write(draft, args)?;
        }
        placed.write()?;
    }
    let text = match args.format {
        ListFormat::Json => json(imported, &placed, source, args)?,
        ListFormat::Human => human(imported, &placed, source, args),
    };
    output::print(&text)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The same import, where a configuration that is there takes what a new one would say.
fn settled(imported: &Imported, args: &WritingArgs) -> anyhow::Result<Imported> {
    let mut settled = imported.clone();
    let is_config = |draft: &Draft| draft.path.as_os_str() == keysieve::config::NAMES[0];
    if args.append && place::there(&args.output).is_some() {
        for draft in imported.drafts.iter().filter(|draft| is_config(draft)) {
            settled.config = Additions::of(&draft.text)?;
        }
        settled.drafts.retain(|draft| !is_config(draft));
    }
    Ok(settled)
}

fn refuse_to_replace(drafts: &[Draft], args: &WritingArgs) -> anyhow::Result<()> {
    let there: Vec<_> = drafts.iter().map(|draft| target(draft, args)).filter(|path| path.symlink_metadata().is_ok()).collect();
    if args.force || there.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = there.iter().map(|path| path.display().to_string()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    bail!(
        "{} {verb} there already; nothing was written. --force replaces, --append adds to a keysieve.yaml, --dry-run prints what to put there by hand, --output DIR writes elsewhere",
        names.join(", ")
    )
}

/// Where a file goes, as the user would name it.
fn target(draft: &Draft, args: &WritingArgs) -> PathBuf {
    if args.output == Path::new(".") { draft.path.clone() } else { args.output.join(&draft.path) }
}

fn write(draft: &Draft, args: &WritingArgs) -> anyhow::Result<()> {
    let path = target(draft, args);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    std::fs::create_dir_all(parent).with_context(failed)?;
    output::save(&path, &draft.text).with_context(failed)
}

fn json(imported: &Imported, placed: &Placed, source: &str, args: &WritingArgs) -> anyhow::Result<String> {
    let file = |draft: &Draft| {
        let text = args.dry_run.then_some(&draft.text);
        serde_json::json!({ "path": target(draft, args), "text": text })
    };
    let files: Vec<_> = imported.drafts.iter().map(file).collect();
    let written = !args.dry_run && placed.is_done();
    let config = placed.json(args.dry_run);
    let all = serde_json::json!({ "source": source, "written": written, "files": files, "config": config, "outcome": imported.outcome });
    Ok(format!("{}\n", serde_json::to_string_pretty(&all)?))
}

fn human(imported: &Imported, placed: &Placed, source: &str, args: &WritingArgs) -> String {
    let mut out = String::new();
    let line = |line: Option<u32>| line.map_or_else(String::new, |line| format!("{line}: "));
    if args.dry_run {
        for draft in &imported.drafts {
            out += &format!("--- {}\n{}\n", target(draft, args).display(), draft.text.trim_end());
        }
        out += &placed.shown();
        out += "---\n\n";
    }
    let outcome = &imported.outcome;
    out += &format!("taken from {}: {}\n", escaped(source), outcome.taken.len());
    for one in &outcome.taken {
        out += &format!("  {}{} -> {}\n", line(one.line), escaped(&one.what), escaped(&one.became));
    }
    out += &format!("not taken: {}\n", outcome.left.len());
    for one in &outcome.left {
        out += &format!("  {}{}: {}\n", line(one.line), escaped(&one.what), escaped(&one.why));
    }
    for note in &outcome.notes {
        out += &format!("note: {}\n", escaped(note));
    }
    if !args.dry_run {
        let drafts = imported.drafts.iter().map(|draft| target(draft, args));
        let names: Vec<_> = drafts.chain(placed.written()).map(|path| path.display().to_string()).collect();
        out += &if names.is_empty() { "nothing was written\n".to_owned() } else { format!("wrote {}\n", names.join(", ")) };
        out += &placed.by_hand();
    }
    out
}

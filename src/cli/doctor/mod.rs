//! `keysieve doctor`: looks at how hooks are set up, and proves in scratch repositories that they stop a planted token.
//!
//! What runs there is git and the scripts that keysieve wrote. Neither the repository's content nor anybody else's hooks are run.

mod facts;
mod scratch;
mod trials;

use std::process::ExitCode;

use anyhow::Context as _;

use super::args::DoctorArgs;
use super::{exit, output};
use facts::{Fact, Found, Mood};
use scratch::Scratch;
use trials::{Became, Expected, Trial};

const GOOD: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const WARN: anstyle::Style = anstyle::AnsiColor::Yellow.on_default();
const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

/// Prints what is set up and what the trials showed.
///
/// # Errors
/// Nothing could be tried: no git, no repository, no hook.
pub fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let paint = Paint(output::is_colored(args.color.into()));
    let found = Found::here(&std::env::current_dir().context("cannot read the current folder")?)?;
    let columns = found.facts.iter().map(|fact| fact.about.len()).max().unwrap_or_default();
    let mut text: String = found.facts.iter().map(|fact| paint.fact(fact, columns)).collect();
    output::print(&text)?;
    let trials: Vec<&Trial> = trials::ALL.iter().filter(|trial| found.scripts.iter().any(|(hook, _)| hook == trial.hook)).collect();
    if trials.is_empty() {
        output::print("\nno hook here runs keysieve, so there is nothing to try: `keysieve install`\n")?;
        return Ok(ExitCode::from(exit::CANNOT_RUN));
    }
    let scratch = Scratch::new(args.keep)?;
    for (hook, script) in &found.scripts {
        scratch.hook(hook, script)?;
    }
    text = format!("\n{:<48}  {:<16}  {:<8}\n", "tried with a planted token", "hook", "result");
    let mut wrong = found.facts.iter().filter(|fact| fact.mood == Mood::Bad).count();
    for (number, trial) in (1..).zip(&trials) {
        let became = trial.run(&scratch, number)?;
        wrong += usize::from(became != Became::Right);
        text.push_str(&paint.trial(trial, &became));
    }
    if args.keep {
        text.push_str(&format!("\nthe scratch repositories are in {}\n", scratch.root().display()));
    }
    let number = trials.len();
    text.push_str(&match wrong {
        0 => paint.with(GOOD, &format!("\nall {number} as they should be\n")),
        wrong => paint.with(BAD, &format!("\n{wrong} not as it should be: see above\n")),
    });
    output::print(&text)?;
    Ok(ExitCode::from(if wrong == 0 { exit::CLEAN } else { exit::FINDINGS }))
}

#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, style: anstyle::Style, words: &str) -> String {
        if self.0 { format!("{style}{words}{style:#}") } else { words.to_owned() }
    }

    fn fact(self, fact: &Fact, columns: usize) -> String {
        let (style, mark) = match fact.mood {
            Mood::Good => (GOOD, "ok  "),
            Mood::Note => (WARN, "note"),
            Mood::Bad => (BAD, "bad "),
        };
        format!("{}  {:<columns$}  {}\n", self.with(style, mark), fact.about, fact.words)
    }

    fn trial(self, trial: &Trial, became: &Became) -> String {
        let result = match (became, trial.expected) {
            (Became::Right, Expected::Stopped) => self.with(GOOD, "stopped"),
            (Became::Right, Expected::Passed) => self.with(GOOD, "passed, as it should"),
            (Became::Wrong(words), _) => self.with(BAD, words),
        };
        format!("{:<48}  {:<16}  {result}\n", trial.name, trial.hook)
    }
}

//! The command line: the only place that prints, reads the environment, or decides an exit code.

mod args;
mod baseline;
mod cache;
mod completions;
mod config;
mod doctor;
mod exceptions;
mod exit;
mod explain;
mod git;
#[cfg(test)]
mod help_tests;
mod hook;
mod import;
mod install;
mod known;
mod look;
mod man;
mod output;
mod playbook;
mod progress;
mod purge;
mod readme;
mod report;
mod rotate;
mod rulefiles;
mod rules;
mod scan;
mod settings;
mod suggest;
mod trial;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Parses the arguments and runs what they ask for.
pub fn main() -> ExitCode {
    quiet_panics();
    let cli = Cli::parse();
    // A defect has said so already, and has an exit code of the table.
    match std::panic::catch_unwind(|| run(cli.command)) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            anstream::eprintln!("keysieve: {error:#}");
            ExitCode::from(exit::CANNOT_RUN)
        }
        Err(_) => ExitCode::from(exit::CANNOT_RUN),
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Scan(args) => scan::run(*args),
        Command::Install(args) => install::run(&args),
        Command::Uninstall(args) => install::undo(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Hook(args) => hook::run(*args),
        Command::PurgePlan(args) => purge::run(&args),
        Command::Rules(args) => rules::run(args.command),
        Command::Baseline(args) => baseline::run(args.command),
        Command::Report(args) => report::run(&args.command),
        Command::Exceptions(args) => exceptions::run(&args),
        Command::Rotate(args) => rotate::run(args.command),
        Command::Metrics(args) => rotate::metrics(&args),
        Command::Config(args) => config::run(args.command),
        Command::Import(args) => import::run(&args.command),
        Command::Explain(args) => explain::run(&args),
        Command::Playbook(args) => playbook::run(&args),
        Command::Completions(args) => completions::run(args.shell),
        Command::Man { words, out } => man::run(&words, out.as_deref()),
    }
}

/// A panic message may hold foreign bytes; what the user needs is that a file failed, and the report says that.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |location| format!(" at {}:{}", location.file(), location.line()));
        anstream::eprintln!("keysieve: internal error{place}; please report it");
    }));
}

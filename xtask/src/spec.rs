//! `cargo xtask spec`: what a change of `spec/` does to those who use the crate.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

mod changelog;
mod diff;
mod git;
mod lint;
mod report;
mod side;
mod sources;

/// Compare and check what lies in spec/
#[derive(Debug, Clone, Args)]
pub(crate) struct Spec {
    #[command(subcommand)]
    command: SpecCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum SpecCommand {
    Diff(diff::Diff),
    Changelog(changelog::Changelog),
    Lint(lint::Lint),
}

impl Spec {
    /// Runs the command.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        match &self.command {
            SpecCommand::Diff(command) => command.run(),
            SpecCommand::Changelog(command) => command.run(),
            SpecCommand::Lint(command) => command.run(),
        }
    }
}

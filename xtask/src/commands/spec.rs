//! `cargo xtask spec`: the vendored document and its changes.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

mod fetch;
mod update;

/// Take a published document over, and look at what that changes
#[derive(Debug, Clone, Args)]
pub(crate) struct Spec {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    Update(update::Update),
}

impl Spec {
    /// Runs the command; exit code 10 says that something has been found, 2 that the command could not run.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        match &self.command {
            Command::Update(command) => command.run(),
        }
    }
}

//! The maintainers' commands: `cargo xtask generate`, `passes`, `model`, `api`, `demo`, `bench`, `spec`.
//!
//! Thin on purpose: flags, files and messages. It never depends on the SDK, so that a broken generated crate cannot stop
//! its own regeneration.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod commands;
mod inputs;
mod out;
mod panics;
mod print;
mod progress;
mod spec;
mod sync;
#[cfg(test)]
mod workflows;

/// The maintainers' commands. Without one, `generate` is meant.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    generate: commands::generate::Generate,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(commands::generate::Generate),
    Passes(commands::passes::Passes),
    Model(commands::model::Model),
    Api(commands::api::Api),
    Demo(commands::demo::Demo),
    Bench(commands::bench::Bench),
    Spec(spec::Spec),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = panics::caught(|| match cli.command {
        Some(Command::Generate(command)) => command.run(),
        Some(Command::Passes(command)) => command.run(),
        Some(Command::Model(command)) => command.run(),
        Some(Command::Api(command)) => command.run(),
        Some(Command::Demo(command)) => command.run(),
        Some(Command::Bench(command)) => command.run(),
        Some(Command::Spec(command)) => command.run(),
        None => cli.generate.run(),
    });
    match result {
        Ok(code) => code,
        Err(error) => {
            print::note(format_args!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

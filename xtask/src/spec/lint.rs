//! `cargo xtask spec lint`: what in `spec/` wants the eyes of a person.

use std::process::ExitCode;

use anyhow::Result;
use bitbucket_codegen::lint;
use chrono::{DateTime, Utc};
use clap::Args;

use crate::inputs::Selection;
use crate::print;

/// List what is left to a person: decisions that do not fit, texts to write, names to read, deprecations that have ended
#[derive(Debug, Clone, Args)]
pub(crate) struct Lint {
    /// List what is only good to know as well, such as schemas that nothing reaches
    #[arg(short, long)]
    verbose: bool,
}

impl Lint {
    /// Runs the command; exit code 10 says that something is to be mended.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let today: DateTime<Utc> = std::time::SystemTime::now().into();
        let texts = Selection::vendored().read()?;
        let found = lint::lint(&texts.inputs(), &today.format("%Y-%m-%d").to_string())?;
        let (open, known): (Vec<_>, Vec<_>) = found.into_iter().partition(|lint| lint.is_open);
        for lint in open.iter().chain(known.iter().filter(|_| self.verbose)) {
            print::line(format_args!("{}  {}", lint.rule, lint.text))?;
        }
        if !self.verbose && !known.is_empty() {
            print::note(format_args!("{} more are only good to know; --verbose lists them", known.len()));
        }
        Ok(if open.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(10) })
    }
}

//! `cargo xtask spec lint`: what is due in `spec/`, although everything generates.

use std::process::ExitCode;

use anyhow::Result;
use bitbucket_codegen::diff;
use chrono::{NaiveDate, Utc};
use clap::Args;

use super::side::{SideTexts, Strictness};
use super::sources;
use crate::{inputs, print};

/// List what is due in spec/: missing texts, names to look at, dates that are over, corrections that upstream has taken over
#[derive(Debug, Clone, Args)]
pub(crate) struct Lint {
    /// The day on which it is looked at, such as 2026-08-20 [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

impl Lint {
    /// Runs the command; exit code 10 says that something is due.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let root = inputs::root();
        let texts = SideTexts::working_tree(&root)?;
        let handwritten = sources::handwritten(&root)?;
        // Entries that match nothing are refused by the generator, with their line.
        let side = texts.read(Strictness::All, &handwritten)?;
        let today = self.today.unwrap_or_else(|| Utc::now().date_naive());
        let items = diff::lint(&side, &today.to_string());
        for item in &items {
            let level = if item.due { "due" } else { "note" };
            print::line(format_args!("{level:<5} {}  {}  {}", item.kind, item.place, item.text))?;
        }
        let due = items.iter().any(|item| item.due);
        Ok(if due { ExitCode::from(10) } else { ExitCode::SUCCESS })
    }
}

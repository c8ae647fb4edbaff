//! `cargo xtask spec lint`: what is due in `spec/`, although everything generates.

use std::process::ExitCode;

use anyhow::Result;
use bitbucket_codegen::diff::{self, DueItem};
use bitbucket_codegen::{Error, Inputs, Location, update};
use chrono::{NaiveDate, Utc};
use clap::Args;

use super::side::{SideTexts, Strictness};
use super::sources;
use crate::{inputs, print};

/// List what is due in spec/: decisions that do not fit, missing texts, names to look at, dates that are over, corrections
/// that upstream has taken over
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
        let inputs = texts.inputs(Strictness::All)?;
        let mut items = Vec::new();
        let side = match texts.read(Strictness::All, &handwritten) {
            Ok(side) => Some(side),
            Err(error) => {
                items = refused(&inputs, &error);
                texts.read(Strictness::Fitting, &handwritten).ok()
            }
        };
        let today = self.today.unwrap_or_else(|| Utc::now().date_naive());
        match &side {
            Some(side) => items.extend(diff::lint(side, &today.to_string())),
            None => print::note("note: nothing else can be looked at before that is mended"),
        }
        for item in &items {
            let level = if item.due { "due" } else { "note" };
            print::line(format_args!("{level:<5} {}  {}  {}", item.kind, item.place, item.text))?;
        }
        let due = items.iter().any(|item| item.due);
        Ok(if due { ExitCode::from(10) } else { ExitCode::SUCCESS })
    }
}

/// Every decision that does not fit the document; else the one thing that the generator refuses.
fn refused(inputs: &Inputs<'_>, error: &Error) -> Vec<DueItem> {
    let due = |kind, place: &Location, problem: &str, hint: &str| {
        let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
        let name = if place.pointer.is_empty() { String::new() } else { format!("{}: ", place.pointer) };
        DueItem { kind, place: format!("{}{line}", place.file), text: format!("{name}{problem}; {hint}"), due: true }
    };
    match update::misfits(inputs) {
        Ok(misfits) if !misfits.is_empty() => {
            let each = misfits.iter().map(|misfit| due("decision-unfit", &misfit.place, &misfit.problem, &misfit.hint));
            each.collect()
        }
        _ => vec![due("not-generated", &error.place, &error.problem, &error.hint)],
    }
}

//! `cargo xtask spec update`: takes a published document over, and generates from it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use bitbucket_codegen::update::{self, Request};
use bitbucket_codegen::{Inputs, Source};
use chrono::Utc;
use clap::Args;

use super::diff;
use super::fetch::fetch;
use super::report::{self, Format};
use super::side::SideTexts;
use crate::commands::generate;
use crate::inputs::{self, Selection};
use crate::print;
use crate::progress::Progress;
use crate::sync::Plan;

/// The hashes of upstream's texts.
const HASHES: &str = "spec/upstream-prose.txt";
const ORIGIN: &str = "spec/source.toml";
/// Lists are cut off after this many lines; `--verbose` shows all.
const SHOWN: usize = 20;

/// Take over the document that Bitbucket publishes, keep our texts, and generate from it
#[derive(Debug, Clone, Args)]
pub(crate) struct Update {
    /// File or https address of the document; by default the address in spec/source.toml
    #[arg(long, value_name = "FILE|URL")]
    from: Option<String>,
    /// Year and month of the document, such as 2026-07; by default the current month
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    month: Option<String>,
    /// Write spec/ although decisions no longer fit, and leave the crate as it is
    #[arg(long)]
    draft: bool,
    /// List everything, however long
    #[arg(short, long)]
    verbose: bool,
}

impl Update {
    /// Runs the command; exit code 10 says that decisions no longer fit, 2 that nothing could be taken over.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let progress = Progress::new();
        let texts = Selection::vendored().read()?;
        let (origin, hashes) = (inputs::text(ORIGIN)?, inputs::text_if_there(HASHES)?);
        let from = match &self.from {
            Some(from) => from.clone(),
            None => update::address(&Source { name: ORIGIN, text: &origin })?,
        };
        progress.line(&format!("fetching {from}"));
        let upstream = fetch(&from)?;
        let now = Utc::now();
        progress.line("taking it over, and trying the decisions on it");
        let result = update::update(&Request {
            inputs: texts.inputs(),
            origin: Source { name: ORIGIN, text: &origin },
            hashes: hashes.as_deref().map(|text| Source { name: HASHES, text }),
            upstream: Source { name: &from, text: &upstream },
            month: &self.month.clone().unwrap_or_else(|| now.format("%Y-%m").to_string()),
        })?;
        self.list(
            "new names, to be reviewed in spec/operations.toml",
            &result.named.iter().map(|(call, name)| format!("{call}: {name}")).collect::<Vec<_>>(),
        );
        self.list("texts of our own to write or review in spec/bitbucket.json", &result.placeholders);
        self.list("texts that upstream has rewritten: look for news of behaviour", &result.rewritten);
        let misfits: Vec<_> = result.misfits.iter().map(ToString::to_string).collect();
        // These are what stops the update, so none is left out.
        self.list_all("decisions that no longer fit", &misfits);

        let files = BTreeMap::from([
            (texts.inputs().document.name.to_owned(), result.document),
            (ORIGIN.to_owned(), result.origin),
            (HASHES.to_owned(), result.hashes),
            (texts.inputs().operations.name.to_owned(), result.operations),
        ]);
        let root = inputs::root();
        let mut plan = Plan::new(&root, &files, &[], "")?;
        if !misfits.is_empty() {
            if self.draft {
                plan.apply()?;
                print::note(
                    "written: spec/. The crate is as it was: mend the decisions, then run `cargo xtask generate`",
                );
            } else {
                print::note("nothing was written: mend the decisions first, or write spec/ all the same with --draft");
            }
            return Ok(ExitCode::from(10));
        }
        let with =
            |source: Source<'_>| files.get(source.name).cloned().ok_or_else(|| anyhow!("{}: not planned", source.name));
        let (document, operations) = (with(texts.inputs().document)?, with(texts.inputs().operations)?);
        let old = texts.inputs();
        let new = Inputs {
            document: Source { text: &document, ..old.document },
            operations: Source { text: &operations, ..old.operations },
            ..old
        };
        let generated = generate::plan(&root, &new)?;
        plan.extend(generated);
        if plan.changes.is_empty() {
            print::line("nothing has changed")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut before = SideTexts::working_tree(&root)?;
        "before".clone_into(&mut before.label);
        plan.apply()?;
        for change in &plan.changes {
            print::line(change.describe(&root))?;
        }
        progress.line("comparing");
        let released = diff::released_version(&root)?;
        let comparison = diff::between(&before, &SideTexts::working_tree(&root)?, released.as_deref(), &root)?;
        print::line("")?;
        report::write(&comparison, Format::Text, self.verbose, "cargo xtask spec diff", None)?;
        progress.total();
        Ok(ExitCode::SUCCESS)
    }

    fn list(&self, title: &str, entries: &[String]) {
        let shown = if self.verbose { entries.len() } else { entries.len().min(SHOWN) };
        self.list_all(title, &entries[..shown]);
        if shown < entries.len() {
            print::note(format_args!("  and {} more; --verbose lists all", entries.len() - shown));
        }
    }

    fn list_all(&self, title: &str, entries: &[String]) {
        if !entries.is_empty() {
            print::note(format_args!("{title}:"));
            entries.iter().for_each(|entry| print::note(format_args!("  {entry}")));
        }
    }
}

/// Year and month.
fn month(text: &str) -> Result<String, String> {
    let valid = text.split_once('-').is_some_and(|(year, month)| {
        year.len() == 4 && month.len() == 2 && year.parse::<u16>().is_ok() && matches!(month.parse(), Ok(1..=12_u8))
    });
    if valid { Ok(text.to_owned()) } else { Err("write year and month, such as 2026-07".to_owned()) }
}

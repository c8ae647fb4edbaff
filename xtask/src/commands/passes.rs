//! `cargo xtask passes`: what runs between the document and the crate, and what each step did.

use std::process::ExitCode;

use anyhow::{Result, bail};
use bitbucket_codegen::document::{Context, passes};
use bitbucket_codegen::model;
use clap::Args;

use crate::inputs::Selection;
use crate::print;

/// The step before the passes.
const OVERLAY: &str = "overlay";

/// List the passes with what each touched, or print the document as it is after one
#[derive(Debug, Clone, Args)]
pub(crate) struct Passes {
    #[command(flatten)]
    selection: Selection,
    /// Print the document as JSON as it is after this document pass; `overlay` for after the corrections
    #[arg(long, value_name = "NAME")]
    dump: Option<String>,
    /// List every place that was touched, not only their number
    #[arg(long, short)]
    verbose: bool,
}

impl Passes {
    /// Runs the command.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if self.dump.as_deref() == Some(OVERLAY) {
            return self.corrected();
        }
        if let Some(name) = &self.dump
            && !passes::PASSES.iter().any(|pass| pass.name == name)
        {
            let known: Vec<_> = passes::PASSES.iter().map(|pass| pass.name).collect();
            bail!("passes: --dump {name}: no document pass has this name; there are {OVERLAY}, {}", known.join(", "));
        }
        let texts = self.selection.read()?;
        let inputs = texts.inputs();
        let prepared = bitbucket_codegen::prepare(&inputs, self.dump.as_deref(), &mut |_| {})?;
        let document = &prepared.document;
        if self.dump.is_some() {
            print::line(document.to_json())?;
            return Ok(ExitCode::SUCCESS);
        }
        print::line(format_args!("overlay: {} corrections", prepared.overlay.len()))?;
        for action in prepared.overlay.iter().filter(|_| self.verbose) {
            let reason = action.reason.replace('\n', " ");
            print::line(format_args!("    {} ({} places): {reason}", action.name, action.pointers.len()))?;
        }
        print::line("document passes:")?;
        for ((name, touched), pass) in prepared.passes.iter().zip(passes::PASSES) {
            print::line(format_args!("  {name} ({}): {}", touched.len(), pass.reason))?;
            for place in touched.iter().filter(|_| self.verbose) {
                print::line(format_args!("    {place}"))?;
            }
        }
        let unions =
            document.unions.iter().map(|(base, union)| format!("{base}: a union of {}", union.subtypes.join(", ")));
        let structs = document.struct_bases.iter().map(|(base, reason)| format!("{base}: a struct, because {reason}"));
        section("schemas that others extend", unions.chain(structs))?;
        section("dropped schemas", document.dropped.iter().map(|(name, reason)| format!("{name}: {reason}")))?;
        // Last, because it fails where a decision is wrong, and then the rest is what one wants to see.
        let context = Context { source: &inputs.document, inputs: &inputs, decisions: &prepared.decisions };
        let built = model::build(document, &context)?;
        section("decided without an entry in spec/", built.derived.into_iter())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Passes {
    /// Prints the document with its corrections and nothing else done to it.
    fn corrected(&self) -> Result<ExitCode> {
        let texts = self.selection.read()?;
        let inputs = texts.inputs();
        let read = bitbucket_codegen::read::read(&inputs.document, inputs.overlay.as_ref())?;
        print::line(serde_json::to_string_pretty(&read.json)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A list below its title, with the number of its lines.
fn section(title: &str, lines: impl Iterator<Item = String>) -> Result<()> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return print::line(format_args!("{title}: none"));
    }
    print::line(format_args!("{title} ({}):", lines.len()))?;
    lines.iter().try_for_each(|line| print::line(format_args!("  {line}")))
}

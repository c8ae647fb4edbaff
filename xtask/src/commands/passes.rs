//! `cargo xtask passes`: what runs between the document and the crate, and what each step did.

use std::process::ExitCode;

use anyhow::{Result, bail};
use bitbucket_codegen::decisions::Decisions;
use bitbucket_codegen::document::Context;
use bitbucket_codegen::{normalize, read, rewrite};
use clap::Args;

use crate::inputs::Selection;
use crate::print;

/// List the passes with what each touched, or print the document as it is after one
#[derive(Debug, Clone, Args)]
pub(crate) struct Passes {
    #[command(flatten)]
    selection: Selection,
    /// Print the document as JSON as it is after this normalise pass
    #[arg(long, value_name = "NAME")]
    dump: Option<String>,
    /// List every place that was touched, not only their number
    #[arg(long, short)]
    verbose: bool,
}

impl Passes {
    /// Runs the command.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if let Some(name) = &self.dump
            && !normalize::PASSES.iter().any(|pass| pass.name == name)
        {
            let known: Vec<_> = normalize::PASSES.iter().map(|pass| pass.name).collect();
            bail!("passes: --dump {name}: no normalise pass has this name; there are {}", known.join(", "));
        }
        let texts = self.selection.read()?;
        let inputs = texts.inputs();
        let decisions = Decisions::read(&inputs.operations, &inputs.groups, inputs.strict)?;
        let (mut document, applied) = read::read(&inputs.document, inputs.overlay.as_ref())?;
        let context = Context { source: &inputs.document, decisions: &decisions, operations_file: &inputs.operations };
        let report = normalize(&mut document, &context, self.dump.as_deref())?;
        if self.dump.is_some() {
            print::line(document.to_json())?;
            return Ok(ExitCode::SUCCESS);
        }
        print::line(format_args!("overlay: {} corrections", applied.len()))?;
        if self.verbose {
            for action in &applied {
                print::line(format_args!(
                    "    {} ({} places): {}",
                    action.name,
                    action.pointers.len(),
                    action.reason.replace('\n', " ")
                ))?;
            }
        }
        print::line("normalise passes:")?;
        for ((name, touched), pass) in report.iter().zip(normalize::PASSES) {
            print::line(format_args!("  {name} ({}): {}", touched.len(), pass.reason))?;
            for place in touched.iter().filter(|_| self.verbose) {
                print::line(format_args!("    {place}"))?;
            }
        }
        print::line("rewrite passes:")?;
        for pass in rewrite::PASSES {
            print::line(format_args!("  {}: {}", pass.name, pass.reason))?;
        }
        print::line("bases and what became of them:")?;
        for (base, kinds) in &document.kinds {
            print::line(format_args!("  {base}: an enum of {}", kinds.subtypes.join(", ")))?;
        }
        for (base, reason) in &document.kept {
            print::line(format_args!("  {base}: a struct, because {reason}"))?;
        }
        print::line("dropped schemas:")?;
        for (name, reason) in &document.dropped {
            print::line(format_args!("  {name}: {reason}"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

//! `cargo xtask model`: the API as the generator sees it, as canonical JSON.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::inputs::Selection;
use crate::print;

/// Print the API model as JSON: the same bytes for the same API, small enough to review
#[derive(Debug, Clone, Args)]
pub(crate) struct Model {
    #[command(flatten)]
    selection: Selection,
}

impl Model {
    /// Runs the command.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let texts = self.selection.read()?;
        let model = bitbucket_codegen::model(&texts.inputs())?;
        print::line(model.to_json().trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}

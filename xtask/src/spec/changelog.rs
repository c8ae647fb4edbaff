//! `cargo xtask spec changelog`: the section of CHANGELOG.md for a change of `spec/`.

use std::process::ExitCode;

use anyhow::Result;
use bitbucket_codegen::diff::render;
use clap::Args;

use super::side::{self, SideTexts};
use super::{diff, report};
use crate::inputs;

/// Print the section for CHANGELOG.md: by group, in the words of users, with what to write instead
#[derive(Debug, Clone, Args)]
pub(crate) struct Changelog {
    /// Git revision, tag or document of the last release
    old: String,
    /// Git revision, tag or document of the next one [default: the working tree]
    new: Option<String>,
}

impl Changelog {
    /// Runs the command.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let root = inputs::root();
        let left_out = side::left_out(&root)?;
        let old = SideTexts::named(&self.old, &root, Some(&left_out))?;
        let new = match &self.new {
            Some(new) => SideTexts::named(new, &root, Some(&left_out))?,
            None => SideTexts::working_tree(&root)?,
        };
        let comparison = diff::between(&old, &new, None, &root)?;
        comparison.notes.iter().for_each(|note| crate::print::note(format_args!("note: {note}")));
        report::whole(&render::changelog(&comparison), None)?;
        Ok(ExitCode::SUCCESS)
    }
}

//! `cargo xtask api`: compares `sdk/api.txt` with what rustdoc says about the same crate.
//!
//! The list is read from the sources by a reader of our own; the compiler's view of them is the second opinion. rustdoc's
//! JSON needs a nightly toolchain, so this is no part of `generate`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{inputs, print};

mod listed;
mod rustdoc;

/// Compare the list of the public surface with the compiler's view of it
#[derive(Debug, Clone, Args)]
pub(crate) struct Api {
    /// Output of `cargo +nightly rustdoc … -- -Z unstable-options --output-format json`
    #[arg(long, value_name = "FILE")]
    rustdoc: PathBuf,
}

impl Api {
    /// Runs the command; exit code 1 says that the two differ.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let list =
            fs::read_to_string(inputs::root().join("sdk/api.txt")).context("read: sdk/api.txt: cannot be read")?;
        let name = self.rustdoc.display();
        let json = fs::read(&self.rustdoc).with_context(|| format!("read: {name}: cannot be read"))?;
        let json = serde_json::from_slice(&json).with_context(|| format!("read: {name}: not JSON"))?;
        let listed = listed::read(&list);
        let compiled = rustdoc::read(&json).with_context(|| format!("read: {name}: not what rustdoc writes"))?;

        let missing: BTreeSet<_> =
            compiled.difference(&listed.items).filter(|item| !listed.possible.contains(*item)).collect();
        let extra: BTreeSet<_> = listed.items.difference(&compiled).collect();
        for item in &missing {
            print::line(format_args!("not in sdk/api.txt: {item}"))?;
        }
        for item in &extra {
            print::line(format_args!("only in sdk/api.txt: {item}"))?;
        }
        print::line(format_args!(
            "{} paths compared, {} missing, {} too many",
            compiled.len(),
            missing.len(),
            extra.len()
        ))?;
        Ok(if missing.is_empty() && extra.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

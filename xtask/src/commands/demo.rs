//! `cargo xtask demo`, for help and for who starts xtask without its front: the demo is started through cargo, because xtask
//! does not know the SDK.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::inputs;

/// Start a pipeline, watch it and print its log: against a fake Bitbucket, or with --repo against the real one
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Repository on the real service, as WORKSPACE/SLUG; credentials come from the environment
    #[arg(long, value_name = "WORKSPACE/SLUG")]
    repo: Option<String>,
    /// Branch to run on
    #[arg(long, default_value = "main")]
    branch: String,
}

impl Demo {
    /// Runs the demo and hands its exit code on.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(inputs::root());
        command.args(["run", "--quiet", "--package", "bitbucket-demo", "--"]);
        command.args(["--branch", &self.branch]);
        if let Some(repo) = &self.repo {
            command.args(["--repo", repo]);
        }
        let status = command.status().context("demo: cargo cannot be started")?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}

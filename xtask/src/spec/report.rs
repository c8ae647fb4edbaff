//! Formats, where a report goes, and the exit code.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use bitbucket_codegen::diff::{Comparison, EffectClass, render};
use clap::ValueEnum;

use crate::print;

/// Exit code of a comparison with findings at or above the threshold.
const FINDINGS: u8 = 10;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One line per finding
    Text,
    /// For a comment of a pull request, under 60,000 characters
    Markdown,
    /// Annotations; also writes $GITHUB_OUTPUT and $GITHUB_STEP_SUMMARY where they are set
    Github,
    /// Everything; `--schema` describes it
    Json,
}

/// From which class on the exit code says that there are findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What stops compiling
    Compile,
    /// What behaves differently, or worse
    Runtime,
    /// Any difference
    Any,
    /// Nothing
    Never,
}

/// Writes the report.
pub(crate) fn write(
    comparison: &Comparison,
    format: Format,
    all: bool,
    reproduce: &str,
    out: Option<&Path>,
) -> Result<()> {
    let text = match format {
        Format::Text => render::text(comparison, all),
        Format::Markdown => render::markdown(comparison, reproduce),
        Format::Json => render::json(comparison),
        Format::Github => {
            append("GITHUB_OUTPUT", &render::outputs(comparison))?;
            append("GITHUB_STEP_SUMMARY", &render::markdown(comparison, reproduce))?;
            render::annotations(comparison)
        }
    };
    whole(&text, out)
}

/// Writes a text to a file or to standard output, the file whole or not at all.
pub(crate) fn whole(text: &str, out: Option<&Path>) -> Result<()> {
    let Some(out) = out else {
        return if text.is_empty() { Ok(()) } else { print::line(text.trim_end_matches('\n')) };
    };
    let mut beside = out.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, out));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        anyhow!("write: {}: cannot be written ({error}); choose another --out", out.display())
    })
}

/// Adds to the file that an environment variable names, where it does.
fn append(variable: &str, text: &str) -> Result<()> {
    let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) else { return Ok(()) };
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("write: ${variable}: cannot be written"))
}

/// The exit code.
pub(crate) fn code(comparison: &Comparison, fail_on: FailOn) -> ExitCode {
    let threshold = match fail_on {
        FailOn::Compile => EffectClass::Compile,
        FailOn::Runtime => EffectClass::Runtime,
        FailOn::Any => EffectClass::None,
        FailOn::Never => return ExitCode::SUCCESS,
    };
    match comparison.worst() {
        Some(worst) if worst <= threshold => ExitCode::from(FINDINGS),
        _ => ExitCode::SUCCESS,
    }
}

//! `cargo xtask bench build`: what it costs to build the crate, against its peers in the same run. Not a test: machines
//! differ, and a busy one tells little. All is built by cargo, in folders of its own; the generator is only started.

mod checkout;
mod measure;
mod packages;
mod plot;
mod rows;
mod scratch;
mod table;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};

use crate::{inputs, print, sync};
use rows::Row;
use table::Table;

const DOCUMENT: &str = "docs/benchmarks.md";
const PLOT: &str = "docs/build-costs.svg";

/// Measure what is not tested
#[derive(Debug, Clone, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    command: BenchCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum BenchCommand {
    Build(Build),
}

/// Measure builds and write the table and the plot of docs/benchmarks.md
///
/// Each pair is built in turn, and medians are compared. CPU seconds are those of cargo and all that it starts. With all
/// rows it takes about an hour on two cores; `first-command` and `xtask` are measured once.
#[derive(Debug, Clone, Args)]
struct Build {
    /// Rows to measure; all, if none is named
    #[arg(value_name = "ROW")]
    rows: Vec<Row>,
    /// How often each is built
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=99))]
    runs: u16,
    /// Revision that `slim`, `debug` and `xtask` are compared with
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// Only print, and leave the files as they are
    #[arg(long)]
    dry_run: bool,
}

impl Bench {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let BenchCommand::Build(build) = &self.command;
        build.run()
    }
}

impl Build {
    fn run(&self) -> Result<ExitCode> {
        let root = inputs::root();
        // Before anything is measured for an hour.
        let mut table = Table::read(&inputs::text(DOCUMENT)?)?;
        let mut rows = if self.rows.is_empty() { Row::ALL.to_vec() } else { self.rows.clone() };
        rows.sort_unstable();
        rows.dedup();
        let mut lab = rows::Lab::new(&root, usize::from(self.runs), self.against.as_deref())?;
        let mut measured = Vec::new();
        for row in rows {
            print::note(format_args!("{}: {}", row.name(), row.what()));
            let lines = lab.measure(row).with_context(|| format!("bench: {}", row.name()))?;
            for line in &lines {
                print::line(line)?;
            }
            measured.extend(lines);
        }
        if self.dry_run {
            return Ok(ExitCode::SUCCESS);
        }
        table.take(&measured, &when(&root));
        let files =
            BTreeMap::from([(DOCUMENT.to_owned(), table.document()), (PLOT.to_owned(), plot::draw(&table.shares()))]);
        sync::Plan::new(&root, &files, &[], "")?.apply()?;
        print::note(format_args!("written: {DOCUMENT}, {PLOT}"));
        Ok(ExitCode::SUCCESS)
    }
}

/// The day, and the revision of the working copy.
fn when(root: &std::path::Path) -> String {
    let day = chrono::Utc::now().format("%Y-%m-%d");
    let described = std::process::Command::new("git")
        .args(["describe", "--always", "--dirty", "--match="])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success());
    match described {
        Some(output) => format!("{day}, {}", String::from_utf8_lossy(&output.stdout).trim()),
        None => day.to_string(),
    }
}

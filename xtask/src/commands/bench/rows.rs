//! The rows of the table, and how each is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use super::checkout;
use super::measure::{self, Cost, median};
use super::packages::{self, Program};
use super::scratch::{self, Scratch};
use super::table::{Goal, Line};

/// What is measured, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Row {
    /// Release build of the crate alone with default features, against progenitor's output
    Full,
    /// Release build of the crate alone with `pipelines` and `rustls`
    Slim,
    /// Debug build of the crate alone with `pipelines` and `rustls`
    Debug,
    /// Clean release build of a program that lists pipelines, against its twin on bare reqwest
    Program,
    /// Clean release build of the same program with default features, against its twin
    ProgramDefault,
    /// Stripped release binary of that program, against its twin's
    Binary,
    /// `cargo xtask demo` with an empty target folder
    FirstCommand,
    /// `cargo xtask passes` with an empty target folder
    Xtask,
}

impl Row {
    pub(crate) const ALL: [Self; 8] = [
        Self::Full,
        Self::Slim,
        Self::Debug,
        Self::Program,
        Self::ProgramDefault,
        Self::Binary,
        Self::FirstCommand,
        Self::Xtask,
    ];

    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Its help.
    pub(crate) fn what(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }
}

const CRATE: &str = "bitbucket-cloud";
const SLIM: [&str; 3] = ["--no-default-features", "--features", "pipelines,rustls"];

/// Where things are built: a target folder for each that is compared.
pub(crate) struct Lab {
    root: PathBuf,
    scratch: Scratch,
    runs: usize,
    /// The workspace at the other revision, and its name.
    against: Option<(PathBuf, String)>,
}

impl Lab {
    pub(crate) fn new(root: &Path, runs: usize, against: Option<&str>) -> Result<Self> {
        let scratch = Scratch::new()?;
        packages::fetch(root)?;
        let against = match against {
            Some(revision) => {
                let folder = checkout::create(root, revision, &scratch.join("against"))?;
                packages::fetch(&folder)?;
                Some((folder, revision.to_owned()))
            }
            None => None,
        };
        Ok(Self { root: root.to_owned(), scratch, runs, against })
    }

    pub(crate) fn measure(&mut self, row: Row) -> Result<Vec<Line>> {
        match row {
            Row::Full => self.full(),
            Row::Slim => self.slim(),
            Row::Debug => self.debug(),
            Row::Program => self.program(row, Program::Slim, Goal::Ratio(1.08)),
            Row::ProgramDefault => self.program(row, Program::Default, Goal::Ratio(1.25)),
            Row::Binary => self.binary(),
            Row::FirstCommand => self.first_command(),
            Row::Xtask => self.xtask(),
        }
    }

    fn full(&self) -> Result<Vec<Line>> {
        let output = cargo()
            .args(["run", "--quiet", "--package", "bitbucket-codegen", "--example", "progenitor_output"])
            .current_dir(&self.root)
            .stderr(Stdio::inherit())
            .output()
            .context("cargo cannot be started")?;
        if !output.status.success() {
            bail!("the example progenitor_output failed ({})", output.status);
        }
        let peer = packages::peer(&self.root, &self.scratch.join("peer"), &String::from_utf8(output.stdout)?)?;
        let (ours, theirs) =
            (self.alone("full", &[]), Alone::new(&peer, self.scratch.join("target-peer"), "peer", &[]));
        let [ours, theirs] = in_turn(self.runs, [&ours, &theirs])?;
        Ok(vec![Line::new(Row::Full, Goal::Ratio(0.6)).ours(&ours).peer(&theirs, "progenitor's output")])
    }

    fn slim(&self) -> Result<Vec<Line>> {
        let (slim, full) = (self.alone("slim", &SLIM), self.alone("full", &[]));
        let line = Line::new(Row::Slim, Goal::Ratio(0.5));
        let line = match &self.against {
            None => {
                let [slim, full] = in_turn(self.runs, [&slim, &full])?;
                line.ours(&slim).note(to_full(&slim, &full))
            }
            Some((folder, revision)) => {
                let before = Alone::new(folder, self.scratch.join("target-slim-against"), CRATE, &SLIM);
                let [slim, before, full] = in_turn(self.runs, [&slim, &before, &full])?;
                line.ours(&slim).note(to_full(&slim, &full)).peer(&before, revision)
            }
        };
        Ok(vec![line])
    }

    fn debug(&self) -> Result<Vec<Line>> {
        let seconds = Line::new(Row::Debug, Goal::Seconds(4.0));
        let memory = Line::new(Row::Debug, Goal::Megabytes(350.0)).named("debug-memory", "Peak memory of that build");
        let ours = self.alone("debug", &SLIM).in_debug();
        Ok(match &self.against {
            None => {
                let [costs] = in_turn(self.runs, [&ours])?;
                vec![seconds.ours(&costs).note(ours.artefacts()?), memory.size(peak(&costs))]
            }
            Some((folder, revision)) => {
                let before = Alone::new(folder, self.scratch.join("target-debug-against"), CRATE, &SLIM).in_debug();
                let [costs, peer] = in_turn(self.runs, [&ours, &before])?;
                let memory = memory.size(peak(&costs)).peer_size(peak(&peer), revision);
                vec![seconds.ours(&costs).note(ours.artefacts()?).peer(&peer, revision), memory]
            }
        })
    }

    fn program(&self, row: Row, program: Program, goal: Goal) -> Result<Vec<Line>> {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            ours.push(self.build(program)?);
            bare.push(self.build(Program::Bare)?);
        }
        Ok(vec![Line::new(row, goal).ours(&ours).peer(&bare, "reqwest and serde")])
    }

    fn binary(&self) -> Result<Vec<Line>> {
        let [slim, default, bare] = [Program::Slim, Program::Default, Program::Bare].map(|program| {
            let binary = self.target(program).join("release").join(program.name());
            if !binary.exists() {
                self.build(program)?;
            }
            let size = binary.metadata().with_context(|| format!("{} is not there", binary.display()))?.len();
            anyhow::Ok(megabytes(size))
        });
        let line = Line::new(Row::Binary, Goal::Ratio(1.12)).size(slim?).peer_size(bare?, "reqwest and serde");
        Ok(vec![line.note(format!("{:.2} MB with default features", default?))])
    }

    fn first_command(&self) -> Result<Vec<Line>> {
        let cost = self.cold(&self.root, "first-command", &["xtask", "demo"])?;
        Ok(vec![Line::new(Row::FirstCommand, Goal::Seconds(150.0)).ours(&[cost])])
    }

    fn xtask(&self) -> Result<Vec<Line>> {
        let line =
            Line::new(Row::Xtask, Goal::Ratio(0.6)).ours(&[self.cold(&self.root, "xtask", &["xtask", "passes"])?]);
        let Some((folder, revision)) = &self.against else { return Ok(vec![line]) };
        let before = self.cold(folder, "xtask-against", &["xtask", "passes"])?;
        Ok(vec![line.peer(&[before], revision)])
    }

    /// Runs a command of cargo once, with nothing built.
    fn cold(&self, folder: &Path, target: &str, arguments: &[&str]) -> Result<Cost> {
        let target = self.scratch.join(&format!("target-{target}"));
        let cost = measure::run(cargo().args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", &target))?;
        scratch::empty(&target)?;
        Ok(cost)
    }

    fn alone(&self, target: &str, features: &'static [&'static str]) -> Alone {
        Alone::new(&self.root, self.scratch.join(&format!("target-{target}")), CRATE, features)
    }

    fn target(&self, program: Program) -> PathBuf {
        self.scratch.join(&format!("target-program-{}", program.name()))
    }

    /// A clean release build of a program.
    fn build(&self, program: Program) -> Result<Cost> {
        let package = self.scratch.join(&format!("program-{}", program.name()));
        if !package.exists() {
            packages::program(&self.root, program, &package)?;
        }
        let target = self.target(program);
        scratch::empty(&target)?;
        let mut command = cargo();
        command
            .args(["build", "--quiet", "--release", "--offline"])
            .current_dir(&package)
            .env("CARGO_TARGET_DIR", target);
        measure::run(&mut command)
    }
}

/// A package that is built while its dependencies are built already.
struct Alone {
    workspace: PathBuf,
    target: PathBuf,
    package: &'static str,
    features: &'static [&'static str],
    profile: &'static str,
}

impl Alone {
    fn new(workspace: &Path, target: PathBuf, package: &'static str, features: &'static [&'static str]) -> Self {
        Self { workspace: workspace.to_owned(), target, package, features, profile: "release" }
    }

    fn in_debug(self) -> Self {
        Self { profile: "dev", ..self }
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = cargo();
        cargo.args([command, "--quiet", "--offline", "--package", self.package, "--profile", self.profile]);
        cargo.current_dir(&self.workspace).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    fn build(&self) -> Result<Cost> {
        measure::run(self.cargo("build").args(self.features))
    }

    fn clean(&self) -> Result<()> {
        measure::run(&mut self.cargo("clean"))?;
        Ok(())
    }

    /// What a debug build leaves.
    fn artefacts(&self) -> Result<String> {
        let size = megabytes(scratch::size(&self.target.join("debug/deps"), &[".rlib", ".rmeta"])?);
        Ok(format!("{size:.0} MB of .rlib and .rmeta with all dependencies"))
    }
}

/// Megabytes of the largest process.
#[allow(clippy::cast_precision_loss, reason = "megabytes for people")]
fn peak(costs: &[Cost]) -> f64 {
    median(costs.iter().map(|cost| cost.peak as f64 / 1e6))
}

/// Builds each once, so that all dependencies are there, and then in turn.
fn in_turn<const N: usize>(runs: usize, packages: [&Alone; N]) -> Result<[Vec<Cost>; N]> {
    let mut costs = [const { Vec::new() }; N];
    for package in packages {
        package.build()?;
    }
    for _ in 0..runs {
        for (package, costs) in packages.iter().zip(&mut costs) {
            package.clean()?;
            costs.push(package.build()?);
        }
    }
    Ok(costs)
}

fn to_full(slim: &[Cost], full: &[Cost]) -> String {
    let ratio = median(slim.iter().zip(full).map(|(slim, full)| slim.cpu / full.cpu));
    format!("{ratio:.2} of the build with default features")
}

#[allow(clippy::cast_precision_loss, reason = "megabytes for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Cargo without incremental builds, which no first build has.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_INCREMENTAL", "0");
    command
}

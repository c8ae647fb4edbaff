//! `cargo xtask spec diff`: causes in `spec/`, joined with what they do to the public surface.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use bitbucket_codegen::diff::{self, Comparison, Finding, Side, Terms, render};
use bitbucket_codegen::{Error, Source, english};
use clap::Args;

use super::git::Repository;
use super::report::{self, FailOn, Format};
use super::side::{self, Origin, SideTexts, Strictness};
use super::sources;
use crate::{inputs, print};

/// Compare two revisions, tags or documents: what changed, and what that does to the crate
#[derive(Debug, Clone, Args)]
pub(crate) struct Diff {
    /// Git revision, tag or document to compare with [default: HEAD]
    old: Option<String>,
    /// Git revision, tag or document that is compared [default: the working tree]
    new: Option<String>,
    /// Compare with the last tag of a release
    #[arg(long, conflicts_with_all = ["old", "new"])]
    since_release: bool,
    /// How the report is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// File to write the report to, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// From which class on the exit code is 10
    #[arg(long, value_enum, default_value = "runtime")]
    fail_on: FailOn,
    /// List what has no effect as well, in text
    #[arg(long)]
    all: bool,
    /// Keep in documents what spec/source.toml leaves out
    #[arg(long)]
    keep_left_out: bool,
    /// Print the JSON Schema of --format json and do nothing else
    #[arg(long)]
    schema: bool,
}

impl Diff {
    /// Runs the command; exit code 10 says that there are findings, 2 that nothing could be compared.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if self.schema {
            report::whole(&render::schema(), self.out.as_deref())?;
            return Ok(ExitCode::SUCCESS);
        }
        let comparison = self.compare()?;
        report::write(&comparison, self.format, self.all, &self.reproduce(), self.out.as_deref())?;
        Ok(report::code(&comparison, self.fail_on))
    }

    fn compare(&self) -> Result<Comparison> {
        let root = inputs::root();
        let left_out = if self.keep_left_out { None } else { Some(side::left_out(&root)?) };
        let repository = Repository::at(&root);
        let released = release(&repository, &root)?;
        let old = match (&self.old, self.since_release) {
            (Some(old), _) => SideTexts::named(old, &root, left_out.as_ref())?,
            (None, false) => SideTexts::named("HEAD", &root, left_out.as_ref())?,
            (None, true) => released.clone().ok_or_else(|| {
                anyhow!("git: no tag of a release, such as v0.1.0, leads to HEAD; tag one, or name a revision")
            })?,
        };
        let new = match &self.new {
            Some(new) => SideTexts::named(new, &root, left_out.as_ref())?,
            None => SideTexts::working_tree(&root)?,
        };
        if let (Origin::Revision(first), Origin::Revision(second)) = (&old.origin, &new.origin)
            && repository.is_before(second, first)
        {
            print::note(format_args!("note: {} is older than {}: are they swapped?", new.label, old.label));
        }
        let released = released.and_then(|release| release.version());
        let mut comparison = between(&old, &new, released.as_deref(), &root)?;
        self.accept(&mut comparison, &old, &new)?;
        Ok(comparison)
    }

    /// Marks what `spec/accepted.toml` of the new side accepts.
    fn accept(&self, comparison: &mut Comparison, old: &SideTexts, new: &SideTexts) -> Result<()> {
        const PATH: &str = "spec/accepted.toml";
        let Some(text) = new.text(PATH).filter(|_| new.origin != Origin::File) else { return Ok(()) };
        let source = Source { name: PATH, text };
        let entries = diff::read_accepted(&source)?;
        // Since the last release, all of them must match.
        let known = old.text(PATH).filter(|_| !self.since_release && old.origin != Origin::File);
        let known =
            known.map(|text| diff::read_accepted(&Source { name: PATH, text })).transpose()?.unwrap_or_default();
        diff::accept(&mut comparison.findings, &source, &entries, &known, &comparison.bump.declared)?;
        comparison.judge();
        Ok(())
    }

    /// The command that gives the same report.
    fn reproduce(&self) -> String {
        let mut command = "cargo xtask spec diff".to_owned();
        if self.since_release {
            command.push_str(" --since-release");
        }
        if self.keep_left_out {
            command.push_str(" --keep-left-out");
        }
        for side in self.old.iter().chain(&self.new) {
            command.push(' ');
            command.push_str(side);
        }
        command
    }
}

/// The version of the last release.
pub(super) fn released_version(root: &std::path::Path) -> Result<Option<String>> {
    Ok(release(&Repository::at(root), root)?.and_then(|release| release.version()))
}

/// The last release.
fn release(repository: &Repository, root: &std::path::Path) -> Result<Option<SideTexts>> {
    match repository.last_release("HEAD")? {
        Some(tag) => SideTexts::named(&tag, root, None).map(Some),
        None => Ok(None),
    }
}

/// Takes both sides through the generator and compares them.
pub(super) fn between(
    old: &SideTexts,
    new: &SideTexts,
    released: Option<&str>,
    root: &std::path::Path,
) -> Result<Comparison> {
    let handwritten = sources::handwritten(root)?;
    let bare = [old, new].map(|side| side.origin == Origin::File);
    let strictness = |side: &SideTexts| match (side.origin == Origin::File, bare) {
        (false, _) => Strictness::All,
        (true, [true, true]) => Strictness::Names,
        (true, _) => Strictness::Fitting,
    };
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| old.read(strictness(old), &handwritten));
        let second = new.read(strictness(new), &handwritten);
        (other.join(), second)
    });
    let first = first.map_err(|_| anyhow!("xtask: the old side panicked; report this as a bug"))?;
    let declared = new.version().unwrap_or_else(|| "0.0.0".to_owned());
    let mut terms = Terms { released, declared: &declared, ..Terms::default() };
    if !bare[0] && !bare[1] {
        terms.lists = old.text("sdk/api.txt").zip(new.text("sdk/api.txt")).map(|(old, new)| [old, new]);
    }
    let under = old.under_decisions_of(new);
    let first = older(first, old, &under, new, &handwritten, &mut terms)?;
    let second = newer(second, new, strictness(new), &handwritten, &mut terms)?;
    let (Some(first), Some(second)) = (&first, &second) else {
        return Ok(diff::blocked(&old.label, &new.label, &terms));
    };
    for side in [first, second] {
        let unfit = side.unfit.len();
        if unfit > 0 {
            let count = english::count(unfit, "decision does", "decisions do");
            terms.notes.push(format!("{count} not apply to {}; --all lists them", side.given.label));
        }
    }
    Ok(diff::compare(first, second, &terms))
}

/// The old side; where today's generator cannot read its `spec/`, its document under the decisions of the new side.
fn older<'a>(
    read: Result<Side<'a>, Error>,
    texts: &'a SideTexts,
    under: &'a SideTexts,
    new: &'a SideTexts,
    handwritten: &'a BTreeMap<String, String>,
    terms: &mut Terms<'_>,
) -> Result<Option<Side<'a>>> {
    let error = match read {
        Ok(side) => return Ok(Some(side)),
        Err(error) => error,
    };
    if texts.origin == Origin::File {
        return unreadable(error, texts, false, terms);
    }
    terms.notes.push(format!(
        "today's generator cannot read spec/ of {} ({error}): its document is compared by wire only, under the names, facts and corrections of {}",
        texts.label, new.label
    ));
    // Two lists of the surface say nothing where one of them was made by other decisions.
    terms.lists = None;
    match under.read(Strictness::Fitting, handwritten) {
        Ok(side) => Ok(Some(side)),
        Err(error) => unreadable(error, under, false, terms),
    }
}

/// The new side; where it is refused, that is the first finding, and the rest is compared with the decisions that fit.
fn newer<'a>(
    read: Result<Side<'a>, Error>,
    texts: &'a SideTexts,
    strictness: Strictness,
    handwritten: &'a BTreeMap<String, String>,
    terms: &mut Terms<'_>,
) -> Result<Option<Side<'a>>> {
    let error = match read {
        Ok(side) => return Ok(Some(side)),
        Err(error) => error,
    };
    if strictness != Strictness::All {
        return unreadable(error, texts, true, terms);
    }
    terms.refusals.extend(finding(&error, texts, strictness, true));
    match texts.read(Strictness::Fitting, handwritten) {
        Ok(side) => {
            terms
                .notes
                .push(format!("{} does not generate: the rest is compared with the decisions that fit", texts.label));
            Ok(Some(side))
        }
        Err(error) => {
            terms.notes.push(format!("the rest cannot be compared: {error}"));
            Ok(None)
        }
    }
}

/// What is no document at all cannot be compared; one that the generator refuses is a finding.
fn unreadable<'a>(error: Error, texts: &SideTexts, new: bool, terms: &mut Terms<'_>) -> Result<Option<Side<'a>>> {
    if error.pass == "read" && texts.origin == Origin::File {
        bail!(error);
    }
    terms.refusals.extend(finding(&error, texts, Strictness::Fitting, new));
    Ok(None)
}

fn finding(error: &Error, texts: &SideTexts, strictness: Strictness, new: bool) -> Option<Finding> {
    let inputs = texts.inputs(strictness).ok()?;
    Some(diff::refused(error, &inputs, new))
}

//! `cargo xtask generate`: document in, crate out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bitbucket_codegen::Inputs;
use bitbucket_codegen::emit::HEADER;
use clap::Args;

use crate::inputs::{self, Selection};
use crate::out;
use crate::print;
use crate::progress::Progress;
use crate::sync::Plan;

/// Generate the client from the vendored document
#[derive(Debug, Clone, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    selection: Selection,
    /// Compare only: name each stale file and fail if there is one
    #[arg(long)]
    check: bool,
    /// Folder of the crate to write, instead of sdk/ in the workspace: a complete crate in a new or empty folder, or again in
    /// the folder of an earlier run; one with other files is refused
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Generate {
    /// Runs the command; exit code 1 says that files are stale, 2 that nothing could be generated.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let texts = self.selection.read()?;
        let root = inputs::root();
        let (target, elsewhere) = match &self.out {
            Some(out) => (out.clone(), !same_folder(out, &root.join("sdk"))),
            None => (root.join("sdk"), false),
        };
        if elsewhere && !self.check {
            out::check_folder(&target)?;
        }
        let mut progress = Progress::new();
        let output = bitbucket_codegen::generate(&texts.inputs(), &mut |phase| progress.phase(phase))?;
        let mut package = output.package;
        let mut unlisted = None;
        if elsewhere {
            complete(&root, texts.inputs().strict, &mut package)?;
            out::check_links(&target, package.keys())?;
        } else if texts.inputs().strict {
            // Sources that cannot be listed must not keep the others from being regenerated: that is reported at the end.
            match list_surface(&root, &package) {
                Ok(list) => drop(package.insert("api.txt".to_owned(), list)),
                Err(error) => unlisted = Some(error),
            }
        }
        let mut plan = Plan::new(&target, &package, &["src/generated"], HEADER)?;
        let mut files = package.len();
        if !elsewhere {
            files += output.workspace.len();
            plan.extend(Plan::new(&root, &output.workspace, &["tests/tests/generated"], HEADER)?);
        }
        let mut notes = notes(&output.report.derived, texts.inputs().strict);
        notes.extend(ignored_servers(&output.report.passes));
        progress.line(&format!(
            "{} operations, {} types, {} schemas dropped, {} corrections",
            output.report.operations,
            output.report.types,
            output.report.dropped.len(),
            output.report.overlay.len()
        ));
        if self.check {
            notes.iter().for_each(print::note);
            return unlisted.map_or_else(|| report(&plan, &root), Err);
        }
        plan.apply()?;
        notes.iter().for_each(print::note);
        if let Some(error) = unlisted {
            return Err(error);
        }
        progress.total();
        print::line(format_args!("{}: {} of {files} files changed", target.display(), plan.changes.len()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What has to be written so that the workspace is that of these inputs.
///
/// # Errors
/// The first construct that cannot be generated faithfully, or sources that cannot be listed.
pub(crate) fn plan(root: &Path, inputs: &Inputs<'_>) -> Result<Plan> {
    let output = bitbucket_codegen::generate(inputs, &mut |_| {})?;
    let mut package = output.package;
    package.insert("api.txt".to_owned(), list_surface(root, &package)?);
    let mut plan = Plan::new(&root.join("sdk"), &package, &["src/generated"], HEADER)?;
    plan.extend(Plan::new(root, &output.workspace, &["tests/tests/generated"], HEADER)?);
    Ok(plan)
}

/// What was decided without an entry in `spec/`, for review; only the number where it is more than a person reads, or where
/// nobody is going to make entries for the document.
fn notes(derived: &[String], vendored: bool) -> Vec<String> {
    const READABLE: usize = 20;
    match derived.len() {
        0 => Vec::new(),
        count if count <= READABLE && vendored => derived.iter().map(|line| format!("note: {line}")).collect(),
        count => Vec::from([format!(
            "note: {count} decisions were made by rule or do not fit; `cargo xtask passes` with the same flags lists them"
        )]),
    }
}

/// Operations whose calls go to another address than the document says: that must not stay in a list that nobody asks for.
fn ignored_servers(passes: &[(&'static str, Vec<String>)]) -> Option<String> {
    let lines = passes.iter().flat_map(|(_, touched)| touched);
    let mut places = lines.filter_map(|line| line.strip_suffix(": its own servers are ignored"));
    let first = places.next()?;
    let more = match places.count() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    Some(format!("note: {first}{more}: servers of a single path are ignored, calls go to the address of the client"))
}

fn report(plan: &Plan, root: &Path) -> Result<ExitCode> {
    if plan.changes.is_empty() {
        print::line("everything is up to date")?;
        return Ok(ExitCode::SUCCESS);
    }
    for change in &plan.changes {
        print::note(change.describe(root));
    }
    print::note(format_args!(
        "error: {} generated files are stale; run `cargo xtask generate` and commit the result",
        plan.changes.len()
    ));
    Ok(ExitCode::FAILURE)
}

fn same_folder(left: &Path, right: &Path) -> bool {
    matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}

/// The public surface of the workspace's crate as it will be.
fn list_surface(root: &Path, package: &BTreeMap<String, String>) -> Result<String> {
    let sdk = root.join("sdk");
    let mut handwritten = BTreeMap::new();
    add_folder(&sdk, &sdk.join("src"), &mut handwritten)?;
    let generated = package.iter().filter(|(path, _)| path.ends_with(".rs"));
    let generated = generated.map(|(path, text)| (path.clone(), text.clone())).collect();
    Ok(bitbucket_codegen::surface::list(&handwritten, &generated)?)
}

/// Adds the hand-written half, and turns the manifest into one that stands alone. Of a document that is not checked
/// strictly, what rests on the vendored one is left out.
fn complete(root: &Path, vendored: bool, package: &mut BTreeMap<String, String>) -> Result<()> {
    let sdk = root.join("sdk");
    add_folder(&sdk, &sdk.join("src"), package)?;
    if !vendored {
        package.values_mut().for_each(leave_out_vendored);
    }
    let workspace = fs::read_to_string(root.join("Cargo.toml")).context("read: Cargo.toml: cannot be read")?;
    if let Some(manifest) = package.get_mut("Cargo.toml") {
        *manifest = bitbucket_codegen::emit::manifest::stand_alone(manifest, &workspace).map_err(|problem| {
            anyhow::anyhow!("print: sdk/Cargo.toml: {problem}; keep it a plain member of the workspace")
        })?;
        if !vendored {
            manifest.push_str(LINTS_WITHOUT_EXTENSIONS);
        }
        manifest.insert_str(0, out::MARKER);
    }
    Ok(())
}

/// What only the left-out extensions use is no mistake.
const LINTS_WITHOUT_EXTENSIONS: &str =
    "\n[lints.rust]\ndead_code = \"allow\"\nunused_imports = \"allow\"\nunused_macros = \"allow\"\n";

/// Takes the marked lines out of a hand-written file.
pub(crate) fn leave_out_vendored(text: &mut String) {
    const MARKS: [&str; 2] = ["// <vendored document only>\n", "// </vendored document only>\n"];
    while let (Some(begin), Some(end)) = (text.find(MARKS[0]), text.find(MARKS[1])) {
        text.replace_range(begin..end + MARKS[1].len(), "");
    }
}

/// Adds the files of a folder that nobody generated.
pub(crate) fn add_folder(sdk: &Path, folder: &Path, package: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read: {}: cannot be listed", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            add_folder(sdk, &path, package)?;
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("read: {}: cannot be read", path.display()))?;
        let relative = path.strip_prefix(sdk).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if !text.starts_with(HEADER) {
            package.entry(relative).or_insert(text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::notes;

    #[test]
    fn what_nobody_reads_is_one_line() {
        let derived = |count: usize| (0..count).map(|number| format!("derived: a.b_{number}")).collect::<Vec<_>>();
        assert_eq!(notes(&derived(0), true), [""; 0]);
        assert_eq!(notes(&derived(2), true), ["note: derived: a.b_0", "note: derived: a.b_1"]);
        for (count, vendored) in [(2, false), (298, true), (298, false)] {
            let notes = notes(&derived(count), vendored);
            assert!(notes.len() == 1 && notes[0].starts_with(&format!("note: {count} decisions ")), "{notes:?}");
        }
    }
}

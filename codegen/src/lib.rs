//! The generator of the `bitbucket-cloud` crate: texts in, files out.
//!
//! It does no I/O, asks no clock and no environment, so that the same inputs give the same bytes; `xtask` reads, writes
//! and measures. The way of a document: [`read`] and [`overlay`], [`mod@normalize`], [`wire`] (progenitor), [`rewrite`],
//! [`emit`], print.

use std::collections::BTreeMap;

pub mod decisions;
pub mod document;
pub mod emit;
pub mod error;
pub mod model;
pub mod names;
pub mod normalize;
pub mod overlay;
pub mod read;
pub mod rewrite;
pub mod source;
pub mod surface;
pub mod wire;

pub use error::{Error, Place};
pub use source::Source;

use decisions::Decisions;
use document::{Context, Document};

/// Everything a generation depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The OpenAPI document.
    pub document: Source<'a>,
    /// The corrections; none for a foreign document.
    pub overlay: Option<Source<'a>>,
    /// `operations.toml`.
    pub operations: Source<'a>,
    /// `groups.toml`.
    pub groups: Source<'a>,
    /// The manifest of the crate, for its features.
    pub manifest: Source<'a>,
    /// Whether a decision that matches nothing in the document is an error: it is for the vendored document.
    pub strict: bool,
}

/// The files of a generation, by path, and what happened on the way.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Files of the crate, relative to its folder.
    pub package: BTreeMap<String, String>,
    /// Files about the crate, relative to the workspace.
    pub workspace: BTreeMap<String, String>,
    /// What was found and decided.
    pub report: Report,
}

/// What a maintainer wants to know after a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Overlay actions that were applied.
    pub overlay: Vec<overlay::Applied>,
    /// What each normalise pass touched.
    pub passes: Vec<(&'static str, Vec<String>)>,
    /// Operations that left.
    pub operations: usize,
    /// Types that left.
    pub types: usize,
    /// Schemas that were dropped, with the reason.
    pub dropped: BTreeMap<String, String>,
    /// Names that were derived because the lock file does not know the operation.
    pub derived: Vec<String>,
}

/// The phases of a run, in order; reported as each begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// JSON, version, overlay.
    Read,
    /// The normalise passes.
    Normalize,
    /// progenitor.
    Wire,
    /// The rewrite passes.
    Rewrite,
    /// The emitters and prettyplease.
    Emit,
    /// Nothing is left to do.
    Done,
}

/// Runs the whole way; `observe` is told when a phase begins.
///
/// # Errors
/// The first thing that cannot be generated faithfully, with its place.
pub fn generate(inputs: &Inputs<'_>, observe: &mut dyn FnMut(Phase)) -> Result<Output, Error> {
    observe(Phase::Read);
    let decisions = Decisions::read(&inputs.operations, &inputs.groups, inputs.strict)?;
    let (mut document, applied) = read::read(&inputs.document, inputs.overlay.as_ref())?;
    let context = Context { source: &inputs.document, decisions: &decisions, operations_file: &inputs.operations };

    observe(Phase::Normalize);
    let passes = normalize(&mut document, &context, None)?;

    observe(Phase::Wire);
    let tree = wire::emit(&document, &context)?;

    observe(Phase::Rewrite);
    let calls = rewrite::read_calls::read_calls(&tree);
    let mut types = rewrite::read_types::read_types(&tree);
    let rewriting = rewrite::Context::new(&document);
    for pass in rewrite::PASSES {
        (pass.run)(&mut types, &rewriting)?;
    }

    observe(Phase::Emit);
    let model = emit::Model::new(&document, &decisions, types, calls, &inputs.document)?;
    let mut package = emit::rust_files(&model, &inputs.document)?;
    package.insert("Cargo.toml".to_owned(), emit::manifest::emit(&model, &inputs.manifest)?);
    let (table, models) = ("tests/tests/generated/operations.rs", "tests/tests/generated/models.rs");
    let workspace = BTreeMap::from([
        ("docs/coverage.md".to_owned(), emit::coverage::emit(&model)),
        (table.to_owned(), emit::print(table, emit::table_test::emit(&model), &inputs.document)?),
        (models.to_owned(), emit::print(models, emit::model_test::emit(&model), &inputs.document)?),
    ]);
    let derived = passes
        .iter()
        .filter(|(name, _)| *name == "assign_operation_ids")
        .flat_map(|(_, touched)| touched.iter().cloned())
        .collect();
    let report = Report {
        overlay: applied,
        operations: document.operations.len(),
        types: model.types.len(),
        dropped: document.dropped.clone(),
        derived,
        passes,
    };
    observe(Phase::Done);
    Ok(Output { package, workspace, report })
}

/// Runs the normalise passes, all or up to and including `last`.
///
/// # Errors
/// The first pass that refuses.
pub fn normalize(
    document: &mut Document,
    context: &Context<'_>,
    last: Option<&str>,
) -> Result<Vec<(&'static str, Vec<String>)>, Error> {
    let mut report = Vec::new();
    for pass in normalize::PASSES {
        report.push((pass.name, (pass.run)(document, context)?));
        if last == Some(pass.name) {
            break;
        }
    }
    Ok(report)
}

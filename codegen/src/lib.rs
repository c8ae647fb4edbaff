//! The generator of the `bitbucket-cloud` crate: texts in, files out.
//!
//! It does no I/O and asks no clock and no environment, so that the same inputs give the same bytes; `xtask` reads, writes
//! and measures. The phases: [`read`], [`mod@document`] with its passes, [`mod@model`], [`emit`].

use std::collections::BTreeMap;

pub mod diff;
pub mod document;
pub mod emit;
pub mod english;
pub mod error;
pub mod inputs;
pub mod model;
pub mod read;
pub mod source;
pub mod surface;
pub mod update;

pub use error::{Error, Location};
pub use inputs::Inputs;
pub use source::Source;

use document::{Context, Document, passes};
use model::{Built, Model};
use read::decisions::Decisions;

/// The files of a generation, by path, and a report.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Files of the crate, relative to its folder.
    pub package: BTreeMap<String, String>,
    /// Files about the crate, relative to the workspace.
    pub workspace: BTreeMap<String, String>,
    /// What the run did.
    pub report: Report,
}

/// What a run did, for the maintainer.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Overlay actions that were applied.
    pub overlay: Vec<read::overlay::Applied>,
    /// What each document pass touched.
    pub passes: Vec<(&'static str, Vec<String>)>,
    /// Number of operations.
    pub operations: usize,
    /// Number of types.
    pub types: usize,
    /// Schemas that were dropped, with the reason.
    pub dropped: BTreeMap<String, String>,
    /// What was decided without an entry in `spec/`, for review.
    pub derived: Vec<String>,
}

/// The phases of a run, in order; reported as each begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// JSON, version, overlay, decisions.
    Read,
    /// The document passes.
    Document,
    /// progenitor and the model.
    Model,
    /// The emitters and prettyplease.
    Emit,
    /// Nothing is left to do.
    Done,
}

/// A document after the passes, and the decisions that were read with it.
#[derive(Debug)]
pub struct Prepared {
    /// The document.
    pub document: Document,
    /// The decisions.
    pub decisions: Decisions,
    /// Overlay actions that were applied.
    pub overlay: Vec<read::overlay::Applied>,
    /// What each document pass touched.
    pub passes: Vec<(&'static str, Vec<String>)>,
}

/// Reads the inputs and runs the document passes, all or up to and including `last`.
///
/// # Errors
/// The first thing that cannot be read, or the first pass that refuses.
pub fn prepare(inputs: &Inputs<'_>, last: Option<&str>, observe: &mut dyn FnMut(Phase)) -> Result<Prepared, Error> {
    observe(Phase::Read);
    let decisions = Decisions::read(inputs)?;
    let read::Read { json, api, applied: overlay } = read::read(&inputs.document, inputs.overlay.as_ref())?;
    observe(Phase::Document);
    let mut document = Document::new(json, api);
    let added = overlay.iter().flat_map(|action| action.added.iter().map(|at| (at.clone(), action.name.clone())));
    document.added = added.collect();
    let context = Context { source: &inputs.document, inputs, decisions: &decisions };
    let passes = passes::run(&mut document, &context, last)?;
    Ok(Prepared { document, decisions, overlay, passes })
}

/// The model of the API.
///
/// # Errors
/// The first construct that the model cannot represent faithfully, with its place.
pub fn model(inputs: &Inputs<'_>) -> Result<Model, Error> {
    let prepared = prepare(inputs, None, &mut |_| {})?;
    let context = Context { source: &inputs.document, inputs, decisions: &prepared.decisions };
    Ok(model::build(&prepared.document, &context)?.model)
}

/// Runs all phases; `observe` is called when a phase begins.
///
/// # Errors
/// The first construct that cannot be generated faithfully, with its place.
pub fn generate(inputs: &Inputs<'_>, observe: &mut dyn FnMut(Phase)) -> Result<Output, Error> {
    let Prepared { document, decisions, overlay, passes } = prepare(inputs, None, observe)?;

    observe(Phase::Model);
    let context = Context { source: &inputs.document, inputs, decisions: &decisions };
    let Built { model, derived } = model::build(&document, &context)?;

    observe(Phase::Emit);
    let source = &inputs.document;
    let files = emit::rust_files(&model, source)?;
    let mut package: BTreeMap<String, String> =
        files.iter().map(|(path, file)| (path.clone(), emit::print(file))).collect();
    package.insert("Cargo.toml".to_owned(), emit::manifest::emit(&model, &inputs.manifest)?);
    let (table, models) = ("tests/tests/generated/operations.rs", "tests/tests/generated/models.rs");
    let workspace = BTreeMap::from([
        ("docs/coverage.md".to_owned(), emit::coverage::emit(&model)),
        (table.to_owned(), emit::print(&emit::parse(table, emit::table_test::emit(&model), source)?)),
        (models.to_owned(), emit::print(&emit::parse(models, emit::model_test::emit(&model), source)?)),
    ]);
    let report = Report {
        overlay,
        operations: model.operations.len(),
        types: model.types.len(),
        dropped: document.dropped,
        derived,
        passes,
    };
    observe(Phase::Done);
    Ok(Output { package, workspace, report })
}

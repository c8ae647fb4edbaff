//! Takes a newly published document over: its facts replace ours, our prose stays, the decisions about it are tried.
//!
//! Texts in, texts out, as everywhere in this crate; `cargo xtask spec update` fetches and writes. Upstream's sentences do
//! not get into the result. A short hash of each does, so that the next update can say where upstream wrote another one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::without;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::source::Source;

mod accept;
mod lock;
mod misfits;
mod origin;
mod prose;

pub use crate::diff::{TO_REVIEW, TO_WRITE};
pub use misfits::{Misfit, misfits};

/// What is taken over, and into what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The inputs of today's generation.
    pub inputs: Inputs<'a>,
    /// `source.toml`.
    pub origin: Source<'a>,
    /// The hashes of upstream's texts, where an update has written them before.
    pub hashes: Option<Source<'a>>,
    /// The published document.
    pub upstream: Source<'a>,
    /// Year and month of the document: `2026-07`.
    pub month: &'a str,
}

/// The files of `spec/` after an update, and what a person has to know about it.
#[derive(Debug, Clone)]
pub struct Update {
    /// `bitbucket.json`.
    pub document: String,
    /// `source.toml`.
    pub origin: String,
    /// The hashes of upstream's texts.
    pub hashes: String,
    /// `operations.toml`, with entries for new operations.
    pub operations: String,
    /// Operations that got an entry: method and path, and the name.
    pub named: Vec<(String, String)>,
    /// Pointers of texts that a person has to write or review, sorted.
    pub placeholders: Vec<String>,
    /// Pointers of texts that upstream has rewritten, sorted.
    pub rewritten: Vec<String>,
    /// Decisions that no longer fit.
    pub misfits: Vec<Misfit>,
}

/// Where the document is published.
///
/// # Errors
/// A file that cannot be read.
pub fn address(origin: &Source<'_>) -> Result<String, Error> {
    Ok(origin::read(origin)?.openapi_3)
}

/// Takes a document over.
///
/// # Errors
/// A document that cannot be read or that is refused, decisions that were wrong before, or a document that would not
/// generate even if all decisions fitted.
pub fn update(request: &Request<'_>) -> Result<Update, Error> {
    let Request { inputs, origin, hashes, upstream, month } = request;
    let ours: Value = accept::json(&inputs.document)?;
    let settings = origin::read(origin)?;
    let mut theirs = accept::accept(upstream, accept::count(&ours) + settings.left_out_operations(), &settings)?;
    let all = accept::count(&theirs);
    (theirs, _) = without(theirs, &settings.left_out);
    let kept = accept::count(&theirs);
    let texts = prose::keep(&mut theirs, &ours);
    theirs.sort_all_objects();
    let document = print(&theirs);
    let merged = Source { name: inputs.document.name, text: &document };
    let (misfits, named, operations) = misfits::find(&Inputs { document: merged, ..*inputs })?;
    let new_hashes = prose::print(&texts.hashes);
    Ok(Update {
        origin: origin::write(origin, &theirs, &document, month, (all, kept))?,
        rewritten: prose::rewritten(hashes.map_or("", |source| source.text), &texts.hashes),
        hashes: new_hashes,
        placeholders: texts.placeholders.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
        document,
        operations,
        named,
        misfits,
    })
}

/// The canonical form: keys sorted, two spaces, one newline at the end. The keys are to be sorted already.
fn print(document: &Value) -> String {
    format!("{document:#}\n")
}

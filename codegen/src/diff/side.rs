//! One side of a comparison: a document with its decisions, taken through the generator.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::document::{Context, Document, passes};
use crate::error::Error;
use crate::inputs::Inputs;
use crate::model::{self, Built, Model};
use crate::read::decisions::Decisions;
use crate::read::overlay::{Applied, OverlayEntry};
use crate::read::{self, overlay};
use crate::source::Source;
use crate::{emit, surface};

/// After this pass the document is regular, and still says what later passes relax.
const REGULAR: &str = "rename_schemas";

/// What a side is made of.
#[derive(Debug, Clone, Copy)]
pub struct SideInputs<'a> {
    /// How it is called: a revision, or a path.
    pub label: &'a str,
    /// The texts.
    pub inputs: Inputs<'a>,
    /// The document as it was given, for lines; that of the inputs may lack what is left out.
    pub original: Source<'a>,
    /// The hand-written sources of the crate, by path.
    pub handwritten: &'a BTreeMap<String, String>,
}

/// A side that was generated.
#[derive(Debug)]
pub struct Side<'a> {
    /// What it is made of.
    pub given: SideInputs<'a>,
    /// The decisions.
    pub decisions: Decisions,
    /// The document before its corrections.
    pub raw: Value,
    /// The document after its corrections, before any pass.
    pub corrected: Value,
    /// The document after the passes that make it regular, before those that relax it.
    pub regular: OpenAPI,
    /// The document after all passes.
    pub document: Document,
    /// The actions of the overlay.
    pub actions: Vec<OverlayEntry>,
    /// What those that applied did.
    pub applied: Vec<Applied>,
    /// Decisions that do not apply, one line each.
    pub unfit: Vec<String>,
    /// What was decided without an entry.
    pub derived: Vec<String>,
    /// The API.
    pub model: Model,
    /// Its public surface, one line per item.
    pub surface: BTreeSet<String>,
}

impl<'a> Side<'a> {
    /// Generates a side. Where the inputs are not strict, decisions that do not apply are left out and listed.
    ///
    /// # Errors
    /// The first thing that the generator refuses.
    pub fn read(given: SideInputs<'a>) -> Result<Self, Error> {
        let inputs = given.inputs;
        let decisions = Decisions::read(&inputs)?;
        let raw = read::json(&inputs.document)?;
        let (corrected, left_out) = match inputs.overlay.as_ref() {
            Some(overlay) if !inputs.strict => read::read_fitting(&inputs.document, overlay)?,
            overlay => (read::read(&inputs.document, overlay)?, Vec::new()),
        };
        let actions = inputs.overlay.as_ref().map(overlay::entries).transpose()?.unwrap_or_default();
        let (json, api, applied) = (corrected.json, corrected.api, corrected.applied);
        let mut document = Document::new(json.clone(), api);
        let added = applied.iter();
        document.added =
            added.flat_map(|action| action.added.iter().map(|at| (at.clone(), action.name.clone()))).collect();
        let context = Context { source: &inputs.document, inputs: &inputs, decisions: &decisions };
        let mut unfit: Vec<String> = left_out.iter().map(ToString::to_string).collect();
        let mut regular = OpenAPI::default();
        for pass in passes::PASSES {
            let touched = (pass.run)(&mut document, &context)?;
            unfit.extend(touched.into_iter().filter(|line| is_unfit(line)));
            if pass.name == REGULAR {
                regular.clone_from(&document.api);
            }
        }
        let Built { model, derived } = model::build(&document, &context)?;
        unfit.extend(derived.iter().filter(|line| is_unfit(line)).cloned());
        let surface = surface_of(&model, &given)?;
        Ok(Self {
            given,
            decisions,
            raw,
            corrected: json,
            regular,
            document,
            actions,
            applied,
            unfit,
            derived,
            model,
            surface,
        })
    }
}

/// Whether a line of what was decided speaks of an entry that does not apply.
fn is_unfit(line: &str) -> bool {
    line.starts_with("not in this document") || line.starts_with("not applied")
}

/// The public surface of the crate with these models and methods.
fn surface_of(model: &Model, given: &SideInputs<'_>) -> Result<BTreeSet<String>, Error> {
    let files = emit::rust_files(model, &given.inputs.document)?;
    let generated = files.iter().map(|(path, file)| (path.clone(), emit::print(file))).collect();
    let list = surface::list(given.handwritten, &generated)?;
    Ok(items(&list))
}

/// The items of a list of the surface. What macros make, once for all their calls, is hand-written.
pub(super) fn items(list: &str) -> BTreeSet<String> {
    let items = list.lines().filter(|line| {
        let of_macro = line.split(' ').next().is_some_and(|word| word.ends_with('!'));
        !line.is_empty() && !line.starts_with('#') && !of_macro
    });
    items.map(str::to_owned).collect()
}

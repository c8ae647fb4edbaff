//! The wire layer: progenitor's output for the normalised document, as a syn tree.
//!
//! The only place that calls progenitor. What it would panic on is refused by `check_ready` before; should it panic all
//! the same, that is reported as an error, never passed on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};

use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "progenitor";

/// Runs progenitor in its positional style, which emits one method per operation and a type per schema.
///
/// # Errors
/// What progenitor or typify refuse.
pub fn emit(document: &Document, context: &Context<'_>) -> Result<syn::File, Error> {
    let refuse = |problem: String| {
        let hint = "the normalise passes should have prevented this: see `cargo xtask passes --dump check_ready`";
        Error::at(PASS, context.source, "#", problem, hint)
    };
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(&document.api)))
        .map_err(|payload| {
            let reason = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            refuse(format!("panicked: {}", reason.lines().next().unwrap_or_default()))
        })?
        .map_err(|error| refuse(error.to_string()))?;
    syn::parse2(tokens).map_err(|error| refuse(format!("its output is not Rust: {error}")))
}

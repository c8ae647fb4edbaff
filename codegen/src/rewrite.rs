//! The rewrite passes: from progenitor's syn tree to the parts we keep.
//!
//! Two readers take the tree apart (types, and the half of each method that builds the request); the passes in the table
//! then change the types. Nothing of progenitor's response handling survives: one executor in the SDK does that.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::error::Error;

mod add_setters;
mod derive_defaults;
mod keep_data_only;
mod mark_non_exhaustive;
pub mod read_calls;
pub mod read_types;
pub mod shorten_paths;
mod tidy_docs;
mod turn_boxes_inside;

use read_types::TypeItem;

/// What the passes may know beside the types.
#[derive(Debug)]
pub struct Context<'a> {
    /// The normalised document.
    pub document: &'a Document,
    /// Rust names of the types that are sent.
    pub sent: BTreeSet<String>,
}

/// A named step over the types.
pub struct Pass {
    /// Also the name of the file and of the function.
    pub name: &'static str,
    /// Why the step exists.
    pub reason: &'static str,
    /// Runs it.
    pub run: fn(&mut [TypeItem], &Context<'_>) -> Result<(), Error>,
}

macro_rules! passes {
    ($($name:ident: $reason:literal;)*) => {
        /// Every pass, in the order in which they run.
        pub const PASSES: &[Pass] = &[$(Pass { name: stringify!($name), reason: $reason, run: $name::$name }),*];
    };
}

passes! {
    keep_data_only: "conversions between a type and its own reference or text are noise that costs build time";
    shorten_paths: "generated code is read by people: `Option<String>`, not `::std::option::Option<::std::string::String>`";
    turn_boxes_inside: "an absent member is left out, also where a type holds itself";
    derive_defaults: "every type can be made empty and filled step by step";
    mark_non_exhaustive: "the service adds fields, which must not break a caller";
    tidy_docs: "doc comments with a space after the slashes and bare addresses as links";
    add_setters: "types that are sent are filled by chaining";
}

//! The rewrite passes: from progenitor's syn tree to the parts we keep.
//!
//! Two readers take the tree apart (types, and the half of each method that builds the request); the passes in the table
//! then change the types. Nothing of progenitor's response handling survives: one executor in the SDK does that.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::error::Error;

mod add_setters;
mod box_large;
mod drop_orders;
mod hide_secrets;
mod list_members;
pub mod make_kinds;
mod mark_non_exhaustive;
mod name_values;
mod open_words;
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
    /// Schemas by Rust name.
    schemas: BTreeMap<String, String>,
}

impl<'a> Context<'a> {
    /// Looks up once what the passes ask for often.
    #[must_use]
    pub fn new(document: &'a Document) -> Self {
        let schemas = document.api.components.iter().flat_map(|components| components.schemas.keys());
        let schemas = schemas.map(|schema| (crate::emit::type_name(schema), schema.clone())).collect();
        Self { document, sent: crate::emit::sent_types(document), schemas }
    }

    /// Whether nobody has to say the type of an object that is sent: it is filled in, or must be left out.
    pub(crate) fn type_is_settled(&self, schema: &str) -> bool {
        let document = self.document;
        document.untyped.contains(schema)
            || document.kinds.values().any(|kinds| kinds.subtypes.iter().any(|name| name == schema))
    }

    /// The schema of a type.
    pub(crate) fn schema_of(&self, name: &str) -> Option<&str> {
        self.schemas.get(name).map(String::as_str)
    }
}

/// A named step over the types.
pub struct Pass {
    /// Also the name of the file and of the function.
    pub name: &'static str,
    /// Why the step exists.
    pub reason: &'static str,
    /// Runs it.
    pub run: fn(&mut Vec<TypeItem>, &Context<'_>) -> Result<(), Error>,
}

macro_rules! passes {
    ($($name:ident: $reason:literal;)*) => {
        /// Every pass, in the order in which they run.
        pub const PASSES: &[Pass] = &[$(Pass { name: stringify!($name), reason: $reason, run: |types, context| $name::$name(types, context) }),*];
    };
}

passes! {
    drop_orders: "words and objects have no order worth a promise";
    shorten_paths: "generated code is read by people: `Option<String>`, not `::std::option::Option<::std::string::String>`";
    turn_boxes_inside: "an absent member is left out, also where a type holds itself";
    name_values: "the name of a type, a UUID and a point in time are more than text";
    box_large: "a page of objects should not be as large as all that they could hold";
    make_kinds: "an object of several kinds is an enum, which keeps every member of every kind";
    mark_non_exhaustive: "the service adds fields, which must not break a caller";
    tidy_docs: "doc comments with a space after the slashes and bare addresses as links";
    add_setters: "types that are sent are filled by chaining";
    hide_secrets: "a secret in `Debug` ends up in a log";
    list_members: "one line per type in the place of serde's derives: faster to compile, and it takes what the service sends";
    open_words: "one new word from the service must not break a caller";
}

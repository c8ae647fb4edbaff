//! The normalise passes: from a published document to one that progenitor turns into good Rust.
//!
//! One pass per file, one function, one reason; the file, the function and the name in messages are the same word.

use crate::document::{Context, Document};
use crate::error::Error;

mod accept_conditional_headers;
mod add_list_parameters;
mod assign_operation_ids;
mod check_ready;
mod check_references;
mod check_schemas;
mod drop_unreachable_schemas;
mod find_kinds;
mod flatten_all_of;
mod inline_components;
mod mark_received_only;
mod merge_path_parameters;
mod name_inline_schemas;
mod open_objects;
mod read_request_bodies;
mod recognise_pages;
mod relax_values;
mod rename_schemas;
mod share_links;
mod sort_document;
mod unify_responses;
mod visit;
mod widen_received;

pub(crate) use accept_conditional_headers::is_log;
pub(crate) use add_list_parameters::largest_page;
pub use assign_operation_ids::derive_operation_id;

/// A named step over the document.
pub struct Pass {
    /// Also the name of the file and of the function.
    pub name: &'static str,
    /// Why the step exists.
    pub reason: &'static str,
    /// Runs it; returns what it touched, for the report.
    pub run: fn(&mut Document, &Context<'_>) -> Result<Vec<String>, Error>,
}

macro_rules! passes {
    ($($name:ident: $reason:literal;)*) => {
        /// Every pass, in the order in which they run.
        pub const PASSES: &[Pass] = &[$(Pass { name: stringify!($name), reason: $reason, run: $name::$name }),*];
    };
}

passes! {
    check_references: "a dangling $ref would surface as a panic or a missing type much later";
    check_schemas: "what no Rust type can say is refused while its place is still known";
    inline_components: "parameters, bodies and responses that are shared by reference are easier to change in place";
    merge_path_parameters: "parameters of a path apply to each of its operations";
    assign_operation_ids: "names are API: upstream leaves most operations unnamed, the lock file names them for good";
    sort_document: "output must not depend on the order of paths and schemas in the file";
    share_links: "hundreds of inline copies of one link object would become hundreds of types";
    name_inline_schemas: "inline objects and enums get names that follow from their place, not from the order of the file";
    flatten_all_of: "inheritance by allOf becomes plain structs; who extends whom is remembered";
    rename_schemas: "component names must be distinct as Rust type names";
    read_request_bodies: "one request media type per operation, of a kind that can be sent";
    unify_responses: "one success type per operation, any 2xx accepted, errors left to the one error type";
    recognise_pages: "page envelopes are found so that lists can be iterated";
    add_list_parameters: "lists take page, pagelen, q, sort and fields although few operations declare them";
    accept_conditional_headers: "logs take Range and If-None-Match although the document does not say so";
    find_kinds: "a base that others extend becomes an enum, told apart by `type`";
    mark_received_only: "what only the service sets needs no setter";
    drop_unreachable_schemas: "a schema that no operation reaches would be dead code";
    open_objects: "additionalProperties: false would refuse every field the server adds";
    relax_values: "patterns, lengths and formats describe what is usual, not what arrives";
    widen_received: "no field is certain to be there and any may be null";
    check_ready: "what progenitor would panic on is refused here, with its place";
}

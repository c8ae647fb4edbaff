//! The document passes: from a published document to a regular one.
//!
//! One pass per file, one function, one reason; the file, the function and the name in messages are the same word. What
//! is true of Bitbucket only is data in `spec/`, which some of them apply.

use super::{Context, Document};
use crate::error::Error;

mod add_parameters;
mod check_ready;
mod check_references;
mod check_schemas;
mod drop_unreachable_schemas;
mod find_unions;
mod flatten_all_of;
mod identify_operations;
mod inline_components;
mod merge_path_parameters;
mod name_inline_schemas;
mod open_objects;
mod read_request_bodies;
mod read_send_rules;
mod recognise_pages;
mod relax_values;
mod rename_schemas;
mod select;
mod settle_types;
mod share_links;
mod simplify_parameters;
mod sort_document;
mod unify_responses;
mod visit;
mod widen_received;

pub use select::{SelectorSubject, matches};

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
    settle_types: "a schema that leaves its type out, or contradicts it, is what its members say";
    inline_components: "parameters, bodies and responses that are shared by reference are easier to change in place";
    merge_path_parameters: "parameters of a path apply to each of its operations";
    simplify_parameters: "a path, a query and a header hold text, numbers and lists of them, whatever composes these";
    identify_operations: "every operation needs an id of its own, upstream's, the locked or a derived one";
    sort_document: "output must not depend on the order of paths and schemas in the file";
    share_links: "hundreds of inline copies of one link object would become hundreds of types";
    name_inline_schemas: "inline objects and enums get names that follow from their place, not from the order of the file";
    flatten_all_of: "inheritance by allOf becomes plain structs; who extends whom is remembered";
    rename_schemas: "component names must be distinct as Rust type names";
    read_request_bodies: "one request media type per operation, of a kind that can be sent";
    unify_responses: "one success type per operation, any 2xx accepted, errors left to the one error type";
    recognise_pages: "page envelopes are found so that lists can be iterated";
    add_parameters: "operations take parameters that the document does not declare: spec/facts.toml lists them";
    find_unions: "a base that others extend becomes a union, told apart by `type`";
    read_send_rules: "what only the service sets needs no setter, and what it insists on is asked for";
    drop_unreachable_schemas: "a schema that no operation reaches would be dead code";
    open_objects: "additionalProperties: false would refuse every field the server adds";
    relax_values: "patterns, lengths and formats describe what is usual, not what arrives";
    widen_received: "no field is certain to be there and any may be null";
    check_ready: "what progenitor would panic on is refused here, with its place";
}

/// Runs the passes, all or up to and including `last`, and returns what each touched.
///
/// # Errors
/// The first pass that refuses.
pub fn run(
    document: &mut Document,
    context: &Context<'_>,
    last: Option<&str>,
) -> Result<Vec<(&'static str, Vec<String>)>, Error> {
    let mut report = Vec::new();
    for pass in PASSES {
        report.push((pass.name, (pass.run)(document, context)?));
        if last == Some(pass.name) {
            break;
        }
    }
    Ok(report)
}

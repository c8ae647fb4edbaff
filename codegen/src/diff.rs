//! The comparison of two sides of the API, each a document with its decisions: causes, joined with what they do to the
//! public surface.
//!
//! No phase: it takes two sides through all of them. Causes come from the two models and regular documents, effects from
//! the surfaces that both sides generate; each effect is given to one cause, and what is left is `unexplained`.

mod accepted;
mod access;
mod answers;
mod bodies;
mod comparing;
mod comparison;
mod effects;
mod enums;
mod facets;
mod fields;
mod finding;
mod headers;
mod keys;
mod left_out;
mod lint;
mod matching;
mod merge;
mod operations;
mod parameters;
mod places;
mod pointers;
mod reach;
mod refusal;
mod regular;
mod relied;
pub mod render;
mod rule;
mod rust_text;
mod security;
mod side;
mod types;
mod unions;
mod unsaid;
mod version;
mod wire;

pub use accepted::{AcceptedEntry, apply as accept, read as read_accepted};
pub use comparison::{Comparison, SideSummary, Terms, blocked, compare};
pub use finding::{Acceptance, Direction, Finding, Spot};
pub use left_out::{LeftOut, without};
pub use lint::{DueItem, TO_REVIEW, TO_WRITE, lint};
pub use refusal::refused;
pub use rule::{Area, DiffRule, EffectClass, RULES, rule};
pub use side::{Side, SideInputs};
pub use version::{Bump, BumpLevel, Version};

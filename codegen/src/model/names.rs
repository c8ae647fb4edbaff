//! The rules of names: they derive a name of the SDK from the document, and check the names that are locked.
//!
//! Everything here is a pure function of its arguments, so a name never depends on the order of the document.
//! docs/naming.md has the rules for people.

pub mod methods;
pub mod types;

pub use crate::english::{is_plural, plural, singular};

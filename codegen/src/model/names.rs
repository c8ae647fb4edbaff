//! How things are called: rules that turn words of the document into names of the SDK, and hold names to them.
//!
//! Everything here is a pure function of its arguments, so a name never depends on the order of the document.
//! docs/naming.md has the rules for people.

pub mod methods;
pub mod types;

pub use crate::english::{is_plural, plural, singular};

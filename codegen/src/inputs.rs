//! The texts that a generation depends on; there is no other input.

use crate::source::Source;

/// Everything a generation depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The OpenAPI document.
    pub document: Source<'a>,
    /// The corrections; none for a foreign document.
    pub overlay: Option<Source<'a>>,
    /// `operations.toml`.
    pub operations: Source<'a>,
    /// `groups.toml`.
    pub groups: Source<'a>,
    /// `handles.toml`.
    pub handles: Source<'a>,
    /// `identifiers.toml`.
    pub identifiers: Source<'a>,
    /// `types.toml`.
    pub types: Source<'a>,
    /// `facts.toml`; none for a foreign document.
    pub facts: Option<Source<'a>>,
    /// `shortcuts.toml`.
    pub shortcuts: Source<'a>,
    /// `withdrawn.toml`.
    pub withdrawn: Source<'a>,
    /// The manifest of the crate, for its features.
    pub manifest: Source<'a>,
    /// Whether a decision that matches nothing in the document is an error: it is for the vendored document.
    pub strict: bool,
}

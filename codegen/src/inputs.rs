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

impl<'a> Inputs<'a> {
    /// Where the texts of the vendored document are in the workspace: the document, and then what is decided about it.
    pub const FILES: [&'static str; 11] = [
        "spec/bitbucket.json",
        "spec/corrections.overlay.yaml",
        "spec/operations.toml",
        "spec/groups.toml",
        "spec/handles.toml",
        "spec/identifiers.toml",
        "spec/types.toml",
        "spec/facts.toml",
        "spec/shortcuts.toml",
        "spec/withdrawn.toml",
        "sdk/Cargo.toml",
    ];

    /// The inputs of the vendored document, from the texts of [`Inputs::FILES`] in their order.
    #[must_use]
    pub fn vendored(texts: [Source<'a>; 11]) -> Self {
        let [document, overlay, operations, groups, handles, identifiers, types, facts, shortcuts, withdrawn, manifest] =
            texts;
        let (overlay, facts) = (Some(overlay), Some(facts));
        Self {
            document,
            overlay,
            operations,
            groups,
            handles,
            identifiers,
            types,
            facts,
            shortcuts,
            withdrawn,
            manifest,
            strict: true,
        }
    }
}

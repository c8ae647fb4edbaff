//! Reads what a generation depends on from the workspace.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use bitbucket_codegen::{Inputs, Source};
use clap::Args;

/// The vendored document.
const DOCUMENT: &str = "spec/bitbucket.json";
/// Its corrections.
const OVERLAY: &str = "spec/corrections.overlay.yaml";

/// Which document to read.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// OpenAPI 3.0 document to generate from
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Overlay to apply to it
    #[arg(long, value_name = "FILE", conflicts_with = "no_overlay")]
    overlay: Option<PathBuf>,
    /// Apply no overlay and no facts; decisions that match nothing in the document are then reported, not refused
    #[arg(long)]
    no_overlay: bool,
}

/// A file that was read, with its name in messages.
#[derive(Debug)]
struct Text {
    name: String,
    text: String,
}

/// The texts of a generation.
#[derive(Debug)]
pub(crate) struct Texts {
    document: Text,
    overlay: Option<Text>,
    operations: Text,
    groups: Text,
    handles: Text,
    identifiers: Text,
    types: Text,
    facts: Option<Text>,
    shortcuts: Text,
    withdrawn: Text,
    manifest: Text,
    strict: bool,
}

/// The folder of the workspace: that of the manifest from which cargo runs this, wherever it was compiled.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    manifest.parent().unwrap_or(&manifest).to_owned()
}

/// A file of the workspace.
pub(crate) fn text(path: &str) -> Result<String> {
    Ok(vendored(path)?.text)
}

/// The same, or nothing where there is no such file.
pub(crate) fn text_if_there(path: &str) -> Result<Option<String>> {
    if root().join(path).exists() { text(path).map(Some) } else { Ok(None) }
}

impl Selection {
    /// The vendored document with everything about it.
    pub(crate) fn vendored() -> Self {
        Self { spec: None, overlay: None, no_overlay: false }
    }

    /// Reads the document, its overlay and the decision files.
    pub(crate) fn read(&self) -> Result<Texts> {
        let overlay = match (&self.overlay, self.no_overlay) {
            (Some(path), _) => Some(given(path)?),
            (None, true) => None,
            (None, false) => Some(vendored(OVERLAY)?),
        };
        Ok(Texts {
            document: match &self.spec {
                Some(path) => given(path)?,
                None => vendored(DOCUMENT)?,
            },
            strict: overlay.is_some() && self.overlay.is_none(),
            overlay,
            operations: vendored("spec/operations.toml")?,
            groups: vendored("spec/groups.toml")?,
            handles: vendored("spec/handles.toml")?,
            identifiers: vendored("spec/identifiers.toml")?,
            types: vendored("spec/types.toml")?,
            facts: if self.no_overlay { None } else { Some(vendored("spec/facts.toml")?) },
            shortcuts: vendored("spec/shortcuts.toml")?,
            withdrawn: vendored("spec/withdrawn.toml")?,
            manifest: vendored("sdk/Cargo.toml")?,
        })
    }
}

impl Texts {
    /// The view that the generator takes.
    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            document: self.document.source(),
            overlay: self.overlay.as_ref().map(Text::source),
            operations: self.operations.source(),
            groups: self.groups.source(),
            handles: self.handles.source(),
            identifiers: self.identifiers.source(),
            types: self.types.source(),
            facts: self.facts.as_ref().map(Text::source),
            shortcuts: self.shortcuts.source(),
            withdrawn: self.withdrawn.source(),
            manifest: self.manifest.source(),
            strict: self.strict,
        }
    }
}

impl Text {
    fn source(&self) -> Source<'_> {
        Source { name: &self.name, text: &self.text }
    }
}

fn vendored(path: &str) -> Result<Text> {
    let text = std::fs::read_to_string(root().join(path))
        .map_err(|error| anyhow!("read: {path}: cannot be read ({error}); restore the file"))?;
    Ok(Text { name: path.to_owned(), text })
}

fn given(path: &Path) -> Result<Text> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| anyhow!("read: {name}: cannot be read ({error}); give the path of a file"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        anyhow!(
            "read: {name}: not UTF-8 at byte {}; the document must be OpenAPI 3.0 as JSON",
            error.utf8_error().valid_up_to()
        )
    })?;
    Ok(Text { name, text })
}

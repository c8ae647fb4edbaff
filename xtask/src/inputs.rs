//! Reads what a generation depends on from the workspace.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use bitbucket_codegen::{Inputs, Source};
use clap::Args;

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

/// The texts of a generation, in the order of [`Inputs::FILES`].
#[derive(Debug)]
pub(crate) struct Texts {
    all: Vec<Text>,
    corrected: bool,
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
        let instead = [&self.spec, &self.overlay];
        let read = |(index, path): (usize, &'static str)| match instead.get(index) {
            Some(Some(path)) => given(path),
            _ => vendored(path),
        };
        let all = Inputs::FILES.into_iter().enumerate().map(read).collect::<Result<_>>()?;
        Ok(Texts { all, corrected: !self.no_overlay, strict: !self.no_overlay && self.overlay.is_none() })
    }
}

impl Texts {
    /// The view that the generator takes.
    pub(crate) fn inputs(&self) -> Inputs<'_> {
        let inputs = Inputs::vendored(std::array::from_fn(|index| self.all[index].source()));
        Inputs {
            overlay: inputs.overlay.filter(|_| self.corrected),
            facts: inputs.facts.filter(|_| self.corrected),
            strict: self.strict,
            ..inputs
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

//! The files of the workspace that a generation reads.

use std::path::Path;

use bitbucket_codegen::model::Model;
use bitbucket_codegen::{Inputs, Output, Source, generate, model};

/// The texts; a test may change the document.
pub(crate) struct Vendored {
    pub(crate) document: String,
    pub(crate) overlay: String,
    pub(crate) operations: String,
    pub(crate) groups: String,
    pub(crate) handles: String,
    pub(crate) identifiers: String,
    pub(crate) types: String,
    pub(crate) facts: String,
    pub(crate) shortcuts: String,
    pub(crate) withdrawn: String,
    pub(crate) manifest: String,
}

impl Vendored {
    pub(crate) fn read() -> Self {
        Self {
            document: text("spec/bitbucket.json"),
            overlay: text("spec/corrections.overlay.yaml"),
            operations: text("spec/operations.toml"),
            groups: text("spec/groups.toml"),
            handles: text("spec/handles.toml"),
            identifiers: text("spec/identifiers.toml"),
            types: text("spec/types.toml"),
            facts: text("spec/facts.toml"),
            shortcuts: text("spec/shortcuts.toml"),
            withdrawn: text("spec/withdrawn.toml"),
            manifest: text("sdk/Cargo.toml"),
        }
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            document: Source { name: "spec/bitbucket.json", text: &self.document },
            overlay: Some(self.overlay()),
            operations: Source { name: "spec/operations.toml", text: &self.operations },
            groups: Source { name: "spec/groups.toml", text: &self.groups },
            handles: Source { name: "spec/handles.toml", text: &self.handles },
            identifiers: Source { name: "spec/identifiers.toml", text: &self.identifiers },
            types: Source { name: "spec/types.toml", text: &self.types },
            facts: Some(Source { name: "spec/facts.toml", text: &self.facts }),
            shortcuts: Source { name: "spec/shortcuts.toml", text: &self.shortcuts },
            withdrawn: Source { name: "spec/withdrawn.toml", text: &self.withdrawn },
            manifest: Source { name: "sdk/Cargo.toml", text: &self.manifest },
            strict: true,
        }
    }

    pub(crate) fn overlay(&self) -> Source<'_> {
        Source { name: "spec/corrections.overlay.yaml", text: &self.overlay }
    }

    /// As `--no-overlay` has it: the document alone, and of the decisions what fits it.
    pub(crate) fn plain(&self) -> Inputs<'_> {
        Inputs { overlay: None, facts: None, strict: false, ..self.inputs() }
    }

    pub(crate) fn generate(&self) -> Output {
        generate(&self.inputs(), &mut |_| {}).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn model(&self) -> Model {
        model(&self.inputs()).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

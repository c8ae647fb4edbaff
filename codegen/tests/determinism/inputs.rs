//! The files of the workspace that a generation reads.

use std::path::Path;

use bitbucket_codegen::{Inputs, Output, Source, generate};

/// The texts; a test may change the document.
pub(crate) struct Vendored {
    pub(crate) document: String,
    pub(crate) overlay: String,
    pub(crate) operations: String,
    pub(crate) groups: String,
    pub(crate) manifest: String,
}

impl Vendored {
    pub(crate) fn read() -> Self {
        Self {
            document: text("spec/bitbucket.json"),
            overlay: text("spec/corrections.overlay.yaml"),
            operations: text("spec/operations.toml"),
            groups: text("spec/groups.toml"),
            manifest: text("sdk/Cargo.toml"),
        }
    }

    pub(crate) fn document(&self) -> Source<'_> {
        Source { name: "spec/bitbucket.json", text: &self.document }
    }

    pub(crate) fn overlay(&self) -> Source<'_> {
        Source { name: "spec/corrections.overlay.yaml", text: &self.overlay }
    }

    pub(crate) fn operations(&self) -> Source<'_> {
        Source { name: "spec/operations.toml", text: &self.operations }
    }

    pub(crate) fn groups(&self) -> Source<'_> {
        Source { name: "spec/groups.toml", text: &self.groups }
    }

    pub(crate) fn generate(&self) -> Output {
        let inputs = Inputs {
            document: self.document(),
            overlay: Some(self.overlay()),
            operations: self.operations(),
            groups: self.groups(),
            manifest: Source { name: "sdk/Cargo.toml", text: &self.manifest },
            strict: true,
        };
        generate(&inputs, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

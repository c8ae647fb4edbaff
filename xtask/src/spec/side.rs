//! One side of a comparison: the working tree, a revision, or a document in a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use bitbucket_codegen::diff::{LeftOut, Side, SideInputs, without};
use bitbucket_codegen::{Error, Inputs, Source};
use serde::Deserialize;

use super::git::Repository;

/// The vendored document.
const DOCUMENT: &str = Inputs::FILES[0];

/// What the comparison reads of a side beside what the generator does.
const BESIDE: [&str; 4] = ["Cargo.toml", "sdk/api.txt", "spec/accepted.toml", "spec/source.toml"];

/// Where a side comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The files as they are on the disk.
    WorkingTree,
    /// A commit.
    Revision(String),
    /// A document, without decisions of its own.
    File,
}

/// The texts of a side.
#[derive(Debug, Clone)]
pub(crate) struct SideTexts {
    /// How reports call it.
    pub(crate) label: String,
    pub(crate) origin: Origin,
    /// Name of the document in messages.
    document: String,
    /// The document as it was given, for lines.
    original: String,
    /// The document without what is left out; none where that is all of it.
    reduced: Option<String>,
    files: BTreeMap<String, String>,
}

/// Which decisions a side is read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// All, each of which must apply.
    All,
    /// Those that apply.
    Fitting,
    /// Names only: corrections and facts are about the vendored document.
    Names,
}

impl SideTexts {
    /// The working tree.
    pub(crate) fn working_tree(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in Inputs::FILES.iter().chain(&BESIDE) {
            match std::fs::read_to_string(root.join(path)) {
                Ok(text) => drop(files.insert((*path).to_owned(), text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => bail!("read: {path}: cannot be read ({error}); restore the file"),
            }
        }
        Self::with_decisions("the working tree".to_owned(), Origin::WorkingTree, files)
    }

    /// What `given` names: a file, or a revision.
    pub(crate) fn named(given: &str, root: &Path, left_out: Option<&LeftOut>) -> Result<Self> {
        let path = Path::new(given);
        if path.is_file() {
            return Self::file(path, root, left_out);
        }
        let repository = Repository::at(root);
        let Some(commit) = repository.commit(given)? else {
            let looks_like_a_path = given.contains(['/', '.']) && given.contains(".json");
            if looks_like_a_path {
                bail!("read: {given}: there is no such file; give the path of a document, or a git revision");
            }
            if !repository.exists()? {
                bail!("git: {}: in no repository of git; compare two documents", root.display());
            }
            bail!("git: `{given}` is no revision that git knows, and no file; name a commit, a tag or a document");
        };
        let paths: Vec<&str> = Inputs::FILES.into_iter().chain(BESIDE).collect();
        let files = repository.files(&commit, &paths)?;
        let label = if commit.starts_with(given) {
            commit[..given.len().max(7)].to_owned()
        } else {
            format!("{given} ({})", &commit[..7])
        };
        Self::with_decisions(label, Origin::Revision(commit), files)
    }

    fn with_decisions(label: String, origin: Origin, mut files: BTreeMap<String, String>) -> Result<Self> {
        let original = files.remove(DOCUMENT).ok_or_else(|| {
            anyhow!("read: {label}: there is no {DOCUMENT}; compare what has one, or give a document as a file")
        })?;
        Ok(Self { label, origin, document: DOCUMENT.to_owned(), original, reduced: None, files })
    }

    /// A document with the decisions of the working tree.
    fn file(path: &Path, root: &Path, left_out: Option<&LeftOut>) -> Result<Self> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| anyhow!("read: {name}: cannot be read ({error}); give the path of a file"))?;
        let original = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            anyhow!("read: {name}: not UTF-8 at byte {at}; the document must be OpenAPI 3.0 as JSON")
        })?;
        // What is no document is refused with its line, in the text that was given.
        let json = bitbucket_codegen::read::json(&Source { name: &name, text: &original })?;
        let reduced = left_out.map(|left_out| without(json, left_out).0.to_string());
        let files = Self::working_tree(root)?.files;
        Ok(Self { label: name.clone(), origin: Origin::File, document: name, original, reduced, files })
    }

    /// The same document under the decisions of another side.
    pub(crate) fn under_decisions_of(&self, other: &Self) -> Self {
        Self { files: other.files.clone(), ..self.clone() }
    }

    /// A file of this side.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Takes the side through the generator.
    ///
    /// # Errors
    /// The first thing that it refuses, or the first file that this side does not have.
    pub(crate) fn read<'a>(
        &'a self,
        strictness: Strictness,
        handwritten: &'a BTreeMap<String, String>,
    ) -> Result<Side<'a>, Error> {
        let inputs = self.inputs(strictness)?;
        let original = Source { name: &self.document, text: &self.original };
        Side::read(SideInputs { label: &self.label, inputs, original, handwritten })
    }

    /// What the generator reads.
    pub(crate) fn inputs(&self, strictness: Strictness) -> Result<Inputs<'_>, Error> {
        let file = |path: &'static str| -> Result<Source<'_>, Error> {
            let missing = || Error {
                pass: "read".to_owned(),
                place: Box::new(bitbucket_codegen::Location {
                    file: path.to_owned(),
                    line: None,
                    pointer: String::new(),
                }),
                problem: format!("{} does not have it", self.label),
                hint: "restore the file".to_owned(),
            };
            self.text(path).map(|text| Source { name: path, text }).ok_or_else(missing)
        };
        let mut texts = [Source { name: &self.document, text: self.reduced.as_deref().unwrap_or(&self.original) };
            Inputs::FILES.len()];
        for (text, path) in texts.iter_mut().zip(Inputs::FILES).skip(1) {
            *text = file(path)?;
        }
        let inputs = Inputs::vendored(texts);
        let corrected = strictness != Strictness::Names;
        Ok(Inputs {
            overlay: inputs.overlay.filter(|_| corrected),
            facts: inputs.facts.filter(|_| corrected),
            strict: strictness == Strictness::All,
            ..inputs
        })
    }

    /// The version of the SDK.
    pub(crate) fn version(&self) -> Option<String> {
        let own = self.text("sdk/Cargo.toml").and_then(|text| toml::from_str::<Manifest>(text).ok())?;
        match own.package?.version {
            toml::Value::String(version) => Some(version),
            _ => {
                let workspace = self.text("Cargo.toml").and_then(|text| toml::from_str::<Manifest>(text).ok())?;
                workspace.workspace?.package?.version.as_str().map(str::to_owned)
            }
        }
    }
}

/// What is left out of documents that Bitbucket publishes.
pub(crate) fn left_out(root: &Path) -> Result<LeftOut> {
    let path = "spec/source.toml";
    let text = std::fs::read_to_string(root.join(path)).with_context(|| format!("read: {path}: cannot be read"))?;
    let source: SourceFile = toml::from_str(&text).map_err(|error| anyhow!("read: {path}: {}", error.message()))?;
    Ok(source.left_out)
}

#[derive(Deserialize)]
struct SourceFile {
    #[serde(default)]
    left_out: LeftOut,
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
    workspace: Option<Workspace>,
}

#[derive(Deserialize)]
struct Workspace {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    version: toml::Value,
}

//! The packages that are built for comparison, each with the dependencies of this workspace's lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::measure;

/// A program that lists pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// With the SDK, and only what the program uses of it.
    Slim,
    /// With the SDK as it is by default.
    Default,
    /// With reqwest and serde.
    Bare,
}

impl Program {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Slim => "slim",
            Self::Default => "default",
            Self::Bare => "bare",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Slim | Self::Default => "tests/examples/pipelines_by_sdk.rs",
            Self::Bare => "tests/examples/pipelines_by_reqwest.rs",
        }
    }

    fn dependencies(self, root: &Path) -> Result<String> {
        // A TOML string may be a JSON string.
        let sdk = serde_json::to_string(root.join("sdk").to_str().context("the path of the workspace is no text")?)?;
        Ok(match self {
            Self::Slim => {
                format!(
                    "bitbucket-cloud = {{ path = {sdk}, default-features = false, features = [\"pipelines\", \"rustls\"] }}\n"
                )
            }
            Self::Default => format!("bitbucket-cloud = {{ path = {sdk} }}\n"),
            Self::Bare => {
                "reqwest = { version = \"0.13\", default-features = false, features = [\"rustls-no-provider\"] }\n\
                rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }\n\
                serde = { version = \"1\", features = [\"derive\"] }\n\
                serde_json = \"1\"\n"
                    .to_owned()
            }
        } + "tokio = { version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }\n")
    }
}

/// Writes the package of a program and returns its folder.
pub(crate) fn program(root: &Path, program: Program, folder: &Path) -> Result<PathBuf> {
    let source = root.join(program.source());
    let source = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
    write(root, folder, program.name(), "src/main.rs", &source, &program.dependencies(root)?)
}

/// Writes what progenitor makes of the prepared document as a package.
pub(crate) fn peer(root: &Path, folder: &Path, source: &str) -> Result<PathBuf> {
    const DEPENDENCIES: &str = r#"bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
futures-core = "0.3"
progenitor-client = "0.15.1"
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;
    write(root, folder, "peer", "src/lib.rs", source, DEPENDENCIES)
}

fn write(root: &Path, folder: &Path, name: &str, path: &str, source: &str, dependencies: &str) -> Result<PathBuf> {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\
         [profile.release]\nstrip = true\n\n[workspace]\n"
    );
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join(path), source)?;
    // The same versions for all; cargo drops what a package does not need.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).context("Cargo.lock cannot be copied")?;
    fetch(folder)?;
    Ok(folder.to_owned())
}

/// Downloads what is needed, so that no build waits for the network.
pub(crate) fn fetch(folder: &Path) -> Result<()> {
    measure::run(super::rows::cargo().arg("fetch").current_dir(folder)).context("crates cannot be downloaded")?;
    Ok(())
}

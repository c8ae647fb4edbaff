//! Uploads that the document cannot describe: commits of files, artifacts for download, snippets with files.
//!
//! Files can come from memory, from disk and from streams. Files on disk and streams are read while they are sent.

#[cfg(feature = "downloads")]
mod artifacts;
#[cfg(feature = "source")]
mod commit;
#[cfg(feature = "snippets")]
mod snippet;

#[cfg(feature = "downloads")]
pub use artifacts::{ArtifactUpload, UploadArtifacts};
#[cfg(feature = "source")]
pub use commit::{CommitFiles, Committed, FileCommit};
#[cfg(feature = "snippets")]
pub use snippet::{SnippetFiles, SnippetUpload};

/// The name of a file without its folders.
#[inline]
fn base_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

//! Extension traits: what a generated method is not enough for. A file for each; they build on the generated methods
//! and on `Request`, and generated code knows nothing of them.

#[cfg(any(feature = "source", feature = "downloads", feature = "snippets"))]
pub mod upload;

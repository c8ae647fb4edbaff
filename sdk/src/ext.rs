//! What generated methods cannot do alone: lists as streams, logs by parts, runs from YAML, waiting, Code Insights,
//! uploads. Each is a trait of requests or of handles and their accessors, on top of generated requests.
//!
//! Functions are `#[inline]`, private ones too: their machine code is left to the crates that call them, so that what a
//! program does not use costs it nothing. docs/benchmarks.md has the figures.

#[cfg(feature = "pipelines")]
mod drive;
#[cfg(feature = "reports")]
pub mod insights;
#[cfg(any(feature = "pipelines", feature = "deployments"))]
mod pace;
pub mod paginate;
pub mod query;
pub mod resolve;
#[cfg(feature = "pipelines")]
pub mod run;
#[cfg(any(feature = "pipelines", feature = "deployments"))]
mod state;
#[cfg(any(feature = "pipelines", feature = "deployments"))]
pub mod wait;

// <vendored document only>
#[cfg(feature = "pipelines")]
pub mod log;
#[cfg(any(feature = "source", feature = "downloads", feature = "snippets"))]
pub mod upload;
// </vendored document only>

/// The traits, for `use bitbucket_cloud::prelude::*`.
pub mod prelude {
    #[cfg(feature = "reports")]
    pub use super::insights::Insights;
    // <vendored document only>
    #[cfg(feature = "pipelines")]
    pub use super::log::{FollowPipeline, StepLog};
    #[cfg(feature = "source")]
    pub use super::upload::CommitFiles;
    #[cfg(feature = "snippets")]
    pub use super::upload::SnippetFiles;
    #[cfg(feature = "downloads")]
    pub use super::upload::UploadArtifacts;
    // </vendored document only>
    pub use super::paginate::Paginate;
    pub use super::resolve::Revisions;
    #[cfg(feature = "pipelines")]
    pub use super::run::RunPipeline;
    #[cfg(feature = "pipelines")]
    pub use super::wait::Wait;
    #[cfg(feature = "deployments")]
    pub use super::wait::WaitForDeployment;
}

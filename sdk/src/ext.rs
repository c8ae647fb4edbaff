//! What generated methods cannot do alone: lists as streams, logs by parts, pipelines from YAML, waiting, Code Insights,
//! uploads. Each is a trait of requests or of handles and their accessors, on top of generated requests, and lives in a
//! folder of its own. [`prelude`] has the traits.
//!
//! Functions are `#[inline]`, private ones too: their machine code is left to the crates that call them, so that what a
//! program does not use costs it nothing. docs/benchmarks.md has the figures.

pub mod pagination;
pub mod query;

// <vendored document only>
#[cfg(feature = "deployments")]
mod deployments;
#[cfg(feature = "reports")]
pub mod insights;
#[cfg(feature = "pipelines")]
pub mod logs;
#[cfg(feature = "pipelines")]
pub mod pipelines;
#[cfg(any(feature = "pipelines", feature = "deployments"))]
mod polling;
#[cfg(all(feature = "refs", feature = "commits"))]
pub mod revisions;
#[cfg(any(feature = "source", feature = "downloads", feature = "snippets"))]
pub mod uploads;
#[cfg(any(feature = "pipelines", feature = "deployments"))]
pub mod waiting;
// </vendored document only>

/// The traits, for `use bitbucket_cloud::prelude::*`.
pub mod prelude {
    pub use super::pagination::Paginate;

    // <vendored document only>
    #[cfg(feature = "reports")]
    pub use super::insights::Insights;
    #[cfg(feature = "pipelines")]
    pub use super::logs::{FollowPipeline, StepLog};
    #[cfg(feature = "pipelines")]
    pub use super::pipelines::RunPipeline;
    #[cfg(all(feature = "refs", feature = "commits"))]
    pub use super::revisions::Revisions;
    #[cfg(feature = "source")]
    pub use super::uploads::CommitFiles;
    #[cfg(feature = "snippets")]
    pub use super::uploads::SnippetFiles;
    #[cfg(feature = "downloads")]
    pub use super::uploads::UploadArtifacts;
    #[cfg(feature = "pipelines")]
    pub use super::waiting::Wait;
    #[cfg(feature = "deployments")]
    pub use super::waiting::WaitForDeployment;
    // </vendored document only>
}

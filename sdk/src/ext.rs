//! What takes more than a generated method: lists as streams, ranges of logs and logs that are followed, pipelines from
//! YAML, waiting, Code Insights, uploads. Each is a trait on requests, or on handles and the groups below them, and is
//! built on generated requests. [`prelude`] has the traits.
//!
//! Functions are `#[inline]`, private ones too: their machine code is generated in the crates that call them, so that a
//! program does not compile what it does not use. docs/benchmarks.md has the figures.

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

//! What generated methods cannot do alone: lists as streams, logs by parts, runs from YAML, waiting, Code Insights.
//! Each is a trait or a builder on top of generated requests. Nothing here knows how a request is sent.

#[cfg(feature = "pipelines")]
mod drive;
#[cfg(feature = "reports")]
pub mod insights;
#[cfg(feature = "pipelines")]
pub mod log;
mod pace;
pub mod paginate;
pub mod query;
#[cfg(feature = "pipelines")]
pub mod run;
mod state;

/// The traits, for `use bitbucket_cloud::prelude::*`.
pub mod prelude {
    #[cfg(feature = "reports")]
    pub use super::insights::{Insights, InsightsScoped};
    #[cfg(feature = "pipelines")]
    pub use super::log::{FollowPipeline, FollowPipelineScoped, StepLog};
    pub use super::paginate::Paginate;
    #[cfg(feature = "pipelines")]
    pub use super::run::{RunPipeline, RunPipelineScoped};
}

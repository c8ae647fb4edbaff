//! What generated methods cannot do alone: lists as streams, logs by parts, runs from YAML, waiting, Code Insights.
//! Each is a trait or a builder on top of generated requests. Nothing here knows how a request is sent.

pub mod log;
pub mod paginate;

/// The traits, for `use bitbucket_cloud::prelude::*`.
pub mod prelude {
    pub use super::paginate::Paginate;
}

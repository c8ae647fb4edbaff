//! Constructors for what is sent most, so that nobody has to know which words belong together.

#[cfg(feature = "deployments")]
mod deployments;
#[cfg(feature = "pipelines")]
mod pipelines;
#[cfg(feature = "reports")]
mod reports;

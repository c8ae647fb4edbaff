//! Constructors beyond the generated ones, which ask for what the service insists on: those of forms whose members
//! depend on each other, so that nobody has to know which words belong together.

#[cfg(feature = "deployments")]
mod deployments;
#[cfg(feature = "pipelines")]
mod pipelines;
#[cfg(feature = "reports")]
mod reports;

//! Waiting for deployments.

use super::Waiting;
use crate::generated::groups::deployments::RepositoryDeployments;
use crate::{Identify, id, types};

/// Waits for deployments; for [`RepositoryHandle::deployments`](crate::RepositoryHandle::deployments).
pub trait WaitForDeployment {
    /// Waits until a deployment is over, or until its step does not go on by itself.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let done = repository.deployments().wait("{deployment}").await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait<'f>(&self, deployment: impl Identify<id::Deployment>) -> Waiting<'f, types::Deployment>;
}

impl WaitForDeployment for RepositoryDeployments<'_> {
    #[inline]
    fn wait<'f>(&self, deployment: impl Identify<id::Deployment>) -> Waiting<'f, types::Deployment> {
        Waiting::new(self.get(deployment).into_request())
    }
}

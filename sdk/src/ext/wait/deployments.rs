//! Waiting for deployments.

use std::fmt::Display;

use super::Waiting;
use crate::generated::groups::deployments::Deployments;
use crate::generated::scoped::deployments::RepositoryDeployments;
use crate::types;

/// Waits for deployments.
pub trait WaitForDeployment {
    /// Waits until a deployment is over, or until its step does not go on by itself.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let done = client.deployments().wait("acme", "rocket", "{deployment}").await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait<'f>(
        &self,
        workspace: impl Display,
        repo_slug: impl Display,
        deployment_uuid: impl Display,
    ) -> Waiting<'f, types::Deployment>;
}

/// Waits for deployments of one repository.
pub trait WaitForDeploymentScoped {
    /// See [`WaitForDeployment::wait`].
    fn wait<'f>(&self, deployment_uuid: impl Display) -> Waiting<'f, types::Deployment>;
}

impl WaitForDeployment for Deployments<'_> {
    #[inline]
    fn wait<'f>(
        &self,
        workspace: impl Display,
        repo_slug: impl Display,
        deployment_uuid: impl Display,
    ) -> Waiting<'f, types::Deployment> {
        Waiting::new(self.get(workspace, repo_slug, deployment_uuid).into_request())
    }
}

impl WaitForDeploymentScoped for RepositoryDeployments<'_> {
    #[inline]
    fn wait<'f>(&self, deployment_uuid: impl Display) -> Waiting<'f, types::Deployment> {
        Waiting::new(self.get(deployment_uuid).into_request())
    }
}

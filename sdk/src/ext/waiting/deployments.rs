//! Waiting for deployments.

use super::{Evaluator, Outcome, WaitRequest, part_name, steps};
use crate::generated::groups::deployments::RepositoryDeployments;
use crate::generated::id;
use crate::transport::Identify;
use crate::types::{Deployment, DeploymentState, DeploymentStatus};

const DEPLOYMENT: Evaluator<Deployment> = Evaluator { outcome, state: describe };

/// Waits for deployments; for [`RepositoryHandle::deployments`](crate::RepositoryHandle::deployments).
pub trait WaitForDeployment {
    /// Waits until a deployment has ended, or its step is paused or halted.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let done = repository.deployments().wait("{deployment}").send().await?;
    /// println!("{}", done.outcome);
    /// # Ok(())
    /// # }
    /// ```
    fn wait<'f>(&self, deployment: impl Identify<id::Deployment>) -> WaitRequest<'f, Deployment>;
}

impl WaitForDeployment for RepositoryDeployments<'_> {
    #[inline]
    fn wait<'f>(&self, deployment: impl Identify<id::Deployment>) -> WaitRequest<'f, Deployment> {
        WaitRequest::new(self.get(deployment).into_request(), DEPLOYMENT)
    }
}

/// How the deployment ended, or why its step does not go on.
#[inline]
fn outcome(deployment: &Deployment) -> Option<Outcome> {
    let state = deployment.state.as_ref();
    let is_over = state.is_some_and(|state| state.is_completed() || state.name() == Some("COMPLETED"));
    if !is_over {
        let outcome = deployment.step.as_deref().and_then(steps::outcome);
        return outcome.filter(|outcome| !outcome.is_over());
    }
    let state = state?;
    let Some(status) = state.as_completed().and_then(|completed| completed.status.as_ref()) else {
        return Some(Outcome::named(status_of_unknown(state)));
    };
    Some(match status {
        DeploymentStatus::Successful(_) => Outcome::Successful,
        DeploymentStatus::Failed(_) => Outcome::Failed,
        DeploymentStatus::Stopped(_) => Outcome::Stopped { by: None },
        other => Outcome::named(other.name().or(other.type_name())),
    })
}

/// The state, as the service names it.
#[inline]
fn describe(deployment: &Deployment) -> String {
    let state = deployment.state.as_ref();
    state.and_then(|state| state.name().or(state.type_name())).unwrap_or_default().to_owned()
}

#[inline]
fn status_of_unknown(state: &DeploymentState) -> Option<&str> {
    match state {
        DeploymentState::Unknown(object) => part_name(object.object(), "status"),
        _ => None,
    }
}

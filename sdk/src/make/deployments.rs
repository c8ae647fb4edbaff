//! Environments and their variables.

#[cfg(feature = "pipelines")]
use crate::types::DeploymentVariable;
use crate::types::{DeploymentEnvironment, DeploymentEnvironmentType};

impl DeploymentEnvironment {
    /// An environment with a name of your choice and one of the types that Bitbucket knows: `Test`, `Staging` or
    /// `Production`. Both are required of a new environment.
    ///
    /// ```
    /// use bitbucket_cloud::types::DeploymentEnvironment;
    ///
    /// let environment = DeploymentEnvironment::new("blue", "Production");
    /// # assert_eq!(
    /// #     serde_json::to_value(environment)?,
    /// #     serde_json::json!({ "name": "blue", "environment_type": { "name": "Production" } })
    /// # );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, environment_type: impl Into<String>) -> Self {
        Self::default().name(name).environment_type(DeploymentEnvironmentType::default().with_name(environment_type))
    }
}

#[cfg(feature = "pipelines")]
impl DeploymentVariable {
    /// A variable whose value everybody may see who sees the environment.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::default().key(key).value(value).secured(false)
    }

    /// A secured variable: its value is hidden in logs and never sent back.
    #[must_use]
    pub fn secret(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::default().key(key).value(value).secured(true)
    }
}

//! Constructors for variables of environments.

use crate::types::DeploymentVariable;

impl DeploymentVariable {
    /// A secured variable: the service hides its value in logs and does not return it.
    ///
    /// ```
    /// use bitbucket_cloud::types::DeploymentVariable;
    ///
    /// let variable = DeploymentVariable::secret("TOKEN", "hidden");
    /// # assert!(variable.secured == Some(true) && !format!("{variable:?}").contains("hidden"));
    /// ```
    pub fn secret(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(key, value).with_secured(true)
    }
}

//! Handles that remember a workspace, or a workspace and a repository. They hold names only: making one sends
//! nothing and checks nothing. The accessors of their groups are generated.

use crate::client::Client;

/// A workspace whose name need not be repeated with each call.
///
/// ```
/// # fn run(client: &bitbucket_cloud::Client) {
/// let workspace = client.workspace("acme");
/// assert_eq!(workspace.workspace(), "acme");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) client: Client,
    pub(crate) workspace: String,
}

impl Workspace {
    /// The client that calls go through.
    ///
    /// ```
    /// # fn run(workspace: bitbucket_cloud::Workspace) { assert!(workspace.client().base_url().starts_with("http")); }
    /// ```
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Slug or braced UUID of the workspace, as it was given.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// assert_eq!(client.workspace("acme").workspace(), "acme");
    /// # }
    /// ```
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// A repository of this workspace.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// let repository = client.workspace("acme").repository("rocket");
    /// assert_eq!(repository.repo_slug(), "rocket");
    /// # }
    /// ```
    pub fn repository(&self, repo_slug: impl Into<String>) -> Repository {
        Repository { client: self.client.clone(), workspace: self.workspace.clone(), repo_slug: repo_slug.into() }
    }
}

/// A repository whose name need not be repeated with each call.
///
/// ```
/// # fn run(client: &bitbucket_cloud::Client) {
/// let repository = client.repository("acme", "rocket");
/// assert_eq!((repository.workspace(), repository.repo_slug()), ("acme", "rocket"));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Repository {
    pub(crate) client: Client,
    pub(crate) workspace: String,
    pub(crate) repo_slug: String,
}

impl Repository {
    /// The client that calls go through.
    ///
    /// ```
    /// # fn run(repository: bitbucket_cloud::Repository) { println!("{}", repository.client().base_url()); }
    /// ```
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Slug or braced UUID of the workspace, as it was given.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// assert_eq!(client.repository("acme", "rocket").workspace(), "acme");
    /// # }
    /// ```
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Slug or braced UUID of the repository, as it was given.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// assert_eq!(client.repository("acme", "rocket").repo_slug(), "rocket");
    /// # }
    /// ```
    pub fn repo_slug(&self) -> &str {
        &self.repo_slug
    }
}

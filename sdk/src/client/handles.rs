//! Handles that remember a workspace, or a workspace and a repository. They hold names only: making one sends
//! nothing and checks nothing. The operations on the workspace or repository itself, and the accessors of their groups,
//! are generated.

use super::Client;

/// A workspace whose name need not be repeated with each call; from [`Client::workspace`].
///
/// It has the operations on the workspace itself, and an accessor for each group that has others below it. What needs a
/// repository is at [`WorkspaceHandle::repository`].
///
/// ```
/// # #[cfg(all(feature = "workspaces", feature = "repositories"))]
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// let workspace = client.workspace("acme");
/// let members = workspace.list_members().send().await?;
/// let repositories = workspace.repositories().list().send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct WorkspaceHandle {
    pub(crate) client: Client,
    pub(crate) slug: String,
}

impl WorkspaceHandle {
    /// The client that calls go through.
    ///
    /// ```
    /// # fn run(workspace: bitbucket_cloud::WorkspaceHandle) {
    /// println!("{}", workspace.client().base_url());
    /// # }
    /// ```
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Slug or braced UUID of the workspace, as it was given.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// assert_eq!(client.workspace("acme").slug(), "acme");
    /// # }
    /// ```
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// A repository of this workspace.
    ///
    /// ```
    /// # fn run(client: &bitbucket_cloud::Client) {
    /// let repository = client.workspace("acme").repository("rocket");
    /// assert_eq!(repository.slug(), "rocket");
    /// # }
    /// ```
    pub fn repository(&self, slug: impl Into<String>) -> RepositoryHandle {
        RepositoryHandle { client: self.client.clone(), workspace: self.slug.clone(), slug: slug.into() }
    }
}

/// A repository whose name need not be repeated with each call; from [`Client::repository`].
///
/// It has the operations on the repository itself, and an accessor for each group that has others below it.
///
/// ```
/// # #[cfg(all(feature = "repositories", feature = "refs"))]
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// let repository = client.repository("acme", "rocket");
/// let about = repository.get().send().await?;
/// let branches = repository.refs().list_branches().send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RepositoryHandle {
    pub(crate) client: Client,
    pub(crate) workspace: String,
    pub(crate) slug: String,
}

impl RepositoryHandle {
    /// The client that calls go through.
    ///
    /// ```
    /// # fn run(repository: bitbucket_cloud::RepositoryHandle) {
    /// println!("{}", repository.client().base_url());
    /// # }
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
    /// assert_eq!(client.repository("acme", "rocket").slug(), "rocket");
    /// # }
    /// ```
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

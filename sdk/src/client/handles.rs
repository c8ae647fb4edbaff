//! Handles for workspaces and repositories. They hold names only: creating one sends nothing and checks nothing. The
//! operations on the workspace or repository itself, and the accessors of groups, are generated.

use super::Client;

/// A handle for a workspace, whose name need not be repeated with each call; from [`Client::workspace`].
///
/// It has the operations on the workspace itself, and an accessor for each group with operations below the workspace.
/// For those below a repository, see [`WorkspaceHandle::repository`].
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
    /// The client of this handle.
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

    /// A handle for a repository of this workspace.
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

/// A handle for a repository, whose name need not be repeated with each call; from [`Client::repository`].
///
/// It has the operations on the repository itself, and an accessor for each group with operations below the repository.
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
    /// The client of this handle.
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

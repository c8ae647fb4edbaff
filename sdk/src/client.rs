//! The client: settings and a connection pool behind a cheap handle. The accessors of groups are generated.

use std::fmt;

use reqwest::Method;

use crate::errors::Error;
use crate::operation::Withdrawn;
use crate::transport::{RateLimit, Request, Transport};

mod builder;
mod env;
mod handles;

pub use builder::{CODE_INSIGHTS_PROXY, ClientBuilder};
pub use handles::{RepositoryHandle, WorkspaceHandle};

/// A client for the Bitbucket Cloud REST API.
///
/// A client is cheap to clone, and clones share connections and settings. Use it within a Tokio runtime.
///
/// ```no_run
/// # async fn run() -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::{Client, Credentials, Method};
///
/// let client = Client::builder().credentials(Credentials::access_token("token")).build()?;
/// let user = client.request(Method::GET, "/user").send_as::<serde_json::Value>().await?;
/// println!("{}", user["display_name"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Transport);

/// What a client needs to know about the document. Generated code implements it, so that nothing here depends on
/// generated code.
pub(crate) trait Document {
    /// Operations that the service has removed.
    const WITHDRAWN: &'static [Withdrawn];
}

impl Client {
    /// The way to the service, for requests of generated operations.
    #[inline]
    pub(crate) fn transport(&self) -> &Transport {
        &self.0
    }

    /// Starts building a client.
    ///
    /// ```no_run
    /// let client = bitbucket_cloud::Client::builder().user_agent("release-bot/1.4").build()?;
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    #[inline]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from environment variables.
    ///
    /// | variable | |
    /// |---|---|
    /// | `BITBUCKET_ACCESS_TOKEN` | access token of a repository, project or workspace, or |
    /// | `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN` | e-mail address and API token of an account, or |
    /// | `BITBUCKET_OAUTH_KEY` and `BITBUCKET_OAUTH_SECRET` | OAuth consumer, for the client credentials grant |
    /// | `BITBUCKET_BASE_URL` | optional, default `https://api.bitbucket.org/2.0` |
    ///
    /// An empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// There are no credentials, several kinds of them, or half of a pair is missing; the error lists all variables.
    /// Anonymous use has to be chosen through [`Client::builder`]. `BITBUCKET_BASE_URL` is not valid, or plain `http` to
    /// another machine.
    ///
    /// ```no_run
    /// let client = bitbucket_cloud::Client::from_env()?;
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    #[inline]
    pub fn from_env() -> Result<Self, Error> {
        let settings = env::settings(|name| std::env::var(name).ok()).map_err(Error::config)?;
        let builder = Self::builder().credentials(settings.credentials);
        match settings.base_url {
            Some(base_url) => builder.base_url(&base_url).build(),
            None => builder.build(),
        }
    }

    /// The base URL, without a slash at the end.
    ///
    /// ```no_run
    /// let client = bitbucket_cloud::Client::builder().build()?;
    /// assert_eq!(client.base_url(), "https://api.bitbucket.org/2.0");
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    #[inline]
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    /// The rate limit that the API reported last to this client or a clone of it; `None` before the first response that
    /// has one.
    ///
    /// ```no_run
    /// # fn run(client: bitbucket_cloud::Client) {
    /// let near = client.rate_limit().is_some_and(|rate| rate.near_limit == Some(true));
    /// # }
    /// ```
    #[inline]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.0.rate_limit()
    }

    /// A request to any path, for what has no method of its own.
    ///
    /// `path` is relative to the base URL and begins with `/`; it may have a query. Percent-encoded characters stay as
    /// they are, and characters that are not allowed in a URL are encoded. An absolute URL is accepted if it is below
    /// the base URL, as the `next` link of a page is. With any other, sending the request fails and nothing is sent.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::Method;
    ///
    /// let path = "/repositories/acme/rocket/refs/branches/main";
    /// let branch = client.request(Method::GET, path).query("fields", "target.hash");
    /// let branch = branch.send_as::<serde_json::Value>().await?;
    /// println!("{}", branch["target"]["hash"]);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request {
        Request::custom(&self.0, method, path.as_ref())
    }

    /// A handle for a repository. Workspace and repository are slugs, or UUIDs in braces.
    ///
    /// ```
    /// # #[cfg(feature = "repositories")]
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// let repository = client.repository("acme", "rocket").get().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn repository(&self, workspace: impl Into<String>, slug: impl Into<String>) -> RepositoryHandle {
        self.workspace(workspace).repository(slug)
    }

    /// A handle for a workspace: its slug, or its UUID in braces.
    ///
    /// ```
    /// # #[cfg(feature = "workspaces")]
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// let members = client.workspace("acme").list_members().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn workspace(&self, slug: impl Into<String>) -> WorkspaceHandle {
        WorkspaceHandle { client: self.clone(), slug: slug.into() }
    }
}

impl fmt::Debug for Client {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", self.0.credentials())
            .finish_non_exhaustive()
    }
}

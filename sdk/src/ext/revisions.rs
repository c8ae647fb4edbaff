//! Resolves names of branches and tags to hashes. Where files and commits are read, the service answers 404 to a branch
//! with a slash in its name, encoded or not, so such a name must be resolved first.

use std::fmt;

use crate::boxed::BoxFuture;
use crate::client::RepositoryHandle;
use crate::errors::{Error, ErrorKind};
use crate::generated::groups::commits::requests as commits;
#[cfg(feature = "source")]
use crate::generated::groups::source::requests as source;

/// Resolves branches, tags and commits, and reads what belongs to them; for [`RepositoryHandle`].
pub trait Revisions {
    /// The full hash of a branch, a tag or a commit, tried in this order. A full hash is returned without a request; a
    /// short hash may also be the name of a branch or tag, so these are tried first. What has fewer than four digits is
    /// not tried as a hash.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let hash = client.repository("acme", "rocket").resolve("feature/login").send().await?;
    /// assert_eq!(hash.len(), 40);
    /// # Ok(())
    /// # }
    /// ```
    fn resolve(&self, revision: impl Into<String>) -> ResolveRequest<'_, String>;

    /// The request for a file or a directory at a revision. `path` is the path in the repository, with its slashes.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let file = repository.source_at("feature/login", "src/main.rs").await?;
    /// let bytes = file.send_raw().await?;
    /// println!("{} bytes", bytes.len());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "source")]
    fn source_at(&self, revision: impl Into<String>, path: impl Into<String>) -> ResolveRequest<'_, source::Get>;

    /// The request for the commits that can be reached from a revision, newest first.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let mut commits = repository.commits_of("feature/login").await?.items();
    /// while let Some(commit) = commits.next().await {
    ///     println!("{:?}", commit?.author_name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn commits_of(&self, revision: impl Into<String>) -> ResolveRequest<'_, commits::ListForRevision>;
}

impl Revisions for RepositoryHandle {
    #[inline]
    fn resolve(&self, revision: impl Into<String>) -> ResolveRequest<'_, String> {
        ResolveRequest::new(self, revision.into(), |hash| hash)
    }

    #[cfg(feature = "source")]
    #[inline]
    fn source_at(&self, revision: impl Into<String>, path: impl Into<String>) -> ResolveRequest<'_, source::Get> {
        let path = path.into();
        ResolveRequest::new(self, revision.into(), move |hash| self.source().get(hash, path))
    }

    #[inline]
    fn commits_of(&self, revision: impl Into<String>) -> ResolveRequest<'_, commits::ListForRevision> {
        ResolveRequest::new(self, revision.into(), |hash| self.commits().list_for_revision(hash))
    }
}

/// Resolves a revision, from [`Revisions`]; returns the hash, or the request for what belongs to it.
#[must_use = "a revision is not resolved before the request is sent"]
pub struct ResolveRequest<'r, T> {
    repository: &'r RepositoryHandle,
    revision: String,
    then: Box<dyn FnOnce(String) -> T + Send + 'r>,
}

impl<'r, T> ResolveRequest<'r, T> {
    #[inline]
    fn new(repository: &'r RepositoryHandle, revision: String, then: impl FnOnce(String) -> T + Send + 'r) -> Self {
        Self { repository, revision, then: Box::new(then) }
    }

    /// Resolves the revision. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// There is no branch, tag or commit of that name ([`Error::is_not_found`]), or a call failed.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// match repository.resolve("v1.0").send().await {
    ///     Ok(hash) => println!("{hash}"),
    ///     Err(error) if error.is_not_found() => println!("no such branch, tag or commit"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> BoxFuture<'r, Result<T, Error>>
    where
        T: 'r,
    {
        let Self { repository, revision, then } = self;
        Box::pin(async move { Ok(then(resolve(repository, &revision).await?)) })
    }
}

impl<'r, T: 'r> IntoFuture for ResolveRequest<'r, T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'r, Self::Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl<T> fmt::Debug for ResolveRequest<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolveRequest").field("revision", &self.revision).finish_non_exhaustive()
    }
}

#[inline]
fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[inline]
async fn resolve(repository: &RepositoryHandle, revision: &str) -> Result<String, Error> {
    if revision.len() == 40 && is_hex(revision) {
        return Ok(revision.to_ascii_lowercase());
    }
    let refs = repository.refs();
    let branch = refs.get_branch(revision).fields("target.hash");
    let mut last_error = match branch.clone().send().await {
        Ok(branch) => match branch.target.as_ref().and_then(|commit| commit.hash.clone()) {
            Some(hash) => return Ok(hash),
            None => None,
        },
        Err(error) => Some(not_found(error)?),
    };
    match refs.get_tag(revision).fields("target.hash").send().await {
        Ok(tag) => {
            if let Some(hash) = tag.target.as_ref().and_then(|commit| commit.hash.clone()) {
                return Ok(hash);
            }
        }
        Err(error) => last_error = Some(not_found(error)?),
    }
    if (4..40).contains(&revision.len()) && is_hex(revision) {
        match repository.commits().get(revision).fields("hash").send().await {
            Ok(commit) => {
                if let Some(hash) = commit.hash.clone() {
                    return Ok(hash);
                }
            }
            Err(error) => last_error = Some(not_found(error)?),
        }
    }
    let unknown = "no branch, tag or commit has that name";
    Err(match last_error {
        Some(error) => error.with_text(unknown),
        None => branch.into_request().error(ErrorKind::Decode, unknown),
    })
}

/// The error if it says that nothing was found; any other error ends the search.
#[inline]
fn not_found(error: Error) -> Result<Error, Error> {
    if error.is_not_found() { Ok(error) } else { Err(error) }
}

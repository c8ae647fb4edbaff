//! Names of branches and tags as hashes. The service answers 404 to a branch with a slash in its name where source and
//! commits are read, encoded or not, so such a name has to be turned into a hash first.

use std::pin::Pin;

use reqwest::Method;
use serde_json::Value;

use crate::error::Error;
use crate::path;
use crate::request::Request;
use crate::scope::RepositoryHandle;

/// Something of the service on its way.
type Coming<'r, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'r>>;

/// Reads what belongs to a branch, a tag or a commit, however it is called.
pub trait Revisions {
    /// The full hash of a branch, a tag or a commit, in this order. A full hash is given back without asking; a short
    /// one, too, is looked for among branches and tags first.
    ///
    /// # Errors
    ///
    /// There is nothing of that name, or a call failed.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let hash = client.repository("acme", "rocket").resolve("feature/login").await?;
    /// assert_eq!(hash.len(), 40);
    /// # Ok(())
    /// # }
    /// ```
    fn resolve(&self, revision: &str) -> Coming<'_, String>;

    /// The request for a file or a directory at a revision; the path is that in the repository, with its slashes.
    ///
    /// # Errors
    ///
    /// As [`Revisions::resolve`].
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let file = repository.source_at("feature/login", "src/main.rs").await?;
    /// let bytes = file.send_raw().await?;
    /// # Ok(())
    /// # }
    /// ```
    fn source_at(&self, revision: &str, path: &str) -> Coming<'_, Request>;

    /// The request for the commits that a revision has behind it, newest first; see [`Request::paginate`].
    ///
    /// # Errors
    ///
    /// As [`Revisions::resolve`].
    ///
    /// ```no_run
    /// # #[cfg(feature = "commits")]
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::{prelude::*, types};
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let commits = repository.commits_of("feature/login").await?;
    /// let mut commits = commits.paginate::<types::Commit>().items();
    /// while let Some(commit) = commits.next().await {
    ///     println!("{:?}", commit?.author_name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn commits_of(&self, revision: &str) -> Coming<'_, Request>;
}

impl Revisions for RepositoryHandle {
    #[inline]
    fn resolve(&self, revision: &str) -> Coming<'_, String> {
        let revision = revision.to_owned();
        Box::pin(async move { resolve(self, &revision).await })
    }

    #[inline]
    fn source_at(&self, revision: &str, path: &str) -> Coming<'_, Request> {
        let (revision, path) = (revision.to_owned(), path.to_owned());
        Box::pin(async move {
            let hash = resolve(self, &revision).await?;
            let path: Vec<_> = path.trim_start_matches('/').split('/').map(path::encoded).collect();
            Ok(request(self, &format!("/src/{hash}/{}", path.join("/"))))
        })
    }

    #[inline]
    fn commits_of(&self, revision: &str) -> Coming<'_, Request> {
        let revision = revision.to_owned();
        Box::pin(async move {
            let hash = resolve(self, &revision).await?;
            Ok(request(self, &format!("/commits/{hash}")))
        })
    }
}

#[inline]
fn request(repository: &RepositoryHandle, rest: &str) -> Request {
    let names = [repository.workspace(), repository.slug()].map(path::encoded);
    repository.client().request(Method::GET, format!("/repositories/{}/{}{rest}", names[0], names[1]))
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
    if revision.is_empty() {
        // The list of all branches would answer.
        let text = "the name of the revision is empty";
        return Err(Error::other(crate::ErrorKind::InvalidRequest, &request(repository, "/refs").endpoint, text));
    }
    let refs = ["branches", "tags"].map(|kind| {
        let path = format!("/refs/{kind}/{}", path::encoded(revision));
        (request(repository, &path).query("fields", "target.hash"), "/target/hash")
    });
    let mut asked = Vec::from(refs);
    if (4..40).contains(&revision.len()) && is_hex(revision) {
        let commit = request(repository, &format!("/commit/{revision}"));
        asked.push((commit.query("fields", "hash"), "/hash"));
    }
    let mut missing = None;
    for (request, place) in asked {
        match request.send_as::<Value>().await {
            Ok(found) => {
                if let Some(hash) = found.pointer(place).and_then(Value::as_str) {
                    return Ok(hash.to_owned());
                }
            }
            Err(error) if error.is_not_found() => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    let unknown = "no branch, tag or commit has that name";
    match missing {
        Some(error) => Err(error.noted(unknown)),
        None => Err(Error::other(crate::ErrorKind::Decode, &request(repository, "/refs").endpoint, unknown)),
    }
}

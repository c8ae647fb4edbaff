//! Commits files by uploading them, without a clone.

use std::fmt::Display;
use std::path::Path;

use bytes::Bytes;
use reqwest::header::LOCATION;

use super::base_name;
use crate::errors::Error;
use crate::generated::groups::source::RepositorySource;
use crate::transport::{Multipart, Request, Response, Segment, Sending};

const BINARY: &str = "application/octet-stream";

/// Commits files; for [`RepositoryHandle::source`](crate::RepositoryHandle::source).
pub trait CommitFiles {
    /// A commit without files yet. Nothing is sent before [`FileCommit::send`].
    ///
    /// Bitbucket's page: [create a commit by uploading a
    /// file](https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/#api-repositories-workspace-repo-slug-src-post).
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let commit = repository.source().commit_files().branch("docs").message("New manual");
    /// let commit = commit.file("docs/manual.md", "# Manual\n").delete("docs/old.md");
    /// let done = commit.send().await?;
    /// println!("{:?}", done.hash);
    /// # Ok(())
    /// # }
    /// ```
    fn commit_files(&self) -> FileCommit;
}

impl CommitFiles for RepositorySource<'_> {
    #[inline]
    fn commit_files(&self) -> FileCommit {
        FileCommit { request: self.create_commit(Multipart::new()).into_request(), form: Multipart::new() }
    }
}

/// Commits files, from [`CommitFiles::commit_files`]. Paths are relative to the root of the repository.
///
/// Files that are not named stay as they are in the parent commit.
#[derive(Debug, Clone)]
#[must_use = "a commit does nothing before it is sent"]
pub struct FileCommit {
    request: Request,
    form: Multipart,
}

/// A new commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committed {
    /// Hash of the commit, from the header `Location`; `None` without it.
    pub hash: Option<String>,
}

impl FileCommit {
    /// The commit message; by default the service writes one.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.message("Refresh the manual");
    /// # }
    /// ```
    #[inline]
    pub fn message(self, message: impl Into<String>) -> Self {
        self.field("message", message)
    }

    /// The author of the commit; by default the account. The service does not verify it.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.author("Ada", "ada@example.org");
    /// # }
    /// ```
    #[inline]
    pub fn author(self, name: impl Display, email: impl Display) -> Self {
        self.field("author", format!("{name} <{email}>"))
    }

    /// The branch; by default the main branch. A branch that does not exist is created.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.branch("docs");
    /// # }
    /// ```
    #[inline]
    pub fn branch(self, branch: impl Into<String>) -> Self {
        self.field("branch", branch)
    }

    /// Full hash of the parent commit; by default the head of the branch. If it is no longer the head, the service
    /// answers 409, so that no other commit is overwritten. The service has deprecated more than one parent.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.parent("9fceb02d0ae598e95dc970b74767f19372d61af8");
    /// # }
    /// ```
    #[inline]
    pub fn parent(self, hash: impl Into<String>) -> Self {
        self.field("parents", hash)
    }

    /// Adds or replaces a file, from memory.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.file("a/b.txt", "text");
    /// # }
    /// ```
    #[inline]
    pub fn file(self, path: impl AsRef<str>, data: impl Into<Bytes>) -> Self {
        self.part(path.as_ref(), "", Ok(Segment::Bytes(data.into())))
    }

    /// Adds or replaces a file, from a file on disk, which is read while it is sent.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.file_from("assets/logo.png", "/tmp/logo.png");
    /// # }
    /// ```
    #[inline]
    pub fn file_from(self, path: impl AsRef<str>, local: impl AsRef<Path>) -> Self {
        self.part(path.as_ref(), "", Segment::file(local.as_ref()))
    }

    /// Adds or replaces an executable file. With [`file`](Self::file), an executable file would lose its executable
    /// bit.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.executable("run.sh", "#!/bin/sh\n");
    /// # }
    /// ```
    #[inline]
    pub fn executable(self, path: impl AsRef<str>, data: impl Into<Bytes>) -> Self {
        self.part(path.as_ref(), "; x-attributes=\"executable\"", Ok(Segment::Bytes(data.into())))
    }

    /// Adds or replaces a symbolic link to the path `target`.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.link("README.txt", "README");
    /// # }
    /// ```
    #[inline]
    pub fn link(self, path: impl AsRef<str>, target: impl Into<String>) -> Self {
        self.part(path.as_ref(), "; x-attributes=\"link\"", Ok(Segment::Bytes(Bytes::from(target.into()))))
    }

    /// Deletes a file.
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.delete("docs/old.md");
    /// # }
    /// ```
    #[inline]
    pub fn delete(self, path: impl AsRef<str>) -> Self {
        let path = absolute(path.as_ref());
        self.field("files", path)
    }

    /// Sets a function that is called with the number of bytes sent; see [`Multipart::on_progress`].
    ///
    /// ```
    /// # fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) {
    /// let commit = commit.on_progress(|sent, total| println!("{sent} of {total:?}"));
    /// # }
    /// ```
    #[inline]
    pub fn on_progress(mut self, progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.form = self.form.on_progress(progress);
        self
    }

    /// Sends the commit. If the answer is lost, the call is not retried, and
    /// [`Error::is_ambiguous`](crate::Error::is_ambiguous) is true.
    ///
    /// # Errors
    ///
    /// As for [`ArtifactUpload::send`](super::ArtifactUpload::send).
    ///
    /// ```no_run
    /// # async fn run(commit: bitbucket_cloud::ext::uploads::FileCommit) -> Result<(), bitbucket_cloud::Error> {
    /// println!("{:?}", commit.send().await?.hash);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> Sending<Committed> {
        let request = self.request.multipart(self.form);
        Box::pin(async move {
            let response = request.sending_empty().await?;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let hash = location.and_then(|location| location.rsplit('/').next());
            let hash = hash.filter(|hash| hash.len() >= 7 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let hash = hash.map(str::to_owned);
            Ok(response.map(|()| Committed { hash }))
        })
    }

    #[inline]
    fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form = self.form.text(name, value);
        self
    }

    #[inline]
    fn part(mut self, path: &str, parameters: &'static str, data: Result<Segment, String>) -> Self {
        self.form = self.form.part(absolute(path), base_name(path), BINARY.into(), parameters, data);
        self
    }
}

/// With a leading slash, a path cannot be mistaken for a field such as `message`.
#[inline]
fn absolute(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}

impl IntoFuture for FileCommit {
    type Output = Result<Response<Committed>, Error>;
    type IntoFuture = Sending<Committed>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

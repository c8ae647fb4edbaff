//! Commits that are made by uploading files, without a clone.

use std::fmt::Display;
use std::path::Path;

use bytes::Bytes;
use reqwest::header::LOCATION;

use super::base_name;
use crate::errors::Error;
use crate::generated::groups::source::RepositorySource;
use crate::transport::{Multipart, Request, Response, Segment, Sending};

const BINARY: &str = "application/octet-stream";

/// Commits of files; for [`RepositoryHandle::source`](crate::RepositoryHandle::source).
pub trait CommitFiles {
    /// Begins a commit. Nothing is sent before [`FileCommit::send`].
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

/// A commit that has not been sent yet, from [`CommitFiles::commit_files`]. Paths are those of the repository.
///
/// Files that are not named stay as they are in the parent.
#[derive(Debug, Clone)]
#[must_use = "a commit does nothing before it is sent"]
pub struct FileCommit {
    request: Request,
    form: Multipart,
}

/// What is known of a new commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committed {
    /// Hash of the commit, from the `Location` header; `None` if the service did not name it.
    pub hash: Option<String>,
}

impl FileCommit {
    /// The message; without it the service makes one up.
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

    /// The author, in place of the account; it appears in the commit, and says nothing about who made it.
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

    /// The branch; without it the main one. One that does not exist is created.
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

    /// Full hash of the commit to build on; without it the tip of the branch. If it is no longer the tip, the service
    /// answers 409, so that nobody's work is overwritten. More than one parent is deprecated by the service.
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

    /// New content of a file, from memory.
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

    /// New content of a file, from a file on disk.
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

    /// New content of a file that is executable. Without this, a file loses its executable bit when it is replaced.
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

    /// A symbolic link, and the path that it points to.
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

    /// Is told how many bytes were handed over; see [`Multipart::on_progress`].
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

    /// Sends the commit. It is made at most once: where its fate is unknown, the call is not repeated, and
    /// [`Error::is_ambiguous`](crate::Error::is_ambiguous) tells so.
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

/// With a slash in front, a path cannot be taken for a field such as `message`.
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

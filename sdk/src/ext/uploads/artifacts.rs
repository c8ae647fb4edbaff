//! Files that a repository offers for download.

use std::io;
use std::path::Path;

use bytes::Bytes;
use futures_core::Stream;

use super::base_name;
use crate::errors::Error;
use crate::generated::groups::downloads::RepositoryDownloads;
use crate::transport::{Multipart, Request, Response, Sending};

/// Uploads files for download; for [`RepositoryHandle::downloads`](crate::RepositoryHandle::downloads).
pub trait UploadArtifacts {
    /// An upload without files yet. Nothing is sent before [`ArtifactUpload::send`].
    ///
    /// Bitbucket's page: [upload a download
    /// artifact](https://developer.atlassian.com/cloud/bitbucket/rest/api-group-downloads/#api-repositories-workspace-repo-slug-downloads-post).
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let upload = repository.downloads().upload().path("target/rocket.tar.gz");
    /// upload.on_progress(|sent, total| println!("{sent} of {total:?} bytes")).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    fn upload(&self) -> ArtifactUpload;
}

impl UploadArtifacts for RepositoryDownloads<'_> {
    #[inline]
    fn upload(&self) -> ArtifactUpload {
        ArtifactUpload { request: self.create(Multipart::new()).into_request(), form: Multipart::new() }
    }
}

/// Uploads files for download, from [`UploadArtifacts::upload`]. A file replaces one with the same name.
#[derive(Debug, Clone)]
#[must_use = "an upload does nothing before it is sent"]
pub struct ArtifactUpload {
    request: Request,
    form: Multipart,
}

impl ArtifactUpload {
    /// Adds a file from memory.
    ///
    /// ```
    /// # fn run(upload: bitbucket_cloud::ext::uploads::ArtifactUpload) {
    /// let upload = upload.file("notes.txt", "text");
    /// # }
    /// ```
    #[inline]
    pub fn file(mut self, name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.form = self.form.file("files", name, data);
        self
    }

    /// Adds a file from disk under its own name. It is read while it is sent.
    ///
    /// ```
    /// # fn run(upload: bitbucket_cloud::ext::uploads::ArtifactUpload) {
    /// let upload = upload.path("target/rocket.tar.gz");
    /// # }
    /// ```
    #[inline]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let name = base_name(&path.to_string_lossy());
        self.form = self.form.path("files", name, path);
        self
    }

    /// Adds a file from a stream, with its length in bytes if that is known; see [`Multipart::stream`].
    ///
    /// ```
    /// # fn run<S>(upload: bitbucket_cloud::ext::uploads::ArtifactUpload, stream: S)
    /// # where S: futures_core::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static {
    /// let upload = upload.stream("dump.sql", stream, Some(1_048_576));
    /// # }
    /// ```
    #[inline]
    pub fn stream(
        mut self,
        name: impl Into<String>,
        stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        self.form = self.form.stream("files", name, stream, length);
        self
    }

    /// Sets a function that is called with the number of bytes sent; see [`Multipart::on_progress`].
    ///
    /// ```
    /// # fn run(upload: bitbucket_cloud::ext::uploads::ArtifactUpload) {
    /// let upload = upload.on_progress(|sent, total| println!("{sent} of {total:?}"));
    /// # }
    /// ```
    #[inline]
    pub fn on_progress(mut self, progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.form = self.form.on_progress(progress);
        self
    }

    /// Sends the files in one request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if a file could not be opened: nothing was sent.
    /// [`ErrorKind::Transport`](crate::ErrorKind::Transport) if one could not be read to its end, or a stream failed or has
    /// another length. Otherwise the call failed.
    ///
    /// ```no_run
    /// # async fn run(upload: bitbucket_cloud::ext::uploads::ArtifactUpload) -> Result<(), bitbucket_cloud::Error> {
    /// upload.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> Sending<()> {
        self.request.multipart(self.form).sending_empty()
    }
}

impl IntoFuture for ArtifactUpload {
    type Output = Result<Response<()>, Error>;
    type IntoFuture = Sending<()>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

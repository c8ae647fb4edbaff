//! Snippets together with their files, which JSON cannot carry.

use std::path::Path;

use bytes::Bytes;

use super::base_name;
use crate::errors::Error;
use crate::generated::groups::snippets::WorkspaceSnippets;
use crate::generated::id;
use crate::transport::{Identify, Multipart, Request, Response, Sending};
use crate::types;

/// Creates and changes snippets with their files; for [`WorkspaceHandle::snippets`](crate::WorkspaceHandle::snippets).
pub trait SnippetFiles {
    /// A new snippet in the workspace. Nothing is sent before [`SnippetUpload::send`].
    ///
    /// Bitbucket's page: [create a
    /// snippet](https://developer.atlassian.com/cloud/bitbucket/rest/api-group-snippets/#api-snippets-workspace-post).
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let workspace = client.workspace("acme");
    /// let snippet = workspace.snippets().create_with_files().title("Launch log");
    /// let snippet = snippet.file("launch.log", "ignition\n").path("target/trace.json");
    /// let made = snippet.private(true).send().await?;
    /// println!("{made:?}");
    /// # Ok(())
    /// # }
    /// ```
    fn create_with_files(&self) -> SnippetUpload;

    /// A change of a snippet; what is not set stays as it is.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let workspace = client.workspace("acme");
    /// let change = workspace.snippets().update_with_files("kypj");
    /// let change = change.file("launch.log", "lift-off\n");
    /// change.delete("trace.json").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    fn update_with_files(&self, snippet: impl Identify<id::Snippet>) -> SnippetUpload;
}

impl SnippetFiles for WorkspaceSnippets<'_> {
    #[inline]
    fn create_with_files(&self) -> SnippetUpload {
        SnippetUpload::new(self.create(&Default::default()).into_request())
    }

    #[inline]
    fn update_with_files(&self, snippet: impl Identify<id::Snippet>) -> SnippetUpload {
        SnippetUpload::new(self.update(snippet, &Default::default()).into_request())
    }
}

/// Creates or changes a snippet, from [`SnippetFiles`].
#[derive(Debug, Clone)]
#[must_use = "a snippet does nothing before it is sent"]
pub struct SnippetUpload {
    request: Request,
    form: Multipart,
}

impl SnippetUpload {
    #[inline]
    fn new(request: Request) -> Self {
        Self { request, form: Multipart::new() }
    }

    /// The title.
    ///
    /// ```
    /// # fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) {
    /// let snippet = snippet.title("Launch log");
    /// # }
    /// ```
    #[inline]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.form = self.form.text("title", title);
        self
    }

    /// Whether only members of the workspace can read it.
    ///
    /// ```
    /// # fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) {
    /// let snippet = snippet.private(true);
    /// # }
    /// ```
    #[inline]
    pub fn private(mut self, private: bool) -> Self {
        self.form = self.form.text("is_private", private.to_string());
        self
    }

    /// Adds or replaces a file, from memory.
    ///
    /// ```
    /// # fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) {
    /// let snippet = snippet.file("a.log", "text");
    /// # }
    /// ```
    #[inline]
    pub fn file(mut self, name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.form = self.form.file("file", name, data);
        self
    }

    /// Adds or replaces a file, from disk under its own name.
    ///
    /// ```
    /// # fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) {
    /// let snippet = snippet.path("target/a.log");
    /// # }
    /// ```
    #[inline]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let name = base_name(&path.to_string_lossy());
        self.form = self.form.path("file", name, path);
        self
    }

    /// Deletes a file of an existing snippet.
    ///
    /// ```
    /// # fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) {
    /// let snippet = snippet.delete("old.log");
    /// # }
    /// ```
    #[inline]
    pub fn delete(mut self, name: impl Into<String>) -> Self {
        self.form = self.form.text("files", name);
        self
    }

    /// Sends the snippet, and returns it as the service has it.
    ///
    /// # Errors
    ///
    /// As for [`ArtifactUpload::send`](super::ArtifactUpload::send), and
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the answer is no snippet.
    ///
    /// ```no_run
    /// # async fn run(snippet: bitbucket_cloud::ext::uploads::SnippetUpload) -> Result<(), bitbucket_cloud::Error> {
    /// let made = snippet.send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline] // The decoding of snippets is compiled by the calling crates only.
    pub fn send(self) -> Sending<types::Snippet> {
        self.request.multipart(self.form).sending_json()
    }
}

impl IntoFuture for SnippetUpload {
    type Output = Result<Response<types::Snippet>, Error>;
    type IntoFuture = Sending<types::Snippet>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

//! Constructors for pipelines, their targets, selectors and variables.
//!
//! The forms are those of the examples of [Run a
//! pipeline](https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/#api-repositories-workspace-repo-slug-pipelines-post).

use crate::types::{
    Commit, Pipeline, PipelinePullRequestTarget, PipelineRefTarget, PipelineRefType, PipelineSelector,
    PipelineSelectorType, PipelineTarget, PipelineVariable, PullRequest,
};

impl Pipeline {
    /// A pipeline to start on this target; add variables with [`Pipeline::with_variables`].
    ///
    /// ```
    /// use bitbucket_cloud::types::{
    ///     Pipeline, PipelineRefTarget, PipelineSelector, PipelineVariable,
    /// };
    ///
    /// let deploy = PipelineSelector::custom("deploy");
    /// let main = PipelineRefTarget::branch("main").with_selector(deploy);
    /// let pipeline = Pipeline::on(main).with_variables([
    ///     PipelineVariable::new("REGION", "eu"),
    ///     PipelineVariable::secret("TOKEN", "hidden"),
    /// ]);
    /// # assert!(!format!("{pipeline:?}").contains("hidden"));
    /// ```
    pub fn on(target: impl Into<PipelineTarget>) -> Self {
        Self::default().with_target(target)
    }
}

impl PipelineRefTarget {
    fn of(ref_type: PipelineRefType, name: impl Into<String>) -> Self {
        Self::default().with_ref_type(ref_type).with_ref_name(name)
    }

    /// The head of a branch.
    pub fn branch(name: impl Into<String>) -> Self {
        Self::of(PipelineRefType::Branch, name)
    }

    /// The head of a branch, with the reference type `named_branch`.
    pub fn named_branch(name: impl Into<String>) -> Self {
        Self::of(PipelineRefType::NamedBranch, name)
    }

    /// A tag.
    pub fn tag(name: impl Into<String>) -> Self {
        Self::of(PipelineRefType::Tag, name)
    }

    /// A bookmark.
    pub fn bookmark(name: impl Into<String>) -> Self {
        Self::of(PipelineRefType::Bookmark, name)
    }

    /// A commit other than the head, in the context of the branch, tag or bookmark.
    pub fn at(self, hash: impl Into<String>) -> Self {
        self.with_commit(Commit::default().with_hash(hash))
    }
}

impl PipelinePullRequestTarget {
    /// A pull request: its number (1-based), and for source and destination the branch and the commit at its head. The
    /// selector is the section `pull-requests` with the pattern `**`; change it with
    /// [`PipelinePullRequestTarget::with_selector`].
    pub fn new(
        id: i64,
        source: (impl Into<String>, impl Into<String>),
        destination: (impl Into<String>, impl Into<String>),
    ) -> Self {
        let untyped = |hash: String| Commit { type_: None, ..Commit::default().with_hash(hash) };
        Self::default()
            .with_pull_request(PullRequest { id: Some(id), ..PullRequest::default() })
            .with_source(source.0)
            .with_commit(untyped(source.1.into()))
            .with_destination(destination.0)
            .with_destination_commit(untyped(destination.1.into()))
            .with_selector(PipelineSelector::pull_requests("**"))
    }
}

impl PipelineSelector {
    fn of(section: PipelineSelectorType, pattern: impl Into<String>) -> Self {
        Self::default().with_type(section).with_pattern(pattern)
    }

    /// A pipeline of the section `custom`, by its name.
    pub fn custom(name: impl Into<String>) -> Self {
        Self::of(PipelineSelectorType::Custom, name)
    }

    /// The pipeline of the section `branches` with this pattern.
    pub fn branches(pattern: impl Into<String>) -> Self {
        Self::of(PipelineSelectorType::Branches, pattern)
    }

    /// The pipeline of the section `tags` with this pattern.
    pub fn tags(pattern: impl Into<String>) -> Self {
        Self::of(PipelineSelectorType::Tags, pattern)
    }

    /// The pipeline of the section `pull-requests` with this pattern.
    pub fn pull_requests(pattern: impl Into<String>) -> Self {
        Self::of(PipelineSelectorType::PullRequests, pattern)
    }

    /// The pipeline of the section `default`.
    pub fn default_pipeline() -> Self {
        Self::default().with_type(PipelineSelectorType::Default)
    }
}

impl PipelineVariable {
    /// A secured variable: the service hides its value in logs and does not return it.
    pub fn secret(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(key, value).with_secured(true)
    }
}

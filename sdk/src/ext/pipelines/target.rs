//! The target of a pipeline, in the forms of Bitbucket's page on starting pipelines. Members that are not set are left
//! out, because the service answers 404 to an empty commit.

use serde_json::{Map, Value, json};

/// What a pipeline runs on, and which pipeline of the configuration is run.
///
/// ```
/// use bitbucket_cloud::ext::pipelines::Target;
///
/// let commit = "ce5b7431602f7cbba007062eeb55225c6e18e956";
/// let target = Target::branch_at_commit("main", commit).custom("deploy");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a target does nothing by itself"]
pub struct Target {
    on: TargetOn,
    selector: Option<(&'static str, Option<String>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TargetOn {
    Reference { ref_type: &'static str, name: String, commit: Option<String> },
    Commit(String),
    PullRequest(PullRequestTarget),
}

/// A pull request to run on. The service requires all of these.
///
/// ```
/// use bitbucket_cloud::ext::pipelines::{PullRequestTarget, Target};
///
/// let target = Target::pull_request(PullRequestTarget {
///     id: 3,
///     source: "feature/x".into(),
///     destination: "main".into(),
///     commit: "1a372fc".into(),
///     destination_commit: "9f848b7".into(),
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "all of them are needed")]
pub struct PullRequestTarget {
    /// Number of the pull request.
    pub id: u64,
    /// Source branch.
    pub source: String,
    /// Destination branch.
    pub destination: String,
    /// Commit of the source branch, as a full or short hash.
    pub commit: String,
    /// Commit of the destination branch.
    pub destination_commit: String,
}

macro_rules! references {
    ($($name:ident $ref_type:literal $what:literal;)*) => {$(
        #[doc = concat!("The newest commit of a ", $what, ".")]
        ///
        /// ```
        #[doc = concat!("let target = bitbucket_cloud::ext::pipelines::Target::", stringify!($name), "(\"name\");")]
        /// ```
        pub fn $name(name: impl Into<String>) -> Self {
            Self::reference($ref_type, name.into(), None)
        }
    )*};
}

macro_rules! selectors {
    ($($name:ident $section:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        ///
        /// ```
        #[doc = concat!("let target = bitbucket_cloud::ext::pipelines::Target::branch(\"main\").", stringify!($name), "(\"name\");")]
        /// ```
        pub fn $name(self, pattern: impl Into<String>) -> Self {
            Self { selector: Some(($section, Some(pattern.into()))), ..self }
        }
    )*};
}

impl Target {
    references! {
        branch "branch" "branch";
        tag "tag" "tag";
        bookmark "bookmark" "bookmark";
        named_branch "named_branch" "named branch";
    }

    selectors! {
        custom "custom" "Runs the custom pipeline with this name.";
        pull_requests "pull-requests" "Runs the pipeline that `pull-requests` has for this pattern.";
        branches "branches" "Runs the pipeline that `branches` has for this pattern.";
        tags "tags" "Runs the pipeline that `tags` has for this pattern.";
        bookmarks "bookmarks" "Runs the pipeline that `bookmarks` has for this pattern.";
    }

    /// A commit without a branch; it needs a selector, such as [`Target::custom`]. The service answers 400 without one,
    /// so [`RunRequest::send`](super::RunRequest::send) refuses it.
    ///
    /// ```
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::commit("a3c4e02c9a37").custom("deploy");
    /// ```
    #[inline]
    pub fn commit(hash: impl Into<String>) -> Self {
        Self { on: TargetOn::Commit(hash.into()), selector: None }
    }

    /// A commit in the context of a branch. The service does not check that the commit is on the branch.
    ///
    /// ```
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::branch_at_commit("main", "a3c4e02c9a37");
    /// ```
    #[inline]
    pub fn branch_at_commit(name: impl Into<String>, hash: impl Into<String>) -> Self {
        Self::reference("branch", name.into(), Some(hash.into()))
    }

    /// A commit in the context of a tag.
    ///
    /// ```
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::tag_at_commit("v1.0", "a3c4e02c9a37");
    /// ```
    #[inline]
    pub fn tag_at_commit(name: impl Into<String>, hash: impl Into<String>) -> Self {
        Self::reference("tag", name.into(), Some(hash.into()))
    }

    /// A pull request. Only with this target does the service set variables such as `BITBUCKET_PR_ID`.
    ///
    /// ```
    /// # fn run(pull_request: bitbucket_cloud::ext::pipelines::PullRequestTarget) {
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::pull_request(pull_request).pull_requests("**");
    /// # }
    /// ```
    #[inline]
    pub fn pull_request(pull_request: PullRequestTarget) -> Self {
        Self { on: TargetOn::PullRequest(pull_request), selector: None }
    }

    /// Runs the default pipeline, even if the configuration has another one for the target.
    ///
    /// ```
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::branch("main").default();
    /// ```
    #[allow(clippy::should_implement_trait, reason = "the name of the section in the configuration")]
    #[inline]
    pub fn default(self) -> Self {
        Self { selector: Some(("default", None)), ..self }
    }

    #[inline]
    fn reference(ref_type: &'static str, name: String, commit: Option<String>) -> Self {
        Self { on: TargetOn::Reference { ref_type, name, commit }, selector: None }
    }

    /// The section of the configuration, and the entry in it, that are selected.
    #[inline]
    pub(super) fn selected(&self) -> Option<(&'static str, &str)> {
        self.selector.as_ref().and_then(|(section, pattern)| Some((*section, pattern.as_deref()?)))
    }

    /// Refuses targets that the service would refuse or misunderstand.
    #[inline]
    pub(super) fn check(&self) -> Result<(), String> {
        let named: Vec<(&str, &str)> = match &self.on {
            TargetOn::Reference { name, commit, .. } => {
                vec![("name", name), ("commit", commit.as_deref().unwrap_or("unset"))]
            }
            TargetOn::Commit(hash) => vec![("commit", hash)],
            TargetOn::PullRequest(target) => vec![
                ("source", &target.source),
                ("destination", &target.destination),
                ("commit", &target.commit),
                ("destination commit", &target.destination_commit),
            ],
        };
        if let Some((what, _)) = named.into_iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(format!("the {what} of the target is empty"));
        }
        if self.selected().is_some_and(|(_, pattern)| pattern.is_empty()) {
            return Err("the name of the selected pipeline is empty".into());
        }
        if matches!(self.on, TargetOn::Commit(_)) && self.selector.is_none() {
            return Err("a commit alone does not say which pipeline to run; select one, or give a branch".into());
        }
        Ok(())
    }

    /// As a JSON body.
    #[inline]
    pub(super) fn to_json(&self) -> Value {
        self.write(|hash| json!({"type": "commit", "hash": hash}))
    }

    /// As query parameters, where a commit has no `type`.
    #[inline]
    pub(super) fn to_query(&self) -> Value {
        self.write(|hash| json!({"hash": hash}))
    }

    #[inline]
    fn write(&self, commit_of: fn(&str) -> Value) -> Value {
        let mut target = Map::new();
        let mut set = |name: &str, value: Value| {
            target.insert(name.to_owned(), value);
        };
        match &self.on {
            TargetOn::Reference { ref_type, name, commit } => {
                set("type", json!("pipeline_ref_target"));
                set("ref_type", json!(ref_type));
                set("ref_name", json!(name));
                if let Some(hash) = commit {
                    set("commit", commit_of(hash));
                }
            }
            TargetOn::Commit(hash) => {
                set("type", json!("pipeline_commit_target"));
                set("commit", commit_of(hash));
            }
            TargetOn::PullRequest(pull_request) => {
                set("type", json!("pipeline_pullrequest_target"));
                set("source", json!(pull_request.source));
                set("destination", json!(pull_request.destination));
                set("destination_commit", json!({"hash": pull_request.destination_commit}));
                set("commit", json!({"hash": pull_request.commit}));
                // A string, as in Bitbucket's examples.
                set("pullrequest", json!({"id": pull_request.id.to_string()}));
            }
        }
        if let Some((section, pattern)) = &self.selector {
            let mut selector = json!({"type": section});
            if let Some(pattern) = pattern {
                selector["pattern"] = json!(pattern);
            }
            set("selector", selector);
        }
        Value::Object(target)
    }
}

//! What a pipeline is to run on, in the forms that Bitbucket's page on starting pipelines names. A member that is not
//! set is left out: an empty commit is answered with 404.

use serde_json::{Map, Value, json};

/// What to run on, and which definition to run.
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
    Reference { kind: &'static str, name: String, commit: Option<String> },
    Commit(String),
    PullRequest(PullRequestTarget),
}

/// A pull request to run on. The service refuses a run where one of these is missing.
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
    /// Branch that is to be merged.
    pub source: String,
    /// Branch it is to be merged into.
    pub destination: String,
    /// Commit of the source, in full or short.
    pub commit: String,
    /// Commit of the destination.
    pub destination_commit: String,
}

macro_rules! references {
    ($($name:ident $kind:literal $what:literal;)*) => {$(
        #[doc = concat!("The newest commit of a ", $what, ".")]
        ///
        /// ```
        #[doc = concat!("let target = bitbucket_cloud::ext::pipelines::Target::", stringify!($name), "(\"name\");")]
        /// ```
        pub fn $name(name: impl Into<String>) -> Self {
            Self::reference($kind, name.into(), None)
        }
    )*};
}

macro_rules! selectors {
    ($($name:ident $kind:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        ///
        /// ```
        #[doc = concat!("let target = bitbucket_cloud::ext::pipelines::Target::branch(\"main\").", stringify!($name), "(\"name\");")]
        /// ```
        pub fn $name(self, pattern: impl Into<String>) -> Self {
            Self { selector: Some(($kind, Some(pattern.into()))), ..self }
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
        custom "custom" "Runs the custom pipeline of that name.";
        pull_requests "pull-requests" "Runs the definition that `pull-requests` has for that pattern.";
        branches "branches" "Runs the definition that `branches` has for that pattern.";
        tags "tags" "Runs the definition that `tags` has for that pattern.";
        bookmarks "bookmarks" "Runs the definition that `bookmarks` has for that pattern.";
    }

    /// A commit without a branch; it needs a selector, such as [`Target::custom`].
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

    /// A commit in the context of a branch. The service does not check that it lies on that branch.
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

    /// A pull request: the only target for which variables such as `BITBUCKET_PR_ID` are set.
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

    /// Runs the default definition, whatever the target would choose.
    ///
    /// ```
    /// use bitbucket_cloud::ext::pipelines::Target;
    ///
    /// let target = Target::branch("main").default();
    /// ```
    #[allow(clippy::should_implement_trait, reason = "the word of the service")]
    #[inline]
    pub fn default(self) -> Self {
        Self { selector: Some(("default", None)), ..self }
    }

    #[inline]
    fn reference(kind: &'static str, name: String, commit: Option<String>) -> Self {
        Self { on: TargetOn::Reference { kind, name, commit }, selector: None }
    }

    /// The section of the configuration and the entry in it that are asked for.
    #[inline]
    pub(super) fn selected(&self) -> Option<(&'static str, &str)> {
        self.selector.as_ref().and_then(|(kind, pattern)| Some((*kind, pattern.as_deref()?)))
    }

    /// What the service would refuse, or take for something else.
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
            return Err("a commit alone does not tell which pipeline to run; select one, or name a branch".into());
        }
        Ok(())
    }

    /// The form of a JSON body.
    #[inline]
    pub(super) fn to_json(&self) -> Value {
        self.write(|hash| json!({"type": "commit", "hash": hash}))
    }

    /// The form that becomes a query: a commit is its hash alone.
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
            TargetOn::Reference { kind, name, commit } => {
                set("type", json!("pipeline_ref_target"));
                set("ref_type", json!(kind));
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
                // Bitbucket's examples write the number as text.
                set("pullrequest", json!({"id": pull_request.id.to_string()}));
            }
        }
        if let Some((kind, pattern)) = &self.selector {
            let mut selector = json!({"type": kind});
            if let Some(pattern) = pattern {
                selector["pattern"] = json!(pattern);
            }
            set("selector", selector);
        }
        Value::Object(target)
    }
}

//! What the fake remembers: per repository its runs and variables, in memory. Any repository exists unless its slug
//! starts with `missing`. What moves by itself is not stored here but computed from the clock (see `timeline`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::clock::Clock;
use crate::error_body;
use crate::reply::Reply;
use crate::resources::{Report, pull_requests_of_the_beginning};
use crate::route::Call;
use crate::timeline::Plan;

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) urls: Urls,
    repositories: Mutex<BTreeMap<(String, String), Repository>>,
}

pub(crate) struct Settings {
    pub(crate) step_duration: Duration,
    pub(crate) log_lines: usize,
    pub(crate) without_next: bool,
    pub(crate) authorization: Option<String>,
}

pub(crate) struct Urls {
    /// The API's host without `/2.0`.
    pub(crate) origin: String,
    pub(crate) api: String,
    pub(crate) storage: String,
}

pub(crate) struct Repository {
    pub(crate) workspace: String,
    pub(crate) slug: String,
    /// In order of their build numbers, which start at 1.
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) variables: Vec<Variable>,
    /// Pull requests, in order of their numbers, which start at 1.
    pub(crate) pull_requests: Vec<PullRequest>,
    /// Of Code Insights, by commit and id.
    pub(crate) reports: BTreeMap<(String, String), Report>,
    /// Counts creations, so that a deleted variable's UUID does not come back.
    pub(crate) variables_created: u64,
}

pub(crate) struct Pipeline {
    pub(crate) uuid: String,
    pub(crate) build_number: usize,
    /// As the service sends it back.
    pub(crate) target: Value,
    /// Started from YAML that is not in the repository.
    pub(crate) on_demand: bool,
    pub(crate) error: PipelineError,
    pub(crate) plan: Plan,
}

/// What a run reports if its result is ERROR.
#[derive(Clone, Copy)]
pub(crate) struct PipelineError {
    pub(crate) key: &'static str,
    pub(crate) message: &'static str,
}

pub(crate) struct PullRequest {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) state: &'static str,
    pub(crate) source: String,
    pub(crate) destination: String,
    pub(crate) draft: bool,
    /// Texts of its comments, in order of their numbers, which start at 1.
    pub(crate) comments: Vec<String>,
}

pub(crate) struct Variable {
    pub(crate) uuid: String,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) secured: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { step_duration: Duration::from_secs(1), log_lines: 24, without_next: false, authorization: None }
    }
}

impl Urls {
    pub(crate) fn new(api: SocketAddr, storage: SocketAddr) -> Self {
        Self { origin: format!("http://{api}"), api: format!("http://{api}/2.0"), storage: format!("http://{storage}") }
    }
}

impl World {
    pub(crate) fn new(settings: Settings, urls: Urls) -> Self {
        Self { clock: Clock::start(), settings, urls, repositories: Mutex::default() }
    }

    /// Runs `f` on the repository that the call's path names, or ends with 404.
    pub(crate) fn repository<R>(
        &self,
        call: &Call<'_>,
        f: impl FnOnce(&mut Repository) -> Result<R, Reply>,
    ) -> Result<R, Reply> {
        let (workspace, slug) = (call.param("workspace"), call.param("repo_slug"));
        if slug.starts_with("missing") {
            return Err(error_body::untyped(404, &format!("Repository {workspace}/{slug} not found.")));
        }
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (workspace.to_owned(), slug.to_owned());
        f(repositories.entry(key).or_insert_with(|| Repository::new(workspace, slug)))
    }
}

impl Repository {
    fn new(workspace: &str, slug: &str) -> Self {
        Self {
            workspace: workspace.to_owned(),
            slug: slug.to_owned(),
            pipelines: Vec::new(),
            variables: Vec::new(),
            pull_requests: pull_requests_of_the_beginning(),
            reports: BTreeMap::new(),
            variables_created: 0,
        }
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.workspace, self.slug)
    }
}

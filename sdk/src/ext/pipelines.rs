//! Starts pipelines on a branch, tag, commit or pull request, with the configuration of the repository or with YAML
//! that is sent along. The values of secured variables stay out of `Debug`, errors and traces, even if the service
//! echoes them.

use std::fmt;
use std::future::ready;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::errors::{Error, ErrorKind};
use crate::ext::query;
use crate::generated::groups::pipelines::RepositoryPipelines;
use crate::transport::{Request, Response, Sending};
use crate::types;

mod constructors;
mod target;
mod yaml;

pub use target::{PullRequestTarget, Target};

/// Starts pipelines; for [`RepositoryHandle::pipelines`](crate::RepositoryHandle::pipelines).
pub trait RunPipeline {
    /// A request that starts a pipeline.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client, secret: String) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::ext::pipelines::Target;
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let repository = client.repository("acme", "rocket");
    /// let run = repository.pipelines().run(Target::branch("main").custom("deploy"));
    /// let run = run.variable("REGION", "north").secured_variable("TOKEN", secret);
    /// let pipeline = run.send().await?;
    /// println!("{:?}", pipeline.build_number);
    /// # Ok(())
    /// # }
    /// ```
    fn run(&self, target: Target) -> RunRequest;
}

impl RunPipeline for RepositoryPipelines<'_> {
    #[inline]
    fn run(&self, target: Target) -> RunRequest {
        RunRequest::new(self.create(&types::Pipeline::default()).into_request(), target)
    }
}

/// A request that starts a pipeline, from [`RunPipeline::run`].
///
/// If its answer is lost, the pipeline may have been started all the same, so the request is not retried then; see
/// [`Error::is_ambiguous`].
#[derive(Clone)]
#[must_use = "a pipeline is not started before the request is sent"]
pub struct RunRequest {
    request: Request,
    target: Target,
    variables: Vec<RunVariable>,
    yaml: Option<Configuration>,
    merge_defaults: bool,
}

#[derive(Clone)]
struct Configuration {
    text: String,
    /// A function pointer that only [`RunRequest::yaml`] sets, so that only crates that call it compile the YAML
    /// parser.
    check: fn(&str, &Target, bool) -> Result<(), String>,
}

#[derive(Clone)]
struct RunVariable {
    key: String,
    value: SecretString,
    secured: bool,
}

impl RunRequest {
    #[inline]
    fn new(request: Request, target: Target) -> Self {
        Self { request, target, variables: Vec::new(), yaml: None, merge_defaults: false }
    }

    /// A variable whose value is visible to everybody who can see the pipeline. Only custom pipelines accept variables.
    /// The service does not return them: neither `variables` nor `has_variables` of the pipeline tell that there were
    /// some.
    ///
    /// ```
    /// # fn run(run: bitbucket_cloud::ext::pipelines::RunRequest) {
    /// let run = run.variable("REGION", "north");
    /// # }
    /// ```
    #[inline]
    pub fn variable(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let value = SecretString::from(value.into());
        self.variables.push(RunVariable { key: key.into(), value, secured: false });
        self
    }

    /// A variable whose value is hidden, by the service and by this crate; errors hide that of other variables too. With [`RunRequest::yaml`] it is part of the
    /// URL, which proxies may log.
    ///
    /// ```
    /// # fn run(run: bitbucket_cloud::ext::pipelines::RunRequest, token: String) {
    /// let run = run.secured_variable("TOKEN", token);
    /// # }
    /// ```
    #[inline]
    pub fn secured_variable(mut self, key: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.variables.push(RunVariable { key: key.into(), value: value.into(), secured: true });
        self
    }

    /// Uses this configuration instead of the repository's `bitbucket-pipelines.yml`, for this run only. The caller
    /// needs write access to the branch.
    ///
    /// Before it is sent, it is checked not to be empty and, with the feature `yaml`, to be YAML and to contain the
    /// selected custom or pull-request pipeline. The service accepts nearly anything and then lets the run fail.
    ///
    /// ```
    /// # fn run(run: bitbucket_cloud::ext::pipelines::RunRequest) {
    /// let run = run.yaml("
    /// pipelines:
    ///   default:
    ///     - step:
    ///         script:
    ///           - echo hello
    /// ");
    /// # }
    /// ```
    #[inline]
    pub fn yaml(mut self, text: impl Into<String>) -> Self {
        self.yaml = Some(Configuration { text: text.into(), check: yaml::check });
        self
    }

    /// Takes what the YAML does not define from the repository's configuration, which may then have the selected
    /// pipeline.
    ///
    /// ```
    /// # fn run(run: bitbucket_cloud::ext::pipelines::RunRequest) {
    /// let run = run.merge_defaults();
    /// # }
    /// ```
    #[inline]
    pub fn merge_defaults(mut self) -> Self {
        self.merge_defaults = true;
        self
    }

    /// Starts the pipeline and returns it, usually in the state pending. Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the target, a variable or the YAML is invalid (nothing was sent); otherwise the
    /// call failed.
    ///
    /// ```no_run
    /// # async fn run(run: bitbucket_cloud::ext::pipelines::RunRequest) -> Result<(), bitbucket_cloud::Error> {
    /// let pipeline = run.send().await?;
    /// println!("{:?}", pipeline.uuid);
    /// # Ok(())
    /// # }
    /// ```
    #[inline] // The decoding of pipelines is compiled by the calling crates only; so below.
    pub fn send(self) -> Sending<types::Pipeline> {
        match self.into_request() {
            Ok(request) => request.sending_json(),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    #[inline]
    fn into_request(self) -> Result<Request, Error> {
        let secured = self.variables.iter().filter(|variable| variable.secured);
        let request = self.request.with_secrets(secured.map(|variable| variable.value.clone()));
        let invalid = |reason: String| request.error(ErrorKind::InvalidRequest, reason);
        self.target.check().map_err(invalid)?;
        for variable in &self.variables {
            if variable.key.is_empty() {
                return Err(invalid("a variable has no name".into()));
            }
        }
        let variables: Vec<Value> = self.variables.iter().map(RunVariable::to_json).collect();
        let Some(Configuration { text, check }) = self.yaml else {
            if self.merge_defaults {
                return Err(invalid("`merge_defaults` is for runs from YAML".into()));
            }
            let mut body = json!({"target": self.target.to_json()});
            if !variables.is_empty() {
                body["variables"] = Value::Array(variables);
            }
            return Ok(request.json(&body));
        };
        check(&text, &self.target, self.merge_defaults).map_err(invalid)?;
        let described = json!({"target": self.target.to_query(), "variables": variables});
        let mut request = request.with_query_pairs(query::pairs(&described));
        if self.merge_defaults {
            request = request.with_query("merge_defaults", true);
        }
        Ok(request.bytes("application/yaml", text))
    }
}

impl IntoFuture for RunRequest {
    type Output = Result<Response<types::Pipeline>, Error>;
    type IntoFuture = Sending<types::Pipeline>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl RunVariable {
    #[inline]
    fn to_json(&self) -> Value {
        let mut variable = json!({"key": self.key, "value": self.value.expose_secret()});
        if self.secured {
            variable["secured"] = json!(true);
        }
        variable
    }
}

// Values of variables may be secrets, and the YAML may contain some too.
impl fmt::Debug for RunRequest {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.iter().map(|variable| variable.key.as_str()).collect();
        f.debug_struct("RunRequest")
            .field("target", &self.target)
            .field("variables", &names)
            .field("yaml", &self.yaml.as_ref().map(|yaml| format!("{} bytes", yaml.text.len())))
            .finish_non_exhaustive()
    }
}

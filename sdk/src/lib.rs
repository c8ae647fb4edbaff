//! Typed access to the [Bitbucket Cloud REST API 2.0](https://developer.atlassian.com/cloud/bitbucket/rest/intro/):
//! a method for every operation, models that keep what the service sends, and errors that say what it said.
//!
//! # Quick start
//!
//! ```no_run
//! use bitbucket_cloud::{Client, Credentials};
//!
//! # async fn run() -> Result<(), bitbucket_cloud::Error> {
//! let credentials = Credentials::api_token("me@example.org", "token");
//! let client = Client::builder().credentials(credentials).build()?;
//! // Or with the variables that `Client::from_env` names:
//! let client = Client::from_env()?;
//!
//! # #[cfg(feature = "pipelines")] {
//! let page = client.pipelines().list("acme", "rocket").sort("-created_on").send().await?;
//! for pipeline in &page.values {
//!     let (number, state) = (pipeline.build_number, pipeline.state_name());
//!     println!("{number:?} of {:?}: {state:?}", pipeline.branch());
//! }
//!
//! let repository = client.repository("acme", "rocket");
//! let page = repository.pipelines().list().page_len(10).send().await?;
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] has one accessor for each group of operations. A method takes the required parameters and gives a request
//! builder, whose setters are the optional ones. Nothing is sent before `send().await`, which gives a [`Response`].
//! Values of path parameters are given raw, braces of UUIDs included, and are encoded here.
//!
//! A list answers with a [`Page`](types::Page) of what it holds. [`Client::repository`] and [`Client::workspace`] give
//! handles that have the same methods without the names that they know; what is done to a repository or workspace itself
//! stands on the handle:
//!
//! ```no_run
//! # #[cfg(all(feature = "repositories", feature = "pull-requests"))]
//! # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
//! use bitbucket_cloud::types::PullRequest;
//!
//! let repository = client.repository("acme", "rocket");
//! println!("{:?}", repository.get().send().await?.clone_url("ssh"));
//!
//! let change = PullRequest::new("Lift off", "feature/engine");
//! let change = change.with_close_source_branch(true);
//! let created = repository.pull_requests().create(&change).send().await?;
//! println!("{:?}", created.html_url());
//! # Ok(())
//! # }
//! ```
//!
//! Models are read by their fields and by accessors through several of them, such as `html_url`. Those that are sent have
//! `new` with what the service insists on, and `with_…` for the rest.
//!
//! # More than a call
//!
//! `use bitbucket_cloud::prelude::*` brings what single calls cannot do. [`ext`] describes each:
//!
//! - [`Paginate`](prelude::Paginate): every list as a stream of pages or items, with limits, pages ahead, and a token to
//!   go on later;
//! - `StepLog`: parts of a log, all of it, or what comes while a step runs, across the move to the storage;
//! - `RunPipeline`: pipelines of branches, tags, commits and pull requests, also from YAML that exists nowhere else;
//! - `FollowPipeline`: the logs of all steps of a pipeline, while they are written;
//! - `Wait`, `WaitForDeployment`: until a pipeline, a step or a deployment is over, or waits for somebody itself;
//! - `Insights`: a Code Insights report with its annotations, within the limits of the service;
//! - `CommitFiles`, `UploadArtifacts`, `SnippetFiles`: uploads from memory, from disk and from streams, with progress;
//! - [`Revisions`](prelude::Revisions): branches with a slash in their names, and what is behind them;
//! - [`ext::query`]: filters, orders and fields as values.
//!
//! ```no_run
//! # #[cfg(feature = "pipelines")]
//! # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
//! use bitbucket_cloud::{ext::pipelines::Target, prelude::*};
//!
//! let repository = client.repository("acme", "rocket");
//! let pipelines = repository.pipelines();
//! let run = pipelines.run(Target::branch("main").custom("deploy"));
//! let run = run.variable("REGION", "north").send().await?;
//! let mut log = pipelines.follow(&run);
//! while let Some(chunk) = log.next().await {
//!     print!("{}", String::from_utf8_lossy(&chunk?.bytes));
//! }
//! println!("{}", pipelines.wait(&run).await?.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! # Environment
//!
//! [`Client::from_env`] reads `BITBUCKET_ACCESS_TOKEN`, or `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN`, or
//! `BITBUCKET_OAUTH_KEY` and `BITBUCKET_OAUTH_SECRET`, and the optional `BITBUCKET_BASE_URL`.
//!
//! # Errors
//!
//! There is one [`Error`]. It names the operation, the status, and the service's message, detail, fields and scopes,
//! whatever shape its body has. [`Error::kind`] tells the stages apart, and questions such as [`Error::is_not_found`]
//! or [`Error::is_retryable`] answer the rest. Secrets and query values are in no `Debug` and no `Display`.
//!
//! # Retries, limits, redirects
//!
//! A failed call is sent again where that cannot do its work twice; [`RetryPolicy`] says when, and each [`Operation`]
//! has an [`Effect`]. Where a call that must happen once may have happened although it failed,
//! [`Error::is_ambiguous`] is true. [`Response::rate_limit`] and [`Client::rate_limit`] tell how many calls are left, and
//! [`Pacing`] slows down before they are used up. Redirects are followed; credentials go to no other host and never from
//! https to http. Limits of time are set per client or per request. Dropping a future ends its call.
//!
//! # Credentials
//!
//! [`Credentials`] are API tokens, access tokens, [`OAuth`] with a [`TokenStore`], or a [`CredentialProvider`].
//!
//! # Traces and hooks
//!
//! Each call is one `tracing` span with OpenTelemetry's field names, retries and redirects are events of it, and
//! deprecated operations are warned of once. A [`Hook`] sees every attempt.
//!
//! # Ways out
//!
//! - `configure` of every builder reaches the [`Request`] itself, with its limits and retries;
//! - `query` and `header` of every builder set what the document does not declare;
//! - `send_as` decodes into a type of the caller's, which goes well with `fields`; `send_raw` gives bytes;
//! - [`Client::request`] sends anything to any path, with the same credentials, encoding and errors.
//!
//! # Features
//!
//! - `full` (default): every group. Without it, each group is a feature of its own, named like its accessor.
//! - `rustls` (default): TLS by rustls with ring and the roots of the platform; nothing is installed for the process.
//! - `native-tls`: TLS of the platform. Where both are on, rustls is used.
//! - `schemars`: JSON Schema of the models.
//! - `yaml` (default): YAML is checked before a pipeline is started from it.
//!
//! Without a TLS feature only `http` works, or an HTTP client of one's own.
//!
//! ## `rustls` and other users of reqwest
//!
//! Features are shared by all crates of a build, and `rustls` turns on reqwest's rustls without a provider, since the
//! only one that reqwest brings is aws-lc. This crate passes its provider (ring) itself. A plain
//! `reqwest::Client::new()` **elsewhere in the same build panics** ("No rustls crypto provider is configured"), unless
//!
//! - that crate enables reqwest's feature `rustls` (aws-lc) or `native-tls`, which then serves its clients, or
//! - the program installs a provider before: `rustls::crypto::ring::default_provider().install_default()`, or
//! - this crate is used with `native-tls`.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "full"),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        unreachable_pub,
        reason = "few groups use all of it; with `full` nothing is unused"
    )
)]

/// The examples of the README, compiled.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../../README.md")]
struct Readme;

mod auth;
mod backoff;
mod boxed;
mod client;
mod errors;
pub mod ext;
#[rustfmt::skip]
mod generated;
mod operation;
mod serialization;
mod transport;

pub use auth::{
    Authorization, CredentialProvider, Credentials, FileTokenStore, MemoryTokenStore, OAuth, TokenStore, Tokens,
};
pub use boxed::BoxFuture;
pub use bytes::Bytes;
pub use client::{CODE_INSIGHTS_PROXY, Client, ClientBuilder, RepositoryHandle, WorkspaceHandle};
pub use errors::{CredentialError, Error, ErrorKind};
pub use ext::prelude;
pub use generated::{groups::*, id, types};
pub use operation::{Effect, Operation};
pub use reqwest::header::HeaderMap;
pub use reqwest::{Method, StatusCode};
pub use secrecy::SecretString;
pub use serialization::{InvalidTimestamp, InvalidUuid, Timestamp, TypeName, Uuid};
pub use transport::{
    Attempt, AttemptOutcome, ByteStream, Hook, Identify, ListRequest, LogRequest, Multipart, RateLimit, Request,
    Response, RetryPolicy, Sending, Throttle,
};

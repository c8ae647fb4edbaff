//! A client for the [Bitbucket Cloud REST API 2.0](https://developer.atlassian.com/cloud/bitbucket/rest/intro/) with a
//! typed method for every operation. Models keep what the service sends, and errors tell what it answered.
//!
//! # Quick start
//!
//! ```no_run
//! use bitbucket_cloud::{Client, Credentials};
//!
//! # async fn run() -> Result<(), bitbucket_cloud::Error> {
//! let credentials = Credentials::api_token("me@example.org", "token");
//! let client = Client::builder().credentials(credentials).build()?;
//! // Or from environment variables:
//! let client = Client::from_env()?;
//!
//! # #[cfg(feature = "pipelines")] {
//! let list = client.pipelines().list("acme", "rocket").sort("-created_on");
//! for pipeline in &list.send().await?.values {
//!     let (number, state) = (pipeline.build_number, pipeline.state_name());
//!     println!("{number:?} of {:?}: {state:?}", pipeline.branch());
//! }
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! # Calls
//!
//! [`Client`] has a method for each group of operations, and a group has a method for each operation. It takes the
//! required parameters and returns a request, whose setters are the optional ones. Nothing is sent before `send().await`,
//! which returns a [`Response`]; awaiting the request itself does the same. Give path parameters as they are, UUIDs with
//! their braces; they are encoded for you. A list answers with a [`Page`](types::Page).
//!
//! [`Client::repository`] and [`Client::workspace`] return handles. A handle has the same methods without the arguments
//! that it knows, and operations on the repository or workspace itself are methods of the handle:
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
//! The fields of models are optional; methods such as `html_url` reach through several of them. Models that can be sent
//! have `new` with what the service requires, and `with_…` for the rest.
//!
//! # Beyond single calls
//!
//! `use bitbucket_cloud::prelude::*` imports traits for what takes more than one call. [`ext`] has a module for each:
//!
//! - [`Paginate`](prelude::Paginate): reads every list as a stream of pages or items, with limits, prefetching, and a token
//!   to resume from;
// <vendored document only>
#![cfg_attr(feature = "pipelines", doc = "- [`RunPipeline`](prelude::RunPipeline):")]
#![cfg_attr(not(feature = "pipelines"), doc = "- `RunPipeline` (feature `pipelines`):")]
//!   starts pipelines on branches, tags, commits and pull requests, also with YAML that is sent along;
#![cfg_attr(feature = "pipelines", doc = "- [`FollowPipeline`](prelude::FollowPipeline):")]
#![cfg_attr(not(feature = "pipelines"), doc = "- `FollowPipeline` (feature `pipelines`):")]
//!   the logs of all steps of a pipeline, while they are written;
#![cfg_attr(feature = "pipelines", doc = "- [`StepLog`](prelude::StepLog):")]
#![cfg_attr(not(feature = "pipelines"), doc = "- `StepLog` (feature `pipelines`):")]
//!   the log of a step: a range of it, all of it, or what is added while the step runs;
#![cfg_attr(feature = "pipelines", doc = "- [`Wait`](prelude::Wait):")]
#![cfg_attr(not(feature = "pipelines"), doc = "- `Wait` (feature `pipelines`):")]
//!   waits until a pipeline or a step has ended or is paused or halted;
#![cfg_attr(feature = "deployments", doc = "- [`WaitForDeployment`](prelude::WaitForDeployment):")]
#![cfg_attr(not(feature = "deployments"), doc = "- `WaitForDeployment` (feature `deployments`):")]
//!   does the same for deployments;
#![cfg_attr(feature = "reports", doc = "- [`Insights`](prelude::Insights):")]
#![cfg_attr(not(feature = "reports"), doc = "- `Insights` (feature `reports`):")]
//!   publishes a Code Insights report with its annotations, within the limits of the service;
#![cfg_attr(feature = "source", doc = "- [`CommitFiles`](prelude::CommitFiles):")]
#![cfg_attr(not(feature = "source"), doc = "- `CommitFiles` (feature `source`):")]
//!   commits files without a clone;
#![cfg_attr(feature = "downloads", doc = "- [`UploadArtifacts`](prelude::UploadArtifacts):")]
#![cfg_attr(not(feature = "downloads"), doc = "- `UploadArtifacts` (feature `downloads`):")]
//!   uploads files for download, from memory, from disk or from a stream, with progress;
#![cfg_attr(feature = "snippets", doc = "- [`SnippetFiles`](prelude::SnippetFiles):")]
#![cfg_attr(not(feature = "snippets"), doc = "- `SnippetFiles` (feature `snippets`):")]
//!   creates and changes snippets together with their files;
#![cfg_attr(all(feature = "refs", feature = "commits"), doc = "- [`Revisions`](prelude::Revisions):")]
#![cfg_attr(not(all(feature = "refs", feature = "commits")), doc = "- `Revisions` (features `refs` and `commits`):")]
//!   resolves names of branches and tags, also those with a slash, to hashes, and reads what belongs to them;
// </vendored document only>
//! - [`ext::query`]: builders for filters, sort orders and fields.
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
//! let mut lines = pipelines.follow(&run).lines();
//! while let Some(line) = lines.next().await {
//!     let line = line?;
//!     println!("{}: {}", line.step.name, line.text);
//! }
//! println!("{}", pipelines.wait(&run).send().await?.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! # Credentials
//!
//! [`Credentials`] are API tokens, access tokens, [`OAuth`] with a [`TokenStore`], or a [`CredentialProvider`] of your own.
//!
//! [`Client::from_env`] reads `BITBUCKET_ACCESS_TOKEN`, or `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN`, or
//! `BITBUCKET_OAUTH_KEY` and `BITBUCKET_OAUTH_SECRET`, and the optional `BITBUCKET_BASE_URL`.
//!
//! # Errors
//!
//! There is one [`Error`]. It names the operation, the address that was called, the status, and the service's message,
//! detail, fields and scopes, whatever the shape of the body, and [`Error::hint`] says what can be done where that is known.
//! [`Error::kind`] tells at which stage the call failed; methods such as [`Error::is_not_found`] and
//! [`Error::is_retryable`] answer what callers ask most. Secrets and query values are in no `Debug` and no `Display`.
//!
//! # Retries, limits, redirects
//!
//! A failed call is retried if it is safe to repeat; [`RetryPolicy`] says when, by the [`Effect`] of the [`Operation`].
//! [`Error::is_ambiguous`] is true if a write that must not happen twice may have happened although the call failed.
//! [`Response::rate_limit`] and [`Client::rate_limit`] tell how many calls are left, and a [`Throttle`] slows down before
//! none are. Redirects are followed; credentials go to no other host and are not sent from https to http. Time limits and
//! limits of bodies ([`ClientBuilder::max_body_size`], [`MinThroughput`]) are set per client or per request. Dropping a
//! future cancels its call.
//!
//! # Tracing and hooks
//!
//! With the feature `tracing`, each call is one span with OpenTelemetry's field names. Retries and redirects are events
//! of it, and a deprecated operation is warned about once. A [`Hook`] is called around each attempt.
//!
//! # Beyond the generated methods
//!
//! - `configure` of every request changes the underlying [`Request`], with its time limits and retries;
//! - `query` and `header` of every request set what the document does not declare;
//! - `send_as` decodes into a type of your own, which goes well with `fields`; `send_raw` returns bytes;
//! - [`Client::request`] calls any path, with the same credentials, encoding, retries and errors.
//!
//! # Features
//!
//! - `full` (default): all groups. Each group is also a feature of its own, named like its method, with hyphens.
//! - `rustls` (default): TLS with rustls, ring and the root certificates of the system; nothing is installed for the process.
//! - `native-tls`: TLS of the operating system. If both are enabled, rustls is used.
//! - `tracing` (default): the spans and events of [tracing](https://docs.rs/tracing).
//! - `yaml` (default): checks the YAML that a pipeline is started with.
//! - `schemars`: JSON Schemas for the models.
//!
//! Without a TLS feature, `https` needs a `reqwest::Client` of your own.
//!
//! ## Other users of reqwest in the same build
//!
//! Cargo enables features for all crates of a build, and `rustls` enables reqwest's rustls without a crypto provider,
//! because the only one that reqwest brings is aws-lc. This crate passes ring itself. A plain `reqwest::Client::new()`
//! **in another crate then panics** ("No rustls crypto provider is configured"), unless
//!
//! - that crate enables reqwest's feature `rustls` (aws-lc) or `native-tls`, or
//! - the program first calls `rustls::crypto::ring::default_provider().install_default()`, or
//! - this crate is used with `native-tls`.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "full"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        unused_macros,
        reason = "few groups use all of it; with `full` nothing is unused"
    )
)]

// <vendored document only>
/// The examples of the README, compiled.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;
// </vendored document only>

mod auth;
mod backoff;
mod boxed;
mod client;
#[cfg(test)]
mod cpu_time;
mod errors;
pub mod ext;
#[rustfmt::skip]
mod generated;
mod operation;
mod serialization;
mod trace;
mod transport;

pub use auth::{
    Authorization, CredentialProvider, Credentials, FileTokenStore, MemoryTokenStore, OAuth, TokenLock, TokenStore,
    Tokens,
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
    Attempt, AttemptOutcome, ByteStream, Hook, Identify, ListRequest, LogRequest, MinThroughput, Multipart, RateLimit,
    Request, Response, RetryPolicy, Sending, Throttle,
};

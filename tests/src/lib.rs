//! A fake Bitbucket Cloud for tests and demonstrations: real sockets, pipelines that move by the clock, and the traps
//! of the live service. It exists because the service's odd answers matter more to a client than its regular ones.
//! It must not depend on the SDK under test and holds no recorded bodies, only shapes filled with fictional data.
//!
//! ```
//! use bitbucket_tests::{FakeBitbucket, Method, Reply};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), bitbucket_tests::StartError> {
//! let fake = FakeBitbucket::start().await?;
//! fake.on(Method::GET, "/repositories/{workspace}/{repo_slug}", Reply::json(200, json!({"slug": "scripted"})));
//! assert!(fake.base_url().ends_with("/2.0"));
//! // … send requests to fake.base_url() …
//! fake.assert_no_unmatched();
//! # Ok(())
//! # }
//! ```

mod clock;
mod dispatch;
mod error_body;
mod ids;
mod journal;
mod listing;
mod page;
mod query_language;
mod range;
mod reply;
mod resources;
mod route;
mod script;
mod scripted_log;
mod server;
mod state;
mod timeline;

pub use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
pub use bytes::Bytes;

pub use journal::Recorded;
pub use listing::{Listing, Manner};
pub use reply::Reply;
pub use route::Call;
pub use scripted_log::ScriptedLog;
pub use server::{Builder, FakeBitbucket, StartError};

//! Sends calls: from a [`Request`] to the response or the error. All other modules send through [`Request`]; none of
//! them builds URLs, changes the parts of a request or knows about attempts.
//!
//! Generated code and extension traits use `Request` with its setters, `send…`, [`Request::at_link`],
//! [`Request::enclosing`], [`Request::without_retries`], and the two traits [`ListRequest`] and [`LogRequest`].

mod attempt;
mod body;
mod call;
mod connections;
#[cfg(feature = "tracing")]
mod deprecation;
mod filters;
#[cfg(test)]
mod fuzz;
mod hook;
mod identify;
mod limits;
mod lists;
mod origin;
mod rate_limit;
mod redirect;
mod request;
mod response;
mod retry;
mod secrets;
mod send;
mod shared;
mod span;
mod stream;
mod throttle;
mod throughput;
mod tls;
mod url;

pub use body::Multipart;
pub use hook::{Attempt, AttemptOutcome, Hook};
pub use identify::Identify;
pub use lists::{ListRequest, LogRequest};
pub use rate_limit::RateLimit;
pub use request::Request;
pub use response::{Response, Sending};
pub use retry::RetryPolicy;
pub use stream::ByteStream;
pub use throttle::Throttle;
pub use throughput::MinThroughput;

pub(crate) use body::Segment;
pub(crate) use connections::{ConnectionSettings, Connections};
pub(crate) use identify::{Identified, identified_by};
pub(crate) use limits::BodySettings;
pub(crate) use lists::{Seal, list_request, log_request};
pub(crate) use send::{Fetched, Fetching, request_methods};
pub(crate) use shared::{Transport, TransportSettings};
pub(crate) use tls::AVAILABLE as HAS_TLS;
pub(crate) use url::{numbered_link, parse_base};

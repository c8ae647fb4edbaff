//! What arrived, as it was on the wire: the ground truth that tests assert on. Entries keep the path percent-encoded
//! and the query unparsed beside its decoded form. They must not be altered after they were written.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use serde_json::Value;

/// One request that reached the fake.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The path exactly as on the wire: percent-encoded, with `/2.0`, without the query.
    pub path: String,
    /// The query exactly as on the wire, without the question mark; `None` if there was no question mark.
    pub raw_query: Option<String>,
    /// The decoded pairs of the query, in order, repeated names included.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, empty if there was none.
    pub body: Bytes,
    /// Whether a scripted answer or a route of the fake was there for it.
    pub matched: bool,
    /// The server-side socket it arrived at: the API's, or that of the log storage.
    pub socket: SocketAddr,
}

impl Recorded {
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes, socket: SocketAddr) -> Self {
        let query = uri.query().map(|raw| form_urlencoded::parse(raw.as_bytes()).into_owned().collect());
        Self {
            method,
            path: uri.path().to_owned(),
            raw_query: uri.query().map(str::to_owned),
            query: query.unwrap_or_default(),
            headers,
            body,
            matched: false,
            socket,
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// If the body is empty or not JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }

    /// The header's first value, if it is there and is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The first value of a query parameter, decoded.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter, decoded, in order.
    pub fn query_values(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// Method and path. The query stays out: on-demand runs carry secured variables there.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The entries of one server, in order of arrival.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Vec<Recorded>>);

impl Journal {
    pub(crate) fn push(&self, entry: Recorded) {
        self.with(|entries| entries.push(entry));
    }

    pub(crate) fn entries(&self) -> Vec<Recorded> {
        self.with(|entries| entries.clone())
    }

    pub(crate) fn clear(&self) {
        self.with(Vec::clear);
    }

    fn with<R>(&self, f: impl FnOnce(&mut Vec<Recorded>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

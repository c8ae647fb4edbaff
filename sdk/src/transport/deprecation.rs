//! Traces a warning, once for each operation, if it is deprecated by the document or by a header of a response.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderMap;

use crate::operation::{Endpoint, Operation};

/// Bounded, because the number of custom paths is not.
const MAX_NOTED: usize = 1000;

/// The operations that a client and its clones have warned about.
#[derive(Debug, Default)]
pub(super) struct DeprecationLog(Mutex<HashSet<String>>);

impl DeprecationLog {
    /// Warns if the operation is deprecated. Called with the headers of each response of the API.
    /// `shown` takes secrets out of a header.
    pub(super) fn check(&self, endpoint: &Endpoint, headers: &HeaderMap, shown: &dyn Fn(&str) -> String) {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let reason = endpoint.operation().and_then(Operation::deprecated);
        let (since, sunset) = (text("deprecation"), text("sunset"));
        if reason.is_none() && since.is_none() && sunset.is_none() {
            return;
        }
        if self.is_new(&format!("{} {}", endpoint.method(), endpoint.path())) {
            let (since, sunset) = (since.map(shown), sunset.map(shown));
            tracing::warn!(
                operation = endpoint.name(),
                method = endpoint.method(),
                path = endpoint.path(),
                reason,
                deprecation = since.as_deref(),
                sunset = sunset.as_deref(),
                "deprecated operation"
            );
        }
    }

    /// Warns if a `reqwest::Client` of the caller's has followed a redirect itself.
    pub(super) fn redirect_followed(&self) {
        if self.is_new("redirect") {
            tracing::warn!(
                "the `http_client` follows redirects itself, by its own rules for credentials and methods; \
                 build it with `redirect(reqwest::redirect::Policy::none())`"
            );
        }
    }

    fn is_new(&self, key: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.len() < MAX_NOTED && !known.contains(key) && known.insert(key.to_owned())
    }
}

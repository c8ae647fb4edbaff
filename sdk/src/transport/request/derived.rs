//! For extension traits: requests that are derived from others, and errors about them.

use std::borrow::Cow;

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE};
use secrecy::SecretString;

use super::Request;
use crate::errors::{Error, ErrorKind, Redactor};
use crate::operation::{Endpoint, Operation};
use crate::transport::retry::RetryPolicy;
use crate::transport::secrets::SecretSearch;
use crate::transport::url::{self, Address};

impl Request {
    /// A request for the parent of this request's resource, such as the step of a log. The template of `operation` must
    /// be the beginning of this request's template. Headers and time limits are kept.
    #[inline]
    pub(crate) fn enclosing(&self, operation: &'static Operation) -> Self {
        let segments = operation.path.split('/').count();
        let path: Vec<_> = self.address.path.split('/').take(segments).collect();
        let address = Address { path: path.join("/"), query: None };
        let mut request = Self::operation(&self.transport, operation, &[]);
        (request.address, request.invalid) = (address, self.invalid.clone());
        (request.headers, request.settings) = (self.headers.clone(), self.settings);
        for name in [RANGE, IF_RANGE, IF_NONE_MATCH, IF_MODIFIED_SINCE, ACCEPT] {
            request.headers.remove(name);
        }
        request
    }

    /// A request for a link of the service, which must be below the base URL. Headers and time limits are kept.
    #[inline]
    pub(crate) fn at_link(&self, link: &str) -> Result<Self, String> {
        let address = url::linked(&self.transport.settings().base, &self.address, link)?;
        Ok(Self { address, method: Method::GET, query: Vec::new(), body: None, ..self.clone() })
    }

    /// Turns retries off for requests that are polled, unless the caller has set a policy for the request.
    #[inline]
    pub(crate) fn without_retries(mut self) -> Self {
        self.settings.retry.get_or_insert(RetryPolicy::none());
        self
    }

    /// Without the range of the caller's, for requests that choose their own and look at the `Content-Range` of every
    /// answer, also of one that has a part unasked.
    #[inline]
    pub(crate) fn without_range(mut self) -> Self {
        self.settings.takes_parts = true;
        self.headers.remove(RANGE);
        self.headers.remove(IF_RANGE);
        self
    }

    /// Without a range and without conditions.
    #[inline]
    pub(crate) fn unconditional(self) -> Self {
        let mut request = self.without_range();
        request.headers.remove(IF_NONE_MATCH);
        request.headers.remove(IF_MODIFIED_SINCE);
        request
    }

    /// Whether the request has a range.
    #[inline]
    pub(crate) fn has_range(&self) -> bool {
        self.headers.contains_key(RANGE)
    }

    /// Adds values that must be redacted in errors.
    #[inline]
    pub(crate) fn with_secrets(mut self, secrets: impl IntoIterator<Item = SecretString>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// The last value of a query parameter.
    #[inline]
    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter.
    #[inline]
    pub(crate) fn query_values_mut(&mut self, name: &str) -> impl Iterator<Item = &mut String> {
        self.query.iter_mut().filter(move |(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets a query parameter, replacing earlier values.
    #[inline]
    pub(crate) fn set_query(&mut self, name: &'static str, value: String) {
        self.query.retain(|(known, _)| known != name);
        self.query.push((Cow::Borrowed(name), value));
    }

    /// The same request with the query of its path among its parameters, where they can be read and replaced.
    #[inline]
    pub(crate) fn with_separate_query(mut self) -> Self {
        if let Some(query) = self.address.query.take() {
            let written = url::pairs(&query);
            self.query.splice(..0, written.into_iter().map(|(name, value)| (Cow::Owned(name), value)));
        }
        self
    }

    /// Appends query parameters, or records why they are invalid.
    #[inline]
    pub(crate) fn with_query_pairs(mut self, pairs: Result<Vec<(String, String)>, String>) -> Self {
        match pairs {
            Ok(pairs) => self.query.extend(pairs.into_iter().map(|(name, value)| (Cow::Owned(name), value))),
            Err(reason) => self.refuse(reason),
        }
        self
    }

    /// Whether the request has `If-None-Match` or `If-Modified-Since`.
    pub(crate) fn is_conditional(&self) -> bool {
        is_conditional(&self.headers)
    }

    /// An error about this call, with its address.
    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        Error::new(kind, &self.called(), text).cleaned(&self.redactor())
    }

    /// An error in processing the response of this call.
    #[cold]
    pub(crate) fn local_error(&self, source: std::io::Error) -> Error {
        Error::local(&self.called(), source).cleaned(&self.redactor())
    }

    /// The endpoint with the address that is called.
    fn called(&self) -> Endpoint {
        if self.invalid.is_some() {
            return self.endpoint.clone();
        }
        self.endpoint.at(format!("{}{}", self.transport.base_url(), self.address.path))
    }

    pub(super) fn redactor(&self) -> Redactor {
        let credential = self.transport.credentials().secret();
        let mut search = SecretSearch::new(&self.endpoint, credential, &self.secrets);
        search.headers(&self.headers);
        search.query(self.address.query.as_deref().unwrap_or_default());
        let pairs = self.query.iter().map(|(name, value)| (name.as_ref().into(), value.into()));
        search.pairs(&pairs.collect::<Vec<_>>());
        if let Some(body) = &self.body {
            search.body(body);
        }
        search.redactor()
    }
}

pub(in crate::transport) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE)
}

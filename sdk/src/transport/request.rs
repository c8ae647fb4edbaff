//! A call before it is sent. Generated requests wrap a `Request`, extension traits derive further requests from one
//! (`derived.rs`); the public setters come last. An invalid part is recorded and reported when the request is sent.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body::{Body, Multipart};
use super::identify::PathValue;
use super::response::{Response, Sending};
use super::shared::Transport;
use super::stream::ByteStream;
use super::url::{self, Address};
use crate::errors::Error;
use crate::operation::{Endpoint, Operation};

/// Maximum length of a custom path in errors and traces, in bytes.
const MAX_PATH: usize = 4096;

mod derived;
mod settings;

pub(super) use derived::is_conditional;
pub(super) use settings::Settings;

/// A call that has not been sent yet, from [`Client::request`](crate::Client::request) or from `into_request` of a
/// generated request.
///
/// `Debug` shows the names of query parameters and headers, never their values.
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::Method;
///
/// let request = client
///     .request(Method::PUT, "/repositories/acme/rocket")
///     .json(&serde_json::json!({"is_private": true}));
/// let repository = request.send_as::<serde_json::Value>().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing before it is sent"]
pub struct Request {
    pub(super) transport: Transport,
    pub(super) endpoint: Endpoint,
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) query: Vec<(Cow<'static, str>, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    pub(super) settings: Settings,
    /// Values in the request that must be redacted in errors.
    pub(super) secrets: Vec<SecretString>,
    /// The first error in the request.
    pub(super) invalid: Option<String>,
}

/// Constructors.
impl Request {
    fn from_parts(transport: &Transport, endpoint: Endpoint, method: Method, address: Result<Address, String>) -> Self {
        let (address, invalid) = match address {
            Ok(address) => (address, None),
            Err(reason) => (Address::default(), Some(reason)),
        };
        Self {
            transport: transport.clone(),
            endpoint,
            method,
            address,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            settings: Settings::default(),
            secrets: Vec::new(),
            invalid,
        }
    }

    /// A request for an operation, with the raw values of its path in the order of the template; each is
    /// percent-encoded once.
    pub(crate) fn operation(transport: &Transport, operation: &'static Operation, path: &[&dyn PathValue]) -> Self {
        let address = url::expand(operation.path, path).map(|path| Address { path, query: None });
        // The methods in the document are valid; the service would refuse a wrong one.
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        Self::from_parts(transport, Endpoint::listed(operation), method, address)
    }

    /// A request to a custom path, or to an absolute URL below the base URL.
    #[inline]
    pub(crate) fn custom(transport: &Transport, method: Method, text: &str) -> Self {
        let address = url::custom(&transport.settings().base, text);
        let path = match &address {
            Ok(address) => address.path.as_str(),
            Err(_) if text.starts_with('/') => text.split('?').next().unwrap_or_default(),
            // A URL that was refused may contain secrets.
            Err(_) => "(refused)",
        };
        // Traces and hooks see the path.
        let path = transport.redactor().clean(path, MAX_PATH);
        let path = path.as_str();
        let endpoint = Endpoint::custom(method.clone(), path).look_up(transport.settings().withdrawn);
        Self::from_parts(transport, endpoint, method, address)
    }

    /// The operation; for a custom request, a placeholder.
    #[inline]
    pub(crate) fn described(&self) -> &'static Operation {
        static CUSTOM: Operation = Operation::UNKNOWN;
        self.endpoint.operation().unwrap_or(&CUSTOM)
    }
}

/// The setters for generated requests.
#[allow(clippy::needless_pass_by_value, reason = "callers pass numbers, strings and references alike")]
impl Request {
    /// Appends a query parameter.
    #[inline]
    pub(crate) fn with_query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// Appends a query parameter once for each value.
    #[inline]
    pub(crate) fn with_query_list<T: ToString>(self, name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        values.into_iter().fold(self, |request, value| request.with_query(name, value))
    }

    /// Sets a header, replacing an earlier value.
    #[inline]
    pub(crate) fn with_header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.insert_header(name, &value.to_string());
        self
    }

    #[inline]
    pub(crate) fn with_json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::json(body));
        self
    }

    /// The same without `type`, for operations that refuse it.
    #[inline]
    pub(crate) fn with_untyped_json<T: Serialize>(self, body: &T) -> Self {
        let mut value = serde_json::to_value(body);
        if let Ok(Value::Object(members)) = &mut value {
            members.remove("type");
        }
        match value {
            Ok(value) => self.with_json(&value),
            // Serialized again, so that the error is recorded.
            Err(_) => self.with_json(body),
        }
    }

    #[inline]
    pub(crate) fn with_form<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::form(body));
        self
    }

    #[inline]
    pub(crate) fn with_multipart(mut self, form: Multipart) -> Self {
        self.insert_body(Body::multipart(form));
        self
    }

    fn insert_body(&mut self, body: Result<Body, String>) {
        match body {
            Ok(body) => self.body = Some(body),
            Err(reason) => self.refuse(reason),
        }
    }

    fn insert_header(&mut self, name: &str, value: &str) {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            return self.refuse(format!("{name:?} is not a header name"));
        };
        let Ok(mut value) = HeaderValue::from_str(value) else {
            return self
                .refuse(format!("the value of the header `{name}` has characters that are not allowed in headers"));
        };
        value.set_sensitive([AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&name));
        self.headers.insert(name, value);
    }

    fn refuse(&mut self, reason: String) {
        self.invalid.get_or_insert(reason);
    }
}

#[allow(clippy::needless_pass_by_value, reason = "callers pass numbers, strings and references alike")]
impl Request {
    /// Appends a query parameter, declared or not. The raw value is percent-encoded.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.query("pagelen", 50).query("q", r#"name ~ "rocket""#)
    /// # }
    /// ```
    #[inline]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((Cow::Owned(name.into()), value.to_string()));
        self
    }

    /// Sets a header, replacing an earlier value or the crate's own. If the name or value is invalid, sending the
    /// request fails. `Content-Type` is left out of a POST, PUT or PATCH without a body, because the service refuses it.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.header("If-None-Match", "\"abc\"")
    /// # }
    /// ```
    #[inline]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.insert_header(name.as_ref(), value.as_ref());
        self
    }

    /// Sets a JSON body. Members with names such as `password` are [secrets](Error#secrets).
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.json(&serde_json::json!({"title": "Weekly report"}))
    /// # }
    /// ```
    #[inline]
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::json(body));
        self
    }

    /// Sets a URL-encoded form as the body. Lists become repeated keys, and `null` is left out.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.form(&serde_json::json!({"include": ["main", "develop"], "exclude": "v1"}))
    /// # }
    /// ```
    #[inline]
    pub fn form<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::form(body));
        self
    }

    /// Sets a body of any media type.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.bytes("application/yaml", "pipelines: {}")
    /// # }
    /// ```
    #[inline]
    pub fn bytes(mut self, content_type: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        self.insert_body(Body::bytes(content_type.as_ref(), body.into()));
        self
    }

    /// Sets a multipart form as the body.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// use bitbucket_cloud::Multipart;
    ///
    /// request.multipart(Multipart::new().file("files", "report.pdf", vec![0x25, 0x50]))
    /// # }
    /// ```
    #[inline]
    pub fn multipart(self, form: Multipart) -> Self {
        self.with_multipart(form)
    }

    /// Sends the request and decodes the JSON body into a type of your own. An empty body is decoded as an empty value.
    ///
    /// # Errors
    ///
    /// Any [`Error`] except those of settings.
    ///
    /// ```no_run
    /// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Named {
    ///     name: String,
    /// }
    ///
    /// let repository = request.query("fields", "name").send_as::<Named>().await?;
    /// println!("{}", repository.name);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn send_as<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        self.sending_fetched().await?.decode()
    }

    /// Sends the request and returns the body as bytes, whatever its media type. To decode it, use
    /// [`send_as`](Self::send_as). Awaiting the request itself does the same.
    ///
    /// # Errors
    ///
    /// Any [`Error`] except those of settings and of decoding.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// let path = "/repositories/acme/rocket/watch";
    /// let answer = client.request(bitbucket_cloud::Method::PUT, path).send().await?;
    /// println!("{}", answer.status());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> Sending<Bytes> {
        self.sending_bytes()
    }

    /// The same as [`send`](Self::send), under the name that generated requests have for it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] except those of settings and of decoding.
    ///
    /// ```no_run
    /// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
    /// let response = request.send_raw().await?;
    /// println!("{} bytes", response.len());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn send_raw(self) -> Result<Response<Bytes>, Error> {
        self.sending_bytes().await
    }

    /// Sends the request and returns the body as a stream, for bodies that need not be in memory.
    ///
    /// # Errors
    ///
    /// Any failure before the body begins, such as a status outside 200–299. Later failures are items of the stream.
    ///
    /// ```no_run
    /// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
    /// let mut stream = request.send_stream().await?.into_inner();
    /// while let Some(chunk) = stream.chunk().await? {
    ///     println!("{} bytes", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn send_stream(self) -> Result<Response<ByteStream>, Error> {
        self.sending_stream().await
    }
}

impl IntoFuture for Request {
    type Output = Result<Response<Bytes>, Error>;
    type IntoFuture = Sending<Bytes>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for Request {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.address.query.as_deref().unwrap_or_default().split('&');
        let written = written.map(|pair| pair.split('=').next().unwrap_or_default()).filter(|name| !name.is_empty());
        let query: Vec<_> = written.chain(self.query.iter().map(|(name, _)| name.as_ref())).collect();
        let headers: Vec<_> = self.headers.keys().map(HeaderName::as_str).collect();
        f.debug_struct("Request")
            .field("endpoint", &format_args!("{}", self.endpoint))
            .field("path", &self.redactor().apply(&self.address.path))
            .field("query", &query)
            .field("headers", &headers)
            .field("body", &self.body)
            .field("invalid", &self.invalid)
            .finish_non_exhaustive()
    }
}

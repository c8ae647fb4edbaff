//! Everything of one call before it is sent. Generated builders wrap a request and fill it through the setters of the
//! first half; the second half is public. What cannot be sent is remembered and reported by the sending methods.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::body::{Body, Multipart};
use crate::client::Client;
use crate::error::Error;
use crate::identify::PathValue;
#[allow(unused_imports)] // A build without any group has no builder.
pub(crate) use crate::macros::builder;
use crate::operation::{Endpoint, Operation};
use crate::path::{self, Address};
use crate::response::Response;
use crate::stream::ByteStream;

mod settings;

pub(crate) use settings::Settings;

/// A call that has not been sent yet, from [`Client::request`] or from `into_request` of a builder.
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
    pub(crate) client: Client,
    pub(crate) endpoint: Endpoint,
    pub(crate) method: Method,
    pub(crate) address: Address,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
    pub(crate) settings: Settings,
    /// Values in it that errors must not show.
    pub(crate) secrets: Vec<SecretString>,
    /// The first thing that is wrong with the request.
    pub(crate) invalid: Option<String>,
}

/// For the crate's own builders. A builder need not use every setter, and a slim build has few builders.
#[allow(dead_code)]
#[allow(clippy::needless_pass_by_value)] // Callers hand over numbers, strings and references alike.
impl Request {
    fn new(client: &Client, endpoint: Endpoint, method: Method, address: Result<Address, String>) -> Self {
        let (address, invalid) = match address {
            Ok(address) => (address, None),
            Err(reason) => (Address::default(), Some(reason)),
        };
        let (query, headers, settings) = (Vec::new(), HeaderMap::new(), Settings::default());
        let secrets = Vec::new();
        Self {
            client: client.clone(),
            endpoint,
            method,
            address,
            query,
            headers,
            body: None,
            settings,
            secrets,
            invalid,
        }
    }

    /// A request of an operation, with the values of its path in the order of the template; each is percent-encoded once
    /// from its raw form.
    pub(crate) fn operation(client: &Client, operation: &'static Operation, path: &[&dyn PathValue]) -> Self {
        let address = path::expand(operation.path, path).map(|path| Address { path, query: None });
        // The methods of the document are valid; a wrong one would be refused by the service.
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        Self::new(client, Endpoint::Listed(operation), method, address)
    }

    pub(crate) fn custom(client: &Client, method: Method, text: &str, address: Result<Address, String>) -> Self {
        let path = match &address {
            Ok(address) => address.path.as_str(),
            Err(_) if text.starts_with('/') => text.split('?').next().unwrap_or_default(),
            // A URL that was refused may hold anything.
            Err(_) => "(refused)",
        };
        let endpoint = Endpoint::custom(method.clone(), path);
        Self::new(client, endpoint, method, address)
    }

    /// The operation; a custom request has a stand-in.
    pub(crate) fn listed(&self) -> &'static Operation {
        static CUSTOM: Operation = Operation::BLANK;
        self.endpoint.operation().unwrap_or(&CUSTOM)
    }

    /// Appends a parameter.
    pub(crate) fn with_query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// Appends a parameter once for each value.
    pub(crate) fn with_query_list<T: ToString>(self, name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        values.into_iter().fold(self, |request, value| request.with_query(name, value))
    }

    /// Sets a header, replacing an earlier value.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.insert_header(name, &value.to_string());
        self
    }

    pub(crate) fn with_json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::json(body));
        self
    }

    /// The same without `type`, where the service refuses it.
    #[allow(dead_code, reason = "not every group sends such objects")]
    pub(crate) fn with_untyped_json<T: Serialize>(self, body: &T) -> Self {
        let mut value = serde_json::to_value(body);
        if let Ok(Value::Object(members)) = &mut value {
            members.remove("type");
        }
        match value {
            Ok(value) => self.with_json(&value),
            // The same body again, for the error that it gives.
            Err(_) => self.with_json(body),
        }
    }

    pub(crate) fn with_form<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::form(body));
        self
    }

    pub(crate) fn with_bytes(mut self, content_type: &'static str, body: Bytes) -> Self {
        self.insert_body(Body::bytes(content_type, body));
        self
    }

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
            return self.refuse(format!("the value of the header `{name}` has characters that no header can carry"));
        };
        value.set_sensitive([AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&name));
        self.headers.insert(name, value);
    }

    fn refuse(&mut self, reason: String) {
        self.invalid.get_or_insert(reason);
    }
}

#[allow(clippy::needless_pass_by_value)] // Callers hand over numbers, strings and references alike.
impl Request {
    /// Appends a query parameter, declared or not. The value is given raw and encoded here.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.query("pagelen", 50).query("q", r#"name ~ "rocket""#)
    /// # }
    /// ```
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((Cow::Owned(name.into()), value.to_string()));
        self
    }

    /// Sets a header, replacing an earlier value and the crate's own. A name or value that no header can have is
    /// reported when the request is sent.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.header("If-None-Match", "\"abc\"")
    /// # }
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.insert_header(name.as_ref(), value.as_ref());
        self
    }

    /// Sets a JSON body.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.json(&serde_json::json!({"title": "Weekly report"}))
    /// # }
    /// ```
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.insert_body(Body::json(body));
        self
    }

    /// Sets a URL-encoded form as body. Lists become repeated keys, and `null` is left out.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// request.form(&serde_json::json!({"include": ["main", "develop"], "exclude": "v1"}))
    /// # }
    /// ```
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
    pub fn bytes(mut self, content_type: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        self.insert_body(Body::bytes(content_type.as_ref(), body.into()));
        self
    }

    /// Sets a multipart form as body.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) -> bitbucket_cloud::Request {
    /// use bitbucket_cloud::Multipart;
    ///
    /// request.multipart(Multipart::new().file("files", "report.pdf", vec![0x25, 0x50]))
    /// # }
    /// ```
    pub fn multipart(self, form: Multipart) -> Self {
        self.with_multipart(form)
    }

    /// Sends the request and decodes the JSON that comes into a type of the caller's. An empty body is the empty value.
    ///
    /// # Errors
    ///
    /// Every kind of [`Error`] except those of settings.
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
    pub async fn send_as<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        self.send_json().await
    }

    /// Sends the request and gives the body as it comes, whatever its media type.
    ///
    /// # Errors
    ///
    /// A status outside 200–299, or a failure on the way.
    ///
    /// ```no_run
    /// # async fn run(request: bitbucket_cloud::Request) -> Result<(), bitbucket_cloud::Error> {
    /// let response = request.send_raw().await?;
    /// println!("{} bytes", response.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_raw(self) -> Result<Response<Bytes>, Error> {
        self.send_bytes().await
    }

    /// Sends the request and gives the body as a stream, for what need not be held in memory.
    ///
    /// # Errors
    ///
    /// A status outside 200–299, or a failure before the body begins. Later failures are items of the stream.
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
    pub async fn send_stream(self) -> Result<Response<ByteStream>, Error> {
        self.send_streamed().await
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.address.query.as_deref().unwrap_or_default().split('&');
        let written = written.map(|pair| pair.split('=').next().unwrap_or_default()).filter(|name| !name.is_empty());
        let query: Vec<_> = written.chain(self.query.iter().map(|(name, _)| name.as_ref())).collect();
        let headers: Vec<_> = self.headers.keys().map(HeaderName::as_str).collect();
        f.debug_struct("Request")
            .field("endpoint", &format_args!("{}", self.endpoint))
            .field("path", &self.address.path)
            .field("query", &query)
            .field("headers", &headers)
            .field("body", &self.body)
            .field("invalid", &self.invalid)
            .finish_non_exhaustive()
    }
}

//! The settings of a client. They are checked together when the client is built, so that setters cannot fail. A setting
//! that would have no effect is an error.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::{Client, Document};
use crate::auth::{Credentials, exposes};
use crate::errors::Error;
use crate::transport::{
    BodySettings, ConnectionSettings, Connections, HAS_TLS, Hook, MinThroughput, RetryPolicy, Throttle, Transport,
    TransportSettings, parse_base,
};

const BASE_URL: &str = "https://api.bitbucket.org/2.0";
/// The base URL for the Code Insights proxy, which accepts plain HTTP and uses HTTPS itself.
const PLAIN_BASE_URL: &str = "http://api.bitbucket.org/2.0";
/// Address of the Code Insights proxy within a step of Bitbucket Pipelines, for
/// [`ClientBuilder::code_insights_proxy`].
///
/// ```
/// assert_eq!(bitbucket_cloud::CODE_INSIGHTS_PROXY, "http://localhost:29418");
/// ```
pub const CODE_INSIGHTS_PROXY: &str = "http://localhost:29418";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Settings of a [`Client`], from [`Client::builder`].
///
/// ```no_run
/// use bitbucket_cloud::{Client, Credentials};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .credentials(Credentials::api_token("me@example.org", "token"))
///     .user_agent("release-bot/1.4")
///     .read_timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), bitbucket_cloud::Error>(())
/// ```
#[must_use = "settings do nothing before `build`"]
pub struct ClientBuilder {
    base_url: String,
    credentials: Credentials,
    user_agent: Option<String>,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    bodies: BodySettings,
    http_client: Option<reqwest::Client>,
    retry: RetryPolicy,
    throttle: Option<Throttle>,
    hooks: Vec<Box<dyn Hook>>,
    proxy: Option<String>,
    allow_plain_http: bool,
}

impl Default for ClientBuilder {
    #[inline]
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            credentials: Credentials::anonymous(),
            user_agent: None,
            timeout: None,
            connect_timeout: None,
            read_timeout: Some(READ_TIMEOUT),
            bodies: BodySettings::default(),
            http_client: None,
            retry: RetryPolicy::new(),
            throttle: None,
            hooks: Vec::new(),
            proxy: None,
            allow_plain_http: false,
        }
    }
}

impl ClientBuilder {
    /// The base URL of the API; default `https://api.bitbucket.org/2.0`. With credentials, plain `http` is accepted for
    /// this machine only (`localhost`, `127.0.0.0/8`, `::1`), unless [`allow_plain_http`](Self::allow_plain_http) is set.
    ///
    /// ```
    /// use bitbucket_cloud::Client;
    ///
    /// let client = Client::builder().base_url("http://localhost:8080/2.0/").build()?;
    /// assert_eq!(client.base_url(), "http://localhost:8080/2.0");
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    #[inline]
    pub fn base_url(mut self, base_url: &str) -> Self {
        base_url.clone_into(&mut self.base_url);
        self
    }

    /// The credentials; default [`Credentials::anonymous`].
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Credentials};
    ///
    /// let builder = Client::builder().credentials(Credentials::access_token("token"));
    /// ```
    #[inline]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Allows credentials over plain `http` to other machines, for the base URL and the token endpoint of OAuth. Everybody
    /// on the way can read and use them; it is for networks that encrypt below HTTP.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Credentials};
    ///
    /// let builder = Client::builder()
    ///     .base_url("http://proxy.internal:8080/2.0")
    ///     .credentials(Credentials::access_token("token"));
    /// let error = builder.build().unwrap_err();
    /// assert!(error.to_string().contains("allow_plain_http"));
    /// ```
    #[inline]
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// The header `User-Agent`; default the name and version of this crate.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().user_agent("release-bot/1.4");
    /// ```
    #[inline]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Time limit for a whole call, from its beginning to the last byte of the body, including retries and delays;
    /// default none. For a streamed body, such as a log, the limit ends with the headers of the response.
    ///
    /// ```
    /// use bitbucket_cloud::Client;
    /// use std::time::Duration;
    ///
    /// let builder = Client::builder().timeout(Duration::from_secs(300));
    /// ```
    #[inline]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Time limit for making a connection; default 10 seconds.
    ///
    /// ```
    /// use bitbucket_cloud::Client;
    /// use std::time::Duration;
    ///
    /// let builder = Client::builder().connect_timeout(Duration::from_secs(3));
    /// ```
    #[inline]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Time limit for silence before the response begins and between its parts; default 60 seconds, `None` for no
    /// limit. It restarts with each part of a body that the service takes; the time in which a stream of the caller's
    /// gives nothing to send does not count, nor does the time between reading two parts of a streamed body. A log that
    /// is read while it grows may need more: [`Request::read_timeout`](crate::Request::read_timeout). Within a body,
    /// [`min_throughput`](Self::min_throughput) holds as well.
    ///
    /// ```
    /// use bitbucket_cloud::Client;
    /// use std::time::Duration;
    ///
    /// let builder = Client::builder().read_timeout(Duration::from_secs(20));
    /// ```
    #[inline]
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = timeout.into();
        self
    }

    /// The least rate at which bodies of responses must arrive; default [`MinThroughput::new`], `None` for no limit.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, MinThroughput};
    ///
    /// let least = MinThroughput::new().bytes_per_second(10);
    /// let builder = Client::builder().min_throughput(least);
    /// ```
    #[inline]
    pub fn min_throughput(mut self, least: impl Into<Option<MinThroughput>>) -> Self {
        self.bodies.min_throughput = Some(least.into());
        self
    }

    /// Maximum size in bytes of a body that is read into memory; by default 64 MiB of JSON and 1 GiB of anything else,
    /// `u64::MAX` for no limit. A larger one is an error of the kind [`TooLarge`](crate::ErrorKind::TooLarge); as a
    /// stream, bodies of any size can be read. Where an operation answers with nothing that is needed, no more than 64 KiB
    /// are read, and of an error as much.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().max_body_size(16 << 20);
    /// ```
    #[inline]
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.bodies.max_size = Some(bytes);
        self
    }

    /// When a failed call is retried; default [`RetryPolicy::new`].
    ///
    /// ```
    /// use bitbucket_cloud::{Client, RetryPolicy};
    ///
    /// let builder = Client::builder().retry(RetryPolicy::new().attempts(6));
    /// ```
    #[inline]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Slows the client down before the rate limit is used up; off by default.
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Throttle};
    ///
    /// let builder = Client::builder().throttle(Throttle::new());
    /// ```
    #[inline]
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }

    /// Adds a hook, which is called around each attempt of each call.
    ///
    /// ```
    /// # fn run(hook: impl bitbucket_cloud::Hook) {
    /// let builder = bitbucket_cloud::Client::builder().hook(hook);
    /// # }
    /// ```
    #[inline]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Box::new(hook));
        self
    }

    /// Sends reports and annotations through the proxy that Bitbucket Pipelines runs next to each step, which adds the
    /// credentials: [`CODE_INSIGHTS_PROXY`], or `http://host.docker.internal:29418` within a pipe. The base URL becomes
    /// `http://api.bitbucket.org/2.0`. Setting credentials is an error, because they would be sent unencrypted. The
    /// proxy accepts nothing but Code Insights. Source: [Code
    /// Insights](https://support.atlassian.com/bitbucket-cloud/docs/code-insights/).
    ///
    /// ```
    /// use bitbucket_cloud::{CODE_INSIGHTS_PROXY, Client};
    ///
    /// let client = Client::builder().code_insights_proxy(CODE_INSIGHTS_PROXY).build()?;
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    #[inline]
    pub fn code_insights_proxy(mut self, address: impl Into<String>) -> Self {
        PLAIN_BASE_URL.clone_into(&mut self.base_url);
        self.proxy = Some(address.into());
        self
    }

    /// Uses an HTTP client of your own, with its proxies, certificates and connect timeout. Everything else works as
    /// without it.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: this crate follows redirects itself, with stricter
    /// rules. A client that follows them works too, with its own rules for methods and credentials: it may send a write to
    /// another host or again, and if a host that it was redirected to cannot be reached, the error says that nothing was
    /// sent, and the call is retried. The first time that it follows one, a warning is traced.
    ///
    /// ```
    /// # fn run(http: reqwest::Client) -> Result<(), bitbucket_cloud::Error> {
    /// let client = bitbucket_cloud::Client::builder().http_client(http).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn http_client(mut self, http_client: reqwest::Client) -> Self {
        self.http_client = Some(http_client);
        self
    }

    /// Checks the settings and creates the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the base URL, the credentials or the user agent are invalid, if the base URL is `https`
    /// in a build without TLS, if credentials would be sent over plain `http` to another machine, or if settings
    /// contradict each other.
    ///
    /// [`ErrorKind::Config`]: crate::ErrorKind::Config
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Credentials};
    ///
    /// let builder = Client::builder().base_url("http://localhost:8080");
    /// let builder = builder.credentials(Credentials::access_token("line\n"));
    /// let error = builder.build().unwrap_err();
    /// assert!(error.to_string().contains("control character"));
    /// ```
    #[inline]
    pub fn build(self) -> Result<Client, Error> {
        let base = parse_base(&self.base_url).map_err(Error::config)?;
        if self.proxy.is_some() && base.scheme() == "https" {
            return Err(Error::config(
                "`code_insights_proxy` serves plain `http` only; do not set a base URL after it",
            ));
        }
        let user_agent =
            self.user_agent.as_deref().unwrap_or(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        let user_agent = HeaderValue::from_str(user_agent)
            .map_err(|_| Error::config("the user agent cannot be written in a header"))?;
        let connections = match self.http_client {
            Some(_) if self.connect_timeout.is_some() || self.proxy.is_some() => {
                let text = "`connect_timeout` and `code_insights_proxy` do not apply to `http_client`; set them there";
                return Err(Error::config(text));
            }
            Some(http) => Connections::given(http),
            None => {
                let https = base.scheme() == "https";
                if https && !HAS_TLS {
                    let text = "`https` needs the feature `rustls` or `native-tls`, or an `http_client` that has TLS";
                    return Err(Error::config(text));
                }
                let settings = ConnectionSettings { proxy: self.proxy.clone(), https };
                Connections::new(settings, self.connect_timeout.unwrap_or(CONNECT_TIMEOUT)).map_err(Error::config)?
            }
        };
        if self.proxy.is_some() && !self.credentials.is_anonymous() {
            return Err(Error::config("the Code Insights proxy adds credentials itself; do not set any"));
        }
        let exposed = !self.allow_plain_http && exposes(&base);
        if exposed && !self.credentials.is_anonymous() {
            return Err(Error::config(
                "the base URL is plain `http`, which would show the credentials to the network: use `https`, or \
                 `allow_plain_http`",
            ));
        }
        let credential_source = self.credentials.source(self.allow_plain_http).map_err(Error::config)?;
        Ok(Client(Transport::new(TransportSettings {
            connections,
            base,
            credentials: self.credentials,
            credential_source,
            exposed,
            user_agent,
            timeout: self.timeout,
            read_timeout: self.read_timeout,
            bodies: self.bodies,
            retry: self.retry,
            throttle: self.throttle,
            hooks: self.hooks,
            withdrawn: <Client as Document>::WITHDRAWN,
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One that is refused may hold a password.
        let base = parse_base(&self.base_url);
        f.debug_struct("ClientBuilder")
            .field("base_url", &base.as_ref().map_or("(refused)", |base| base.as_str()))
            .field("credentials", &self.credentials)
            .field("retry", &self.retry)
            .field("throttle", &self.throttle)
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}

//! The settings of a client. They are checked together when the client is built, so that no setter fails, and what
//! cannot take effect is an error instead of being ignored.

use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::client::{Client, Inner};
use crate::credentials::Credentials;
use crate::error::Error;
use crate::{path, tls};

const BASE_URL: &str = "https://api.bitbucket.org/2.0";
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
#[derive(Debug)]
#[must_use = "settings do nothing before `build`"]
pub struct ClientBuilder {
    base_url: String,
    credentials: Credentials,
    user_agent: Option<String>,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    http_client: Option<reqwest::Client>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            credentials: Credentials::anonymous(),
            user_agent: None,
            timeout: None,
            connect_timeout: None,
            read_timeout: None,
            http_client: None,
        }
    }
}

impl ClientBuilder {
    /// Where the API is; default `https://api.bitbucket.org/2.0`. Plain `http` is accepted, for proxies and tests.
    ///
    /// ```
    /// let client = bitbucket_cloud::Client::builder().base_url("http://localhost:8080/2.0/").build()?;
    /// assert_eq!(client.base_url(), "http://localhost:8080/2.0");
    /// # Ok::<(), bitbucket_cloud::Error>(())
    /// ```
    pub fn base_url(mut self, base_url: &str) -> Self {
        base_url.clone_into(&mut self.base_url);
        self
    }

    /// Who the client is; default [`Credentials::anonymous`].
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Credentials};
    ///
    /// let builder = Client::builder().credentials(Credentials::access_token("token"));
    /// ```
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// What the service sees as the name of the program; default is the name and version of this crate.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().user_agent("release-bot/1.4");
    /// ```
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Limit of a whole call, from connecting to the last byte of the body; default none. It does not apply to
    /// streamed bodies, such as logs, which take as long as they take.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().timeout(std::time::Duration::from_secs(300));
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limit of making a connection; default 10 seconds.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().connect_timeout(std::time::Duration::from_secs(3));
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Limit of the silence before the answer begins and between its parts; default 60 seconds.
    ///
    /// ```
    /// let builder = bitbucket_cloud::Client::builder().read_timeout(std::time::Duration::from_secs(20));
    /// ```
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// Uses a client of the caller's, with its proxies, certificates, redirects and limits of connecting and reading.
    ///
    /// ```
    /// # fn run(http: reqwest::Client) -> Result<(), bitbucket_cloud::Error> {
    /// let client = bitbucket_cloud::Client::builder().http_client(http).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_client(mut self, http_client: reqwest::Client) -> Self {
        self.http_client = Some(http_client);
        self
    }

    /// Checks the settings and makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the base URL, the credentials or the user agent are not usable, if `https` is wanted
    /// from a build without TLS, or if limits are set that a client of the caller's would not follow.
    ///
    /// [`ErrorKind::Config`]: crate::ErrorKind::Config
    ///
    /// ```
    /// use bitbucket_cloud::{Client, Credentials};
    ///
    /// let builder = Client::builder().base_url("http://localhost:8080");
    /// let error = builder.credentials(Credentials::access_token("line\n")).build().unwrap_err();
    /// assert!(error.to_string().contains("control character"));
    /// ```
    pub fn build(self) -> Result<Client, Error> {
        let base = path::base(&self.base_url).map_err(Error::config)?;
        let user_agent =
            self.user_agent.as_deref().unwrap_or(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        let user_agent = HeaderValue::from_str(user_agent)
            .map_err(|_| Error::config("the user agent cannot be written in a header"))?;
        let http = match self.http_client {
            Some(_) if self.connect_timeout.is_some() || self.read_timeout.is_some() => {
                let text =
                    "`connect_timeout` and `read_timeout` do not apply to `http_client`; set them on that client";
                return Err(Error::config(text));
            }
            Some(http) => http,
            None => {
                let https = base.scheme() == "https";
                if https && !tls::AVAILABLE {
                    let text = "`https` needs the feature `rustls` or `native-tls`, or an `http_client` that has TLS";
                    return Err(Error::config(text));
                }
                let builder = reqwest::Client::builder()
                    // A referrer would carry the query of a request to where it is redirected.
                    .referer(false)
                    .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
                    .read_timeout(self.read_timeout.unwrap_or(READ_TIMEOUT));
                let builder = tls::configure(builder, https).map_err(Error::config)?;
                builder.build().map_err(|error| Error::config(format!("no HTTP client: {}", error.without_url())))?
            }
        };
        let authorization = self.credentials.authorization(&http, &base).map_err(Error::config)?;
        let (credentials, timeout) = (self.credentials, self.timeout);
        Ok(Client::new(Inner { http, base, credentials, authorization, user_agent, timeout }))
    }
}

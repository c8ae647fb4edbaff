//! HTTP clients: one `reqwest::Client`, and further ones for calls with another connect timeout, which reqwest has per
//! client only. Redirects and read timeouts are handled in `attempt`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;

use super::tls;

/// So that a lost peer is noticed even without a read timeout.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Maximum number of further clients that are kept.
const MAX_OTHERS: usize = 8;

/// The settings of an HTTP client.
#[derive(Debug)]
pub(crate) struct ConnectionSettings {
    pub(crate) proxy: Option<String>,
    /// Whether the base URL is `https`.
    pub(crate) https: bool,
}

impl ConnectionSettings {
    #[inline]
    fn client(&self, connect: Duration) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            // Redirects are followed in `attempt`, with stricter rules for credentials and methods.
            .redirect(Policy::none())
            .referer(false)
            .tcp_keepalive(KEEPALIVE)
            .connect_timeout(connect);
        if let Some(proxy) = &self.proxy {
            let proxy = reqwest::Proxy::http(proxy);
            builder = builder.proxy(proxy.map_err(|error| format!("the proxy is not valid: {}", error.without_url()))?);
        }
        let builder = tls::configure(builder, self.https)?;
        builder.build().map_err(|error| format!("the HTTP client cannot be created: {}", error.without_url()))
    }
}

/// The HTTP clients of a client and its clones.
#[derive(Debug)]
pub(crate) struct Connections {
    main: reqwest::Client,
    settings: Option<ConnectionSettings>,
    /// A pointer that [`Connections::new`] sets, so that TLS is set up in the code of crates that build a client, and is
    /// not compiled with this crate as well.
    connect: fn(&ConnectionSettings, Duration) -> Result<reqwest::Client, String>,
    others: Mutex<Vec<(Duration, reqwest::Client)>>,
}

impl Connections {
    #[inline]
    pub(crate) fn new(settings: ConnectionSettings, timeout: Duration) -> Result<Self, String> {
        let connect = ConnectionSettings::client;
        Ok(Self { main: connect(&settings, timeout)?, settings: Some(settings), connect, others: Mutex::default() })
    }

    /// For an HTTP client of the caller's.
    pub(crate) fn given(main: reqwest::Client) -> Self {
        let connect = |_: &ConnectionSettings, _| Err("the HTTP client is the caller's".to_owned());
        Self { main, settings: None, connect, others: Mutex::default() }
    }

    pub(crate) fn main(&self) -> &reqwest::Client {
        &self.main
    }

    /// The HTTP client for calls with this connect timeout.
    pub(crate) fn with(&self, timeout: Option<Duration>) -> Result<reqwest::Client, String> {
        let Some(timeout) = timeout else { return Ok(self.main.clone()) };
        let Some(settings) = &self.settings else {
            return Err("`connect_timeout` does not apply to `http_client`; set it there".into());
        };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = others.iter().find(|(limit, _)| *limit == timeout) {
            return Ok(known.clone());
        }
        let made = (self.connect)(settings, timeout)?;
        if others.len() == MAX_OTHERS {
            others.remove(0);
        }
        others.push((timeout, made.clone()));
        Ok(made)
    }
}

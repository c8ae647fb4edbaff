//! The connections: one `reqwest::Client`, and further ones for calls that want another limit of connecting, which
//! reqwest knows per client only. Redirects and limits of reading are the executor's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::tls;

/// A peer that is gone is noticed even where no limit of reading is set.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// How many further clients are kept.
const MOST: usize = 8;

/// How a client is made.
#[derive(Debug)]
pub(crate) struct Maker {
    pub(crate) proxy: Option<String>,
    /// Whether the base URL is `https`.
    pub(crate) https: bool,
}

impl Maker {
    fn make(&self, connect: Duration) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            // Followed by the executor, whose rules for credentials and methods are stricter.
            .redirect(Policy::none())
            .referer(false)
            .tcp_keepalive(KEEPALIVE)
            .connect_timeout(connect);
        if let Some(proxy) = &self.proxy {
            let proxy = reqwest::Proxy::http(proxy);
            builder = builder.proxy(proxy.map_err(|error| format!("the proxy is not valid: {}", error.without_url()))?);
        }
        let builder = tls::configure(builder, self.https)?;
        builder.build().map_err(|error| format!("no HTTP client: {}", error.without_url()))
    }
}

/// The connections of a client and its clones.
#[derive(Debug)]
pub(crate) struct Http {
    main: reqwest::Client,
    maker: Option<Maker>,
    others: Mutex<Vec<(Duration, reqwest::Client)>>,
}

impl Http {
    pub(crate) fn new(maker: Maker, connect: Duration) -> Result<Self, String> {
        Ok(Self { main: maker.make(connect)?, maker: Some(maker), others: Mutex::default() })
    }

    /// A client of the caller's.
    pub(crate) fn given(main: reqwest::Client) -> Self {
        Self { main, maker: None, others: Mutex::default() }
    }

    pub(crate) fn main(&self) -> &reqwest::Client {
        &self.main
    }

    /// The client for calls with that limit of connecting.
    pub(crate) fn with(&self, connect: Option<Duration>) -> Result<reqwest::Client, String> {
        let Some(connect) = connect else { return Ok(self.main.clone()) };
        let Some(maker) = &self.maker else {
            return Err("`connect_timeout` does not apply to `http_client`; set it there".into());
        };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = others.iter().find(|(limit, _)| *limit == connect) {
            return Ok(known.clone());
        }
        let made = maker.make(connect)?;
        if others.len() == MOST {
            others.remove(0);
        }
        others.push((connect, made.clone()));
        Ok(made)
    }
}

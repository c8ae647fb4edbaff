//! What all calls of a client and its clones share: connections, settings, the retry budget and the throttle.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;

use super::connections::Connections;
#[cfg(feature = "tracing")]
use super::deprecation::DeprecationLog;
use super::hook::Hook;
use super::limits::BodySettings;
use super::rate_limit::RateLimit;
use super::retry::{RetryBudget, RetryPolicy};
use super::throttle::{Throttle, Throttler};
use crate::auth::{CredentialSource, Credentials};
use crate::errors::Redactor;
use crate::operation::Withdrawn;

/// The checked settings of a client.
pub(crate) struct TransportSettings {
    pub(crate) connections: Connections,
    pub(crate) base: Url,
    pub(crate) credentials: Credentials,
    pub(crate) credential_source: CredentialSource,
    /// Whether the network can read what is sent to the base URL, so that credentials must not be.
    pub(crate) exposed: bool,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) bodies: BodySettings,
    pub(crate) retry: RetryPolicy,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) hooks: Vec<Box<dyn Hook>>,
    /// Operations that the service has removed.
    pub(crate) withdrawn: &'static [Withdrawn],
}

/// The shared state of a client, cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport(Arc<Shared>);

struct Shared {
    settings: TransportSettings,
    budget: RetryBudget,
    throttler: Throttler,
    #[cfg(feature = "tracing")]
    deprecations: DeprecationLog,
    redactor: OnceLock<Redactor>,
}

impl Transport {
    pub(crate) fn new(settings: TransportSettings) -> Self {
        let (budget, throttler) = (RetryBudget::default(), Throttler::new(settings.throttle));
        Self(Arc::new(Shared {
            settings,
            budget,
            throttler,
            #[cfg(feature = "tracing")]
            deprecations: DeprecationLog::default(),
            redactor: OnceLock::new(),
        }))
    }

    /// The base URL, without a slash at the end.
    pub(crate) fn base_url(&self) -> &str {
        self.0.settings.base.as_str().trim_end_matches('/')
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.settings.credentials
    }

    /// A redactor for what the client knows from its settings.
    pub(super) fn redactor(&self) -> &Redactor {
        self.0.redactor.get_or_init(|| {
            Redactor::new(&mut self.credentials().secret().into_iter().map(ExposeSecret::expose_secret))
        })
    }

    /// The rate limit that the API reported last.
    pub(crate) fn rate_limit(&self) -> Option<RateLimit> {
        self.0.throttler.last()
    }

    pub(super) fn settings(&self) -> &TransportSettings {
        &self.0.settings
    }

    pub(super) fn budget(&self) -> &RetryBudget {
        &self.0.budget
    }

    pub(super) fn throttler(&self) -> &Throttler {
        &self.0.throttler
    }

    #[cfg(feature = "tracing")]
    pub(super) fn deprecations(&self) -> &DeprecationLog {
        &self.0.deprecations
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.base_url())
            .field("credentials", self.credentials())
            .finish_non_exhaustive()
    }
}

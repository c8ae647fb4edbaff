//! The rate limit in the headers of responses. Headers that cannot be parsed are ignored; they do not make a call fail.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};

use crate::errors::rate_limit_reset;

/// Maximum length of the name of a resource, in bytes; a longer one is none.
const MAX_NAME: usize = 100;

/// The rate limit that the service reported. Each part may be missing.
///
/// The service counts calls over a rolling hour, separately for each type of resource. Source: [API request
/// limits](https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/).
///
/// ```no_run
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// let user = client.request(bitbucket_cloud::Method::GET, "/user").send_raw().await?;
/// let limit = user.rate_limit();
/// if limit.near_limit == Some(true) {
///     println!("{:?} of {:?} calls left", limit.remaining, limit.limit);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls per hour (`X-RateLimit-Limit`).
    pub limit: Option<u64>,
    /// Calls that are left (`X-RateLimit-Remaining`).
    pub remaining: Option<u64>,
    /// Time until calls are available again (`X-RateLimit-Reset`, in seconds); `None` if it is more than a day.
    pub reset: Option<Duration>,
    /// Whether less than a fifth of the calls is left (`X-RateLimit-NearLimit`).
    pub near_limit: Option<bool>,
    /// The type of resource that is counted (`X-RateLimit-Resource`), for example `api-repository-data`.
    pub resource: Option<String>,
}

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static NEAR_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-nearlimit");
static RESOURCE: HeaderName = HeaderName::from_static("x-ratelimit-resource");

impl RateLimit {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let near_limit = text(&NEAR_LIMIT).and_then(|text| match text {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        });
        Self {
            limit: text(&LIMIT).and_then(number),
            remaining: text(&REMAINING).and_then(number),
            reset: rate_limit_reset(headers),
            near_limit,
            resource: text(&RESOURCE).filter(|text| (1..=MAX_NAME).contains(&text.len())).map(str::to_owned),
        }
    }

    /// Whether the response said nothing about limits.
    pub(super) fn is_empty(&self) -> bool {
        let Self { limit, remaining, reset, near_limit, resource } = self;
        limit.is_none() && remaining.is_none() && reset.is_none() && near_limit.is_none() && resource.is_none()
    }

    pub(super) fn is_near(&self) -> bool {
        let few = || matches!((self.remaining, self.limit), (Some(left), Some(limit)) if left < limit / 5);
        self.near_limit.unwrap_or_else(few)
    }
}

/// The number at the beginning, because the service also writes `60, 60;w=3600`.
fn number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let apart = rest.is_empty() || rest.starts_with([',', ';', ' ']);
    if apart { digits.parse().ok() } else { None }
}

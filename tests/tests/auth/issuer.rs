//! A token endpoint that rotates refresh tokens, and an API that takes what it issued.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bitbucket_tests::{FakeBitbucket, Method, Recorded, Reply};
use serde_json::json;

use crate::SECRET;

/// How the endpoint treats refresh tokens.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rotation {
    /// Only the newest works, from the moment it was asked for.
    Strict,
    /// Old ones work as well, as they do for some minutes at Bitbucket.
    Lenient,
}

/// The endpoint with its API, `GET /things`.
pub(crate) struct Issuer {
    pub(crate) fake: FakeBitbucket,
    logins: Arc<Mutex<HashMap<String, Login>>>,
}

#[derive(Clone, Copy, Default)]
struct Login {
    /// Number of the newest tokens.
    newest: usize,
    /// Number of the oldest access token that the API takes.
    oldest: usize,
}

impl Issuer {
    /// `delay` passes between a rotation and its answer; `seconds` is the lifetime of access tokens.
    pub(crate) async fn start(rotation: Rotation, delay: Duration, seconds: u64) -> Self {
        let fake = FakeBitbucket::start().await.expect("a free port");
        let logins = Arc::new(Mutex::new(HashMap::<String, Login>::new()));
        let (endpoint, api) = (Arc::clone(&logins), Arc::clone(&logins));
        fake.on_fn(Method::POST, "/token", move |call| {
            let form = String::from_utf8_lossy(&call.request.body).into_owned();
            let token = form.split("refresh_token=").nth(1);
            let (name, number) = token.and_then(split).unwrap_or(("keyless", usize::MAX));
            let mut logins = endpoint.lock().unwrap_or_else(PoisonError::into_inner);
            let login = logins.entry(name.to_owned()).or_default();
            let refused = if rotation == Rotation::Strict { number != login.newest } else { number > login.newest };
            if token.is_some() && refused {
                return Reply::json(400, json!({"error": "invalid_grant"}));
            }
            login.newest += 1;
            let (newest, access) = (login.newest, format!("{SECRET}/{name}-{}", login.newest));
            let answer =
                json!({"access_token": access, "refresh_token": format!("{name}-{newest}"), "expires_in": seconds});
            Reply::json(200, answer).delay(delay)
        });
        fake.on_fn(Method::GET, "/things", move |call| {
            let token = call.request.header("authorization").unwrap_or_default();
            let token = token.strip_prefix(&format!("Bearer {SECRET}/")).and_then(split);
            let logins = api.lock().unwrap_or_else(PoisonError::into_inner);
            let login = |name| logins.get(name).copied().unwrap_or_default();
            match token {
                Some((name, number)) if (login(name).oldest..=login(name).newest).contains(&number) => {
                    Reply::json(200, json!({}))
                }
                _ => Reply::json(401, json!({"error": {"message": "Token is invalid or expired"}})),
            }
        });
        // Here each token works once.
        let seen = Mutex::new(HashSet::new());
        fake.on_fn(Method::GET, "/once", move |call| {
            let token = call.request.header("authorization").unwrap_or_default().to_owned();
            let is_new = seen.lock().unwrap_or_else(PoisonError::into_inner).insert(token);
            if is_new { Reply::json(200, json!({})) } else { Reply::json(401, json!({})) }
        });
        Self { fake, logins }
    }

    pub(crate) fn base(&self) -> &str {
        self.fake.base_url()
    }

    /// Makes the API refuse the access tokens that a login has got so far.
    pub(crate) fn expire(&self, name: &str) {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        let login = logins.entry(name.to_owned()).or_default();
        login.oldest = login.newest + 1;
    }

    /// The requests to a path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Recorded> {
        self.fake.journal().into_iter().filter(|entry| entry.path.ends_with(path)).collect()
    }
}

/// The login of a token, and its number.
fn split(token: &str) -> Option<(&str, usize)> {
    let (name, number) = token.rsplit_once('-')?;
    Some((name, number.parse().ok()?))
}

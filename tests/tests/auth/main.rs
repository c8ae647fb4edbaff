//! Credentials that are renewed: refreshes whose callers go away, tokens in a file that several processes share,
//! services that refuse whatever they get, and addresses that would get a secret unencrypted.

mod issuer;
mod processes;
mod refreshes;
mod refusals;
mod store;
mod unencrypted;

use bitbucket_cloud::{Client, ClientBuilder, Credentials, OAuth, RetryPolicy};

/// Appears in every secret of these tests.
pub(crate) const SECRET: &str = "s3cret-canary";

/// A client without retries for the API and the token endpoint below one base URL.
pub(crate) fn client(base: &str, oauth: OAuth) -> Client {
    builder(base, oauth).build().expect("a client")
}

pub(crate) fn builder(base: &str, oauth: OAuth) -> ClientBuilder {
    let oauth = oauth.token_url(format!("{base}/token"));
    Client::builder().base_url(base).credentials(Credentials::oauth(oauth)).retry(RetryPolicy::none())
}

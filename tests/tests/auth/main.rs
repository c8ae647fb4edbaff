//! Credentials that are renewed: refreshes whose callers go away, tokens in a file that several processes share,
//! services that refuse whatever they get, and addresses that would get a secret unencrypted.

mod unencrypted;

/// Appears in every secret of these tests.
pub(crate) const SECRET: &str = "s3cret-canary";

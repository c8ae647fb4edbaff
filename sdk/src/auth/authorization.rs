//! The value of the header `Authorization`, the only form in which a secret is sent to the API.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A value of the header `Authorization`, as a [`CredentialProvider`](crate::CredentialProvider) returns it.
///
/// ```
/// use bitbucket_cloud::Authorization;
///
/// let authorization = Authorization::bearer("token")?;
/// assert_eq!(format!("{authorization:?}"), "Authorization([redacted])");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(HeaderValue);

impl Authorization {
    /// HTTP Bearer, for access tokens.
    ///
    /// # Errors
    ///
    /// The token is empty or has a control character.
    ///
    /// ```
    /// assert!(bitbucket_cloud::Authorization::bearer("line\n").is_err());
    /// ```
    pub fn bearer(token: impl Into<SecretString>) -> Result<Self, String> {
        let token = token.into();
        check(&token)?;
        Self::new(&format!("Bearer {}", token.expose_secret()))
    }

    /// HTTP Basic, for API tokens with the e-mail address of their account.
    ///
    /// # Errors
    ///
    /// The token is empty or has a control character, or the e-mail address is empty or has a colon or a control
    /// character.
    ///
    /// ```
    /// assert!(bitbucket_cloud::Authorization::basic("me@example.org", "token").is_ok());
    /// ```
    pub fn basic(email: &str, token: impl Into<SecretString>) -> Result<Self, String> {
        let token = token.into();
        if email.trim().is_empty() || email.contains(':') || email.chars().any(char::is_control) {
            return Err("the e-mail address is empty or has a colon or a control character".into());
        }
        check(&token)?;
        Self::new(&format!("Basic {}", STANDARD.encode(format!("{email}:{}", token.expose_secret()))))
    }

    fn new(value: &str) -> Result<Self, String> {
        let header = HeaderValue::from_str(value).map_err(|_| "the credentials cannot be written in a header")?;
        Ok(Self::from_header(header))
    }

    pub(crate) fn from_header(mut header: HeaderValue) -> Self {
        header.set_sensitive(true);
        Self(header)
    }

    pub(crate) fn into_header(self) -> HeaderValue {
        self.0
    }
}

fn check(token: &SecretString) -> Result<(), String> {
    let token = token.expose_secret();
    if token.trim().is_empty() {
        return Err("the token is empty".into());
    }
    if token.chars().any(char::is_control) {
        return Err("the token has a control character, perhaps a line end from the file it was read from".into());
    }
    Ok(())
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization([redacted])")
    }
}

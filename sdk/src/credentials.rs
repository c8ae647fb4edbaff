//! Who the client is. Secrets stay in `secrecy`'s containers, and the only places they leave for are the header of a
//! request, marked as sensitive, and the filter that removes them from texts. They are never printed.

use std::fmt;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// What a client proves itself with.
///
/// API tokens go with the e-mail address of their account, access tokens of a repository, project or workspace go
/// alone; the service refuses one in the place of the other.
///
/// ```
/// use bitbucket_cloud::{Client, Credentials};
///
/// let builder = Client::builder().credentials(Credentials::api_token("me@example.org", "token-from-settings"));
/// assert!(!format!("{builder:?}").contains("token-from-settings"));
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Anonymous,
    ApiToken { email: String, token: SecretString },
    AccessToken { token: SecretString },
}

impl Credentials {
    /// None: only what is public can be read, and the service allows few calls an hour.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::anonymous();
    /// ```
    pub fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    /// An API token of an Atlassian account, sent as HTTP Basic with the account's e-mail address.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::api_token("me@example.org", "token");
    /// ```
    pub fn api_token(email: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self(Kind::ApiToken { email: email.into(), token: token.into() })
    }

    /// An access token of a repository, a project or a workspace, or one from OAuth, sent as Bearer.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::access_token("token");
    /// ```
    pub fn access_token(token: impl Into<SecretString>) -> Self {
        Self(Kind::AccessToken { token: token.into() })
    }

    /// The header value, or why there cannot be one.
    pub(crate) fn authorization(&self, http: &reqwest::Client, base: &Url) -> Result<Option<HeaderValue>, String> {
        // A request that is never sent: reqwest knows how to write both forms and marks them as sensitive.
        let request = http.get(base.clone());
        let request = match &self.0 {
            Kind::Anonymous => return Ok(None),
            Kind::ApiToken { email, token } => {
                if email.trim().is_empty() || email.contains(':') || email.chars().any(char::is_control) {
                    return Err("the e-mail address is empty or has a colon or a control character".into());
                }
                check(token)?;
                request.basic_auth(email, Some(token.expose_secret()))
            }
            Kind::AccessToken { token } => {
                check(token)?;
                request.bearer_auth(token.expose_secret())
            }
        };
        let unusable = "the credentials cannot be written in a header";
        let request = request.build().map_err(|_| unusable)?;
        Ok(request.headers().get(AUTHORIZATION).cloned())
    }

    /// The secret itself, for the filter of texts.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match &self.0 {
            Kind::Anonymous => None,
            Kind::ApiToken { token, .. } | Kind::AccessToken { token } => Some(token),
        }
    }
}

fn check(token: &SecretString) -> Result<(), String> {
    let token = token.expose_secret();
    if token.trim().is_empty() {
        return Err("the token is empty".into());
    }
    if token.chars().any(char::is_control) {
        return Err("the token has a control character, perhaps the line end of the file it came from".into());
    }
    Ok(())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Anonymous => "Credentials::anonymous",
            Kind::ApiToken { .. } => "Credentials::api_token([redacted])",
            Kind::AccessToken { .. } => "Credentials::access_token([redacted])",
        })
    }
}

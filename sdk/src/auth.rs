//! The credentials of a client. Secrets are kept in `secrecy`'s containers and are exposed in two places only: the
//! header of a request, which is marked as sensitive, and the redactor that removes them from texts.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::boxed::BoxFuture;
use crate::errors::CredentialError;

mod authorization;
mod oauth;
mod provider;
mod store;
mod unencrypted;

pub use authorization::Authorization;
pub use oauth::OAuth;
pub use provider::CredentialProvider;
use provider::Provided;
pub use store::{FileTokenStore, MemoryTokenStore, TokenLock, TokenStore, Tokens};
pub(crate) use unencrypted::exposes;

/// The credentials of a client.
///
/// API tokens are sent with the e-mail address of their account, access tokens of a repository, project or workspace
/// without one; the service refuses one in the place of the other. If the prefix of a token shows its type, using the
/// wrong constructor is an error of [`ClientBuilder::build`](crate::ClientBuilder::build).
///
/// ```
/// use bitbucket_cloud::{Client, Credentials};
///
/// let credentials = Credentials::api_token("me@example.org", "token-from-settings");
/// let builder = Client::builder().credentials(credentials);
/// assert!(!format!("{builder:?}").contains("token-from-settings"));
/// ```
#[derive(Clone)]
pub struct Credentials(Scheme);

#[derive(Clone)]
enum Scheme {
    Anonymous,
    ApiToken { email: String, token: SecretString },
    AccessToken { token: SecretString },
    OAuth(Arc<dyn Renewable>),
    Provider(Arc<dyn Renewable>),
}

/// Credentials that come from elsewhere and can be replaced. Only the constructors of `Credentials` name the types behind
/// it, so that a program compiles what it uses.
pub(crate) trait Renewable: Send + Sync {
    /// Checks the settings.
    fn check(&self, allow_plain_http: bool) -> Result<(), String>;

    /// The header for the next attempt.
    fn authorization<'a>(&'a self, http: &'a reqwest::Client) -> BoxFuture<'a, Result<HeaderValue, CredentialError>>;

    /// Called after the service answered 401 to a header.
    fn refused<'a>(&'a self, used: &'a HeaderValue) -> BoxFuture<'a, Renewal>;
}

/// The credentials as a call uses them.
pub(crate) enum CredentialSource {
    Nothing,
    Fixed(HeaderValue),
    Renewable(Arc<dyn Renewable>),
}

/// What can be done after the service answered 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// Nothing: there are no other credentials.
    Nothing,
    /// Others can be obtained, and this call is the first to ask for them.
    New,
    /// Others can be obtained, and another call has asked for them already.
    Known,
}

impl Credentials {
    /// No credentials: only public data can be read, and the service allows few calls an hour.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::anonymous();
    /// ```
    pub fn anonymous() -> Self {
        Self(Scheme::Anonymous)
    }

    /// An API token of an Atlassian account, sent as HTTP Basic with the account's e-mail address.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::api_token("me@example.org", "token");
    /// ```
    pub fn api_token(email: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self(Scheme::ApiToken { email: email.into(), token: token.into() })
    }

    /// An access token of a repository, a project or a workspace, or one from OAuth, sent as Bearer.
    ///
    /// ```
    /// let credentials = bitbucket_cloud::Credentials::access_token("token");
    /// ```
    pub fn access_token(token: impl Into<SecretString>) -> Self {
        Self(Scheme::AccessToken { token: token.into() })
    }

    /// OAuth 2: the token is fetched by the first call, and refreshed before it expires and after a 401. Clients with
    /// clones of one value share its tokens.
    ///
    /// ```
    /// use bitbucket_cloud::{Credentials, OAuth};
    ///
    /// let credentials = Credentials::oauth(OAuth::client_credentials("key", "secret"));
    /// ```
    #[inline]
    pub fn oauth(oauth: OAuth) -> Self {
        Self(Scheme::OAuth(oauth.into_session()))
    }

    /// Credentials from a source of your own, such as a vault.
    ///
    /// ```
    /// # fn run(vault: impl bitbucket_cloud::CredentialProvider) {
    /// let credentials = bitbucket_cloud::Credentials::provider(vault);
    /// # }
    /// ```
    #[inline]
    pub fn provider(provider: impl CredentialProvider) -> Self {
        Self(Scheme::Provider(Arc::new(Provided::new(provider))))
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.0, Scheme::Anonymous)
    }

    /// Checks the credentials, as far as that is possible; the error says which constructor is right.
    pub(crate) fn source(&self, allow_plain_http: bool) -> Result<CredentialSource, String> {
        let fixed = match &self.0 {
            Scheme::Anonymous => return Ok(CredentialSource::Nothing),
            Scheme::OAuth(source) | Scheme::Provider(source) => {
                source.check(allow_plain_http)?;
                return Ok(CredentialSource::Renewable(Arc::clone(source)));
            }
            Scheme::ApiToken { email, token } => {
                not_an_access_token(token)?;
                if matches!(email.as_str(), "x-token-auth" | "x-bitbucket-api-token-auth") {
                    return Err(format!(
                        "`{email}` is a user name for git; the API needs the account's e-mail address"
                    ));
                }
                Authorization::basic(email, token.clone())?
            }
            Scheme::AccessToken { token } => {
                if token.expose_secret().starts_with("ATATT") {
                    let text = "an API token (`ATATT…`) needs the e-mail address of its account: \
                                use `Credentials::api_token`";
                    return Err(text.into());
                }
                Authorization::bearer(token.clone())?
            }
        };
        Ok(CredentialSource::Fixed(fixed.into_header()))
    }

    /// The secret itself, for the redactor.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match &self.0 {
            Scheme::ApiToken { token, .. } | Scheme::AccessToken { token } => Some(token),
            // Their secrets are redacted by the header that was sent.
            Scheme::Anonymous | Scheme::OAuth(_) | Scheme::Provider(_) => None,
        }
    }
}

fn not_an_access_token(token: &SecretString) -> Result<(), String> {
    let text = match token.expose_secret() {
        token if token.starts_with("ATCTT") => {
            "an access token (`ATCTT…`) has no e-mail address: use `Credentials::access_token`"
        }
        token if token.starts_with("ATBB") => {
            "this is an app password (`ATBB…`), which Bitbucket no longer accepts: create an API token with scopes"
        }
        _ => return Ok(()),
    };
    Err(text.into())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Scheme::Anonymous => "Credentials::anonymous",
            Scheme::ApiToken { .. } => "Credentials::api_token([redacted])",
            Scheme::AccessToken { .. } => "Credentials::access_token([redacted])",
            Scheme::OAuth(_) => "Credentials::oauth([redacted])",
            Scheme::Provider(_) => "Credentials::provider([redacted])",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_the_wrong_constructor_is_an_error_that_names_the_right_one() {
        let cases = [
            (Credentials::access_token("ATATT3xSECRET"), "Credentials::api_token"),
            (Credentials::api_token("me@example.org", "ATCTT3xSECRET"), "Credentials::access_token"),
            (Credentials::api_token("me@example.org", "ATBBSECRET"), "API token"),
            (Credentials::api_token("x-token-auth", "SECRET"), "e-mail"),
        ];
        for (credentials, hint) in cases {
            let error = credentials.source(false).err().unwrap();
            assert!(error.contains(hint) && !error.contains("SECRET"), "{error}");
        }
        assert!(Credentials::access_token("ATCTT3x").source(false).is_ok());
        assert!(Credentials::api_token("me@example.org", "ATATT3x").source(false).is_ok());
    }
}

//! The credentials of a client. Secrets are kept in `secrecy`'s containers and are exposed in two places only: the
//! header of a request, which is marked as sensitive, and the redactor that removes them from texts.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::errors::CredentialError;

mod authorization;
mod oauth;
mod provider;
mod store;
mod unencrypted;

pub use authorization::Authorization;
pub use oauth::OAuth;
use oauth::Session;
pub use provider::CredentialProvider;
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
    OAuth(Arc<Session>),
    Provider(Arc<dyn CredentialProvider>),
}

/// The credentials as a call uses them.
pub(crate) enum CredentialSource {
    Nothing,
    Fixed(HeaderValue),
    OAuth(Arc<Session>),
    Provider {
        provider: Arc<dyn CredentialProvider>,
        /// The header whose refusal was reported last.
        refused: Mutex<Option<HeaderValue>>,
    },
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
    pub fn oauth(oauth: OAuth) -> Self {
        Self(Scheme::OAuth(Arc::new(Session::new(oauth))))
    }

    /// Credentials from a source of your own, such as a vault.
    ///
    /// ```
    /// # fn run(vault: impl bitbucket_cloud::CredentialProvider) {
    /// let credentials = bitbucket_cloud::Credentials::provider(vault);
    /// # }
    /// ```
    pub fn provider(provider: impl CredentialProvider) -> Self {
        Self(Scheme::Provider(Arc::new(provider)))
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.0, Scheme::Anonymous)
    }

    /// Checks the credentials, as far as that is possible; the error says which constructor is right.
    pub(crate) fn source(&self, allow_plain_http: bool) -> Result<CredentialSource, String> {
        let fixed = match &self.0 {
            Scheme::Anonymous => return Ok(CredentialSource::Nothing),
            Scheme::OAuth(session) => {
                session.oauth().check(allow_plain_http)?;
                return Ok(CredentialSource::OAuth(Arc::clone(session)));
            }
            Scheme::Provider(provider) => {
                let provider = Arc::clone(provider);
                return Ok(CredentialSource::Provider { provider, refused: Mutex::default() });
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

impl CredentialSource {
    /// The header for the next attempt, if there is one.
    pub(crate) async fn header(&self, http: &reqwest::Client) -> Result<Option<HeaderValue>, CredentialError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Fixed(header) => Ok(Some(header.clone())),
            Self::OAuth(session) => session.authorization(http).await.map(Some),
            Self::Provider { provider, .. } => provider.authorization().await.map(|given| Some(given.into_header())),
        }
    }

    /// Called after the service answered 401 to a header.
    pub(crate) async fn refused(&self, used: &HeaderValue) -> Renewal {
        match self {
            Self::Nothing | Self::Fixed(_) => Renewal::Nothing,
            Self::OAuth(session) => session.refused(used),
            Self::Provider { provider, refused } => {
                if !provider.refused(&Authorization::from_header(used.clone())).await {
                    return Renewal::Nothing;
                }
                let before = refused.lock().unwrap_or_else(PoisonError::into_inner).replace(used.clone());
                if before.as_ref() == Some(used) { Renewal::Known } else { Renewal::New }
            }
        }
    }
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

//! Who the client is. Secrets stay in `secrecy`'s containers, and the only places they leave for are the header of a
//! request, marked as sensitive, and the filter that removes them from texts. They are never printed.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::errors::CredentialError;

mod authorization;
mod oauth;
mod provider;
mod store;

pub use authorization::Authorization;
pub use oauth::OAuth;
use oauth::Session;
pub use provider::CredentialProvider;
pub use store::{FileTokenStore, MemoryTokenStore, TokenStore, Tokens};

/// What a client proves itself with.
///
/// API tokens go with the e-mail address of their account, access tokens of a repository, project or workspace go
/// alone; the service refuses one in the place of the other. Where a token tells its kind by its first letters, the
/// wrong pairing is an error of [`ClientBuilder::build`](crate::ClientBuilder::build).
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

/// The credentials in the form in which the executor asks for them.
pub(crate) enum CredentialSource {
    Nothing,
    Fixed(HeaderValue),
    OAuth(Arc<Session>),
    Provider(Arc<dyn CredentialProvider>),
}

impl Credentials {
    /// None: only what is public can be read, and the service allows few calls an hour.
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

    /// Tokens of OAuth 2, fetched when the first call needs one, and refreshed before they expire and once after a 401.
    /// Clients that are given clones of one value share its tokens.
    ///
    /// ```
    /// use bitbucket_cloud::{Credentials, OAuth};
    ///
    /// let credentials = Credentials::oauth(OAuth::client_credentials("key", "secret"));
    /// ```
    pub fn oauth(oauth: OAuth) -> Self {
        Self(Scheme::OAuth(Arc::new(Session::new(oauth))))
    }

    /// Credentials from a source of the caller's, such as a vault.
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

    /// Checks what can be checked, or says what is wrong and what would be right.
    pub(crate) fn source(&self) -> Result<CredentialSource, String> {
        let fixed = match &self.0 {
            Scheme::Anonymous => return Ok(CredentialSource::Nothing),
            Scheme::OAuth(session) => {
                session.check()?;
                return Ok(CredentialSource::OAuth(Arc::clone(session)));
            }
            Scheme::Provider(provider) => return Ok(CredentialSource::Provider(Arc::clone(provider))),
            Scheme::ApiToken { email, token } => {
                not_an_access_token(token)?;
                if matches!(email.as_str(), "x-token-auth" | "x-bitbucket-api-token-auth") {
                    return Err(format!(
                        "`{email}` is a user name for git; the API wants the account's e-mail address"
                    ));
                }
                Authorization::basic(email, token.clone())?
            }
            Scheme::AccessToken { token } => {
                if token.expose_secret().starts_with("ATATT") {
                    let text = "an API token (`ATATT…`) goes with the e-mail address of its account: \
                                use `Credentials::api_token`";
                    return Err(text.into());
                }
                Authorization::bearer(token.clone())?
            }
        };
        Ok(CredentialSource::Fixed(fixed.into_header()))
    }

    /// The secret itself, for the filter of texts.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match &self.0 {
            Scheme::ApiToken { token, .. } | Scheme::AccessToken { token } => Some(token),
            // What these send is known from the header.
            Scheme::Anonymous | Scheme::OAuth(_) | Scheme::Provider(_) => None,
        }
    }
}

fn not_an_access_token(token: &SecretString) -> Result<(), String> {
    let text = match token.expose_secret() {
        token if token.starts_with("ATCTT") => {
            "an access token (`ATCTT…`) goes without an e-mail address: use `Credentials::access_token`"
        }
        token if token.starts_with("ATBB") => {
            "this is an app password (`ATBB…`), which Bitbucket no longer accepts: create an API token with scopes"
        }
        _ => return Ok(()),
    };
    Err(text.into())
}

impl CredentialSource {
    /// The header for the next attempt, or none.
    pub(crate) async fn header(&self, http: &reqwest::Client) -> Result<Option<HeaderValue>, CredentialError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Fixed(header) => Ok(Some(header.clone())),
            Self::OAuth(session) => session.authorization(http).await.map(Some),
            Self::Provider(provider) => provider.authorization().await.map(|given| Some(given.into_header())),
        }
    }

    /// Tells that the service answered 401 to a header; whether it is worth asking for another.
    pub(crate) async fn refused(&self, used: &HeaderValue) -> bool {
        match self {
            Self::Nothing | Self::Fixed(_) => false,
            Self::OAuth(session) => {
                session.refused(used);
                true
            }
            Self::Provider(provider) => provider.refused(&Authorization::from_header(used.clone())).await,
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
    fn a_token_in_the_wrong_place_is_an_error_with_the_remedy() {
        let cases = [
            (Credentials::access_token("ATATT3xSECRET"), "Credentials::api_token"),
            (Credentials::api_token("me@example.org", "ATCTT3xSECRET"), "Credentials::access_token"),
            (Credentials::api_token("me@example.org", "ATBBSECRET"), "API token"),
            (Credentials::api_token("x-token-auth", "SECRET"), "e-mail"),
        ];
        for (credentials, hint) in cases {
            let error = credentials.source().err().unwrap();
            assert!(error.contains(hint) && !error.contains("SECRET"), "{error}");
        }
        assert!(Credentials::access_token("ATCTT3x").source().is_ok());
        assert!(Credentials::api_token("me@example.org", "ATATT3x").source().is_ok());
    }
}

//! Who the client is. Secrets stay in `secrecy`'s containers, and the only places they leave for are the header of a
//! request, marked as sensitive, and the filter that removes them from texts. They are never printed.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

mod authorization;
mod oauth;
mod provider;
mod store;

pub use authorization::Authorization;
pub use oauth::OAuth;
use oauth::Session;
pub use provider::{CredentialError, CredentialProvider};
pub use store::{FileTokenStore, MemoryTokenStore, TokenStore, Tokens};

/// A future in a box, as the traits for credentials give it.
///
/// ```
/// use bitbucket_cloud::BoxFuture;
///
/// fn ready() -> BoxFuture<'static, u8> {
///     Box::pin(async { 1 })
/// }
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

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
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Anonymous,
    ApiToken { email: String, token: SecretString },
    AccessToken { token: SecretString },
    OAuth(Arc<Session>),
    Provider(Arc<dyn CredentialProvider>),
}

/// The credentials in the form in which the executor asks for them.
pub(crate) enum Supply {
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

    /// Tokens of OAuth 2, fetched when the first call needs one, and refreshed before they expire and once after a 401.
    /// Clients that are given clones of one value share its tokens.
    ///
    /// ```
    /// use bitbucket_cloud::{Credentials, OAuth};
    ///
    /// let credentials = Credentials::oauth(OAuth::client_credentials("key", "secret"));
    /// ```
    pub fn oauth(oauth: OAuth) -> Self {
        Self(Kind::OAuth(Arc::new(Session::new(oauth))))
    }

    /// Credentials from a source of the caller's, such as a vault.
    ///
    /// ```
    /// # fn run(vault: impl bitbucket_cloud::CredentialProvider) {
    /// let credentials = bitbucket_cloud::Credentials::provider(vault);
    /// # }
    /// ```
    pub fn provider(provider: impl CredentialProvider) -> Self {
        Self(Kind::Provider(Arc::new(provider)))
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.0, Kind::Anonymous)
    }

    /// Checks what can be checked, or says what is wrong and what would be right.
    pub(crate) fn auth(&self) -> Result<Supply, String> {
        let fixed = match &self.0 {
            Kind::Anonymous => return Ok(Supply::Nothing),
            Kind::OAuth(session) => {
                session.check()?;
                return Ok(Supply::OAuth(Arc::clone(session)));
            }
            Kind::Provider(provider) => return Ok(Supply::Provider(Arc::clone(provider))),
            Kind::ApiToken { email, token } => {
                not_an_access_token(token)?;
                if matches!(email.as_str(), "x-token-auth" | "x-bitbucket-api-token-auth") {
                    return Err(format!(
                        "`{email}` is a user name for git; the API wants the account's e-mail address"
                    ));
                }
                Authorization::basic(email, token.clone())?
            }
            Kind::AccessToken { token } => {
                if token.expose_secret().starts_with("ATATT") {
                    let text = "an API token (`ATATT…`) goes with the e-mail address of its account: \
                                use `Credentials::api_token`";
                    return Err(text.into());
                }
                Authorization::bearer(token.clone())?
            }
        };
        Ok(Supply::Fixed(fixed.into_header()))
    }

    /// The secret itself, for the filter of texts.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match &self.0 {
            Kind::ApiToken { token, .. } | Kind::AccessToken { token } => Some(token),
            // What these send is known from the header.
            Kind::Anonymous | Kind::OAuth(_) | Kind::Provider(_) => None,
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

impl Supply {
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
            Kind::Anonymous => "Credentials::anonymous",
            Kind::ApiToken { .. } => "Credentials::api_token([redacted])",
            Kind::AccessToken { .. } => "Credentials::access_token([redacted])",
            Kind::OAuth(_) => "Credentials::oauth([redacted])",
            Kind::Provider(_) => "Credentials::provider([redacted])",
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
        for (credentials, remedy) in cases {
            let error = credentials.auth().err().unwrap();
            assert!(error.contains(remedy) && !error.contains("SECRET"), "{error}");
        }
        assert!(Credentials::access_token("ATCTT3x").auth().is_ok());
        assert!(Credentials::api_token("me@example.org", "ATATT3x").auth().is_ok());
    }
}

//! Secrets over plain http, and addresses that hold some.

use bitbucket_cloud::{
    Attempt, Authorization, BoxFuture, CODE_INSIGHTS_PROXY, Client, ClientBuilder, CredentialError, CredentialProvider,
    Credentials, ErrorKind, HeaderMap, Hook, Method, OAuth,
};

use crate::SECRET;

const ELSEWHERE: &str = "http://bitbucket.example.org/2.0";

fn all() -> Vec<Credentials> {
    struct Vault;
    impl CredentialProvider for Vault {
        fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
            Box::pin(async { Err(CredentialError::permanent("sealed")) })
        }
    }
    let oauth = || OAuth::client_credentials("key", SECRET);
    vec![
        Credentials::access_token(SECRET),
        Credentials::api_token("me@example.org", SECRET),
        Credentials::oauth(oauth()),
        Credentials::oauth(OAuth::refresh_token("key", SECRET, SECRET)),
        Credentials::oauth(OAuth::jwt_bearer(|| Ok(SECRET.into()))),
        Credentials::provider(Vault),
    ]
}

fn refused(builder: ClientBuilder) {
    let error = builder.build().expect_err("plain http");
    let text = format!("{error} {error:?}");
    assert!(error.kind() == ErrorKind::Config && text.contains("allow_plain_http"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn credentials_over_plain_http_are_refused_unless_allowed() {
    for credentials in all() {
        refused(Client::builder().base_url(ELSEWHERE).credentials(credentials.clone()));
        let allowed = Client::builder().base_url(ELSEWHERE).credentials(credentials.clone()).allow_plain_http();
        allowed.build().expect("what is allowed by name");
        for base in ["http://localhost:1/2.0", "http://127.8.8.8", "http://[::1]:1", "https://bitbucket.example.org"] {
            Client::builder().base_url(base).credentials(credentials.clone()).build().expect(base);
        }
    }
    Client::builder().base_url(ELSEWHERE).build().expect("nothing to hide");
    Client::builder().code_insights_proxy(CODE_INSIGHTS_PROXY).build().expect("nothing to hide");
}

#[test]
fn a_token_endpoint_on_plain_http_is_refused_unless_allowed() {
    let oauth = || OAuth::client_credentials("key", SECRET);
    let at = |url: &str| Client::builder().credentials(Credentials::oauth(oauth().token_url(url)));
    refused(at("http://bitbucket.example.org/token"));
    at("http://bitbucket.example.org/token").allow_plain_http().build().expect("what is allowed by name");
    at("http://localhost:8080/token").build().expect("this machine");
    for url in ["ftp://localhost/token", "data:,token", "localhost:80", &format!("https://me:{SECRET}@localhost/token")]
    {
        let error = at(url).build().expect_err(url);
        assert!(error.kind() == ErrorKind::Config && !format!("{error} {error:?}").contains(SECRET), "{error}");
    }
}

/// Adds a header of its own.
struct Adds;

impl Hook for Adds {
    fn on_request(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
        headers.insert("authorization", SECRET.parse().expect("a value"));
    }
}

#[tokio::test]
async fn a_header_of_the_callers_or_a_hooks_is_not_sent_over_plain_http() {
    let client = Client::builder().base_url(ELSEWHERE).build().expect("a client");
    let own = client.request(Method::GET, "/user").header("Authorization", format!("Bearer {SECRET}"));
    let hooked = Client::builder().base_url(ELSEWHERE).hook(Adds).build().expect("a client");
    for request in [own, hooked.request(Method::GET, "/user")] {
        let error = request.send_raw().await.expect_err("plain http");
        let text = format!("{error} {error:?}");
        assert!(error.kind() == ErrorKind::InvalidRequest && text.contains("allow_plain_http"), "{text}");
        assert!(!text.contains(SECRET) && !error.is_ambiguous() && !error.is_retryable(), "{text}");
    }
}

#[test]
fn an_address_that_is_refused_is_not_shown() {
    let addresses = [
        format!("https://me:{SECRET}@example.org/2.0"),
        format!("https://{SECRET}@example.org/2.0"),
        format!("//me:{SECRET}@example.org"),
        format!("me:{SECRET}@example.org"),
        format!("ftp://me:{SECRET}@example.org"),
        format!("https://example.org/2.0?token={SECRET}"),
        format!("https://example.org/2.0#{SECRET}"),
        format!("https://exa mple.org:{SECRET}"),
        format!("http://me:{SECRET}@bitbucket.example.org"),
    ];
    for address in addresses {
        let builder = Client::builder().base_url(&address).credentials(Credentials::access_token(SECRET));
        let shown = format!("{builder:?}");
        let error = builder.build().expect_err(&address);
        let text = format!("{shown} {error} {error:?}");
        assert!(error.kind() == ErrorKind::Config && !text.contains(SECRET), "{text}");
        let proxy = Client::builder().code_insights_proxy(&address);
        let shown = format!("{proxy:?}");
        let text = format!("{shown} {:?}", proxy.build().map(|client| format!("{client:?}")));
        assert!(!text.contains(SECRET), "{text}");
    }
    let builder = Client::builder().base_url("https://example.org/2.0/");
    assert!(format!("{builder:?}").contains("https://example.org/2.0"), "{builder:?}");
}

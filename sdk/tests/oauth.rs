//! Grants as they come over the wire, and tokens in their file.
#![allow(missing_docs)]

mod support;

use std::time::{Duration, SystemTime};

use bitbucket_cloud::{
    Attempt, Authorization, BoxFuture, Client, CredentialError, CredentialProvider, Credentials, ErrorKind,
    FileTokenStore, HeaderMap, Hook, Method, Multipart, OAuth, SecretString, TokenStore, Tokens,
};
use secrecy::ExposeSecret;
#[cfg(feature = "tracing")]
use support::Trace;
use support::{Server, json};

const FIRST: &str = r#"{"access_token":"a1","refresh_token":"r1","expires_in":7200,"scope":"x"}"#;

/// A client of one server for the API and of another for tokens.
async fn client(api: &Server, oauth: OAuth, tokens: &Server) -> Client {
    let oauth = oauth.token_url(format!("{}/token", tokens.base));
    Client::builder().base_url(&api.base).credentials(Credentials::oauth(oauth)).build().unwrap()
}

#[tokio::test]
async fn each_grant_is_sent_as_the_service_wants_it() {
    let cases = [
        (OAuth::client_credentials("key", "secret"), "Basic a2V5OnNlY3JldA==", "grant_type=client_credentials"),
        (
            OAuth::refresh_token("key", "secret", "r0"),
            "Basic a2V5OnNlY3JldA==",
            "grant_type=refresh_token&refresh_token=r0",
        ),
        (OAuth::jwt_bearer(|| Ok("signed".into())), "JWT signed", "grant_type=urn%3Abitbucket%3Aoauth2%3Ajwt"),
    ];
    for (oauth, authorization, form) in cases {
        let (api, tokens) = (Server::start(&[json(200, "{}")]).await, Server::start(&[json(200, FIRST)]).await);
        let client = client(&api, oauth, &tokens).await;
        for _ in 0..2 {
            client.request(Method::GET, "/a").send_raw().await.unwrap();
            assert_eq!(api.last().header("authorization").as_deref(), Some("Bearer a1"));
        }
        let [seen] = &tokens.seen()[..] else { panic!("one exchange") };
        assert_eq!((seen.header("authorization").as_deref(), seen.body.as_str()), (Some(authorization), form));
        assert_eq!(seen.header("content-type").as_deref(), Some("application/x-www-form-urlencoded"));
    }
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    for second in ["1", "\"1\"", "1.0"] {
        let short = format!(r#"{{"access_token":"a1","expires_in":{second}}}"#);
        let tokens = Server::start(&[json(200, &short), json(200, FIRST)]).await;
        let api = Server::start(&[json(200, "{}")]).await;
        let client = client(&api, OAuth::client_credentials("key", "secret"), &tokens).await;
        client.request(Method::GET, "/a").send_raw().await.unwrap();
        tokio::time::sleep(Duration::from_millis(950)).await;
        client.request(Method::POST, "/a").send_raw().await.unwrap();
        assert_eq!((api.seen().len(), tokens.seen().len()), (2, 2), "{second}");
    }
}

#[tokio::test]
async fn a_rotated_token_is_kept_in_a_file_of_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let tokens = Server::start(&[json(200, FIRST), json(200, &FIRST.replace("a1", "a2").replace("r1", "r2"))]).await;
    let api = [json(200, "{}"), json(401, "{}"), json(200, "{}"), json(401, "{}"), json(200, "{}")];
    let api = Server::start(&api).await;
    let oauth = || OAuth::refresh_token("key", "secret", "r0").store(FileTokenStore::new(&path));
    let first = client(&api, oauth(), &tokens).await;
    first.request(Method::GET, "/a").send_raw().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Itself, and the file that is locked while tokens are refreshed.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    // Another process: it uses the access token of the file, and then the refresh token of the file.
    let second = client(&api, oauth(), &tokens).await;
    second.request(Method::GET, "/a").send_raw().await.unwrap();
    let forms: Vec<_> = tokens.seen().into_iter().map(|seen| seen.body).collect();
    let expected = ["grant_type=refresh_token&refresh_token=r0", "grant_type=refresh_token&refresh_token=r1"];
    assert_eq!(forms, expected);
    let sent: Vec<_> = api.seen().iter().map(|seen| seen.header("authorization").unwrap()).collect();
    assert_eq!(sent, ["Bearer a1", "Bearer a1", "Bearer a2"]);
    let stored = FileTokenStore::new(&path).load().await.unwrap().unwrap();
    assert_eq!(stored.refresh_token.unwrap().expose_secret(), "r2");
    assert!(stored.expires_at.unwrap() > SystemTime::now() + Duration::from_secs(7000));
    // The first client is told 401 later, and finds the other's tokens.
    first.request(Method::GET, "/a").send_raw().await.unwrap();
    let sent: Vec<_> = api.seen().iter().skip(3).map(|seen| seen.header("authorization").unwrap()).collect();
    assert_eq!(sent, ["Bearer a1", "Bearer a2"]);
    assert_eq!(tokens.seen().len(), 2);
}

#[tokio::test]
async fn a_file_that_holds_no_tokens_is_an_error_that_shows_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store = FileTokenStore::new(&path);
    assert!(store.load().await.unwrap().is_none());
    std::fs::write(&path, "").unwrap();
    assert!(store.load().await.unwrap().is_none());
    for text in ["hush-hush", "{\"hush\":1}"] {
        std::fs::write(&path, text).unwrap();
        let error = store.load().await.unwrap_err().to_string();
        assert!(!error.contains("hush"), "{error}");
    }
    store.save(&Tokens::new("a")).await.unwrap();
    assert_eq!(store.load().await.unwrap().unwrap().access_token.expose_secret(), "a");
    let nowhere = FileTokenStore::new(folder.path().join("none/tokens.json"));
    assert!(nowhere.save(&Tokens::new("a")).await.is_err());
}

#[cfg(feature = "tracing")]
#[tokio::test]
async fn what_is_wrong_with_a_file_is_traced_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    std::fs::write(&path, "hush-hush").unwrap();
    let trace = Trace::default();
    let guard = tracing::subscriber::set_default(trace.clone());
    let (api, tokens) = (Server::start(&[json(200, "{}")]).await, Server::start(&[json(400, "{}")]).await);
    let oauth = OAuth::client_credentials("key", "secret").store(FileTokenStore::new(&path));
    let client = client(&api, oauth, &tokens).await;
    for _ in 0..3 {
        client.request(Method::GET, "/a").send_raw().await.unwrap_err();
    }
    drop(guard);
    let text = trace.text();
    assert_eq!(text.matches("replaced by the next ones").count(), 1, "{text}");
    assert!(text.contains("delete it") && !text.contains("hush"), "{text}");
}

/// Sets a header of its own.
struct Own;

impl Hook for Own {
    fn on_request(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
        headers.insert("authorization", "Bearer own".parse().unwrap());
    }
}

#[tokio::test]
async fn a_header_of_a_hook_is_not_replaced() {
    let (api, tokens) = (Server::start(&[json(401, "{}")]).await, Server::start(&[json(200, FIRST)]).await);
    let oauth = OAuth::client_credentials("key", "secret").token_url(format!("{}/token", tokens.base));
    let builder = Client::builder().base_url(&api.base).credentials(Credentials::oauth(oauth)).hook(Own);
    let error = builder.build().unwrap().request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!((api.seen().len(), tokens.seen().len()), (1, 0));
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let cases = [
        OAuth::client_credentials("", "secret"),
        OAuth::client_credentials("key", "hush\n"),
        OAuth::client_credentials("key", "secret").token_url("nowhere"),
        OAuth::client_credentials("key", "secret").token_url("http://hush.example.org/token"),
    ];
    for oauth in cases {
        let error = Client::builder().credentials(Credentials::oauth(oauth)).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}

/// Gives one token after the other.
struct Vault(std::sync::atomic::AtomicUsize);

impl CredentialProvider for Vault {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, CredentialError>> {
        let version = self.0.load(std::sync::atomic::Ordering::SeqCst);
        Box::pin(async move {
            match version {
                0..3 => Authorization::bearer(SecretString::from(format!("v{version}"))).map_err(CredentialError::new),
                _ => Err(CredentialError::new("the vault is sealed")),
            }
        })
    }

    fn refused<'a>(&'a self, used: &'a Authorization) -> BoxFuture<'a, bool> {
        assert_eq!(format!("{used:?}"), "Authorization([redacted])");
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(async { true })
    }
}

#[tokio::test]
async fn a_provider_is_asked_again_once_after_401() {
    let api = Server::start(&[json(401, "{}"), json(200, "{}"), json(401, "{}"), json(401, "{}")]).await;
    let credentials = Credentials::provider(Vault(0.into()));
    let client = Client::builder().base_url(&api.base).credentials(credentials).build().unwrap();
    client.request(Method::POST, "/a").send_raw().await.unwrap();
    assert!(client.request(Method::POST, "/a").send_raw().await.unwrap_err().is_unauthorized());
    let sent: Vec<_> = api.seen().iter().map(|seen| seen.header("authorization").unwrap()).collect();
    assert_eq!(sent, ["Bearer v0", "Bearer v1", "Bearer v1", "Bearer v2"]);
    // A header of the caller's is the caller's: nothing is renewed.
    let own = client.request(Method::GET, "/a").header("authorization", "Bearer own").send_raw().await.unwrap_err();
    assert_eq!((own.status().map(|status| status.as_u16()), own.attempts()), (Some(401), 1));
}

/// A stream that can be read once.
struct Once(Option<&'static str>);

impl futures_core::Stream for Once {
    type Item = std::io::Result<bitbucket_cloud::Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(|text| Ok(text.into())))
    }
}

#[tokio::test]
async fn credentials_that_a_streamed_upload_had_refused_are_not_used_again() {
    let tokens = Server::start(&[json(200, FIRST), json(200, &FIRST.replace("a1", "a2"))]).await;
    let api = Server::start(&[json(401, "{}"), json(200, "{}")]).await;
    let client = client(&api, OAuth::client_credentials("key", "secret"), &tokens).await;
    let form = Multipart::new().stream("files", "a", Once(Some("once")), Some(4));
    let error = client.request(Method::POST, "/a").multipart(form).send().await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_ambiguous(), "{error}");
    client.request(Method::GET, "/a").send().await.unwrap();
    let sent: Vec<_> = api.seen().iter().map(|seen| seen.header("authorization").unwrap_or_default()).collect();
    assert_eq!(sent, ["Bearer a1", "Bearer a2"]);
}

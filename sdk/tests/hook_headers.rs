//! Headers and hooks: which of them hooks see, in which order they are called, and where their own headers go.
#![allow(missing_docs)]

mod support;

use std::sync::{Arc, Mutex};

use bitbucket_cloud::{Attempt, AttemptOutcome, Client, ClientBuilder, Credentials, HeaderMap, Hook, Method};
use support::{Server, answer, json};

type Notes = Arc<Mutex<Vec<String>>>;

/// Writes down what it sees, and sets a header.
struct Setter(&'static str, &'static str, Notes);

impl Hook for Setter {
    fn on_request(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
        let seen = headers.get("authorization").is_some();
        self.2.lock().unwrap().push(format!("{} before{}", self.1, if seen { ", sees it" } else { "" }));
        headers.insert(self.0, self.1.parse().unwrap());
    }

    fn on_response(&self, _: &Attempt<'_>, _: &AttemptOutcome<'_>) {
        self.2.lock().unwrap().push(format!("{} after", self.1));
    }
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(&server.base).credentials(Credentials::access_token("token-of-the-client"))
}

#[tokio::test]
async fn hooks_do_not_see_authorization() {
    let server = Server::start(&[json(200, "{}")]).await;
    let notes = Notes::default();
    let set = |name, value| Setter(name, value, notes.clone());
    let plain = builder(&server).hook(set("x-a", "one")).hook(set("x-b", "two")).build().unwrap();
    let own = builder(&server).hook(set("authorization", "three")).hook(set("x-c", "four")).build().unwrap();
    let sent = async |client: &Client, header: Option<&str>| {
        let mut request = client.request(Method::GET, "/a");
        if let Some(value) = header {
            request = request.header("authorization", value);
        }
        request.send_raw().await.unwrap();
        server.last().header("authorization").unwrap()
    };
    assert_eq!(sent(&plain, None).await, "Bearer token-of-the-client");
    assert_eq!(sent(&plain, Some("Bearer of-the-caller")).await, "Bearer of-the-caller");
    assert_eq!(sent(&own, None).await, "three");
    assert_eq!(sent(&own, Some("Bearer of-the-caller")).await, "three");
    assert_eq!(server.last().header("x-c").as_deref(), Some("four"));
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 16);
    assert!(!notes.iter().any(|note| note.contains("sees")), "{notes:?}");
}

#[tokio::test]
async fn hooks_run_in_the_order_in_which_they_were_added() {
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(&[json(200, "{}")]).await;
    let notes = Notes::default();
    let builder = || {
        let first = builder(&server).hook(Setter("x-a", "one", notes.clone()));
        first.hook(Setter("x-a", "two", notes.clone()))
    };
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    // A client of the caller's makes no difference.
    for client in [builder().build().unwrap(), builder().http_client(http).build().unwrap()] {
        client.request(Method::GET, "/a").send_raw().await.unwrap();
        assert_eq!(server.last().header("x-a").as_deref(), Some("two"));
        let notes = std::mem::take(&mut *notes.lock().unwrap());
        assert_eq!(notes, ["one before", "two before", "one after", "two after"]);
    }
}

#[tokio::test]
async fn a_header_of_a_hook_stays_with_its_host() {
    let other = Server::start(&[answer(200, "", "")]).await;
    let away = format!("location: {}/b", other.base);
    let server = Server::start(&[answer(307, "location: /2.0/b", ""), answer(307, &away, "")]).await;
    let client = builder(&server).hook(Setter("x-a", "one", Notes::default())).build().unwrap();
    client.request(Method::GET, "/a").send_raw().await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.len(), seen[1].target.as_str()), (2, "/2.0/b"));
    for seen in &seen {
        assert_eq!(seen.header("x-a").as_deref(), Some("one"));
        assert_eq!(seen.header("authorization").as_deref(), Some("Bearer token-of-the-client"));
    }
    assert_eq!((other.last().header("x-a"), other.last().header("authorization")), (None, None));
}

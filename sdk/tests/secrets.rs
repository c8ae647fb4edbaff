//! Secrets and query values appear in nothing that is printed or traced, whatever the server sends back.
//!
//! This is the only test of its process: tracing decides once for the process whether an event is of interest, and a
//! test beside it, without a subscriber, could be the one that is asked.

#![cfg(feature = "tracing")]
#![allow(missing_docs)]

mod support;

use std::error::Error as _;

use bitbucket_cloud::{Client, Credentials, Error, Method, Multipart, Request, RetryPolicy};
use serde_json::Value;
use support::{Server, Trace, answer, json};

const TOKEN: &str = "tok-3f9a-canary";
const EMAIL: &str = "me@example.org";
const QUERY: &str = "query-canary";
const BODY: &str = "body-canary";
/// The token as the Basic header carries it.
const ENCODED: &str = "bWVAZXhhbXBsZS5vcmc6dG9rLTNmOWEtY2FuYXJ5";

fn assert_clean(text: &str) {
    for canary in [TOKEN, ENCODED, QUERY, BODY] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}

fn all(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.body_excerpt());
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}

fn request(client: &Client) -> Request {
    let request = client.request(Method::POST, format!("/a?written={QUERY}")).query("variables[0].value", QUERY);
    request.header("x-extra", BODY).header("cookie", TOKEN).json(&BODY)
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    // The server sends back all it got, as S3 does with the header.
    let echo = format!("<Error><Message>{TOKEN}</Message><ArgumentValue>Basic {ENCODED}</ArgumentValue></Error>");
    let answers = [
        answer(400, "content-type: application/xml", &echo),
        json(401, &format!(r#"{{"error":{{"message":"bad {TOKEN}","detail":{{"got":"Basic {ENCODED}"}}}}}}"#)),
        answer(200, "content-type: text/html", &format!("<title>{TOKEN}</title>")),
        json(200, &format!(r#"{{"count":"{TOKEN} {ENCODED}"}}"#)),
        json(200, &format!(r#"{{"client_secret":"{BODY}","count":"many"}}"#)),
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
        answer(307, "location: http://127.0.0.1:1/?x=query-canary", ""),
    ];
    let trace = Trace::default();
    let _guard = tracing::subscriber::set_default(trace.clone());
    let credentials = Credentials::api_token(EMAIL, TOKEN);
    assert_clean(&format!("{credentials:?} {:?}", Client::builder().credentials(credentials.clone())));
    let count = answers.len();
    assert_clean(&format!("{:?}", bitbucket_cloud::Tokens::new(TOKEN).with_refresh_token(TOKEN)));
    let server = Server::start(&answers).await;
    let client =
        Client::builder().base_url(&server.base).credentials(credentials).retry(RetryPolicy::none()).build().unwrap();
    assert_clean(&format!("{client:?} {:?} {:?}", client.workspace("w"), client.repository("w", "r")));
    let form = Multipart::new().text("name", BODY);
    assert_clean(&format!("{form:?} {:?} {:#?}", request(&client), request(&client).multipart(form.clone())));
    for _ in 0..count {
        let error = request(&client).send_as::<std::collections::BTreeMap<String, u8>>().await.unwrap_err();
        assert_clean(&all(&error));
    }
    let server = Server::start(&[answer(200, "set-cookie: s=query-canary", "{}")]).await;
    let client = Client::builder().base_url(&server.base).build().unwrap();
    let response = request(&client).send_as::<Value>().await.unwrap();
    assert_eq!(format!("{response:?}"), "Response { status: 200, value: Object {}, .. }");
    assert_clean(&format!("{:?}", request(&client).send_stream().await.unwrap()));
    let refused = client.request(Method::GET, format!("https://u:{TOKEN}@evil.test/?x={QUERY}"));
    assert_clean(&all(&refused.send_as::<Value>().await.unwrap_err()));
    let text = trace.text();
    assert!(text.contains("url.template=\"/a\"") && text.contains("http.response.status_code=400"), "{text}");
    assert_clean(&text);
}

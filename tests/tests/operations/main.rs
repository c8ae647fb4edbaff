//! Every operation of the document is called once, and what arrives at the server is compared with the document; or the
//! same calls go to a server that knows the contract, see `contract`.

use std::future::Future;
use std::pin::Pin;

use bitbucket_cloud::{Client, Error, Sending};
use bitbucket_tests::{FakeBitbucket, Method, Recorded, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

mod contract;
#[rustfmt::skip]
#[path = "../generated/operations.rs"]
mod generated;

/// One row of the table.
struct Case {
    name: &'static str,
    method: &'static str,
    /// Encoded, below the base URL.
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
    body: Body,
    /// What the server answers with.
    answer: &'static str,
    call: fn(Client) -> Pending,
}

/// A call under way.
type Pending = Pin<Box<dyn Future<Output = Result<Outcome, Error>>>>;

/// What must arrive as the body.
enum Body {
    Nothing,
    Json(&'static str),
    Form(&'static str),
    #[allow(dead_code, reason = "not every document has an operation that sends bytes")]
    Bytes,
    Multipart,
}

/// What the caller got.
struct Outcome {
    status: u16,
    /// The decoded answer, written again.
    value: Option<Value>,
}

async fn decoded<T: Serialize>(sending: Sending<T>) -> Result<Outcome, Error> {
    let response = checked(sending).await?;
    let value = serde_json::to_value(&*response).expect("a model can be written");
    Ok(Outcome { status: response.status().as_u16(), value: Some(value) })
}

async fn outcome<T>(sending: Sending<T>) -> Result<Outcome, Error> {
    checked(sending).await.map(|response| Outcome { status: response.status().as_u16(), value: None })
}

/// Bytes that the future of a call may have, which are allocated for each call.
const LARGEST_FUTURE: usize = 1_024;

/// Holds the future of a call to its size, where it is boxed.
fn checked<T>(sending: Sending<T>) -> Sending<T> {
    let size = size_of_val(&*sending);
    assert!(size <= LARGEST_FUTURE, "the future of a call has {size} bytes, more than {LARGEST_FUTURE}");
    sending
}

fn sample<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[tokio::test]
async fn every_operation_sends_what_the_document_says() {
    match contract::Server::from_env() {
        Some(server) => server.judge().await,
        None => compare_with_the_document().await,
    }
}

async fn compare_with_the_document() {
    let fake = FakeBitbucket::start().await.expect("a free port");
    let client = Client::builder().base_url(fake.base_url()).build().expect("a usable base URL");
    let cases = generated::cases();
    assert_eq!(cases.len(), generated::OPERATIONS);
    let mut failures = Vec::new();
    for case in cases {
        let method: Method = case.method.parse().expect("a verb");
        let reply = match case.answer {
            "" => Reply::status(204),
            "bytes" => Reply::bytes(200, "application/octet-stream", "bytes"),
            json => Reply::json(200, serde_json::from_str(json).expect("a sample is JSON")),
        };
        fake.clear_journal();
        fake.on(method, "/{*rest}", reply.times(1));
        let result = (case.call)(client.clone()).await;
        let journal = fake.journal();
        if let Err(problem) = check(&case, result, &journal) {
            failures.push(format!("{} ({} {}): {problem}", case.name, case.method, case.path));
        }
    }
    assert!(failures.is_empty(), "{} operations differ:\n{}", failures.len(), failures.join("\n"));
    println!("{0} of {0} operations sent what the document says", generated::OPERATIONS);
}

/// The service answers 400 to a comment that names its `type`, so none is sent, not even one that was received before.
#[tokio::test]
async fn comments_are_sent_without_their_type() {
    use bitbucket_cloud::types::{CommitComment, PullRequestComment};

    let fake = FakeBitbucket::start().await.expect("a free port");
    let client = Client::builder().base_url(fake.base_url()).build().expect("a usable base URL");
    for method in [Method::POST, Method::PUT] {
        fake.on(method, "/{*rest}", Reply::json(200, serde_json::json!({})));
    }
    let received = |kind: &str| format!(r#"{{"type": "{kind}", "content": {{"raw": "done"}}}}"#);
    let (pulls, commits) = (client.pull_requests(), client.commits());
    for comment in [PullRequestComment::new("done"), sample(&received("pullrequest_comment"))] {
        pulls.create_comment("acme", "rocket", 7, &comment).send().await.expect("an answer");
        pulls.update_comment("acme", "rocket", 7, 8, &comment).send().await.expect("an answer");
    }
    for comment in [CommitComment::new("done"), sample(&received("commit_comment"))] {
        commits.create_comment("acme", "rocket", "abc", &comment).send().await.expect("an answer");
        commits.update_comment("acme", "rocket", "abc", 8, &comment).send().await.expect("an answer");
    }
    let sent: Vec<Value> = fake.journal().iter().map(|request| request.json().expect("JSON")).collect();
    assert_eq!(sent, vec![serde_json::json!({"content": {"raw": "done"}}); 8]);
}

fn check(case: &Case, result: Result<Outcome, Error>, journal: &[Recorded]) -> Result<(), String> {
    let outcome = result.map_err(|error| format!("the call failed: {error}"))?;
    let [request] = journal else { return Err(format!("{} requests arrived", journal.len())) };
    expect("method", request.method.as_str(), case.method)?;
    expect("path", &request.path, &format!("/2.0{}", case.path))?;
    let query: Vec<(&str, &str)> = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    expect("query", &sorted(query), &sorted(case.query.to_vec()))?;
    check_body(&case.body, request)?;
    match (case.answer, outcome.value) {
        ("" | "bytes", None) => Ok(()),
        (json, Some(value)) => expect("decoded answer", &value, &parsed(json)?),
        (answer, None) => Err(format!("the answer {answer} was not decoded")),
    }
}

fn check_body(body: &Body, request: &Recorded) -> Result<(), String> {
    let content_type = request.header("content-type").unwrap_or_default();
    match body {
        Body::Nothing => {
            expect("content type", content_type, "")?;
            expect("body", &request.body[..], b"".as_slice())
        }
        Body::Json(json) => {
            expect("content type", content_type, "application/json")?;
            let sent = request.json().map_err(|error| error.to_string())?;
            expect("body", &sent, &parsed(json)?)
        }
        Body::Form(json) => {
            expect("content type", content_type, "application/x-www-form-urlencoded")?;
            let sent: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
            expect("body", &sorted(sent), &sorted(pairs(json)?))
        }
        Body::Bytes => {
            expect("content type", content_type, "application/octet-stream")?;
            expect("body", &request.body[..], b"bytes".as_slice())
        }
        Body::Multipart => {
            let text = String::from_utf8_lossy(&request.body);
            match content_type.starts_with("multipart/form-data; boundary=") && text.contains("a text") {
                true => Ok(()),
                false => Err(format!("no form arrived: {content_type}: {text}")),
            }
        }
    }
}

fn parsed(json: &str) -> Result<Value, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// The pairs of a form: a list repeats its name.
fn pairs(json: &str) -> Result<Vec<(String, String)>, String> {
    let value: serde_json::Map<String, Value> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(value
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Array(items) => items.iter().map(|item| (name.clone(), text(item))).collect(),
            value => vec![(name.clone(), text(value))],
        })
        .collect())
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn expect<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?} instead of {wanted:?}")) }
}

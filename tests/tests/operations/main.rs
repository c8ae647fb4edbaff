//! Every operation of the document is called once, and what arrives at the server is compared with the document.
//!
//! With `BITBUCKET_TABLE_BASE_URL` the same calls go to that server, and what it answers is printed: so the client can be
//! held against any server that knows the contract. `BITBUCKET_ACCESS_TOKEN` is sent along where it is set.

use std::future::Future;
use std::pin::Pin;

use bitbucket_cloud::{Client, Credentials, Error, Response};
use bitbucket_tests::{FakeBitbucket, Method, Recorded, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[rustfmt::skip]
#[path = "generated/operations.rs"]
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

fn decoded<T: Serialize>(response: Result<Response<T>, Error>) -> Result<Outcome, Error> {
    response.map(|response| Outcome {
        status: response.status().as_u16(),
        value: Some(serde_json::to_value(&*response).expect("a model can be written")),
    })
}

fn outcome<T>(response: Result<Response<T>, Error>) -> Result<Outcome, Error> {
    response.map(|response| Outcome { status: response.status().as_u16(), value: None })
}

fn sample<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[tokio::test]
async fn every_operation_sends_what_the_document_says() {
    match std::env::var("BITBUCKET_TABLE_BASE_URL") {
        Ok(base_url) => print_answers_of(&base_url).await,
        Err(_) => compare_with_the_document().await,
    }
}

async fn print_answers_of(base_url: &str) {
    let token = std::env::var("BITBUCKET_ACCESS_TOKEN").ok();
    let credentials = token.map_or_else(Credentials::anonymous, Credentials::access_token);
    let client = Client::builder().base_url(base_url).credentials(credentials).build().expect("a usable base URL");
    for case in generated::cases() {
        let status = match (case.call)(client.clone()).await {
            Ok(outcome) => outcome.status.to_string(),
            Err(error) => error.status().map_or_else(|| error.to_string(), |status| status.as_u16().to_string()),
        };
        println!("{}\t{}\t{}\t{status}", case.name, case.method, case.path);
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

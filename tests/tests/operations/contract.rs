//! The calls of the table, sent to a server that knows the contract: Prism, the service itself, or any other.
//!
//! `BITBUCKET_TABLE_BASE_URL` names it. `BITBUCKET_ACCESS_TOKEN`, or `BITBUCKET_EMAIL` and `BITBUCKET_API_TOKEN`, are sent
//! along. Each answer is printed, and the test fails on those that say that a request breaks the contract, except for the
//! operations in the file of `BITBUCKET_TABLE_EXCEPTIONS`: `group.method: reason`, one a line. `.ci/contract` does all this.

use std::collections::BTreeMap;
use std::env;

use bitbucket_cloud::{Client, Credentials, Error, RetryPolicy};
use bitbucket_tests::{FakeBitbucket, Method, Reply};
use serde_json::json;

use super::{Case, Outcome, generated};

/// A server that judges requests.
pub(crate) struct Server {
    base_url: String,
    credentials: Credentials,
    exceptions: BTreeMap<String, String>,
}

impl Server {
    /// The server of the environment.
    pub(crate) fn from_env() -> Option<Self> {
        let get = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let base_url = get("BITBUCKET_TABLE_BASE_URL")?;
        let credentials = match (get("BITBUCKET_ACCESS_TOKEN"), get("BITBUCKET_EMAIL"), get("BITBUCKET_API_TOKEN")) {
            (Some(token), ..) => Credentials::access_token(token),
            (None, Some(email), Some(token)) => Credentials::api_token(email, token),
            _ => Credentials::anonymous(),
        };
        let exceptions = get("BITBUCKET_TABLE_EXCEPTIONS").map_or_else(BTreeMap::new, |file| {
            exceptions(&std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}")))
        });
        Some(Self { base_url, credentials, exceptions })
    }

    /// Calls every operation.
    ///
    /// # Panics
    /// If a request is refused that is no exception, or one that is an exception is accepted.
    pub(crate) async fn judge(&self) {
        let problems = self.problems(generated::cases()).await;
        assert!(problems.is_empty(), "{} requests:\n{}", problems.len(), problems.join("\n"));
    }

    async fn problems(&self, cases: Vec<Case>) -> Vec<String> {
        let client = Client::builder().base_url(&self.base_url).credentials(self.credentials.clone());
        let client = client.retry(RetryPolicy::none()).build().expect("a usable base URL");
        let mut problems = Vec::new();
        for case in cases {
            let result = (case.call)(client.clone()).await;
            let refusal = refusal(&result);
            let status = match &result {
                Ok(outcome) => Some(outcome.status),
                Err(error) => error.status().map(|status| status.as_u16()),
            };
            let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
            println!("{}\t{}\t{}\t{status}", case.name, case.method, case.path);
            match (refusal, self.exceptions.get(case.name)) {
                (Some(refusal), None) => {
                    problems.push(format!("{} {} {}: {refusal}", case.name, case.method, case.path));
                }
                (Some(_), Some(reason)) => println!("  as expected: {reason}"),
                (None, Some(_)) => problems.push(format!("{}: is accepted: it is no exception any more", case.name)),
                (None, None) => {}
            }
        }
        problems
    }
}

/// The exceptions of a file; lines that begin with `#` are none.
fn exceptions(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let entry = line.split_once(": ").filter(|(_, reason)| !reason.trim().is_empty());
            let (name, reason) = entry.unwrap_or_else(|| panic!("`{line}` is no `group.method: reason`"));
            (name.to_owned(), reason.to_owned())
        })
        .collect()
}

/// Why an answer says that the request, or its answer, breaks the contract. What is only missing at a server (404, 409 and
/// the like) does not.
fn refusal(result: &Result<Outcome, Error>) -> Option<String> {
    let error = result.as_ref().err()?;
    let excerpt = error.body_excerpt().unwrap_or_default();
    let said = excerpt.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let refused = match error.status().map(|status| status.as_u16()) {
        Some(401 | 405 | 406 | 415 | 422 | 500..) => true,
        // Prism names the schema in a header, beside an empty body, where the document has an answer for invalid requests.
        Some(400) => excerpt.is_empty() || says(&["schema", "violation", "validation"]),
        Some(404) => says(&["route", "no_path_matched", "no api hosted"]),
        Some(402..=499) => false,
        // Nothing came, or nothing that could be decoded.
        _ => true,
    };
    refused.then(|| format!("{error} {excerpt}"))
}

/// The problems of the operation that gets the current user, where a server answers so.
async fn judged(reply: Reply, exceptions: &str) -> Vec<String> {
    let fake = FakeBitbucket::start().await.expect("a free port");
    fake.on(Method::GET, "/user", reply);
    let server = Server {
        base_url: fake.base_url().to_owned(),
        credentials: Credentials::api_token("someone@example.org", "a-token"),
        exceptions: self::exceptions(exceptions),
    };
    let cases = generated::cases().into_iter().filter(|case| case.name == "current_user.get").collect();
    let problems = server.problems(cases).await;
    assert!(
        fake.journal().iter().all(|request| request.header("authorization").is_some_and(|it| it.starts_with("Basic ")))
    );
    problems
}

#[tokio::test]
async fn what_a_contract_server_refuses_fails_the_table() {
    let error = |message: &str| json!({"type": "error", "error": {"message": message}});
    for (status, message) in [
        (401, "Invalid security scheme used"),
        (404, "Route not resolved, no path matched"),
        (405, "Route resolved, but no method matched"),
        (415, "Invalid content type"),
        (422, "Invalid request"),
        (400, "request.body does not fit the schema"),
        (500, "Schema too complex"),
    ] {
        let problems = judged(Reply::json(status, error(message)), "").await;
        assert_eq!(problems.len(), 1, "{status}");
        assert!(
            problems[0].starts_with("current_user.get GET /user: ") && problems[0].contains(message),
            "{problems:?}"
        );
        assert!(judged(Reply::json(status, error(message)), "current_user.get: known").await.is_empty(), "{status}");
    }
    assert_eq!(judged(Reply::status(400), "").await.len(), 1);
    let undecodable = judged(Reply::bytes(200, "application/json", "no JSON"), "").await;
    assert_eq!(undecodable.len(), 1, "{undecodable:?}");
}

#[tokio::test]
async fn what_a_server_only_lacks_passes_and_exceptions_must_be_needed() {
    let error = |message: &str| json!({"type": "error", "error": {"message": message}});
    for (status, message) in [(400, "A branch is needed"), (403, "Forbidden"), (404, "Not found"), (409, "Exists")] {
        assert_eq!(judged(Reply::json(status, error(message)), "").await, [""; 0], "{status}");
    }
    let fine = || Reply::json(200, json!({"type": "user"}));
    assert_eq!(judged(fine(), "# none\n").await, [""; 0]);
    assert_eq!(
        judged(fine(), "current_user.get: known").await,
        ["current_user.get: is accepted: it is no exception any more"]
    );
}

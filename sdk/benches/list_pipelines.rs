//! CPU time of listing 20,000 pipelines over loopback: this crate, a hand-written client that holds the same information,
//! and the poorer model that openapi-generator makes of the document.
//!
//! `cargo bench -p bitbucket-cloud --bench list_pipelines`
//!
//! The server is another process, so that its work is not counted, and so is each client, so that they do not leave each
//! other a used heap. The three take turns; medians are compared.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use bitbucket_cloud::{Client, types};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const PAGES: usize = 200;
const PAGE_LENGTH: usize = 100;
const ROUNDS: usize = 11;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [command] if command == "serve" => runtime.block_on(serve()),
        [command, which, base] if command == "run" => runtime.block_on(run(which, base)),
        _ => measure(),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The server
// ---------------------------------------------------------------------------------------------------------------------

async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/2.0", listener.local_addr()?);
    std::io::stdout().flush()?;
    let body = page().to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer = format!("{head}{body}");
    loop {
        let (mut stream, _) = listener.accept().await?;
        let answer = answer.clone();
        tokio::spawn(async move {
            let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = stream.read(&mut chunk).await {
                request.extend_from_slice(&chunk[..length]);
                if request.ends_with(b"\r\n\r\n") {
                    request.clear();
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                }
            }
        });
    }
}

/// A page in the order of members that the service has: `type` comes late.
fn page() -> Value {
    let address = |path: &str| json!({ "href": format!("https://api.bitbucket.org/2.0/{path}") });
    let creator = json!({
        "display_name": "Robin Example",
        "links": {
            "self": address("users/%7B1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11%7D"),
            "avatar": { "href": "https://avatar-management.example.org/712020:7f3c/3d/128" },
            "html": { "href": "https://bitbucket.org/%7B1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11%7D/" },
        },
        "type": "user",
        "uuid": "{1c6f8a52-7b1d-4c1e-9c55-0d0f6f2f7a11}",
        "account_id": "712020:7f3c9a52-7b1d-4c1e-9c55-0d0f6f2f7a11",
        "nickname": "robin",
    });
    let pipelines: Vec<_> = (0..PAGE_LENGTH)
        .map(|number| {
            let (result, kind) = match number % 3 {
                0 => ("FAILED", "pipeline_state_completed_failed"),
                _ => ("SUCCESSFUL", "pipeline_state_completed_successful"),
            };
            json!({
                "type": "pipeline",
                "uuid": format!("{{9a7d3c60-84fe-4b2a-a1b3-6c5d4e3f{number:04}}}"),
                "repository": {
                    "type": "repository", "full_name": "acme/rocket", "name": "rocket",
                    "links": {
                        "self": address("repositories/acme/rocket"),
                        "html": { "href": "https://bitbucket.org/acme/rocket" },
                        "avatar": { "href": "https://bytebucket.org/ravatar/%7B5e2b9d04%7D?ts=rust" },
                    },
                    "uuid": "{5e2b9d04-31aa-4f0c-8d7e-2f6b1c9a4e22}",
                },
                "state": { "name": "COMPLETED", "type": "pipeline_state_completed", "result": { "name": result, "type": kind } },
                "build_number": 1000 + number,
                "creator": creator,
                "created_on": "2026-03-02T08:15:30.123456Z",
                "completed_on": "2026-03-02T08:19:12.022330137Z",
                "target": {
                    "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "main",
                    "selector": { "type": "branches", "pattern": "main" },
                    "commit": {
                        "type": "commit", "hash": "4f2d9a7c1e8b3056d7a9c0e1f2b3a4d5c6e7f809",
                        "links": {
                            "self": address("repositories/acme/rocket/commit/4f2d9a7c1e8b3056d7a9c0e1f2b3a4d5c6e7f809"),
                            "html": { "href": "https://bitbucket.org/acme/rocket/commits/4f2d9a7c1e8b" },
                        },
                    },
                },
                "trigger": { "name": "PUSH", "type": "pipeline_trigger_push" },
                "duration_in_seconds": 222,
                "build_seconds_used": 187,
                "first_successful": false,
                "expired": false,
                "has_variables": false,
                "links": {
                    "self": address("repositories/acme/rocket/pipelines/%7B9a7d3c60%7D"),
                    "steps": address("repositories/acme/rocket/pipelines/%7B9a7d3c60%7D/steps/"),
                },
            })
        })
        .collect();
    json!({ "page": 1, "pagelen": PAGE_LENGTH, "size": PAGES * PAGE_LENGTH, "values": pipelines })
}

// ---------------------------------------------------------------------------------------------------------------------
// What somebody would write by hand
// ---------------------------------------------------------------------------------------------------------------------

#[allow(dead_code, reason = "held, not looked at")]
mod hand {
    use super::Deserialize;
    use chrono::{DateTime, Utc};

    #[derive(Deserialize)]
    pub(super) struct Page {
        pub(super) page: Option<i64>,
        pub(super) pagelen: Option<i64>,
        pub(super) size: Option<i64>,
        pub(super) next: Option<String>,
        pub(super) values: Vec<Pipeline>,
    }

    #[derive(Deserialize)]
    pub(super) struct Pipeline {
        pub(super) uuid: String,
        pub(super) repository: Option<Repository>,
        pub(super) state: Option<State>,
        pub(super) build_number: i64,
        pub(super) creator: Option<Account>,
        pub(super) created_on: DateTime<Utc>,
        pub(super) completed_on: Option<DateTime<Utc>>,
        pub(super) target: Option<Target>,
        pub(super) trigger: Option<Trigger>,
        pub(super) duration_in_seconds: Option<i64>,
        pub(super) build_seconds_used: Option<i64>,
        pub(super) first_successful: Option<bool>,
        pub(super) expired: Option<bool>,
        pub(super) has_variables: Option<bool>,
        pub(super) links: Option<Links>,
    }

    #[derive(Deserialize)]
    pub(super) struct Repository {
        pub(super) full_name: Option<String>,
        pub(super) name: Option<String>,
        pub(super) uuid: Option<String>,
        pub(super) links: Option<Links>,
    }

    #[derive(Deserialize)]
    pub(super) struct Links {
        #[serde(rename = "self")]
        pub(super) this: Option<Link>,
        pub(super) html: Option<Link>,
        pub(super) avatar: Option<Link>,
        pub(super) steps: Option<Link>,
    }

    #[derive(Deserialize)]
    pub(super) struct Link {
        pub(super) href: Option<String>,
        pub(super) name: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum State {
        #[serde(rename = "pipeline_state_completed")]
        Completed { name: Option<String>, result: Option<Outcome> },
        #[serde(rename = "pipeline_state_in_progress")]
        InProgress { name: Option<String>, stage: Option<Stage> },
        #[serde(rename = "pipeline_state_pending")]
        Pending { name: Option<String> },
        #[serde(other)]
        Unknown,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum Outcome {
        #[serde(rename = "pipeline_state_completed_successful")]
        Successful { name: Option<String> },
        #[serde(rename = "pipeline_state_completed_failed")]
        Failed { name: Option<String> },
        #[serde(rename = "pipeline_state_completed_error")]
        Error { name: Option<String> },
        #[serde(rename = "pipeline_state_completed_stopped")]
        Stopped { name: Option<String> },
        #[serde(other)]
        Unknown,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum Stage {
        #[serde(rename = "pipeline_state_in_progress_running")]
        Running { name: Option<String> },
        #[serde(rename = "pipeline_state_in_progress_paused")]
        Paused { name: Option<String> },
        #[serde(other)]
        Unknown,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum Account {
        #[serde(rename = "user")]
        User {
            display_name: Option<String>,
            links: Option<Links>,
            uuid: Option<String>,
            account_id: Option<String>,
            nickname: Option<String>,
        },
        #[serde(rename = "team")]
        Team { display_name: Option<String>, links: Option<Links>, uuid: Option<String> },
        #[serde(other)]
        Unknown,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum Target {
        #[serde(rename = "pipeline_ref_target")]
        Ref { ref_type: Option<String>, ref_name: Option<String>, selector: Option<Selector>, commit: Option<Commit> },
        #[serde(rename = "pipeline_commit_target")]
        Commit { selector: Option<Selector>, commit: Option<Commit> },
        #[serde(other)]
        Unknown,
    }

    #[derive(Deserialize)]
    pub(super) struct Selector {
        #[serde(rename = "type")]
        pub(super) section: Option<String>,
        pub(super) pattern: Option<String>,
    }

    #[derive(Deserialize)]
    pub(super) struct Commit {
        pub(super) hash: Option<String>,
        pub(super) links: Option<Links>,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type")]
    pub(super) enum Trigger {
        #[serde(rename = "pipeline_trigger_push")]
        Push { name: Option<String> },
        #[serde(rename = "pipeline_trigger_manual")]
        Manual { name: Option<String> },
        #[serde(rename = "pipeline_trigger_schedule")]
        Schedule { name: Option<String> },
        #[serde(other)]
        Unknown,
    }
}

/// What openapi-generator's rust generator makes of the document: state, target, trigger and creator are their `type`.
#[allow(dead_code, reason = "held, not looked at")]
mod poor {
    use super::Deserialize;

    #[derive(Deserialize)]
    pub(super) struct Page {
        pub(super) size: Option<i32>,
        pub(super) values: Option<Vec<Pipeline>>,
    }

    #[derive(Deserialize)]
    pub(super) struct Pipeline {
        pub(super) r#type: String,
        pub(super) uuid: Option<String>,
        pub(super) build_number: Option<i32>,
        pub(super) creator: Option<Box<Bare>>,
        pub(super) repository: Option<Box<Bare>>,
        pub(super) target: Option<Box<Bare>>,
        pub(super) trigger: Option<Box<Bare>>,
        pub(super) state: Option<Box<Bare>>,
        pub(super) created_on: Option<String>,
        pub(super) completed_on: Option<String>,
        pub(super) build_seconds_used: Option<i32>,
    }

    #[derive(Deserialize)]
    pub(super) struct Bare {
        pub(super) r#type: String,
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The measurement
// ---------------------------------------------------------------------------------------------------------------------

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
    }
}

/// Nanoseconds that this thread has spent on a CPU.
fn cpu() -> Result<u64> {
    let text =
        std::fs::read_to_string("/proc/thread-self/schedstat").map_err(|error| format!("needs Linux: {error}"))?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

async fn ours(client: &Client) -> Result<usize> {
    let (mut count, repository) = (0, client.repository("acme", "rocket"));
    for page in 1..=PAGES {
        let request = repository.pipelines().list().page(i64::try_from(page)?).page_len(100);
        let pipelines = request.send().await?.into_inner().values;
        assert!(matches!(
            pipelines.first().and_then(|pipeline| pipeline.state.as_ref()),
            Some(types::PipelineState::Completed(_))
        ));
        count += pipelines.len();
    }
    Ok(count)
}

async fn by_hand<P: serde::de::DeserializeOwned>(
    http: &reqwest::Client,
    base: &str,
    length: impl Fn(&P) -> usize,
) -> Result<usize> {
    let mut count = 0;
    for page in 1..=PAGES {
        let url = format!("{base}/repositories/acme/rocket/pipelines?page={page}&pagelen=100");
        let body = http.get(url).header("authorization", "Bearer x").send().await?.error_for_status()?.bytes().await?;
        count += length(&serde_json::from_slice(&body)?);
    }
    Ok(count)
}

/// One client in a process of its own: a pass to warm up, and one that counts.
async fn run(which: &str, base: &str) -> Result<()> {
    // The process has no TLS provider, and needs none for http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().build()?;
    let credentials = bitbucket_cloud::Credentials::access_token("x");
    let client = Client::builder().base_url(base).credentials(credentials).build()?;
    let mut begun = 0;
    for _ in 0..2 {
        begun = cpu()?;
        let count = match which {
            "bitbucket-cloud" => ours(&client).await?,
            "hand-written" => by_hand(&http, base, |page: &hand::Page| page.values.len()).await?,
            _ => by_hand(&http, base, |page: &poor::Page| page.values.as_ref().map_or(0, Vec::len)).await?,
        };
        assert!(count == PAGES * PAGE_LENGTH, "{count}");
    }
    println!("{}", cpu()? - begun);
    Ok(())
}

fn measure() -> Result<()> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(&program).arg("serve").stdout(Stdio::piped()).spawn()?;
    let mut base = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut base)?;
    let _server = Server(child);
    let names = ["bitbucket-cloud", "hand-written", "poorer model"];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (name, times) in names.iter().zip(&mut times) {
            let output = Command::new(&program).args(["run", name, base.trim()]).stderr(Stdio::inherit()).output()?;
            times.push(String::from_utf8(output.stdout)?.trim().parse::<u64>()?);
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    println!("CPU time of listing {} pipelines, median of {ROUNDS}:", PAGES * PAGE_LENGTH);
    for (name, time) in names.iter().zip(medians) {
        #[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
        let (time, hand) = (time as f64, medians[1] as f64);
        println!("  {name:<16} {:>6.0} ms  {:.2}", time / 1e6, time / hand);
    }
    Ok(())
}

//! The figures of `docs/benchmarks.md` that are a matter of time on the clock, memory or patience; those of CPU time are in
//! `tests/benches/`. Not a test: machines differ, and a busy one tells nothing.
//! `cargo run --release -p bitbucket-tests --example measure -- prefetch|log|follow`.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bitbucket_cloud::ext::logs::LogRange;
use bitbucket_cloud::{Client, Method, prelude::*, types};
use bitbucket_tests::{FakeBitbucket, Listing};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

const PIPELINES: &str = "/repositories/{workspace}/{repo_slug}/pipelines";
const STEP: &str = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}/steps/{step_uuid}";

fn main() -> Result<()> {
    let threads = Runtime::new()?;
    match std::env::args().nth(1).as_deref() {
        Some("prefetch") => threads.block_on(prefetch()),
        Some("log") => threads.block_on(log()),
        Some("follow") => threads.block_on(follow()),
        // One thread, as curl has: the fake needs the other core.
        Some("stream-here") => Builder::new_current_thread().enable_all().build()?.block_on(stream_here()),
        _ => bail!("give one of: prefetch, log, follow"),
    }
}

fn client(fake: &FakeBitbucket) -> Result<Client> {
    Ok(Client::builder().base_url(fake.base_url()).build()?)
}

fn pipeline(number: usize) -> serde_json::Value {
    let user =
        json!({"type": "user", "display_name": "Sample Account", "uuid": "{8b6a0d2e-0000-4000-8000-000000000001}"});
    json!({
        "type": "pipeline",
        "uuid": format!("{{8b6a0d2e-0000-4000-8000-{number:012}}}"),
        "build_number": number,
        "creator": user,
        "created_on": "2026-01-01T00:00:00.000000Z",
        "completed_on": "2026-01-01T00:05:00.000000Z",
        "state": {
            "type": "pipeline_state_completed",
            "name": "COMPLETED",
            "result": {"type": "pipeline_state_completed_successful", "name": "SUCCESSFUL"},
        },
        "target": {
            "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "main",
            "selector": {"type": "default"},
            "commit": {"type": "commit", "hash": "a3c4e02c9a3755eccdc3764e6ea13facdf30f923"},
        },
        "trigger": {"type": "pipeline_trigger_push", "name": "PUSH"},
        "build_seconds_used": 300,
    })
}

/// A list of 20,000 pipelines with 50 ms for each page, with and without pages under way.
async fn prefetch() -> Result<()> {
    let fake = FakeBitbucket::start().await?;
    fake.list(PIPELINES, Listing::new(20_000, pipeline).delay(Duration::from_millis(50)));
    let client = client(&fake)?;
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let mut walls = Vec::new();
        for ahead in [0, 4] {
            let begun = Instant::now();
            let list = client.pipelines().list("acme", "rocket");
            let mut items = list.page_len(100).prefetch(ahead).items();
            while let Some(pipeline) = items.next().await {
                let _: types::Pipeline = pipeline?;
            }
            walls.push(begun.elapsed().as_secs_f64());
        }
        println!("prefetch 0: {:.2} s, prefetch 4: {:.2} s", walls[0], walls[1]);
        ratios.push(walls[0] / walls[1]);
    }
    println!("faster by: median {:.2}", median(&mut ratios));
    Ok(())
}

/// A log of 256 MiB from the fake: this crate in a process of its own, and curl.
async fn log() -> Result<()> {
    let fake = FakeBitbucket::start().await?;
    let line = b"a line of a log that is long enough to be one, with 64 bytes..\r\n";
    fake.scripted_log(STEP).append(line.repeat(256 * 1024 * 1024 / line.len())).move_to_storage();
    let url = format!("{}/repositories/a/b/pipelines/p/steps/s/log", fake.base_url());
    let (mut curl, mut stream) = (Vec::new(), Vec::new());
    for _ in 0..21 {
        let (url, base) = (url.clone(), fake.base_url().to_owned());
        let walls = tokio::task::spawn_blocking(move || -> Result<(f64, f64, String)> {
            let begun = Instant::now();
            let curl = Command::new("curl").args(["-sSL", "-o", "/dev/null", &url]).status().context("curl")?;
            let by_curl = begun.elapsed().as_secs_f64();
            anyhow::ensure!(curl.success(), "curl failed");
            let begun = Instant::now();
            let own = Command::new(std::env::current_exe()?).arg("stream-here").env("BASE", base).output()?;
            let by_crate = begun.elapsed().as_secs_f64();
            anyhow::ensure!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
            Ok((by_curl, by_crate, String::from_utf8_lossy(&own.stdout).trim().to_owned()))
        });
        let (by_curl, by_crate, memory) = walls.await??;
        println!("curl {by_curl:.3} s, stream() {by_crate:.3} s, {memory}");
        curl.push(by_curl);
        stream.push(by_crate);
    }
    let (curl, stream) = (median(&mut curl), median(&mut stream));
    println!("curl {curl:.3} s, stream() {stream:.3} s, throughput against curl {:.2}", curl / stream);
    let before = fake.journal().len();
    let pipelines = client(&fake)?;
    let part = pipelines.pipelines().get_step_log("a", "b", "p", "s");
    let part = part.read(LogRange::last(4096)).await?;
    let asked = fake.journal()[before..].iter().filter_map(|entry| entry.header("range").map(str::to_owned)).last();
    println!("last(4096): {} bytes of {:?}, asked for as {asked:?}", part.bytes.len(), part.total);
    Ok(())
}

/// Streams the log of the fake in the parent process, and tells the memory it took.
async fn stream_here() -> Result<()> {
    let client = Client::builder().base_url(&std::env::var("BASE")?).build()?;
    let mut log = client.pipelines().get_step_log("a", "b", "p", "s").stream();
    let mut length = 0;
    while let Some(chunk) = log.next().await {
        length += chunk?.len();
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{length} bytes, peak {}", peak.split_whitespace().skip(1).collect::<Vec<_>>().join(" "));
    Ok(())
}

/// A hundred logs in which nothing is new: CPU of this process for a minute, the fake in another one.
async fn follow() -> Result<()> {
    let base = std::env::var("BITBUCKET_BASE_URL").context("start `fake-bitbucket --step-seconds 36000` first")?;
    let client = Client::builder().base_url(&base).build()?;
    let mut readers = Vec::new();
    for _ in 0..100 {
        let body = json!({"target": {"type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "main"}});
        let request = client.request(Method::POST, "/repositories/acme/rocket/pipelines").json(&body);
        let run = request.send_as::<serde_json::Value>().await?;
        let run = run["uuid"].as_str().unwrap_or_default().to_owned();
        let path = format!("/repositories/acme/rocket/pipelines/{run}/steps");
        let steps = client.request(Method::GET, path).send_as::<serde_json::Value>().await?;
        let step = steps["values"][0]["uuid"].as_str().unwrap_or_default().to_owned();
        let mut log = client.pipelines().get_step_log("acme", "rocket", run, step).follow().chunks();
        readers.push(tokio::spawn(async move { while let Some(Ok(_)) = log.next().await {} }));
    }
    // The pauses grow to their longest first.
    tokio::time::sleep(Duration::from_secs(40)).await;
    let (before, begun) = (cpu()?, Instant::now());
    tokio::time::sleep(Duration::from_secs(60)).await;
    let share = (cpu()? - before) / begun.elapsed().as_secs_f64() * 100.0;
    println!("100 logs followed, nothing new: {share:.2} % of one core");
    Ok(())
}

/// Seconds of CPU of this process; the kernel counts in hundredths.
fn cpu() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = fields.get(11..13).unwrap_or_default().iter().filter_map(|ticks| ticks.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / 100.0)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

//! A soak: 50,000 mixed calls at concurrency 64 against a server in another process, of which one in twenty goes wrong.
//! It ends with an error if an item is lost, if a POST was carried out twice, or if memory grows.
//!
//! `cargo run --release -p bitbucket-tests --example soak [CALLS]`

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bitbucket_cloud::{Client, Credentials, Error, Method, RetryPolicy};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const CONCURRENCY: usize = 64;
const TOKEN: &str = "soak-token";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("server") => serve().await,
        calls => soak(calls.map_or(Ok(50_000), str::parse).context("the number of calls")?).await,
    }
}

/// What the calls came to.
#[derive(Default)]
struct Tally {
    done: AtomicUsize,
    failed: AtomicUsize,
    ambiguous: AtomicUsize,
    posted: AtomicUsize,
}

async fn soak(calls: usize) -> anyhow::Result<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("server")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the server")?;
    let mut base = String::new();
    BufReader::new(child.stdout.take().context("its output")?).read_line(&mut base)?;
    let client = Client::builder()
        .base_url(base.trim())
        .credentials(Credentials::access_token(TOKEN))
        .retry(RetryPolicy::new().attempts(6).base_delay(Duration::from_millis(10)))
        .build()?;
    let (tally, next, begin) = (Arc::new(Tally::default()), Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut workers = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (client, tally, next) = (client.clone(), Arc::clone(&tally), Arc::clone(&next));
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= calls {
                    return;
                }
                if call(&client, number, &tally).await.is_err() {
                    tally.failed.fetch_add(1, Ordering::Relaxed);
                }
                tally.done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut memory = Vec::new();
    let mut reached = 0;
    while !workers.is_empty() {
        while let Some(worker) = workers.try_join_next() {
            worker.context("a worker stopped")?;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let done = tally.done.load(Ordering::Relaxed);
        if done >= reached {
            memory.push((done, resident()));
            reached += calls / 10;
        }
    }
    memory.push((calls, resident()));
    let elapsed = begin.elapsed();
    let report = client.request(Method::GET, "/report").send_as::<Value>().await?.into_inner();
    // The server ends with its input.
    drop(child.stdin.take());
    child.wait()?;
    print(&tally, &report, elapsed, &memory);
    check(&tally, &report, &memory)
}

/// One call: six in ten read an item, two read a list, one writes and one creates.
async fn call(client: &Client, number: usize, tally: &Tally) -> Result<(), Error> {
    match number % 10 {
        0..6 => {
            let item = client.request(Method::GET, format!("/items/{number}")).send_as::<Value>().await?;
            assert_eq!(item["id"], number.to_string());
        }
        6 | 7 => {
            let page = client.request(Method::GET, "/items").query("page", number).send_as::<Value>().await?;
            assert_eq!(page["values"].as_array().map(Vec::len), Some(50));
        }
        8 => {
            let body = json!({"id": number, "padding": "x".repeat(2000)});
            client.request(Method::PUT, format!("/items/{number}")).json(&body).send_raw().await?;
        }
        _ => create(client, number, tally).await?,
    }
    Ok(())
}

/// Creates an item, as a careful caller does: where it may have been done, it looks first.
async fn create(client: &Client, number: usize, tally: &Tally) -> Result<(), Error> {
    loop {
        let post = client.request(Method::POST, "/created").json(&json!({"id": number.to_string()}));
        match post.send_as::<Value>().await {
            Ok(_) => break,
            Err(error) if error.is_ambiguous() => {
                tally.ambiguous.fetch_add(1, Ordering::Relaxed);
                let found = client.request(Method::GET, format!("/created/{number}")).send_raw().await;
                match found {
                    Ok(_) => break,
                    Err(error) if error.is_not_found() => {}
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
    }
    tally.posted.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn print(tally: &Tally, report: &Value, elapsed: Duration, memory: &[(usize, u64)]) {
    let done = tally.done.load(Ordering::Relaxed);
    let rate = done as f64 / elapsed.as_secs_f64();
    println!("calls          {done} in {:.1} s, {rate:.0} a second", elapsed.as_secs_f64());
    println!("failed         {}", tally.failed.load(Ordering::Relaxed));
    println!("requests       {}", report["requests"]);
    println!("faults         {} answers, {} connections cut", report["faults"], report["cuts"]);
    println!("created        {} of {}", report["created"], tally.posted.load(Ordering::Relaxed));
    println!("created twice  {}", report["twice"]);
    println!("looked first   {}", tally.ambiguous.load(Ordering::Relaxed));
    for (calls, bytes) in memory {
        println!("resident       {:>6.1} MiB after {calls} calls", *bytes as f64 / f64::from(1 << 20));
    }
}

fn check(tally: &Tally, report: &Value, memory: &[(usize, u64)]) -> anyhow::Result<()> {
    ensure!(report["twice"] == 0, "a POST was carried out twice");
    ensure!(report["created"] == tally.posted.load(Ordering::Relaxed), "an item is lost");
    ensure!(tally.failed.load(Ordering::Relaxed) == 0, "a call failed for good");
    // The first one is that of the beginning.
    let (Some((_, warm)), Some((_, last))) = (memory.get(1), memory.last()) else { bail!("memory was not measured") };
    ensure!(*last <= warm + warm / 4, "memory grew from {warm} to {last} bytes");
    Ok(())
}

/// Resident memory of this process in bytes; 0 where the system does not tell.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// What the server counts.
#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    faults: AtomicUsize,
    cuts: AtomicUsize,
    created: Mutex<HashMap<String, usize>>,
}

/// A fake whose answers go wrong now and then, behind a proxy that cuts connections.
async fn serve() -> anyhow::Result<()> {
    let (fake, counts) = (FakeBitbucket::start().await?, Arc::new(Counts::default()));
    let on = |method, template: &str, answer: fn(&Counts, &str, &Value) -> Reply| {
        let counts = Arc::clone(&counts);
        fake.on_fn(method, template, move |call| {
            let turn = counts.requests.fetch_add(1, Ordering::Relaxed);
            let body = call.request.json().unwrap_or_default();
            // Four in a hundred: three before anything is done, and one after it.
            let fault = match turn % 100 {
                17 => Some(Reply::text(503, "no")),
                41 => Some(Reply::text(429, "slow down").header("retry-after", "0")),
                67 => Some(Reply::bytes(502, "text/html", "<title>Bad gateway</title>")),
                83 => {
                    answer(&counts, call.param("id"), &body);
                    Some(Reply::json(500, json!({"error": {"message": "Something broke", "id": "0f3a"}})))
                }
                _ => None,
            };
            if fault.is_some() {
                counts.faults.fetch_add(1, Ordering::Relaxed);
            }
            fault.unwrap_or_else(|| answer(&counts, call.param("id"), &body))
        });
    };
    on(FakeMethod::GET, "/items/{id}", |_, id, _| Reply::json(200, json!({"id": id, "padding": "x".repeat(500)})));
    on(FakeMethod::PUT, "/items/{id}", |_, id, _| Reply::json(200, json!({"id": id})));
    on(FakeMethod::GET, "/items", |_, _, _| {
        let item = json!({"name": "x".repeat(200)});
        Reply::json(200, json!({"values": vec![item; 50]}))
    });
    on(FakeMethod::POST, "/created", |counts, _, body| {
        let id = body["id"].as_str().unwrap_or_default().to_owned();
        *counts.created.lock().unwrap().entry(id.clone()).or_default() += 1;
        Reply::json(201, json!({"id": id}))
    });
    on(FakeMethod::GET, "/created/{id}", |counts, id, _| {
        let known = counts.created.lock().unwrap().contains_key(id);
        if known { Reply::json(200, json!({"id": id})) } else { Reply::json(404, json!({"error": {"message": "no"}})) }
    });
    let told = Arc::clone(&counts);
    fake.on_fn(FakeMethod::GET, "/report", move |_| {
        let created = told.created.lock().unwrap();
        let twice = created.values().filter(|times| **times > 1).count();
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        Reply::json(
            200,
            json!({"requests": count(&told.requests), "faults": count(&told.faults),
            "cuts": count(&told.cuts), "created": created.len(), "twice": twice}),
        )
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let inner = fake.base_url().trim_start_matches("http://").trim_end_matches("/2.0").to_owned();
    println!("http://{}/2.0", listener.local_addr()?);
    std::io::stdout().flush()?;
    let (hub, proxied) = (Arc::clone(&counts), inner);
    tokio::spawn(async move {
        for turn in 1_u64.. {
            let Ok((socket, _)) = listener.accept().await else { return };
            let (counts, inner) = (Arc::clone(&hub), proxied.clone());
            tokio::spawn(async move { forward(socket, &inner, turn, &counts).await });
        }
    });
    // Until the parent is done. The journal of the fake would grow for ever.
    let (ended, mut end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        let _ = ended.send(());
    });
    while end.try_recv().is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fake.clear_journal();
    }
    Ok(())
}

/// Passes bytes on, and resets the connection after about a hundred answers, in the middle of one.
async fn forward(mut client: TcpStream, inner: &str, turn: u64, counts: &Counts) {
    let Ok(mut server) = TcpStream::connect(inner).await else { return };
    let mut left = 5_000 + turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 130_000;
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(count) if count > 0 => if server.write_all(&up[..count]).await.is_err() { return },
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(count) if count > 0 => {
                    let part = count.min(usize::try_from(left).unwrap_or(count));
                    if client.write_all(&down[..part]).await.is_err() {
                        return;
                    }
                    left -= part as u64;
                    if left == 0 {
                        counts.cuts.fetch_add(1, Ordering::Relaxed);
                        let _ = client.set_zero_linger();
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

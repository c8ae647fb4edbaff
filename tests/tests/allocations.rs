//! How much is allocated for a call. The server is a thread that allocates nothing once it runs, because all threads of a
//! process are counted.

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpListener;

use anyhow::Result;
use bitbucket_cloud::{Client, Credentials};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[path = "../benches/support/one_call.rs"]
mod one_call;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What a call may allocate more than reqwest does by itself; growing what is there already is not counted.
const MOST: usize = 8;

#[test]
fn a_call_allocates_little_more_than_reqwest_by_itself() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base = format!("http://{}/2.0", listener.local_addr()?);
    std::thread::spawn(move || serve(&listener));
    // The process has no TLS provider, and needs none for http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let client = Client::builder().base_url(&base).credentials(Credentials::access_token("x")).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let [ours, theirs] = runtime.block_on(async {
        let mut counts = [0; 2];
        // The first ones connect.
        for _ in 0..10 {
            let region = Region::new(ALLOCATOR);
            one_call::ours(&client).await?;
            counts[0] = region.change().allocations;
            let region = Region::new(ALLOCATOR);
            one_call::by_hand(&http, &base).await?;
            counts[1] = region.change().allocations;
        }
        anyhow::Ok(counts)
    })?;
    assert!(theirs > 0, "nothing was counted");
    assert!(ours <= theirs + MOST, "{ours} allocations, {theirs} by reqwest: more than {MOST} are added");
    Ok(())
}

/// Answers one request after the other on each of two connections.
fn serve(listener: &TcpListener) {
    for stream in listener.incoming().take(2) {
        std::thread::spawn(move || -> std::io::Result<()> {
            let (mut stream, mut request) = (stream?, [0; 4096]);
            let mut length = 0;
            loop {
                match stream.read(&mut request[length..])? {
                    0 => return Ok(()),
                    read => length += read,
                }
                if request[..length].ends_with(b"\r\n\r\n") {
                    length = 0;
                    stream.write_all(ANSWER)?;
                }
            }
        });
    }
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 38\r\n\r\n\
    {\"type\":\"pipeline\",\"build_number\":123}";

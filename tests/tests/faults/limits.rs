//! Bodies without end, in size or in time, and uploads that nobody takes.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use bitbucket_cloud::{Error, Method, MinThroughput, Multipart};
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::raw::{Act, Raw, json};
use crate::table::{Row, outcome};
use crate::{GUARD, builder, call};

const THING: &str = r#"{"name":"rocket"}"#;
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"name\":";
/// What fits into the buffers of two sockets.
const BUFFERS: usize = 32 << 20;

pub(crate) async fn endless_body() -> Row {
    let run = async |method: Method| {
        let raw = Raw::start(vec![Act::Flood(HEAD.to_vec(), u64::MAX)]).await;
        let client = builder(&raw.base()).build().expect("a client");
        let result = call(&client, method).await;
        assert!(result.as_ref().unwrap_err().to_string().contains("67108864 bytes, the limit of `max_body_size`"));
        assert!(raw.flooded() < (64 << 20) + BUFFERS, "{} bytes", raw.flooded());
        Some((outcome(&result), raw.seen().len()))
    };
    let (read, once) = (run(Method::GET).await, run(Method::POST).await);
    assert_eq!((&read, &once), (&Some(("`TooLarge`".into(), 1)), &Some(("`TooLarge`, ambiguous".into(), 1))));
    Row { fault: "a body without end", read, once, note: "64 MiB of JSON are read" }
}

pub(crate) async fn larger_than_the_limit() -> Row {
    let length = format!("content-length: {}", 1_u64 << 40);
    let head = String::from_utf8_lossy(HEAD).replace("connection: close", &length).into_bytes();
    let run = async |method: Method, head: Vec<u8>| {
        let raw = Raw::start(vec![Act::SendThenHang(head)]).await;
        let client = builder(&raw.base()).max_body_size(16).build().expect("a client");
        let result = call(&client, method).await;
        Some((outcome(&result), raw.seen().len()))
    };
    // A size that is announced is enough.
    let (read, once) = (run(Method::GET, head.clone()).await, run(Method::POST, head).await);
    assert_eq!((&read, &once), (&Some(("`TooLarge`".into(), 1)), &Some(("`TooLarge`, ambiguous".into(), 1))));
    assert_eq!(run(Method::GET, json(200, THING)).await, read);

    let raw = Raw::start(vec![Act::Send(json(200, THING))]).await;
    let client = builder(&raw.base()).max_body_size(16).build().expect("a client");
    let request = || client.request(Method::GET, "/things/1");
    let too_large = |error: Error| format!("{:?}", error.kind()) == "TooLarge";
    assert!(request().send_raw().await.is_err_and(too_large));
    assert_eq!(request().max_body_size(17).send_raw().await.expect("17 bytes").len(), 17);
    assert_eq!(request().max_body_size(u64::MAX).send_raw().await.expect("17 bytes").len(), 17);
    let mut stream = request().send_stream().await.expect("a stream").into_inner();
    assert_eq!(stream.chunk().await.expect("a chunk").map(|chunk| chunk.len()), Some(17));
    let stream = request().send_stream().await.expect("a stream").into_inner();
    assert!(stream.text().await.is_err_and(too_large));
    Row { fault: "a body larger than the limit", read, once, note: "no part of it is read if its length is announced" }
}

pub(crate) async fn trickling_body() -> Row {
    let drip = || vec![Act::Drip(json(200, &"[7]".repeat(100)), Duration::from_millis(500))];
    let least = MinThroughput::new().grace(Duration::from_secs(1));
    let run = async |method: Method| {
        // The head of the answer is fast enough.
        let head = HEAD.to_vec();
        let raw = Raw::start(vec![Act::Grow(head, 1000, Duration::from_millis(500))]).await;
        let client = builder(&raw.base()).min_throughput(least).build().expect("a client");
        let begin = Instant::now();
        let result = call(&client, method).await;
        assert!(result.as_ref().unwrap_err().to_string().contains("`min_throughput`"), "{result:?}");
        assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
        Some((outcome(&result), raw.seen().len()))
    };
    let (read, once) = (run(Method::GET).await, run(Method::POST).await);
    assert_eq!((&read, &once), (&Some(("`Timeout`".into(), 3)), &Some(("`Timeout`, ambiguous".into(), 1))));

    // A head that trickles is silence.
    let raw = Raw::start(drip()).await;
    let client = builder(&raw.base()).build().expect("a client");
    assert_eq!(outcome(&call(&client, Method::POST).await), "`Timeout`, ambiguous");

    // A stream of unknown length may be slow, unless its request says otherwise; one of known length may not.
    let slow = || vec![Act::Grow(HEAD.to_vec(), 4, Duration::from_millis(500))];
    let known = String::from_utf8_lossy(HEAD).replace("connection: close", "content-length: 12").into_bytes();
    for (acts, of_request, is_read) in [
        (slow(), None, true),
        (slow(), Some(least), false),
        (vec![Act::Grow(known.clone(), 4, Duration::from_millis(500))], None, false),
        (vec![Act::Grow(known, 4, Duration::from_millis(500))], Some(least.grace(GUARD)), true),
    ] {
        let raw = Raw::start(acts).await;
        let client = builder(&raw.base()).min_throughput(least).build().expect("a client");
        let mut request = client.request(Method::GET, "/log");
        if let Some(least) = of_request {
            request = request.min_throughput(least);
        }
        let stream = request.send_stream().await.expect("a stream").into_inner();
        let text = stream.text().await;
        assert_eq!(text.as_ref().map(String::len).ok(), is_read.then_some(12), "{text:?}");
    }
    Row { fault: "one byte each half second", read, once, note: "with `min_throughput` of a second's grace" }
}

pub(crate) async fn unneeded_body() -> Row {
    const SIZE: u64 = 64 << 20;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n").into_bytes();
    let raw = Raw::start(vec![Act::Flood(head, SIZE)]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let stopped = client.pipelines().stop("w", "r", 1).send().await;
    let deleted = client.pipelines().delete_schedule("w", "r", "{s}").send().await;
    assert_eq!((outcome(&stopped), outcome(&deleted), raw.seen().len()), ("success".into(), "success".into(), 2));
    assert!(raw.flooded() < 2 * BUFFERS, "{} bytes", raw.flooded());
    let once = Some((outcome(&stopped), 1));
    Row { fault: "64 MiB where nothing is expected", read: None, once, note: "64 KiB are read" }
}

/// A server that reads the head of a request and no more of it.
async fn reads_no_body() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/2.0", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 256]).await;
            kept.push(socket);
        }
    });
    base
}

pub(crate) async fn stalled_upload() -> Row {
    let client = builder(&reads_no_body().await).build().expect("a client");
    let request = client.request(Method::POST, "/files").bytes("text/plain", vec![b'x'; 64 << 20]);
    let result = tokio::time::timeout(GUARD, request.send_raw()).await.expect("an end");
    assert_eq!(outcome(&result), "`Timeout`, ambiguous");
    assert!(result.as_ref().unwrap_err().to_string().contains("`read_timeout`"));
    Row { fault: "an upload that nobody takes", read: None, once: Some((outcome(&result), 1)), note: "" }
}

pub(crate) async fn slow_source_of_an_upload() -> Row {
    // Slower than the limit for silence, and by the caller's own stream.
    let pieces = stream::unfold(0, |sent| async move {
        tokio::time::sleep(Duration::from_millis(2000)).await;
        (sent < 2).then(|| (Ok::<_, std::io::Error>(bitbucket_cloud::Bytes::from_static(b"piece")), sent + 1))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}/2.0", listener.local_addr().expect("an address"));
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let mut seen = Vec::new();
        while !seen.ends_with(b"0\r\n\r\n") && socket.read_buf(&mut seen).await.expect("a request") > 0 {}
        socket.write_all(&json(201, THING)).await.expect("an answer");
        Ok::<_, Infallible>(seen.windows(5).filter(|window| window == b"piece").count())
    });
    let client = builder(&base).build().expect("a client");
    let form = Multipart::new().stream("files", "slow.txt", pieces, None);
    let request = client.request(Method::POST, "/files").multipart(form);
    let result = tokio::time::timeout(GUARD, request.send_raw()).await.expect("an end");
    assert_eq!((outcome(&result).as_str(), served.await.expect("a server")), ("success", Ok(2)));
    let note = "the time of the caller's stream does not count";
    Row { fault: "an upload from a slow stream", read: None, once: Some((outcome(&result), 1)), note }
}

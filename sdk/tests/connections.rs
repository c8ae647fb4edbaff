//! Connections that are kept, cut, closed and answered on in the wrong moment, and calls that are dropped in the middle.
#![allow(missing_docs)]

mod support;

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use bitbucket_cloud::{Client, Error, ErrorKind, Method, RetryPolicy};
use support::{Server, answer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// What the server does after a request.
#[derive(Clone)]
enum Act {
    Send(String),
    Pause(u64),
    Close,
}
use Act::{Close, Pause, Send};

/// A server that keeps its connections. It tells on which one a request came.
struct Kept {
    base: String,
    seen: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Kept {
    /// `acts` is given method and target, such as `GET /2.0/a`, and how many requests came before.
    async fn start(acts: impl Fn(&str, usize) -> Vec<Act> + std::marker::Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/2.0", listener.local_addr().unwrap());
        let (seen, acts) = (Arc::new(Mutex::new(Vec::new())), Arc::new(acts));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for number in 0.. {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (log, acts) = (Arc::clone(&log), Arc::clone(&acts));
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    loop {
                        let end = loop {
                            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                                break at + 4;
                            }
                            if socket.read_buf(&mut bytes).await.unwrap_or_default() == 0 {
                                return;
                            }
                        };
                        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                        bytes.drain(..end);
                        let line = head.split(" HTTP/").next().unwrap().to_owned();
                        let before = {
                            let mut log = log.lock().unwrap();
                            log.push((number, line.clone()));
                            log.len() - 1
                        };
                        for act in acts(&line, before) {
                            match act {
                                Send(text) => {
                                    if socket.write_all(text.as_bytes()).await.is_err() {
                                        return;
                                    }
                                }
                                Pause(ms) => sleep(Duration::from_millis(ms)).await,
                                Close => return,
                            }
                        }
                    }
                });
            }
        });
        Self { base, seen }
    }

    fn client(&self) -> Client {
        let retry = RetryPolicy::new().attempts(3).base_delay(Duration::from_millis(1));
        Client::builder().base_url(&self.base).retry(retry).build().unwrap()
    }

    /// On which connection each request came.
    fn connections(&self) -> Vec<usize> {
        self.seen.lock().unwrap().iter().map(|(number, _)| *number).collect()
    }

    fn count(&self, line: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|(_, seen)| seen == line).count()
    }
}

/// An answer after which the connection is kept.
fn kept(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

async fn get(client: &Client, path: &str) -> Result<String, Error> {
    let answer = client.request(Method::GET, path).send_raw().await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn the_connection_of_a_redirect_is_used_again() {
    let there = |length: usize| format!("HTTP/1.1 307 X\r\nlocation: /2.0/b\r\ncontent-length: {length}\r\n\r\n");
    for (body, pause, connections) in [
        (0, 0, [0, 0]),
        (4096, 0, [0, 0]),
        // The body comes after the headers.
        (4096, 100, [0, 0]),
        // What is longer, or late, is not waited for.
        (4097, 100, [0, 1]),
        (10, 60_000, [0, 1]),
    ] {
        let server = Kept::start(move |line, _| match line {
            "GET /2.0/a" => vec![Send(there(body)), Pause(pause), Send("x".repeat(body))],
            _ => vec![Send(kept(200, "", "b"))],
        })
        .await;
        let begin = Instant::now();
        assert_eq!(get(&server.client(), "/a").await.unwrap(), "b");
        assert_eq!(server.connections(), connections, "{body} {pause}");
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    }
    // A body without a length is not waited for.
    let chunked = ["transfer-encoding: chunked", "1\r\nx\r\n0\r\n\r\n"];
    // Nor is a connection used that is said to end, or on which an older protocol is spoken.
    let closing = ["connection: close\r\ncontent-length: 1", "x"];
    let old = ["content-length: 1", "x"];
    for ([headers, body], version) in [(chunked, "1.1"), (closing, "1.1"), (old, "1.0")] {
        for closes in [false, true] {
            let redirect = format!("HTTP/{version} 307 X\r\nlocation: /2.0/b\r\n{headers}\r\n\r\n");
            let server = Kept::start(move |line, _| match line {
                "GET /2.0/a" if closes => vec![Send(redirect.clone()), Pause(50), Send(body.to_owned()), Close],
                "GET /2.0/a" => vec![Send(redirect.clone()), Pause(50), Send(body.to_owned())],
                _ => vec![Send(kept(200, "", "b"))],
            })
            .await;
            assert_eq!(get(&server.client(), "/a").await.unwrap(), "b");
            assert_eq!(server.connections(), [0, 1], "{headers} {closes}");
        }
    }
}

#[tokio::test]
async fn answers_of_http_1_0_are_read_to_their_end() {
    let server = Kept::start(|line, _| match line {
        "GET /2.0/a" => vec![Send("HTTP/1.0 200 OK\r\n\r\n[1,".to_owned()), Pause(50), Send("2]".to_owned()), Close],
        "GET /2.0/b" => vec![Send("HTTP/1.0 404 X\r\n\r\n{\"message\":".to_owned()), Send("\"No\"}".to_owned()), Close],
        // Without a length, an end is all that comes.
        "GET /2.0/c" => vec![Send("HTTP/1.0 200 OK\r\n\r\n[1,".to_owned()), Close],
        _ => vec![Send("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 3\r\n\r\n[1]".to_owned())],
    })
    .await;
    let client = server.client();
    let list = async |path| client.request(Method::GET, path).send_as::<Vec<u8>>().await;
    assert_eq!(*list("/a").await.unwrap(), [1, 2]);
    assert_eq!(list("/b").await.unwrap_err().message(), Some("No"));
    assert_eq!(list("/c").await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(server.count("GET /2.0/c"), 1);
    for _ in 0..2 {
        assert_eq!(*list("/d").await.unwrap(), [1]);
    }
    assert_eq!(server.connections(), [0, 1, 2, 3, 3]);
}

#[tokio::test]
async fn what_comes_before_an_answer_is_passed_over() {
    let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    let server = Kept::start(move |line, _| match line {
        "GET /2.0/up" => vec![Send("HTTP/1.1 101 Switching Protocols\r\n\r\n".to_owned())],
        _ => vec![Send(hints.to_owned()), Pause(20), Send(kept(200, "", "b"))],
    })
    .await;
    assert_eq!(get(&server.client(), "/a").await.unwrap(), "b");
    // What nobody asked for is no success.
    assert!(get(&server.client(), "/up").await.is_err());
}

/// A server that closes an idle connection may say so, and a write must not meet that.
#[tokio::test]
async fn an_answer_to_nothing_is_no_answer() {
    let gone = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    for notice in [gone, kept(200, "", "an old answer").as_str(), ""] {
        let notice = notice.to_owned();
        let server = Kept::start(move |line, _| match line {
            "GET /2.0/a" => vec![Send(kept(200, "", "a")), Pause(30), Send(notice.clone()), Close],
            _ => vec![Send(kept(200, "", "b"))],
        })
        .await;
        let client = server.client();
        assert_eq!(get(&client, "/a").await.unwrap(), "a");
        sleep(Duration::from_millis(200)).await;
        let answer = client.request(Method::POST, "/b").send_raw().await.unwrap();
        assert_eq!((&answer[..], server.connections()), (&b"b"[..], vec![0, 1]));
    }
}

#[tokio::test]
async fn statuses_that_tell_something_about_the_connection() {
    // 408 may be the end of an idle connection, so a read is sent again, and a write may have been carried out. A server
    // that answers 417, 421 or 425 has done nothing; why it would be otherwise next time, it does not say.
    for (status, reads, ambiguous) in [
        (408, 3, true),
        (417, 1, false),
        (421, 1, false),
        (425, 1, false),
        (300, 1, true),
        (304, 1, true),
        (305, 1, true),
        (306, 1, true),
    ] {
        let server = Kept::start(move |_, _| vec![Send(kept(status, "location: /2.0/b\r\n", ""))]).await;
        let client = server.client();
        let error = get(&client, "/a").await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Api, status));
        assert_eq!((error.is_ambiguous(), error.is_retryable(), server.count("GET /2.0/a")), (false, reads > 1, reads));
        let error = client.request(Method::POST, "/a").send_raw().await.unwrap_err();
        assert_eq!((error.is_ambiguous(), error.is_retryable()), (ambiguous, false), "{error}");
        assert_eq!((server.count("POST /2.0/a"), server.count("GET /2.0/b")), (1, 0));
    }
}

#[tokio::test]
async fn a_call_can_be_dropped_at_any_point() {
    let there = "HTTP/1.1 307 X\r\nlocation: /2.0/there\r\ncontent-length: 4\r\n\r\n";
    let server = Kept::start(move |line, _| match line.split('/').next_back() {
        Some("here") => vec![Pause(5), Send(there.to_owned()), Pause(5), Send("away".to_owned())],
        Some("there") => vec![
            Pause(5),
            Send("HTTP/1.1 429 X\r\ncontent-length: 6\r\n\r\n".to_owned()),
            Pause(5),
            Send("slowly".to_owned()),
        ],
        Some(other) => vec![Send(kept(200, "", other))],
        None => vec![Close],
    })
    .await;
    let retry = RetryPolicy::new().attempts(2).base_delay(Duration::from_millis(5));
    let client = Client::builder().base_url(&server.base).retry(retry).build().unwrap();
    for method in [Method::GET, Method::POST] {
        let mut most = 0;
        for polls in 0.. {
            let mut call = client.request(method.clone(), "/here").send();
            let (mut left, before) = (polls, server.connections().len());
            let ended = poll_fn(|context| match left {
                0 => Poll::Ready(None),
                _ => {
                    left -= 1;
                    call.as_mut().poll(context).map(Some)
                }
            })
            .await;
            drop(call);
            // No part of it is taken for the answer to another call.
            for path in ["/one", "/two"] {
                assert_eq!(get(&client, path).await.unwrap(), path.trim_matches('/'), "{method} {polls}");
            }
            let now = server.connections().len();
            assert!(now - before <= 2 + 4, "{method} {polls}");
            if let Some(result) = ended {
                assert_eq!(result.unwrap_err().status().unwrap().as_u16(), 429);
                assert_eq!(now - before, 2 + 4, "two attempts with two requests each");
                break;
            }
            // And it goes no further.
            sleep(Duration::from_millis(30)).await;
            assert_eq!(server.connections().len(), now, "{method} {polls}");
            most = polls;
        }
        assert!(most >= 8, "{most} points are too few to have been everywhere");
    }
}

#[tokio::test]
async fn an_answer_that_ends_with_its_headers() {
    let server = Server::start(&["HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n".to_owned()]).await;
    let error = server.client().request(Method::POST, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::Transport, true));
    let error = server.client().request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true));
    // Where the status has no body, a length is of no account.
    let server = Server::start(&["HTTP/1.1 204 X\r\ncontent-length: 3\r\nconnection: close\r\n\r\n".to_owned()]).await;
    assert!(server.client().request(Method::GET, "/a").send_raw().await.unwrap().is_empty());
    let server = Server::start(&[answer(205, "", "")]).await;
    assert!(server.client().request(Method::GET, "/a").send_raw().await.unwrap().is_empty());
}

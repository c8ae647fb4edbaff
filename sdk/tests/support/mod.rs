//! A server of canned answers on a real socket: it records every byte that comes, which is the point of these tests.
#![allow(dead_code, missing_docs)]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bitbucket_cloud::{Client, Credentials, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A request as it came over the wire.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    /// All values of a header, joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.headers.iter().filter(|(known, _)| known == name).map(|(_, v)| v.as_str()).collect();
        (!values.is_empty()).then(|| values.join(" AND "))
    }
}

pub(crate) struct Server {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Gives the answers in turn, the last one for ever.
    pub(crate) async fn start(answers: &[String]) -> Self {
        let (mut count, answers) = (0, answers.to_vec());
        Self::answering(move |_| {
            count += 1;
            answers.get(count - 1).or(answers.last()).cloned().unwrap_or_default()
        })
        .await
    }

    /// Answers each request by what it asks for.
    pub(crate) async fn answering(mut answer: impl FnMut(&Seen) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/2.0", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let request = exchange(socket, &mut answer).await;
                log.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            }
        });
        Self { base, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        let builder = Client::builder().base_url(&self.base).credentials(Credentials::anonymous());
        builder.retry(RetryPolicy::none()).build().unwrap()
    }
}

async fn exchange(mut socket: TcpStream, answer: &mut (impl FnMut(&Seen) -> String + Send)) -> Seen {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(&mut bytes).await.unwrap() == 0 {
            return Seen::default();
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut seen = Seen { method, target, headers, body: String::new() };
    let length: usize = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        if socket.read_buf(&mut bytes).await.unwrap_or_default() == 0 {
            return seen;
        }
    }
    seen.body = String::from_utf8_lossy(&bytes[end..]).into_owned();
    // A client that asks ahead may have gone away.
    let _ = socket.write_all(answer(&seen).as_bytes()).await;
    let _ = socket.shutdown().await;
    seen
}

/// An answer with a status, headers in one string such as `content-type: text/html`, and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
    let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status} X\r\n{headers}{length}connection: close\r\n\r\n{body}")
}

/// An answer of JSON.
pub(crate) fn json(status: u16, body: &str) -> String {
    answer(status, "content-type: application/json; charset=utf-8", body)
}

/// A subscriber that writes down all events and spans of this crate; hyper and its like may trace what they want.
#[derive(Clone, Default)]
pub(crate) struct Trace(Arc<Mutex<String>>);

impl Trace {
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Visit for &Trace {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0.lock().unwrap_or_else(PoisonError::into_inner), "{field}={value:?} ");
    }
}

impl Subscriber for Trace {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("bitbucket_cloud")
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut &*self);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

//! A server that is as good as no work: prepared answers on two sockets, the second of which has the log.

use std::io::Write;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::bodies;

/// Pages of the list of pipelines, and pipelines on each.
pub(crate) const PAGES: usize = 200;
pub(crate) const PAGE_LENGTH: usize = 100;
/// Bytes of the log.
pub(crate) const LOG: usize = 64 << 20;

/// Prints the base URL, and serves until the process is ended.
pub(crate) fn serve() -> Result<()> {
    super::runtime()?.block_on(async {
        let (api, storage) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let base = format!("http://{}/2.0", api.local_addr()?);
        println!("{base}");
        std::io::stdout().flush()?;
        let answers: &'static Answers = Box::leak(Box::new(Answers {
            one: json(&bodies::small_pipeline().to_string()),
            values: bodies::pipelines(PAGE_LENGTH).to_string(),
            redirect: format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/log\r\ncontent-length: 0\r\n\r\n",
                storage.local_addr()?
            ),
            base,
        }));
        let line = b"a line of a log that is long enough to be one, with 64 bytes..\r\n";
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {LOG}\r\n\r\n");
        let log: &'static [u8] = [head.as_bytes(), &line.repeat(LOG / line.len())].concat().leak();
        tokio::spawn(async move {
            while let Ok((stream, _)) = storage.accept().await {
                tokio::spawn(answer(stream, move |_| log.to_vec()));
            }
        });
        loop {
            let (stream, _) = api.accept().await?;
            tokio::spawn(answer(stream, |request| answers.to(request)));
        }
    })
}

struct Answers {
    one: Vec<u8>,
    values: String,
    redirect: String,
    base: String,
}

impl Answers {
    fn to(&self, request: &str) -> Vec<u8> {
        let target = request.split(' ').nth(1).unwrap_or_default();
        if target.ends_with("/log") {
            return self.redirect.clone().into_bytes();
        }
        if !target.contains("pagelen") {
            return self.one.clone();
        }
        let page = target.split(['?', '&']).find_map(|pair| pair.strip_prefix("page="));
        let page = page.and_then(|page| page.parse().ok()).unwrap_or(1_usize);
        let size = PAGES * PAGE_LENGTH;
        let next = format!("{}/repositories/acme/rocket/pipelines?pagelen={PAGE_LENGTH}&page={}", self.base, page + 1);
        let next = if page < PAGES { format!(r#""next":"{next}","#) } else { String::new() };
        let values = &self.values;
        json(&format!(r#"{{"page":{page},"pagelen":{PAGE_LENGTH},"size":{size},{next}"values":{values}}}"#))
    }
}

fn json(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Answers each request without a body on a connection.
async fn answer(mut stream: TcpStream, answer: impl Fn(&str) -> Vec<u8>) {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut chunk).await {
        request.extend_from_slice(&chunk[..length]);
        if request.ends_with(b"\r\n\r\n") {
            if stream.write_all(&answer(&String::from_utf8_lossy(&request))).await.is_err() {
                break;
            }
            request.clear();
        }
    }
}

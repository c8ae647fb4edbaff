//! A log that grows, moves and is replaced at random, behind a server that splits, cuts, shortens and falsifies its
//! answers at random: what a reader gets is the beginning of one version of the log, and all of it unless it ends with
//! an error. `PROPTEST_CASES` sets the number of cases.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, Error};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to the log before a request is answered.
#[derive(Clone, Debug)]
enum Event {
    Nothing,
    Grow(usize),
    /// The next version, with so many of its bytes.
    Replace(usize),
    Move,
    Finish,
}

/// What is wrong with an answer.
#[derive(Clone, Debug)]
enum Fault {
    Nothing,
    Status(u16),
    Close,
    Cut(usize),
    /// A part has so many bytes at most.
    Shorten(usize),
    IgnoreRange,
    /// `Content-Range` begins so many bytes away from the truth.
    Shift(i64),
    /// A part has so many bytes more than it says.
    Pad(usize),
    Encode,
    NoEtag,
    /// The ETag is that of another version.
    WrongEtag,
    Chunked(usize),
}

#[derive(Clone, Debug, Default)]
struct World {
    versions: Vec<Vec<u8>>,
    version: usize,
    visible: usize,
    moves: usize,
    over: bool,
    script: VecDeque<(Event, Fault)>,
    /// What the last answer with a body was made of.
    served: Option<(usize, usize)>,
}

impl World {
    fn next(&mut self) -> Fault {
        // In the end the step is over, and the server behaves.
        let (event, fault) = self.script.pop_front().unwrap_or((Event::Finish, Fault::Nothing));
        match event {
            Event::Grow(bytes) => self.visible = self.versions[self.version].len().min(self.visible + bytes),
            Event::Replace(visible) if self.version + 1 < self.versions.len() => {
                self.version += 1;
                self.visible = self.versions[self.version].len().min(visible);
            }
            Event::Nothing | Event::Replace(_) => {}
            Event::Move => self.moves += 1,
            Event::Finish => (self.over, self.visible) = (true, self.versions[self.version].len()),
        }
        fault
    }

    /// Head and body of an answer, and after how many bytes of it the connection is closed.
    fn answer(&mut self, head: &str) -> (Vec<u8>, Option<usize>) {
        let fault = self.next();
        match fault {
            Fault::Status(status) => return (whole(status, "", b"{}"), None),
            Fault::Close => return (Vec::new(), Some(0)),
            _ => {}
        }
        if !head.split(' ').nth(1).unwrap_or_default().ends_with("/log") {
            let name = if self.over { "COMPLETED" } else { "IN_PROGRESS" };
            let body = format!(r#"{{"uuid":"{{s}}","state":{{"name":"{name}","result":{{"name":"SUCCESSFUL"}}}}}}"#);
            return (whole(200, "content-type: application/json\r\n", body.as_bytes()), None);
        }
        self.log(head, &fault)
    }

    fn log(&mut self, head: &str, fault: &Fault) -> (Vec<u8>, Option<usize>) {
        let text = &self.versions[self.version][..self.visible];
        let header = |name: &str| {
            let found = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(str::to_owned));
            found.map(|value| value.trim_start_matches(':').trim().to_owned())
        };
        let stamp = match fault {
            Fault::WrongEtag => "0".to_owned(),
            _ => format!("{}-{}-{}", self.version, self.visible, self.moves),
        };
        let etag = format!("\"{stamp}\"");
        let mut headers = format!("etag: {etag}\r\n");
        if matches!(fault, Fault::NoEtag) {
            headers.clear();
        }
        if header("if-none-match").is_some_and(|value| value == etag) {
            return (format!("HTTP/1.1 304 X\r\n{headers}\r\n").into_bytes(), None);
        }
        if matches!(fault, Fault::Encode) {
            headers += "content-encoding: gzip\r\n";
        }
        let fresh = header("if-range").is_none_or(|value| value == etag);
        let range = header("range").filter(|_| fresh && !matches!(fault, Fault::IgnoreRange));
        let start = range.and_then(|value| value.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        if start.is_some_and(|start| start >= text.len()) {
            return (whole(416, &format!("content-range: bytes */{}\r\n", text.len()), b""), None);
        }
        self.served = Some((self.version, self.visible));
        let cut = |answer: Vec<u8>, body: usize| match fault {
            Fault::Cut(bytes) if *bytes < body => (answer.clone(), Some(answer.len() - body + bytes)),
            _ => (answer, None),
        };
        let Some(start) = start else {
            if let Fault::Chunked(size) = fault {
                let mut answer = format!("HTTP/1.1 200 X\r\n{headers}transfer-encoding: chunked\r\n\r\n").into_bytes();
                for chunk in text.chunks(*size) {
                    answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    answer.extend_from_slice(chunk);
                    answer.extend_from_slice(b"\r\n");
                }
                answer.extend_from_slice(b"0\r\n\r\n");
                return (answer, None);
            }
            return cut(whole(200, &headers, text), text.len());
        };
        let mut body = text[start..].to_vec();
        if let Fault::Shorten(bytes) = fault {
            body.truncate(*bytes);
        }
        let (mut first, mut last) = (start, start + body.len() - 1);
        if let Fault::Shift(by) = fault {
            let shift = |at: usize| usize::try_from(i64::try_from(at).unwrap_or_default() + by).unwrap_or_default();
            (first, last) = (shift(first), shift(last));
        }
        headers += &format!("content-range: bytes {first}-{last}/{}\r\n", text.len());
        if let Fault::Pad(bytes) = fault {
            body.extend(std::iter::repeat_n(b'+', *bytes));
        }
        cut(whole(206, &headers, &body), body.len())
    }
}

fn whole(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

struct Server {
    world: Arc<Mutex<World>>,
    client: Client,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/2.0", listener.local_addr().expect("an address"));
        let world = Arc::new(Mutex::new(World::default()));
        let served = Arc::clone(&world);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&served)));
            }
        });
        Self { world, client: Client::builder().base_url(&base).build().expect("a client") }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the log; returns what came, and the error that ended it.
    async fn read(&self, reader: Reader) -> (Vec<u8>, Option<Error>) {
        let log = self.client.pipelines().get_step_log("acme", "rocket", "{p}", "{s}");
        let mut found = Vec::new();
        let error = match reader {
            Reader::Download => log.download_to(&mut found).await.err(),
            Reader::Follow(from) => {
                let follow = log.follow().poll_every(Duration::from_micros(200), Duration::from_millis(1));
                let mut chunks = follow.grace_period(Duration::from_millis(5)).from(from).chunks();
                loop {
                    match chunks.next().await {
                        Some(Ok(bytes)) => found.extend_from_slice(&bytes),
                        Some(Err(error)) => break Some(error),
                        None => break None,
                    }
                }
            }
        };
        (found, error)
    }
}

async fn serve(mut socket: TcpStream, world: Arc<Mutex<World>>) {
    let mut received = Vec::new();
    loop {
        let end = received.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(end) = end else {
            match socket.read_buf(&mut received).await {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            }
        };
        let head: Vec<u8> = received.drain(..end + 4).collect();
        let (answer, close) =
            world.lock().unwrap_or_else(PoisonError::into_inner).answer(&String::from_utf8_lossy(&head));
        // In pieces, so that bodies are received in pieces.
        for piece in answer[..close.unwrap_or(answer.len())].chunks(3000) {
            if socket.write_all(piece).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        if close.is_some() {
            return;
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Reader {
    Download,
    Follow(u64),
}

/// Versions that have a beginning in common with the one before, and after it differ in every 16 bytes.
fn versions(shapes: Vec<(usize, usize)>) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for (number, (common, length)) in shapes.into_iter().enumerate() {
        let mut text = all.last().cloned().unwrap_or_default();
        text.truncate(common.min(length));
        while text.len() < length {
            let line = format!("{number:02} {:012}\n", text.len() / 16);
            text.push(line.as_bytes()[text.len() % 16]);
        }
        all.push(text);
    }
    all
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Nothing),
        6 => (0..9000_usize).prop_map(Event::Grow),
        2 => (0..12_000_usize).prop_map(Event::Replace),
        1 => Just(Event::Move),
        1 => Just(Event::Finish),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        20 => Just(Fault::Nothing),
        2 => select(&[404_u16, 429, 500, 503][..]).prop_map(Fault::Status),
        1 => Just(Fault::Close),
        4 => (0..9000_usize).prop_map(Fault::Cut),
        3 => (1..9000_usize).prop_map(Fault::Shorten),
        2 => Just(Fault::IgnoreRange),
        1 => (-5000..5000_i64).prop_map(Fault::Shift),
        1 => (1..50_usize).prop_map(Fault::Pad),
        1 => Just(Fault::Encode),
        2 => Just(Fault::NoEtag),
        2 => Just(Fault::WrongEtag),
        2 => (1..5000_usize).prop_map(Fault::Chunked),
    ]
}

fn reader() -> impl Strategy<Value = Reader> {
    prop_oneof![
        4 => Just(Reader::Follow(0)),
        1 => (0..12_000_u64).prop_map(Reader::Follow),
        3 => Just(Reader::Download),
    ]
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_splices(
        shapes in vec((0..16_000_usize, 0..16_000_usize), 1..4),
        script in vec((event(), fault()), 0..24),
        reader in reader(),
    ) {
        thread_local! {
            static RUNTIME: tokio::runtime::Runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            static SERVER: Server = RUNTIME.with(|runtime| runtime.block_on(Server::start()));
        }
        let world = World { versions: versions(shapes), script: script.into(), ..World::default() };
        let versions = world.versions.clone();
        let (found, error, served) = SERVER.with(|server| {
            *server.world() = world;
            let read = async { tokio::time::timeout(Duration::from_secs(30), server.read(reader)).await };
            let (found, error) = RUNTIME.with(|runtime| runtime.block_on(read)).expect("an end");
            let served = server.world().served;
            (found, error, served)
        });
        let from = match reader {
            Reader::Download => 0,
            Reader::Follow(from) => usize::try_from(from).expect("a small number"),
        };
        let is_beginning = |version: &Vec<u8>| version.get(from..).unwrap_or_default().starts_with(&found);
        prop_assert!(versions.iter().any(is_beginning), "spliced: {}", String::from_utf8_lossy(&found));
        if error.is_none() && from == 0 {
            let all = served.map(|(version, visible)| &versions[version][..visible]);
            prop_assert!(found == all.unwrap_or_default(), "{} of {:?} bytes", found.len(), all.map(<[u8]>::len));
        }
    }
}

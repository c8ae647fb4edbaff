//! A server below HTTP: it does what no library would let it do, and writes down what it saw.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes and resets the connection.
    SendThenReset(Vec<u8>),
    /// Sends these bytes one by one, with a pause after each, and closes.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes, then nothing, and keeps the connection.
    SendThenHang(Vec<u8>),
    /// Sends these bytes, and then that many single ones, each after a pause, and closes.
    Grow(Vec<u8>, u32, Duration),
    /// Sends these bytes, and then that many blanks more.
    Flood(Vec<u8>, u64),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and headers.
    pub(crate) head: String,
}

impl Seen {
    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    pub(crate) fn has_credentials(&self) -> bool {
        let head = self.head.to_ascii_lowercase();
        head.contains("authorization:") || head.contains("cookie:") || head.contains(crate::SECRET)
    }
}

/// A listening server. It lives as long as the test.
pub(crate) struct Raw {
    pub(crate) address: String,
    acts: Arc<Mutex<Vec<Act>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    flooded: AtomicUsize,
    hung_up: AtomicUsize,
}

impl Raw {
    /// Acts in turn, the last one for ever.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        Self::with_tls(acts, None).await
    }

    pub(crate) async fn with_tls(acts: Vec<Act>, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (seen, counts) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Counts::default()));
        let (acts, turn) = (Arc::new(Mutex::new(acts)), Arc::new(AtomicUsize::new(0)));
        let raw = Self { address, acts: Arc::clone(&acts), seen: Arc::clone(&seen), counts: Arc::clone(&counts) };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acts, turn, seen) = (Arc::clone(&acts), Arc::clone(&turn), Arc::clone(&seen));
                let (tls, counts) = (tls.clone(), Arc::clone(&counts));
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                serve(socket, |_| {}, &acts, &turn, &seen, &counts).await;
                            }
                        }
                        None => {
                            let reset = |socket: &TcpStream| socket.set_zero_linger().expect("a socket option");
                            serve(socket, reset, &acts, &turn, &seen, &counts).await;
                        }
                    }
                });
            }
        });
        raw
    }

    /// Replaces the acts, for those that have to name another server.
    pub(crate) fn acts(&self, acts: Vec<Act>) {
        *self.acts.lock().unwrap_or_else(PoisonError::into_inner) = acts;
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/2.0", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many bytes of floods the sockets took.
    pub(crate) fn flooded(&self) -> usize {
        self.counts.flooded.load(Ordering::SeqCst)
    }

    /// How many clients closed while they were kept waiting.
    pub(crate) fn hung_up(&self) -> usize {
        self.counts.hung_up.load(Ordering::SeqCst)
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: S,
    reset: impl Fn(&S),
    acts: &Mutex<Vec<Act>>,
    turn: &AtomicUsize,
    seen: &Mutex<Vec<Seen>>,
    counts: &Counts,
) {
    let Some(head) = read(&mut socket).await else { return };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(Seen { head });
    let act = {
        let acts = acts.lock().unwrap_or_else(PoisonError::into_inner);
        acts.get(turn.fetch_add(1, Ordering::SeqCst)).or(acts.last()).expect("an act").clone()
    };
    // A client that goes away is what some of these acts are for.
    match act {
        Act::Send(bytes) => {
            let _ = socket.write_all(&bytes).await;
            let _ = socket.shutdown().await;
        }
        Act::SendThenReset(bytes) => {
            let _ = socket.write_all(&bytes).await;
            let _ = socket.flush().await;
            if !bytes.is_empty() {
                // What was sent has to arrive before the reset throws it away.
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            reset(&socket);
        }
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                if socket.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
            let _ = socket.shutdown().await;
        }
        Act::SendThenHang(bytes) => {
            let _ = socket.write_all(&bytes).await;
            // Until the client closes.
            let _ = socket.read(&mut [0]).await;
            counts.hung_up.fetch_add(1, Ordering::SeqCst);
        }
        Act::Grow(bytes, count, pause) => {
            let _ = socket.write_all(&bytes).await;
            for _ in 0..count {
                tokio::time::sleep(pause).await;
                let _ = socket.write_all(b".").await;
            }
            let _ = socket.shutdown().await;
        }
        Act::Flood(bytes, mut left) => {
            let _ = socket.write_all(&bytes).await;
            let zeros = vec![b' '; 64 * 1024];
            while left > 0 {
                let part = zeros.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                if socket.write_all(&zeros[..part]).await.is_err() {
                    return;
                }
                counts.flooded.fetch_add(part, Ordering::SeqCst);
                left -= part as u64;
            }
        }
    }
}

/// Reads a whole request; `None` if there is none.
async fn read(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    while bytes.len() < end + length.unwrap_or(0_usize) {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

/// A well-formed answer that closes the connection.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, "content-type: application/json", body)
}

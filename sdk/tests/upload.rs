//! Uploads as they come over the wire: forms, files, streams, progress.
#![cfg(all(feature = "source", feature = "downloads", feature = "snippets"))]
#![allow(missing_docs)]

mod support;

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Bytes, Client, ErrorKind, Method, Multipart};
use futures_core::Stream;
use support::{Server, answer, json};

/// Header, name and content of each part, without the boundary.
fn parts(body: &str) -> Vec<String> {
    let boundary = body.lines().next().unwrap();
    let parts = body.split(boundary).filter(|part| !part.is_empty() && !part.starts_with("--"));
    parts.map(|part| part.trim().replace("\r\n", "|")).collect()
}

#[tokio::test]
async fn a_commit_names_files_and_fields_apart() {
    let location =
        "location: https://api.bitbucket.org/2.0/repositories/w/r/commit/9fceb02d0ae598e95dc970b74767f19372d61af8";
    let server = Server::start(&[answer(201, location, "")]).await;
    let repository = server.client().repository("w", "r");
    let commit = repository.source().commit_files().message("m").author("Ada", "ada@example.org");
    let commit = commit.branch("docs").parent("abc").file("message", "text").executable("/bin/run.sh", "#!");
    let done = commit.link("README.txt", "README").delete("old.md").send().await.unwrap();
    assert_eq!(done.hash.as_deref(), Some("9fceb02d0ae598e95dc970b74767f19372d61af8"));
    let seen = server.last();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/2.0/repositories/w/r/src"));
    let field = |name: &str, value: &str| format!("Content-Disposition: form-data; name=\"{name}\"||{value}");
    let file = |path: &str, name: &str, more: &str, data: &str| {
        format!(
            "Content-Disposition: form-data; name=\"{path}\"; filename=\"{name}\"{more}|Content-Type: application/octet-stream||{data}"
        )
    };
    let expected = [
        field("message", "m"),
        field("author", "Ada <ada@example.org>"),
        field("branch", "docs"),
        field("parents", "abc"),
        file("/message", "message", "", "text"),
        file("/bin/run.sh", "run.sh", "; x-attributes=\"executable\"", "#!"),
        file("/README.txt", "README.txt", "; x-attributes=\"link\"", "README"),
        field("files", "/old.md"),
    ];
    assert_eq!(parts(&seen.body), expected);
}

#[tokio::test]
async fn snippets_carry_their_files() {
    let server = Server::start(&[json(201, r#"{"title":"t"}"#)]).await;
    let workspace = server.client().workspace("w");
    let snippet = workspace.snippets().create_with_files().title("t").private(true).file("a.txt", "a");
    let made = snippet.send().await.unwrap();
    assert_eq!(made.title.as_deref(), Some("t"));
    assert_eq!((server.last().method.as_str(), server.last().target.as_str()), ("POST", "/2.0/snippets/w"));
    assert_eq!(parts(&server.last().body).len(), 3);
    workspace.snippets().update_with_files("x").delete("a.txt").send().await.unwrap();
    assert_eq!((server.last().method.as_str(), server.last().target.as_str()), ("PUT", "/2.0/snippets/w/x"));
    assert_eq!(parts(&server.last().body), ["Content-Disposition: form-data; name=\"files\"||a.txt"]);
}

#[tokio::test]
async fn a_file_is_read_while_it_is_sent_and_progress_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tool.bin");
    let data: Vec<u8> = (0..300_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
    std::fs::write(&path, &data).unwrap();
    let server = Server::start(&[answer(429, "retry-after: 0", ""), answer(201, "", "")]).await;
    let client = Client::builder().base_url(&server.base).build().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let repository = client.repository("w", "r");
    let upload = repository.downloads().upload().path(&path).file("notes.txt", "n");
    upload.on_progress(move |sent, total| tell.lock().unwrap().push((sent, total))).send().await.unwrap();
    // A file can be sent again after 429.
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for request in &seen {
        let length: u64 = request.header("content-length").unwrap().parse().unwrap();
        assert_eq!(request.body.len() as u64, length);
        let parts = parts(&request.body);
        assert!(parts[0].contains("name=\"files\"; filename=\"tool.bin\""));
        assert!(parts[0].ends_with(std::str::from_utf8(&data).unwrap()));
        assert!(parts[1].contains("filename=\"notes.txt\""));
    }
    let told = told.lock().unwrap().clone();
    let total = told[0].1.unwrap();
    assert!(told.len() >= 10 && told.iter().all(|(_, all)| *all == Some(total)), "{told:?}");
    assert_eq!(told.last().unwrap().0, total);

    let missing = repository.downloads().upload().path("/no/such/file").send().await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.seen().len(), 2);
}

/// A stream of some pieces.
struct Pieces(Vec<&'static str>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = (!self.0.is_empty()).then(|| self.0.remove(0));
        Poll::Ready(piece.map(|piece| Ok(Bytes::from_static(piece.as_bytes()))))
    }
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    let server = Server::start(&[answer(201, "", "")]).await;
    let form = || Multipart::new().stream("files", "a", Pieces(vec!["ab", "", "cd"]), Some(4));
    server.client().request(Method::POST, "/a").multipart(form()).send_raw().await.unwrap();
    assert!(parts(&server.last().body)[0].ends_with("||abcd"));

    // Not even after 429: what was read is gone.
    let server = Server::start(&[answer(429, "retry-after: 0", ""), answer(201, "", "")]).await;
    let client = Client::builder().base_url(&server.base).build().unwrap();
    let error = client.request(Method::POST, "/a").multipart(form()).send_raw().await.unwrap_err();
    assert!(error.is_rate_limited() && error.attempts() == 1);
    let server = Server::start(&[answer(307, "location: /b", ""), answer(201, "", "")]).await;
    let error = server.client().request(Method::POST, "/a").multipart(form()).send_raw().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Redirect, 1));

    // Nor is a wrong length sent to its end.
    for (pieces, length) in [(vec!["abc"], 4), (vec!["abc", "de"], 4)] {
        let server = Server::start(&[answer(201, "", "")]).await;
        let form = Multipart::new().stream("files", "a", Pieces(pieces), Some(length));
        assert!(server.client().request(Method::POST, "/a").multipart(form).send_raw().await.is_err());
    }
}

#[tokio::test]
async fn a_file_whose_length_changes_while_it_is_sent_fails() {
    use std::fs::{File, OpenOptions};
    use std::sync::Once;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tool.bin");
    let open = |path: &std::path::Path| OpenOptions::new().write(true).open(path).unwrap();
    let changes: [fn(File); 4] = [
        |file| file.set_len(300_001).unwrap(),
        |file| file.set_len(900_000).unwrap(),
        |file| file.set_len(100_000).unwrap(),
        drop,
    ];
    for (at, change) in changes.into_iter().enumerate() {
        std::fs::write(&path, vec![b'a'; 300_000]).unwrap();
        let server = Server::start(&[answer(201, "", "")]).await;
        let (changed, once) = (path.clone(), Once::new());
        let form = Multipart::new().path("files", "tool.bin", &path).on_progress(move |sent, _| {
            if sent > 1000 {
                once.call_once(|| change(open(&changed)));
            }
        });
        let result = server.client().request(Method::POST, "/a").multipart(form).send_raw().await;
        assert_eq!(result.is_err(), at < 3, "{at}: {result:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_file_is_refused_and_not_waited_for() {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe, folder.path().into(), "/dev/zero".into()] {
        // To open a pipe that nobody writes to would take for ever.
        let (sender, form) = channel();
        let named = path.clone();
        std::thread::spawn(move || sender.send(Multipart::new().path("files", "a", named)));
        let form = form.recv_timeout(Duration::from_secs(10)).expect("a form");
        let server = Server::start(&[answer(201, "", "")]).await;
        let error = server.client().request(Method::POST, "/a").multipart(form).send_raw().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path:?}: {error}");
        assert!(error.to_string().contains("not that of a file") && server.seen().is_empty(), "{path:?}: {error}");
    }
}

//! Statuses of success that mean something else than that the body is what was asked for.
#![allow(missing_docs)]

#[path = "support/lists.rs"]
mod lists;
mod support;

use bitbucket_cloud::ext::pagination::PageToken;
use bitbucket_cloud::{Attempt, Client, Error, ErrorKind, HeaderMap, Hook, Method, Request, StatusCode};
use lists::{number, pages, walk};
use serde::Deserialize;
use serde_json::{Value, json as value};
use support::{Server, answer, json};

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Thing {
    name: Option<String>,
}

const THING: &str = r#"{"name":"rocket"}"#;

/// Whatever the caller does with the body of an answer.
async fn each_way(request: &Request) -> [Result<u16, Error>; 4] {
    let status = |status: StatusCode| status.as_u16();
    [
        request.clone().send_as::<Thing>().await.map(|answer| status(answer.status())),
        request.clone().send_as::<Value>().await.map(|answer| status(answer.status())),
        request.clone().send_raw().await.map(|answer| status(answer.status())),
        request.clone().send_stream().await.map(|answer| status(answer.status())),
    ]
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_not_taken_for_the_whole() {
    let headers = "content-type: application/json\r\nx-request-id: r-7\r\ncontent-range: bytes 0-16/1000";
    let server = Server::start(&[answer(206, headers, THING)]).await;
    let client = server.client();
    for (method, once) in [(Method::GET, false), (Method::PUT, false), (Method::POST, true)] {
        let before = server.seen().len();
        for result in each_way(&client.request(method.clone(), "/a")).await {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(StatusCode::PARTIAL_CONTENT)));
            assert_eq!((error.is_retryable(), error.is_ambiguous()), (false, once), "{error}");
            assert_eq!((error.request_id(), error.attempts()), (Some("r-7"), 1));
            let text = "206 Partial Content: a part of the body, bytes 0-16/1000, although no `Range` was requested";
            assert!(error.to_string().contains(text), "{error}");
        }
        assert_eq!(server.seen().len() - before, 4, "each was sent once");
    }
    // It does not say which part it is; a difference is none of the whole either.
    for (status, says) in [
        (206, "a part of the body, without `Content-Range`, although no `Range`"),
        (226, "a difference, although no `A-IM`"),
    ] {
        let server = Server::start(&[answer(status, "", THING)]).await;
        for result in each_way(&server.client().request(Method::GET, "/a")).await {
            let error = result.unwrap_err();
            assert!(error.kind() == ErrorKind::Decode && error.to_string().contains(says), "{error}");
        }
    }
    // Where nothing is expected, nothing is missing.
    #[cfg(feature = "pipelines")]
    {
        let server = Server::start(&[answer(206, headers, THING)]).await;
        let stopped = server.client().pipelines().stop("w", "r", "{p}").send().await.unwrap();
        assert_eq!(stopped.status(), StatusCode::PARTIAL_CONTENT);
    }
    // After a redirect as well.
    let server = Server::start(&[answer(307, "location: /2.0/b", ""), answer(206, "", THING)]).await;
    let error = server.client().request(Method::GET, "/a").send_raw().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Decode, 2));
}

#[tokio::test]
async fn what_the_service_sends_back_in_content_range_is_redacted_and_bounded() {
    let hidden = "s3cret-canary";
    let headers = format!("content-range: bytes {hidden} {}", "x".repeat(50_000));
    let server = Server::start(&[answer(206, &headers, "")]).await;
    let request = server.client().request(Method::GET, "/a").header("X-Api-Key", hidden);
    let text = request.send_raw().await.unwrap_err().to_string();
    assert!(text.contains("bytes [redacted] xxx") && !text.contains(hidden) && text.len() < 2000, "{text}");
}

/// Asks for a part.
struct Ranged(&'static str);

impl Hook for Ranged {
    fn on_request(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
        headers.insert(self.0, "bytes=0-16".parse().unwrap());
    }
}

#[tokio::test]
async fn a_part_that_was_asked_for_is_an_answer() {
    for (status, header) in [(206, "range"), (226, "a-im")] {
        let answers = [answer(status, "content-range: bytes 0-16/1000", THING)];
        let server = Server::start(&answers).await;
        let request = server.client().request(Method::GET, "/a").header(header, "bytes=0-16");
        // Of a hook too.
        let hooked = Client::builder().base_url(&server.base).hook(Ranged(header)).build().unwrap();
        for request in [request, hooked.request(Method::GET, "/a")] {
            for result in each_way(&request).await {
                assert_eq!(result.unwrap(), status);
            }
        }
        // Also where it is found elsewhere.
        let server = Server::start(&[answer(307, "location: /2.0/b", ""), answers[0].clone()]).await;
        let request = server.client().request(Method::GET, "/a").header(header, "bytes=0-16");
        assert_eq!(request.send_raw().await.unwrap().status().as_u16(), status);
        assert_eq!(server.last().header(header).as_deref(), Some("bytes=0-16"));
    }
}

/// Bodies of other successes are what was asked for, or there is none; the status tells.
#[tokio::test]
async fn other_successes_are_answers() {
    for status in [200, 201, 202, 203, 207, 208, 299] {
        let server = Server::start(&[json(status, THING)]).await;
        let thing = server.client().request(Method::GET, "/a").send_as::<Thing>().await.unwrap();
        assert_eq!((thing.status().as_u16(), thing.name.as_deref()), (status, Some("rocket")));
    }
    for status in [200, 202, 204, 205] {
        let server = Server::start(&[answer(status, "", "")]).await;
        for method in [Method::GET, Method::POST] {
            let request = server.client().request(method, "/a");
            let thing = request.clone().send_as::<Thing>().await.unwrap();
            assert_eq!((thing.status().as_u16(), &*thing), (status, &Thing::default()));
            let raw = request.send_raw().await.unwrap();
            assert!(raw.status().as_u16() == status && raw.is_empty());
        }
    }
    // The members of a multi-status are no members of a model: who expects it reads it raw.
    let server = Server::start(&[answer(207, "content-type: application/xml", "<multistatus/>")]).await;
    let error = server.client().request(Method::GET, "/a").send_as::<Thing>().await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Decode, Some(207)));
}

#[tokio::test]
async fn a_list_that_is_still_made_is_not_taken_for_the_whole() {
    // As for the pull requests of a commit, while these are indexed.
    let page = |number: u32| value!({"values": [number], "next": format!("/2.0/l?page={}", number + 1)}).to_string();
    for wrong in [1, 2] {
        for body in [value!({"values": [7]}), value!({}), value!({"values": []})] {
            let server = Server::answering(move |seen| match number(seen) == wrong {
                true => json(202, &body.to_string()),
                false => json(200, &page(1)),
            })
            .await;
            let list = server.client().request(Method::GET, "/l").paginate::<u8>();
            let (came, error, token, asked) = walk(&server, list).await;
            let error = error.expect("an error");
            assert_eq!((came.len(), asked.len()), (wrong - 1, wrong));
            assert_eq!((error.kind(), error.status()), (ErrorKind::Pagination, Some(StatusCode::ACCEPTED)), "{error}");
            assert!(error.to_string().contains("202 Accepted: the list is still being made"), "{error}");
            assert!(token.is_some() && PageToken::from_error(&error) == token);
        }
    }
    // A single page has its status beside it.
    let server = Server::start(&[json(202, r#"{"values": [7]}"#)]).await;
    let page = server.client().request(Method::GET, "/l").send_as::<bitbucket_cloud::types::Page<u8>>().await.unwrap();
    assert_eq!((page.status(), &page.values[..]), (StatusCode::ACCEPTED, &[7][..]));
}

#[tokio::test]
async fn a_page_without_a_body_does_not_end_a_list() {
    let first = r#"{"values": [1], "next": "/2.0/l?page=2"}"#;
    for empty in [200, 203, 204, 205] {
        for body in ["", " \r\n"] {
            let server = Server::answering(move |seen| match number(seen) {
                1 => json(200, first),
                _ => answer(empty, "", if empty == 204 { "" } else { body }),
            })
            .await;
            let list = server.client().request(Method::GET, "/l").paginate::<u8>();
            let (came, error, token, _) = walk(&server, list).await;
            let error = error.expect("an error");
            assert_eq!((came, error.kind()), (vec![1], ErrorKind::Decode), "{error}");
            assert!(error.to_string().contains("a page of the list without a body"), "{error}");
            assert!(token.is_some() && PageToken::from_error(&error) == token);
        }
    }
    // Nor is it a list without items, unless the service says that there is nothing.
    let server = Server::start(&[json(200, "")]).await;
    let error = server.client().request(Method::GET, "/l").paginate::<u8>().collect_all().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(StatusCode::OK)), "{error}");
    let server = Server::start(&[answer(204, "", "")]).await;
    assert!(server.client().request(Method::GET, "/l").paginate::<u8>().collect_all().await.unwrap().is_empty());
    // Where one more page is asked for in vain, the list is short as before.
    let server = pages(&[r#"{"page": 1, "pagelen": 1, "size": 2, "values": [1]}"#, ""]).await;
    let list = server.client().request(Method::GET, "/l").paginate::<u8>();
    let (came, error, ..) = walk(&server, list).await;
    assert_eq!((came, error.map(|error| error.kind())), (vec![1], Some(ErrorKind::Decode)));
}

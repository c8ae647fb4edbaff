//! Lists of a server that is told each page.
#![allow(dead_code, unreachable_pub, reason = "not every test needs all of it")]

use bitbucket_cloud::ext::pagination::{PageToken, Paging};
use bitbucket_cloud::{Error, ErrorKind, Method};

use crate::support::{Seen, Server, answer, json};

/// The number in the query, else 1.
pub fn number(seen: &Seen) -> usize {
    let query = seen.target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|pair| pair.strip_prefix("page=")).map_or(1, |page| page.parse().unwrap_or(1))
}

/// A list `/l` whose pages are these bodies, by number; beyond them, the last one. `HOST` stands for the address of the
/// server, and a body that is a number for an error of this status.
pub async fn pages(bodies: &[&str]) -> Server {
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).to_owned()).collect();
    Server::answering(move |seen| {
        let body = bodies.get(number(seen) - 1).or(bodies.last()).unwrap();
        match body.parse() {
            Ok(status) => answer(status, "content-type: application/json", r#"{"error": {"message": "No"}}"#),
            Err(_) => json(200, &body.replace("HOST", &seen.header("host").unwrap())),
        }
    })
    .await
}

pub fn all(server: &Server) -> Paging<u8> {
    server.client().request(Method::GET, "/l").paginate()
}

/// What came, the error at the end, where the list can be resumed, and the pages that were asked for.
pub async fn walk(server: &Server, list: Paging<u8>) -> (Vec<u8>, Option<Error>, Option<PageToken>, Vec<usize>) {
    let (mut items, mut came) = (list.items(), Vec::new());
    let error = loop {
        match items.next().await {
            Some(Ok(item)) => came.push(item),
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    assert!(items.next().await.is_none(), "nothing comes after the end");
    (came, error, items.token(), server.seen().iter().map(number).collect())
}

pub fn link(page: usize) -> String {
    format!(r#""next": "/2.0/l?page={page}""#)
}

/// Error, place and requests of a list that gave fewer items than it has.
pub async fn short(server: &Server, list: Paging<u8>, came: &[u8], says: &str, asked: &[usize]) -> PageToken {
    let (found, error, token, pages) = walk(server, list).await;
    assert_eq!(found, came);
    let error = error.expect("an error");
    assert_eq!(error.kind(), ErrorKind::Pagination, "{error}");
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(pages, asked);
    assert_eq!(PageToken::from_error(&error), token);
    token.expect("a place to resume")
}

pub fn page(number: usize, size: usize, values: &str, next: Option<usize>) -> String {
    let next = next.map(|next| format!(", {}", link(next))).unwrap_or_default();
    format!(r#"{{"page": {number}, "pagelen": 2, "size": {size}, "values": [{values}]{next}}}"#)
}

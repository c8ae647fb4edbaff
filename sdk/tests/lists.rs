//! Lists with items that are `null`: nobody is given one, and yet the list does not end early, and nothing comes twice.
#![allow(missing_docs)]

mod support;

use bitbucket_cloud::ext::pagination::Paging;
use bitbucket_cloud::{Method, types::Page};
use support::{Server, json};

/// Three pages without a link or a size, so that only the number of items tells whether there are more.
async fn server() -> Server {
    let page = |values: &str| json(200, &format!(r#"{{"pagelen": 3, "values": [{values}]}}"#));
    Server::start(&[page("1, null, 2"), page("null, null, null"), page("3, null")]).await
}

fn list(server: &Server) -> Paging<u8> {
    server.client().request(Method::GET, "/a").paginate::<u8>().page_len(3)
}

#[tokio::test]
async fn items_that_are_null_are_counted_and_not_given() {
    let server = server().await;
    assert_eq!(list(&server).collect_all().await.unwrap(), [1, 2, 3]);
    let asked: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(asked, ["/2.0/a?pagelen=3", "/2.0/a?pagelen=3&page=2", "/2.0/a?pagelen=3&page=3"]);
}

#[tokio::test]
async fn a_token_goes_on_after_them() {
    let here = server().await;
    let mut items = list(&here).items();
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    let token = items.token().unwrap();
    assert_eq!(serde_json::to_string(&token).unwrap(), r#"{"skip":2}"#);
    let again = server().await;
    assert_eq!(list(&again).resume_from(&token).collect_all().await.unwrap(), [2, 3]);
}

#[tokio::test]
async fn a_limit_counts_what_is_given() {
    let here = server().await;
    let mut pages = list(&here).limit(2).pages();
    let page: Page<u8> = pages.next().await.unwrap().unwrap();
    assert_eq!((page.values, page.page_len), (vec![1, 2], Some(3)));
    assert!(pages.next().await.is_none());

    let here = server().await;
    let mut pages = list(&here).limit(1).pages();
    assert_eq!(pages.next().await.unwrap().unwrap().values, [1]);
    let again = server().await;
    let rest = list(&again).resume_from(&pages.token().unwrap());
    assert_eq!(rest.collect_all().await.unwrap(), [2, 3]);
}

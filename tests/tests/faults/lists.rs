//! Lists whose pages are not what they should be. A read here is the whole list.

use bitbucket_cloud::Method;

use crate::raw::{Act, Raw, json};
use crate::table::{Row, outcome};
use crate::{GUARD, SECRET, builder};

/// Reads a list whose pages come in this order, the last one for ever.
async fn read(fault: &'static str, pages: &[&str], expected: (&str, usize), note: &'static str) -> Row {
    read_of(fault, pages.iter().map(|page| Act::Send(json(200, page))).collect(), expected, note).await
}

async fn read_of(fault: &'static str, acts: Vec<Act>, expected: (&str, usize), note: &'static str) -> Row {
    let raw = Raw::start(acts).await;
    let client = builder(&raw.base()).build().expect("a client");
    let list = client.request(Method::GET, "/things").paginate::<u8>().max_items(20);
    let result = tokio::time::timeout(GUARD, list.collect_all()).await.expect("a list that ends");
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
        println!("    {error}");
    }
    let found = (outcome(&result), raw.seen().len());
    assert_eq!(found, (expected.0.to_owned(), expected.1), "{fault}");
    assert!(raw.seen().iter().all(crate::raw::Seen::has_credentials));
    Row { fault, read: Some(found), once: None, note }
}

const FIRST: &str = r#"{"page":1,"pagelen":2,"size":6,"values":[1,2],"next":"/2.0/things?page=2"}"#;
const LAST: &str = r#"{"page":3,"pagelen":2,"size":6,"values":[5,6]}"#;
const BEYOND: &str = r#"{"pagelen":2,"size":6,"values":[]}"#;

pub(crate) async fn empty_page_in_the_middle() -> Row {
    let empty = r#"{"page":2,"pagelen":2,"size":6,"values":[],"next":"/2.0/things?page=3"}"#;
    let note = "\"4 of 6 items\", after one more page was asked for";
    read("list: empty page in the middle", &[FIRST, empty, LAST, BEYOND], ("`Pagination`", 4), note).await
}

pub(crate) async fn page_that_lacks_an_item() -> Row {
    let short = r#"{"page":2,"pagelen":2,"size":6,"values":[3],"next":"/2.0/things?page=3"}"#;
    let pages = [FIRST, short, LAST, BEYOND];
    read("list: page that lacks an item", &pages, ("`Pagination`", 4), "\"5 of 6 items\"").await
}

pub(crate) async fn missing_next() -> Row {
    let without = r#"{"page":2,"pagelen":2,"size":6,"values":[3,4]}"#;
    let note = "page 3 is asked for by its number";
    read("list: page without `next` in the middle", &[FIRST, without, LAST], ("success", 3), note).await
}

pub(crate) async fn list_that_ends_early() -> Row {
    let without = r#"{"page":2,"pagelen":2,"size":6,"values":[3,4]}"#;
    read("list: ends before its size", &[FIRST, without, BEYOND], ("`Pagination`", 3), "\"4 of 6 items\"").await
}

pub(crate) async fn list_that_grows() -> Row {
    let second = r#"{"page":2,"pagelen":2,"size":7,"values":[3,4],"next":"/2.0/things?page=3"}"#;
    let (third, last) =
        (r#"{"page":3,"pagelen":2,"size":7,"values":[5,6]}"#, r#"{"page":4,"pagelen":2,"size":7,"values":[7]}"#);
    read("list: grows while it is read", &[FIRST, second, third, last], ("success", 4), "").await
}

pub(crate) async fn list_that_shrinks() -> Row {
    let second = r#"{"page":2,"pagelen":2,"size":3,"values":[3]}"#;
    read("list: shrinks while it is read", &[FIRST, second], ("success", 2), "the last `size` counts").await
}

pub(crate) async fn numbers_as_text() -> Row {
    let first = r#"{"page":"1","pagelen":"2","size":"3.0","values":[1,2]}"#;
    let last = r#"{"page":2.0,"pagelen":null,"size":"3","values":[3]}"#;
    read("list: numbers as text", &[first, last], ("success", 2), "").await
}

pub(crate) async fn page_that_comes_again() -> Row {
    let again = r#"{"page":1,"pagelen":2,"size":6,"values":[1,2],"next":"/2.0/things?page=3"}"#;
    read("list: page that comes again", &[FIRST, again], ("`Pagination`", 2), "").await
}

pub(crate) async fn next_page_elsewhere() -> Row {
    let first = r#"{"pagelen":2,"values":[1,2],"next":"//storage.example.org/2.0/things?page=2"}"#;
    read("list: next page on another host", &[first], ("`Pagination`", 1), "nothing is sent there").await
}

pub(crate) async fn page_still_being_made() -> Row {
    let acts = vec![Act::Send(json(202, r#"{"pagelen":2,"values":[1,2]}"#))];
    let note = "as for the pull requests of a commit that are being indexed";
    read_of("list: 202", acts, ("`Pagination` 202", 1), note).await
}

pub(crate) async fn page_without_a_body() -> Row {
    let first = r#"{"pagelen":2,"values":[1,2],"next":"/2.0/things?page=2"}"#;
    read("list: page without a body", &[first, ""], ("`Decode` 200", 2), "also the first page, unless it is 204").await
}

pub(crate) async fn list_without_an_end() -> Row {
    let pages: Vec<String> = (1..40)
        .map(|page| format!(r#"{{"page":{page},"pagelen":2,"values":[1,2],"next":"?page={}"}}"#, page + 1))
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let note = "`collect_all` with `max_items` 20, 100,000 by default";
    read("list: without an end", &pages, ("`Pagination`", 11), note).await
}

//! Lists as streams: which pages are asked for, when the list ends, and what a list that goes wrong says.

use std::time::{Duration, Instant};

use bitbucket_cloud::ext::pagination::{Items, PageToken, Pages};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, ErrorKind, types};
use bitbucket_tests::{FakeBitbucket, Listing, Manner};
use serde_json::json;

use crate::{TOKEN, client, fake};

const TAGS: &str = "/repositories/{workspace}/{repo_slug}/refs/tags";

fn tags(count: usize) -> Listing {
    Listing::new(count, |index| json!({"name": format!("v{index}")}))
}

async fn with(listing: Listing) -> (FakeBitbucket, Client) {
    let fake = fake().await;
    fake.list(TAGS, listing);
    let client = client(&fake);
    (fake, client)
}

fn list(client: &Client) -> bitbucket_cloud::ext::pagination::Paging<types::Tag> {
    client.refs().list_tags("acme", "rocket").paginate()
}

async fn names(mut items: Items<types::Tag>) -> Result<Vec<String>, bitbucket_cloud::Error> {
    let mut names = Vec::new();
    while let Some(item) = items.next().await {
        names.push(item?.name.expect("a name"));
    }
    Ok(names)
}

fn expected(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|index| format!("v{index}")).collect()
}

/// The pages that were asked for.
fn asked(fake: &FakeBitbucket) -> Vec<String> {
    fake.journal().iter().map(|entry| entry.query_value("page").unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn every_manner_of_paging_gives_the_whole_list() {
    let manners = [
        Manner::Numbered,
        Manner::WithoutNext,
        Manner::WithoutSize,
        Manner::Opaque,
        Manner::MissingNext(2),
        Manner::RelativeNext,
        Manner::NumbersAsText,
    ];
    for manner in manners {
        for prefetch in [0, 1, 4] {
            let (fake, client) = with(tags(45).manner(manner.clone())).await;
            let found = names(list(&client).prefetch(prefetch).items()).await.expect("the list");
            assert_eq!(found, expected(0..45), "{manner:?}, prefetch {prefetch}");
            // A page ahead that was guessed by its link is asked for again where there is no link.
            if manner != Manner::MissingNext(2) || prefetch == 0 {
                assert_eq!(asked(&fake), ["-", "2", "3", "4", "5"], "{manner:?}, prefetch {prefetch}");
            }
            fake.assert_no_unmatched();
        }
    }
}

#[tokio::test]
async fn a_list_that_ends_with_a_full_page_is_read_once() {
    let cases = [
        (Manner::Numbered, vec!["-", "2"]),
        (Manner::WithoutNext, vec!["-", "2"]),
        // Only an empty page tells the end.
        (Manner::WithoutSize, vec!["-", "2", "3"]),
        (Manner::Opaque, vec!["-", "2"]),
    ];
    for (manner, pages) in cases {
        let (fake, client) = with(tags(20).manner(manner.clone())).await;
        assert_eq!(names(list(&client).items()).await.expect("the list").len(), 20);
        assert_eq!(asked(&fake), pages, "{manner:?}");
    }
    let (fake, client) = with(tags(0)).await;
    assert_eq!(list(&client).collect_all().await.expect("the list").len(), 0);
    assert_eq!(asked(&fake), ["-"]);
}

#[tokio::test]
async fn a_list_with_fewer_items_than_its_size_ends_with_an_error() {
    let gap = |range| [expected(0..20), expected(range)].concat();
    let short = expected(0..45).into_iter().filter(|name| name != "v19").collect();
    for (manner, came, says) in [
        (Manner::EmptyPage(3), gap(30..45), "35 of 45 items"),
        (Manner::ShortPage(2), short, "44 of 45 items"),
        (Manner::EmptyPage(5), expected(0..40), "40 of 45 items"),
    ] {
        for prefetch in [0, 4] {
            let (fake, client) = with(tags(45).manner(manner.clone())).await;
            let mut items = list(&client).prefetch(prefetch).items();
            let mut found = Vec::new();
            let error = loop {
                match items.next().await.expect("an error before the end") {
                    Ok(item) => found.push(item.name.expect("a name")),
                    Err(error) => break error,
                }
            };
            assert_eq!(found, came, "{manner:?}, prefetch {prefetch}");
            assert!(error.kind() == ErrorKind::Pagination && error.to_string().contains(says), "{error}");
            assert_eq!(asked(&fake), ["-", "2", "3", "4", "5", "6"], "{manner:?}");
            // Nothing is lost: the place is where the first item was missing.
            fake.list(TAGS, tags(45));
            let token = items.token().expect("a token");
            let rest = names(list(&client).resume_from(&token).items()).await.expect("the rest");
            assert_eq!(rest, expected(45 - rest.len()..45));
            let begin = [came.iter().take_while(|name| !rest.contains(name)).cloned().collect(), rest].concat();
            assert_eq!(begin, expected(0..45));
            // Who reads it all into memory is told the place as well.
            fake.list(TAGS, tags(45).manner(manner.clone()));
            let error = list(&client).collect_all().await.expect_err("a short list");
            assert_eq!(PageToken::from_error(&error), Some(token));
            assert_eq!(list(&client).allow_fewer().collect_all().await.expect("what there is").len(), came.len());
        }
    }
}

#[tokio::test]
async fn a_page_has_what_the_service_says_of_it() {
    let (_fake, client) = with(tags(45)).await;
    let sent = client.refs().list_tags("acme", "rocket").send().await.expect("a page").into_inner();
    let streamed = list(&client).pages().next().await.expect("a page").expect("a page");
    for page in [sent, streamed] {
        let page: types::Page<types::Tag> = page;
        assert_eq!((page.page, page.page_len, page.size, page.values.len()), (Some(1), Some(10), Some(45), 10));
        assert!(page.next.is_some_and(|next| next.contains("page=2")));
    }
    let (_fake, client) = with(tags(5).manner(Manner::WithoutSize)).await;
    let page = list(&client).pages().next().await.expect("a page").expect("a page");
    assert_eq!((page.size, page.next, page.previous, page.values.len()), (None, None, None, 5));
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_polled() {
    let (fake, client) = with(tags(45)).await;
    let items = list(&client).prefetch(4).items();
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(fake.journal().is_empty());
    drop(items);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(fake.journal().is_empty());
}

#[tokio::test]
async fn a_dropped_stream_stops_what_is_under_way() {
    let (fake, client) = with(tags(1000).delay(Duration::from_millis(40))).await;
    let mut items = list(&client).prefetch(2).items();
    assert!(items.next().await.is_some());
    drop(items);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(fake.journal().len() <= 3, "{:?}", asked(&fake));
}

#[tokio::test]
async fn a_limit_asks_for_no_page_too_many() {
    let (fake, client) = with(tags(100)).await;
    assert_eq!(names(list(&client).limit(25).prefetch(4).items()).await.expect("the list"), expected(0..25));
    assert_eq!(asked(&fake), ["-", "2", "3"]);
    let (fake, client) = with(tags(100)).await;
    assert_eq!(names(list(&client).limit(20).prefetch(1).items()).await.expect("the list").len(), 20);
    assert_eq!(asked(&fake), ["-", "2"]);
    fake.clear_journal();
    assert!(names(list(&client).limit(0).items()).await.expect("the list").is_empty());
    assert!(fake.journal().is_empty());
}

#[tokio::test]
async fn a_page_length_beyond_the_maximum_is_refused_before_anything_is_sent() {
    let (fake, client) = with(tags(3)).await;
    for length in [0, 101, 1000] {
        let error = list(&client).page_len(length).collect_all().await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.to_string().contains("100"), "{error}");
    }
    // The setter of the operation is judged as well.
    let error = client.refs().list_tags("acme", "rocket").page_len(101).collect_all().await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let pull_requests = client.pull_requests().list("acme", "rocket");
    let error = pull_requests.page_len(51).collect_all().await.expect_err("a refusal");
    assert!(error.to_string().contains("between 1 and 50"), "{error}");
    assert!(fake.journal().is_empty());
    assert_eq!(list(&client).page_len(100).collect_all().await.expect("the list").len(), 3);
}

#[tokio::test]
async fn a_next_link_that_leads_elsewhere_is_not_followed() {
    let stranger = fake().await;
    let (fake, client) = with(tags(45)).await;
    let own = fake.base_url().to_owned();
    let links = [
        format!("{}/repositories/acme/rocket/refs/tags?page=2", stranger.base_url()),
        own.replace("http:", "https:") + "/repositories/acme/rocket/refs/tags?page=2",
        own.replace("/2.0", "/1.0") + "/repositories/acme/rocket/refs/tags?page=2",
        own.replace("http://", "http://user@") + "/repositories/acme/rocket/refs/tags?page=2",
        "not a link".to_owned(),
    ];
    for link in links {
        fake.clear_journal();
        fake.list(TAGS, tags(45).manner(Manner::ForeignNext(link.clone())));
        let mut items = list(&client).items();
        for _ in 0..10 {
            assert!(items.next().await.expect("an item").is_ok());
        }
        let error = items.next().await.expect("an end").expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::Pagination, "{link}");
        assert!(!error.to_string().contains("page=2") && !format!("{error:?}").contains(TOKEN));
        assert_eq!(fake.journal().len(), 1, "{link}");
        assert!(items.next().await.is_none());
    }
    assert!(stranger.journal().is_empty());
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error() {
    for manner in [Manner::Repeating, Manner::RepeatingInSilence] {
        for prefetch in [0, 3] {
            let (fake, client) = with(tags(45).manner(manner.clone())).await;
            let error = list(&client).prefetch(prefetch).collect_all().await.expect_err("a loop");
            assert_eq!(error.kind(), ErrorKind::Pagination, "{manner:?}: {error}");
            assert!(fake.journal().len() <= 5, "{:?}", asked(&fake));
        }
    }
}

#[tokio::test]
async fn an_error_in_mid_list_keeps_the_token() {
    let (fake, client) = with(tags(45).manner(Manner::FailingPage(3))).await;
    let mut items = list(&client).items();
    let mut found = Vec::new();
    let error = loop {
        match items.next().await.expect("an error before the end") {
            Ok(item) => found.push(item.name.expect("a name")),
            Err(error) => break error,
        }
    };
    assert_eq!((error.status().map(|status| status.as_u16()), found.len()), (Some(500), 20));
    let saved = serde_json::to_string(&items.token().expect("a token")).expect("JSON");
    assert!(!saved.contains(TOKEN));

    fake.list(TAGS, tags(45));
    let token: PageToken = serde_json::from_str(&saved).expect("a token");
    found.extend(names(list(&client).resume_from(&token).items()).await.expect("the rest"));
    assert_eq!(found, expected(0..45));
}

#[tokio::test]
async fn a_token_leads_to_the_item_where_the_stream_was_left() {
    for manner in [Manner::Numbered, Manner::WithoutNext, Manner::Opaque] {
        for left in [0, 1, 7, 10, 13, 20, 44, 45] {
            let (_fake, client) = with(tags(45).manner(manner.clone())).await;
            let mut items = list(&client).items();
            for _ in 0..left {
                assert!(items.next().await.expect("an item").is_ok());
            }
            let Some(token) = items.token() else {
                assert_eq!(left, 45);
                continue;
            };
            let rest = names(list(&client).resume_from(&token).items()).await.expect("the rest");
            assert_eq!(rest, expected(left..45), "{manner:?} left at {left} with {token:?}");
        }
    }
    let (_fake, client) = with(tags(45)).await;
    let mut pages = list(&client).limit(13).pages();
    let mut token = None;
    while let Some(page) = pages.next().await {
        let page: types::Page<types::Tag> = page.expect("a page");
        assert!(!page.values.is_empty());
        token = pages.token();
    }
    let rest = names(list(&client).resume_from(&token.expect("a token")).items()).await.expect("the rest");
    assert_eq!(rest, expected(13..45));
}

#[tokio::test]
async fn a_token_is_checked_like_a_link() {
    let stranger = fake().await;
    let (fake, client) = with(tags(3)).await;
    let token = json!({"next": format!("{}/x", stranger.base_url())});
    let token: PageToken = serde_json::from_value(token).expect("a token");
    let error = list(&client).resume_from(&token).collect_all().await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(fake.journal().is_empty() && stranger.journal().is_empty());
}

#[tokio::test]
async fn next_is_added_to_chosen_fields() {
    let (fake, client) = with(tags(15)).await;
    let request = client.refs().list_tags("acme", "rocket").fields("values.name");
    assert_eq!(request.collect_all().await.expect("the list").len(), 15);
    let sent: Vec<_> = fake.journal().iter().map(|entry| entry.query_value("fields").map(str::to_owned)).collect();
    assert_eq!(sent, [Some("values.name,next".to_owned()), Some("values.name,next".to_owned())]);
}

#[tokio::test]
async fn a_link_is_taken_as_it_is() {
    let (fake, client) = with(tags(25)).await;
    let request = client.refs().list_tags("acme", "rocket").filter("name ~ \"v\"").sort("-name");
    assert_eq!(request.collect_all().await.expect("the list").len(), 25);
    for entry in fake.journal() {
        assert_eq!(entry.query_values("q"), ["name ~ \"v\""]);
        assert_eq!(entry.query_values("sort"), ["-name"]);
        assert_eq!(entry.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
}

#[tokio::test]
async fn the_end_of_code_search_is_reported() {
    let fake = fake().await;
    let client = client(&fake);
    let hits = |count| Listing::new(count, |index| json!({"file": {"path": format!("f{index}")}}));
    let path = "/workspaces/{workspace}/search/code";
    for prefetch in [0, 4] {
        fake.list(path, hits(2500).manner(Manner::EndsAtThousand));
        #[allow(deprecated, reason = "the service has announced its end, and still answers")]
        let search = || client.search().code("acme", "foo").page_len(100).prefetch(prefetch);
        let mut items = search().items();
        let mut count = 0;
        let error = loop {
            match items.next().await.expect("a report") {
                Ok(_) => count += 1,
                Err(error) => break error,
            }
        };
        assert_eq!((count, error.kind()), (1000, ErrorKind::Pagination));
        assert!(error.to_string().contains("first 1000 results"), "{error}");
        assert_eq!(search().limit(1000).collect_all().await.expect("what there is").len(), 1000);
        fake.list(path, hits(800).manner(Manner::EndsAtThousand));
        assert_eq!(search().collect_all().await.expect("the list").len(), 800);
        // Its size counts hits that are not returned (`counts_hidden` in spec/facts.toml).
        fake.list(path, hits(350).manner(Manner::ShortPage(2)));
        assert_eq!(search().collect_all().await.expect("the list").len(), 349);
    }
}

#[tokio::test]
async fn pages_are_fetched_ahead() {
    let delay = Duration::from_millis(50);
    let mut walls = Vec::new();
    for prefetch in [0, 4] {
        let (_fake, client) = with(tags(200).delay(delay)).await;
        let begun = Instant::now();
        assert_eq!(names(list(&client).prefetch(prefetch).items()).await.expect("the list"), expected(0..200));
        walls.push(begun.elapsed());
    }
    assert!(walls[0] > walls[1] * 5 / 2, "{walls:?}");
}

#[tokio::test]
async fn any_request_can_be_a_list() {
    let (_fake, client) = with(tags(15)).await;
    let request = client.request(bitbucket_cloud::Method::GET, "/repositories/acme/rocket/refs/tags?q=x");
    let found = request.paginate::<serde_json::Value>().collect_all().await.expect("the list");
    assert_eq!(found.len(), 15);
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    let found = list(&client).decode_as::<Named>().collect_all().await.expect("the list");
    assert_eq!(found[14].name, "v14");
}

#[tokio::test]
async fn filters_orders_and_fields_are_values() {
    use bitbucket_cloud::ext::query::{Fields, Sort, field};

    let (fake, client) = with(tags(15)).await;
    let filter = field("name").contains("a\"b & c+d").and(field("target.date").gt("2026-01-01"));
    let sorted = list(&client).filter(filter).sort(Sort::descending("name")).fields(Fields::only(["values.name"]));
    assert_eq!(sorted.collect_all().await.expect("the list").len(), 15);
    for entry in fake.journal() {
        assert_eq!(entry.query_values("q"), [r#"name ~ "a\"b & c+d" AND target.date > "2026-01-01""#]);
        assert_eq!(entry.query_values("sort"), ["-name"]);
        assert_eq!(entry.query_values("fields"), ["values.name,next"]);
    }
    // The setters of the operations take them as well.
    let request = client.refs().list_tags("acme", "rocket").filter(field("name").eq("x")).sort(Sort::ascending("name"));
    assert!(request.fields(Fields::defaults().without("values.links")).send().await.is_ok());
    assert_eq!(fake.journal()[2].query_value("fields"), Some("-values.links"));
}

#[test]
fn streams_can_be_moved_to_another_task_and_need_no_pin() {
    fn check<S: futures_core::Stream + Send + Unpin + 'static>() {}
    check::<Items<types::Tag>>();
    check::<Pages<types::Tag>>();
}

#[tokio::test]
async fn a_list_is_not_walked_on_condition() {
    let fake = FakeBitbucket::start().await.expect("a free port");
    let client = client(&fake);
    for name in ["If-None-Match", "If-Modified-Since"] {
        let mut items = client.refs().list_tags("acme", "rocket").header(name, "x").items();
        let error = items.next().await.expect("an error").expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    assert!(fake.journal().is_empty());
}

#[tokio::test]
async fn states_of_pull_requests_hold_beside_a_filter() {
    use bitbucket_cloud::ext::query::field;

    let fake = fake().await;
    let client = client(&fake);
    let list = || client.pull_requests().list("acme", "rocket");
    let ids = async |list: bitbucket_cloud::ext::pagination::Paging<types::PullRequest>| -> Vec<i64> {
        let found = list.collect_all().await.expect("the list");
        found.into_iter().filter_map(|found| found.id).collect()
    };
    let merged = || list().state([types::PullRequestState::Merged, types::PullRequestState::Open]);
    let reports = || field("title").contains("report");
    assert_eq!(ids(list().paginate()).await, [1, 6]);
    assert_eq!(ids(merged().paginate()).await, [1, 2, 5, 6]);
    assert_eq!(ids(list().filter(reports()).paginate()).await, [1, 3, 4, 5]);
    // By whatever setter, in whatever order, and on later pages.
    for list in [merged().filter(reports()).paginate(), merged().paginate().filter(reports())] {
        fake.clear_journal();
        assert_eq!(ids(list.page_len(1)).await, [1, 5]);
        for entry in fake.journal() {
            let q = r#"(title ~ "report") AND (state = "MERGED" OR state = "OPEN")"#;
            assert_eq!((entry.query_values("q"), entry.query_values("state").len()), (vec![q], 0));
        }
    }
    let sent = merged().filter(reports().or(field("title").contains("test"))).send().await.expect("a page");
    assert_eq!(sent.values.iter().filter_map(|found| found.id).collect::<Vec<_>>(), [1, 2, 5, 6]);
}

//! Lists page by page, with pages as no well-behaved service gives them: items that are `null`, numbers that are text,
//! links of any form, and lists that end before all of their items came.
#![allow(missing_docs)]

#[path = "support/lists.rs"]
mod lists;
mod support;

use bitbucket_cloud::ext::pagination::{PageToken, Paging};
use bitbucket_cloud::{ErrorKind, Method, types::Page};
use lists::{all, link, number, page, pages, short, walk};
#[cfg(feature = "search")]
use support::answer;
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

/// The whole list without an error, with this many requests.
async fn whole(server: &Server, list: Paging<u8>, came: &[u8], requests: usize) {
    let (found, error, token, pages) = walk(server, list).await;
    assert_eq!((found.as_slice(), pages.len()), (came, requests), "{error:?} {pages:?}");
    assert!(error.is_none() && token.is_none(), "{error:?} {token:?}");
}

const EMPTY: &str = r#"{"pagelen": 2, "size": 6, "values": []}"#;

#[tokio::test]
async fn an_empty_page_in_the_middle_is_passed_and_reported() {
    let (first, last) = (page(1, 6, "1, 2", Some(2)), page(3, 6, "5, 6", None));
    for hole in [page(2, 6, "", Some(3)), page(2, 6, "", None)] {
        let server = pages(&[&first, &hole, &last, EMPTY]).await;
        let token = short(&server, all(&server), &[1, 2, 5, 6], "4 of 6 items", &[1, 2, 3, 4]).await;
        // The first page that lacked something.
        let healed = pages(&[&first, &page(2, 6, "3, 4", Some(3)), &last]).await;
        whole(&healed, all(&healed).resume_from(&token), &[3, 4, 5, 6], 2).await;
        // And again, if nothing has changed.
        let server = pages(&[&first, &hole, &last, EMPTY]).await;
        short(&server, all(&server).resume_from(&token), &[5, 6], "4 of 6 items", &[2, 3, 4]).await;
    }
}

#[tokio::test]
async fn a_page_with_an_item_too_few_is_reported() {
    let server =
        pages(&[&page(1, 6, "1, 2", Some(2)), &page(2, 6, "3", Some(3)), &page(3, 6, "5, 6", None), EMPTY]).await;
    let token = short(&server, all(&server), &[1, 2, 3, 5, 6], "5 of 6 items", &[1, 2, 3, 4]).await;
    assert_eq!(serde_json::to_value(&token).unwrap()["skip"], 1);
}

#[tokio::test]
async fn a_missing_link_does_not_end_a_list() {
    let (first, second) = (page(1, 6, "1, 2", Some(2)), page(2, 6, "3, 4", None));
    let server = pages(&[&first, &second, &page(3, 6, "5, 6", None)]).await;
    whole(&server, all(&server), &[1, 2, 3, 4, 5, 6], 3).await;
    for end in [EMPTY, "404", "400"] {
        let server = pages(&[&first, &second, end]).await;
        let says = if end == EMPTY {
            "4 of 6 items".to_owned()
        } else {
            format!("4 of 6 items; a further page was answered with {end}")
        };
        let token = short(&server, all(&server), &[1, 2, 3, 4], &says, &[1, 2, 3]).await;
        let healed = pages(&[&first, &second, &page(3, 6, "5, 6", None)]).await;
        whole(&healed, all(&healed).resume_from(&token), &[5, 6], 1).await;
    }
    // Any other failure is one of the call.
    let server = pages(&[&first, &second, "403"]).await;
    let (came, error, token, _) = walk(&server, all(&server)).await;
    assert_eq!((came.len(), error.unwrap().status().unwrap().as_u16()), (4, 403));
    assert!(token.is_some());
}

#[tokio::test]
async fn fewer_items_than_the_size_are_reported() {
    let only = r#"{"page": 1, "pagelen": 10, "size": 3, "values": [1, 2]}"#;
    for end in [r#"{"page": 2, "pagelen": 10, "size": 3, "values": []}"#, r#"{"values": []}"#, only, "404"] {
        let server = pages(&[only, end]).await;
        short(&server, all(&server), &[1, 2], "2 of 3 items", &[1, 2]).await;
    }
    // A list that knows no pages, and no number.
    let server = pages(&[r#"{"size": 3, "values": [1, 2]}"#]).await;
    short(&server, all(&server), &[1, 2], "2 of 3 items", &[1, 2]).await;
    // Who knows that the size counts more can say so.
    let server = pages(&[only, EMPTY]).await;
    whole(&server, all(&server).allow_fewer(), &[1, 2], 2).await;
    let server = pages(&[r#"{"size": 3, "values": []}"#]).await;
    short(&server, all(&server), &[], "0 of 3 items", &[1, 2]).await;
}

#[tokio::test]
async fn a_list_that_grows_or_shrinks_is_no_error() {
    let grown = pages(&[&page(1, 4, "1, 2", Some(2)), &page(2, 5, "3, 4", None), &page(3, 5, "5", None)]).await;
    whole(&grown, all(&grown), &[1, 2, 3, 4, 5], 3).await;
    let shrunk = pages(&[&page(1, 6, "1, 2", Some(2)), &page(2, 3, "3", None)]).await;
    whole(&shrunk, all(&shrunk), &[1, 2, 3], 2).await;
    // Seen only by the page that was asked for in addition.
    let first = page(1, 6, "1, 2", Some(2));
    let shrunk = pages(&[&first, &page(2, 6, "3, 4", None), &page(3, 4, "", None)]).await;
    whole(&shrunk, all(&shrunk), &[1, 2, 3, 4], 3).await;
    let emptied = pages(&[&first, r#"{"page": 2, "size": 0, "values": []}"#]).await;
    whole(&emptied, all(&emptied), &[1, 2], 2).await;
}

#[tokio::test]
async fn a_list_begun_in_the_middle_is_no_short_one() {
    let bodies = [page(1, 6, "1, 2", Some(2)), page(2, 6, "3, 4", Some(3)), page(3, 6, "5, 6", None)];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let server = pages(&bodies).await;
    whole(&server, all(&server).page(3), &[5, 6], 1).await;
    // Of ten that were asked for, the service gives two.
    let server = pages(&bodies).await;
    whole(&server, all(&server).page_len(10).page(2), &[3, 4, 5, 6], 2).await;
    let server = pages(&bodies).await;
    let request = server.client().request(Method::GET, "/l?page=2");
    whole(&server, request.paginate::<u8>(), &[3, 4, 5, 6], 2).await;
    for token in [r#"{"page": 3}"#, r#"{"page": 3, "skip": 1}"#, r#"{"next": "/2.0/l?page=3", "skip": 1}"#] {
        let server = pages(&bodies).await;
        let token: PageToken = serde_json::from_str(token).unwrap();
        let came: &[u8] = if format!("{token:?}").contains("skip: 1") { &[6] } else { &[5, 6] };
        whole(&server, all(&server).resume_from(&token), came, 1).await;
    }
    // How many items were before cannot be known without a page length; an empty page ends it.
    let server = pages(&["404", "404", r#"{"size": 90, "values": [5, 6]}"#, r#"{"size": 90, "values": []}"#]).await;
    whole(&server, all(&server).page(3), &[5, 6], 2).await;
}

#[tokio::test]
async fn a_token_counts_what_was_before() {
    let bodies = [page(1, 6, "1, 2", Some(2)), page(2, 6, "3", Some(3)), page(3, 6, "5, 6", None)];
    let server = pages(&[&bodies[0], &bodies[1], &bodies[2], EMPTY]).await;
    let mut stream = all(&server).items();
    for _ in 0..4 {
        stream.next().await.unwrap().unwrap();
    }
    let token = stream.token().unwrap();
    let server = pages(&[&bodies[0], &bodies[1], &bodies[2], EMPTY]).await;
    short(&server, all(&server).resume_from(&token), &[6], "5 of 6 items", &[3, 4]).await;
}

#[tokio::test]
async fn nothing_is_missing_where_the_caller_wanted_no_more() {
    let server = pages(&[&page(1, 6, "1, 2", Some(2)), &page(2, 6, "3", None), EMPTY]).await;
    let mut stream = all(&server).limit(3).items();
    let mut came = Vec::new();
    while let Some(item) = stream.next().await {
        came.push(item.unwrap());
    }
    assert_eq!((came, server.seen().len()), (vec![1, 2, 3], 2));
    let token = stream.token().unwrap();
    // The page after it is the next one to read.
    let later = pages(&["404", "404", &page(3, 5, "5, 6", None)]).await;
    whole(&later, all(&later).resume_from(&token), &[5, 6], 1).await;
}

#[tokio::test]
async fn a_list_without_a_size_ends_by_its_links_or_its_pages() {
    // One with links: by the page without one, however many items that has.
    let linked = |values: &str, next: Option<usize>| {
        let next = next.map(|next| format!(", {}", link(next))).unwrap_or_default();
        format!(r#"{{"pagelen": 2, "values": [{values}]{next}}}"#)
    };
    let server = pages(&[&linked("1, 2", Some(2)), &linked("3, 4", None)]).await;
    whole(&server, all(&server), &[1, 2, 3, 4], 2).await;
    // An empty page with a link is passed.
    let server = pages(&[&linked("1, 2", Some(2)), &linked("", Some(3)), &linked("3", None)]).await;
    whole(&server, all(&server), &[1, 2, 3], 3).await;
    // One without links: by the first page that is not full.
    let server = pages(&[&linked("1, 2", None), &linked("3", None)]).await;
    whole(&server, all(&server), &[1, 2, 3], 2).await;
    let server = pages(&[&linked("1, 2", None), &linked("", None)]).await;
    whole(&server, all(&server), &[1, 2], 2).await;
    let server = pages(&["{}"]).await;
    whole(&server, all(&server), &[], 1).await;
    // A size that does not come along with every page counts.
    let server = pages(&[&page(1, 4, "1, 2", Some(2)), &linked("3", None), &linked("", None)]).await;
    short(&server, all(&server), &[1, 2, 3], "3 of 4 items", &[1, 2, 3]).await;
}

#[tokio::test]
async fn empty_pages_without_an_end_are_not_followed_for_ever() {
    let server = Server::answering(|seen| {
        let next = number(seen) + 1;
        let body = format!(r#"{{"page": {}, "values": [], "next": "/2.0/l?page={next}"}}"#, next - 1);
        json(200, &body)
    })
    .await;
    let (came, error, token, asked) = walk(&server, all(&server)).await;
    assert!(came.is_empty() && asked.len() <= 12 && token.is_some(), "{asked:?}");
    assert_eq!(error.unwrap().kind(), ErrorKind::Pagination);
}

#[tokio::test]
async fn a_list_that_ignores_the_number_is_not_given_twice() {
    for body in [r#"{"size": 6, "values": [1, 2]}"#, r#"{"page": 1, "size": 6, "pagelen": 2, "values": [1, 2]}"#] {
        let server = pages(&[body]).await;
        short(&server, all(&server), &[1, 2], "2 of 6 items", &[1, 2]).await;
    }
}

#[tokio::test]
async fn links_of_any_form_are_those_of_the_standard() {
    for next in
        ["/2.0/l?page=2", "?page=2", "http://HOST/2.0/l?page=2", "//HOST/2.0/l?page=2", "l?page=2", "./l?page=2"]
    {
        let first = format!(r#"{{"pagelen": 2, "values": [1, 2], "next": "{next}"}}"#);
        for prefetch in [0, 3] {
            let server = pages(&[&first, r#"{"values": [3]}"#]).await;
            let found = all(&server).prefetch(prefetch).collect_all().await;
            assert_eq!(found.unwrap(), [1, 2, 3], "{next}");
            let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
            assert_eq!(targets, ["/2.0/l", "/2.0/l?page=2"], "{next}");
        }
    }
    let elsewhere = [
        "//example.org/2.0/l?page=2",
        "/1.0/l?page=2",
        "/l?page=2",
        "/2.0/../l",
        "../../l",
        "\\\\\\\\example.org\\\\2.0",
        "/2.0/..%2f..%2fl",
        "/2.0/%2e%2e%5cl",
        "#x",
        "not a link",
    ];
    for next in elsewhere {
        let first = format!(r#"{{"pagelen": 2, "values": [1, 2], "next": "{next}"}}"#);
        let server = pages(&[&first]).await;
        for prefetch in [0, 3] {
            let (came, error, ..) = walk(&server, all(&server).prefetch(prefetch)).await;
            assert_eq!(came, [1, 2], "{next}");
            assert_eq!(error.unwrap().kind(), ErrorKind::Pagination, "{next}");
        }
        assert_eq!(server.seen().iter().map(number).collect::<Vec<_>>(), [1, 1], "{next}");
    }
}

#[tokio::test]
async fn a_link_that_is_too_long_is_no_mistake_of_the_caller() {
    // No address that is longer can be requested.
    const LONGEST: usize = 65_534;
    for (length, is_asked) in [(LONGEST, true), (LONGEST + 1, false), (10 * LONGEST, false)] {
        let server = Server::answering(move |seen| {
            let next = format!("http://{}/2.0/l?page=2&x=", seen.header("host").unwrap());
            let next = format!("{next}{}", "y".repeat(length - next.len()));
            json(
                200,
                &serde_json::json!({"values": [number(seen)], "next": (number(seen) == 1).then_some(next)}).to_string(),
            )
        })
        .await;
        for prefetch in [0, 2] {
            let before = server.seen().len();
            let (came, error, token, _) = walk(&server, all(&server).prefetch(prefetch)).await;
            assert_eq!(server.seen().len() - before, if is_asked { 2 } else { 1 });
            let Some(error) = error else {
                assert!(is_asked && came == [1, 2], "{came:?}");
                continue;
            };
            assert!(!is_asked && came == [1], "{error}");
            assert_eq!(
                (error.kind(), PageToken::from_error(&error)),
                (ErrorKind::Pagination, token.clone()),
                "{error}"
            );
            assert!(token.is_some() && error.to_string().contains("too long"), "{error}");
            // The place is that of the page that failed, and is refused again.
            let (came, error, ..) = walk(&server, all(&server).resume_from(&token.unwrap())).await;
            assert_eq!((came.len(), error.unwrap().kind()), (0, ErrorKind::Pagination));
        }
    }
}

#[tokio::test]
async fn numbers_are_read_in_any_form() {
    let first = r#"{"page": "1", "pagelen": 2.0, "size": "3", "values": [1, 2]}"#;
    let server = pages(&[first, r#"{"page": 2, "pagelen": "2", "size": 3.0, "values": [3]}"#]).await;
    whole(&server, all(&server), &[1, 2, 3], 2).await;
    for odd in
        ["null", "-1", "1e300", "1e999", "true", "{}", "[1]", "\"\"", "\"many\"", "0.5", "99999999999999999999999"]
    {
        let body = format!(r#"{{"page": {odd}, "pagelen": {odd}, "size": {odd}, "values": [1]}}"#);
        let server = pages(&[&body]).await;
        whole(&server, all(&server), &[1], 1).await;
    }
    let server = pages(&[r#"{"size": 9223372036854775807, "values": [1]}"#, EMPTY]).await;
    let (came, error, _, asked) = walk(&server, all(&server).prefetch(usize::MAX)).await;
    assert!(came == [1] && error.unwrap().to_string().contains("1 of 6 items") && asked.len() <= 65);
}

#[tokio::test]
async fn a_page_length_out_of_range_is_refused() {
    for length in [0, 101] {
        let server = pages(&["{}"]).await;
        let (_, error, _, asked) = walk(&server, all(&server).page_len(length)).await;
        assert_eq!((error.unwrap().kind(), asked.len()), (ErrorKind::InvalidRequest, 0), "{length}");
    }
}

/// The service refuses what is beyond the thousandth result.
#[cfg(feature = "search")]
#[tokio::test]
async fn a_refused_page_of_code_search_says_why() {
    for (before, status, is_end) in [(900, 400, true), (1000, 404, true), (899, 400, false), (900, 0, false)] {
        let server =
            Server::answering(move |_| if status == 0 { String::new() } else { answer(status, "", "{}") }).await;
        let token: PageToken = serde_json::from_str(&format!(r#"{{"page": 10, "before": {before}}}"#)).unwrap();
        use bitbucket_cloud::ext::pagination::Paginate;
        let client = server.client();
        #[allow(deprecated, reason = "the service has announced its end, and still answers")]
        let search = client.search().code("w", "foo").resume_from(&token);
        let error = search.collect_all().await.unwrap_err();
        assert_eq!(error.to_string().contains("only the first 1000 results"), is_end, "{before} {status}: {error}");
        let error = all(&server).resume_from(&token).collect_all().await.unwrap_err();
        assert!(!error.to_string().contains("1000 results"), "{error}");
    }
}

#[tokio::test]
async fn the_largest_numbers_of_a_token_do_no_harm() {
    let bodies = [
        r#"{"pagelen": 1, "size": 18446744073709551615, "values": [1]}"#,
        r#"{"page": 18446744073709551615, "pagelen": 1, "size": 9223372036854775807, "values": [1]}"#,
        r#"{"page": 9223372036854775807, "pagelen": 9223372036854775807, "size": 9223372036854775807, "values": [1]}"#,
        r#"{"pagelen": 1, "values": [1]}"#,
        r#"{"pagelen": 1, "values": [1], "next": "?page=18446744073709551615"}"#,
    ];
    let max = u64::MAX;
    let tokens = [
        format!(r#"{{"page": {max}}}"#),
        format!(r#"{{"page": {max}, "skip": {max}, "before": {max}}}"#),
        format!(r#"{{"next": "?page={max}", "skip": {max}, "before": {max}}}"#),
        r#"{"page": 0}"#.to_owned(),
    ];
    for body in bodies {
        for token in &tokens {
            for prefetch in [0, 4, usize::MAX] {
                let server = Server::start(&[json(200, body)]).await;
                let token: PageToken = serde_json::from_str(token).unwrap();
                let list = all(&server).resume_from(&token).prefetch(prefetch).limit(u64::MAX);
                let mut items = list.items();
                let mut count = 0;
                while let Some(item) = items.next().await {
                    count += 1;
                    let _ = (item.is_ok(), items.token());
                    assert!(count < 10, "{body} {token:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn collecting_a_list_without_an_end_is_bounded() {
    let endless = || {
        Server::answering(|seen| {
            let page = number(seen);
            json(200, &format!(r#"{{"page": {page}, "pagelen": 2, "values": [1, 2], "next": "?page={}"}}"#, page + 1))
        })
    };
    let server = endless().await;
    let error = all(&server).max_items(7).collect_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(error.to_string().contains("more than 7 items"), "{error}");
    assert!(server.seen().len() <= 5);
    let place = serde_json::to_value(PageToken::from_error(&error)).unwrap();
    assert_eq!((&place["before"], &place["next"]), (&8.into(), &"?page=5".into()), "{place}");
    // By default as well.
    let server = Server::answering(|seen| {
        let (page, values) = (number(seen), vec!["1"; 30_000].join(","));
        json(200, &format!(r#"{{"page": {page}, "values": [{values}], "next": "?page={}"}}"#, page + 1))
    })
    .await;
    let error = all(&server).collect_all().await.unwrap_err();
    assert!(error.to_string().contains("more than 100000 items"), "{error}");
    // Who says how many are wanted gets them.
    let server = endless().await;
    assert_eq!(all(&server).limit(7).max_items(7).collect_all().await.unwrap().len(), 7);
    let server = pages(&[&page(1, 4, "1, 2", Some(2)), &page(2, 4, "3, 4", None)]).await;
    assert_eq!(all(&server).max_items(4).collect_all().await.unwrap().len(), 4);
    // A page without items does not make a list longer.
    let server = pages(&[&page(1, 2, "1, 2", Some(2)), r#"{"values": []}"#]).await;
    assert_eq!(all(&server).max_items(2).collect_all().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_path_with_a_query_is_a_list_as_well() {
    let server = pages(&[&page(1, 3, "1, 2", None), &page(2, 3, "3", None)]).await;
    let request = server.client().request(Method::GET, "/l?fields=values.a&q=a%20%26+b&page=1");
    assert_eq!(request.paginate::<u8>().collect_all().await.unwrap(), [1, 2, 3]);
    let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    let rest = "/2.0/l?fields=values.a%2Cnext&q=a%20%26%20b&page=";
    assert_eq!(targets, [format!("{rest}1"), format!("{rest}2")]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Whatever the pages say, pages ahead change the number of requests and nothing else.
    #[test]
    fn pages_ahead_change_nothing(served in proptest::collection::vec((0..4_u8, 0..5_usize, 0..4_u8), 1..6)) {
        let bodies: Vec<String> = served.iter().enumerate().map(|(at, (count, size, form))| {
            let values: Vec<String> = (0..*count).map(|item| (at * 4 + usize::from(item)).to_string()).collect();
            let size = if *size == 0 { String::new() } else { format!(r#""size": {},"#, at * 3 + size) };
            let next = match form {
                0 => String::new(),
                1 => format!(r#""page": {}, "next": "?page={}","#, at + 1, at + 2),
                2 => format!(r#""page": {},"#, at + 1),
                _ => format!(r#""next": "/2.0/l?page={}","#, at + 2),
            };
            format!(r#"{{{next} {size} "pagelen": 3, "values": [{}]}}"#, values.join(","))
        }).chain([r#"{"values": []}"#.to_owned()]).collect();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut found = Vec::new();
            for prefetch in [0, 1, 4] {
                let server = pages(&bodies).await;
                let (came, error, token, _) = walk(&server, all(&server).prefetch(prefetch)).await;
                let error = error.map(|error| error.to_string().replace(&server.base, ""));
                found.push((came, error, token));
            }
            assert!(found.iter().all(|other| *other == found[0]), "{bodies:?} {found:?}");
        });
    }
}

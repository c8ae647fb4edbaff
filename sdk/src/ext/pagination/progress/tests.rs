//! The exact ends of lists: the last item, the last page, the last number that is allowed. Random lists are in `fuzz.rs`.

use super::*;

fn page(count: u64, size: Option<u64>, next: Option<&str>) -> PageMeta {
    PageMeta { count, size, next: next.map(str::to_owned), page_len: Some(3), ..PageMeta::default() }
}

fn begun(token: &PageToken, rules: ListRules) -> Progress {
    let mut progress = Progress::new();
    progress.begin_at(token);
    progress.begin(rules);
    progress
}

/// Takes a page, and says what is next: a link, a number as text, or how the list ended.
fn take(progress: &mut Progress, page: &PageMeta, body: &str) -> String {
    match progress.arrived(page, &NullItems::default(), body.as_bytes(), None) {
        Err(text) => text,
        Ok(_) => match (&progress.state, &progress.position) {
            (ListState::Ended, _) => "ended".to_owned(),
            (ListState::Short(text), _) => text.clone(),
            (ListState::Open, PagePosition::First) => "first".to_owned(),
            (ListState::Open, PagePosition::Number(number)) => number.to_string(),
            (ListState::Open, PagePosition::Link(link)) => link.clone(),
        },
    }
}

fn first(page: &PageMeta) -> String {
    take(&mut begun(&PageToken::default(), ListRules::default()), page, "")
}

#[test]
fn a_link_is_followed_unless_an_empty_page_follows_the_last_item() {
    assert_eq!(first(&page(3, Some(3), Some("b"))), "b");
    assert_eq!(first(&page(0, Some(3), Some("b"))), "b");
    assert_eq!(first(&page(0, Some(0), Some("b"))), "ended");
    assert_eq!(first(&page(3, Some(3), None)), "ended");
    assert_eq!(first(&page(3, Some(4), None)), "2");
}

#[test]
fn ten_empty_pages_are_followed_and_no_more() {
    let mut progress = begun(&PageToken::default(), ListRules::default());
    for number in 1..=10 {
        let next = format!("p{number}");
        assert_eq!(take(&mut progress, &page(0, None, Some(&next)), &next), next);
    }
    let refused = take(&mut progress, &page(0, None, Some("p11")), "p11");
    assert_eq!(refused, "11 pages in a row were empty, and the list names another one");
}

#[test]
fn a_page_length_of_nothing_is_none() {
    let mut progress = Progress::new();
    let meta = |page_len| PageMeta { page_len, ..PageMeta::default() };
    assert_eq!((progress.page_length(&meta(Some(0))), progress.page_length(&meta(Some(1)))), (None, Some(1)));
    progress.rules.page_len = Some(2);
    assert_eq!((progress.page_length(&meta(None)), progress.page_length(&meta(Some(1)))), (Some(2), Some(1)));
}

#[test]
fn an_empty_page_ends_a_list_begun_at_a_link() {
    let token = PageToken { next: Some("c".to_owned()), ..PageToken::default() };
    let numbered = |count| PageMeta { page: Some(3), page_len: None, ..page(count, Some(9), None) };
    assert_eq!(take(&mut begun(&token, ListRules::default()), &numbered(0), ""), "ended");
    assert_eq!(take(&mut begun(&token, ListRules::default()), &numbered(2), ""), "4");
}

/// The gap is the first page that has less than it could, if anything was missing then.
#[test]
fn a_shortage_leads_back_to_the_page_that_lacked_an_item() {
    let place = |sizes: [u64; 2]| {
        let mut progress = begun(&PageToken::default(), ListRules::default());
        assert_eq!(take(&mut progress, &page(2, Some(sizes[0]), Some("b")), "a"), "b");
        assert_eq!(take(&mut progress, &page(1, Some(sizes[1]), None), "b"), "3");
        progress.nothing_came();
        assert!(progress.take_shortage().is_some_and(|text| text.contains("3 of 9")));
        progress.token()
    };
    assert_eq!(place([9, 9]), Some(PageToken { skip: 2, ..PageToken::default() }));
    // At that time the list was whole.
    assert_eq!(place([2, 9]), Some(PageToken { next: Some("b".to_owned()), page: None, skip: 1, before: Some(2) }));
}

#[test]
fn code_search_ends_with_the_thousandth_result() {
    let end = |before: u64, meta: &PageMeta| {
        let token = PageToken { page: Some(10), before: Some(before), ..PageToken::default() };
        let rules = ListRules { search: true, ..ListRules::default() };
        take(&mut begun(&token, rules), &PageMeta { page_len: None, ..meta.clone() }, "")
    };
    assert_eq!(end(0, &page(3, Some(3), None)), "ended");
    assert_eq!(end(0, &page(10, Some(30), Some("b"))), "b");
    for meta in [page(10, Some(1001), Some("b")), page(10, None, Some("b")), page(10, Some(1001), None)] {
        assert_eq!(end(990, &meta), ONLY_THOUSAND);
    }
    assert_eq!(end(990, &page(10, Some(1000), None)), "ended");
    assert_eq!(end(980, &page(10, Some(1500), Some("b"))), "b");
    // What comes after the last page that is given: a page of ten may end with the thousandth, and one of more is cut.
    let after = |came: u64| {
        let token = PageToken { page: Some(10), before: Some(came - 10), ..PageToken::default() };
        let rules = ListRules { search: true, ..ListRules::default() };
        let mut progress = begun(&token, rules);
        take(&mut progress, &PageMeta { page_len: None, ..page(10, Some(1500), None) }, "");
        assert!(progress.is_extra());
        progress.nothing_came();
        progress.take_shortage()
    };
    assert_eq!(after(990).as_deref(), Some("the list ended after 990 of 1500 items"));
    assert_eq!(after(991).as_deref(), Some(ONLY_THOUSAND));
}

#[test]
fn what_was_passed_is_what_a_page_began_with() {
    let token = PageToken { page: Some(4), before: Some(42), ..PageToken::default() };
    let mut progress = begun(&token, ListRules::default());
    assert_eq!((progress.passed(), progress.is_extra()), (42, false));
    assert_eq!(take(&mut progress, &page(3, Some(90), None), ""), "5");
    assert_eq!((progress.passed(), progress.is_extra()), (45, true));
    assert_eq!(Progress::new().passed(), 0);
}

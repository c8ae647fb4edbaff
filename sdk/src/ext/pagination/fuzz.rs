//! Random sequences of pages. Whatever the pages of a list say, its walk ends after a bounded number of requests, gives
//! what it gives once and in order, and does not end without an error where a size says that items are missing.
//! `PROPTEST_CASES` sets the number of cases.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::meta::PageMeta;
use super::nulls::NullItems;
use super::progress::{ListRules, ListState, Progress};
use super::token::{PagePosition, PageToken};

/// A page of the server: its items are numbered by what was on the pages before.
#[derive(Debug, Clone)]
struct Served {
    count: u64,
    /// The page that the link leads to.
    next: Option<usize>,
    numbered: bool,
    page_len: Option<u64>,
    /// The difference to the number of items that the pages have together.
    size: Option<i64>,
}

#[derive(Debug, Clone)]
struct Server {
    pages: Vec<Served>,
    /// Whether a page beyond the last one is a failure rather than an empty page.
    fails_beyond: bool,
}

/// How a walk ended.
#[derive(Debug, Default)]
struct Walked {
    /// Items by their numbers.
    items: Vec<u64>,
    requests: usize,
    /// The last size that was told.
    size: Option<u64>,
    error: Option<String>,
    token: Option<PageToken>,
}

impl Server {
    fn total(&self) -> u64 {
        self.pages.iter().map(|page| page.count).sum()
    }

    /// The page of a position, 0-based, and what it says; `None` beyond the last one.
    fn page(&self, position: &PagePosition, rules: &ListRules) -> (usize, Option<PageMeta>) {
        let index = match position {
            PagePosition::First => rules.first_page.flatten().map_or(0, |page| page.saturating_sub(1)),
            PagePosition::Number(number) => number.saturating_sub(1),
            PagePosition::Link(link) => link.parse().unwrap_or(u64::MAX),
        };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let meta = self.pages.get(index).map(|page| PageMeta {
            next: page.next.map(|next| next.to_string()),
            page: page.numbered.then_some(index as u64 + 1),
            page_len: page.page_len,
            size: page.size.map(|off| self.total().saturating_add_signed(off)),
            count: page.count,
        });
        (index, meta)
    }

    fn walk(&self, rules: &ListRules, token: Option<&PageToken>) -> Walked {
        let (mut walked, mut progress) = (Walked::default(), Progress::new());
        if let Some(token) = token {
            progress.begin_at(token);
        }
        progress.begin(rules.clone());
        while progress.state == ListState::Open {
            walked.requests += 1;
            assert!(walked.requests < 200, "the walk does not end");
            let (index, meta) = self.page(&progress.position, rules);
            let meta = match meta {
                Some(meta) => meta,
                None if self.fails_beyond && progress.is_extra() => {
                    progress.nothing_came();
                    continue;
                }
                None if self.fails_beyond => {
                    walked.error = Some("the call failed".to_owned());
                    break;
                }
                None => PageMeta::default(),
            };
            walked.size = meta.size.or(walked.size);
            let begin: u64 = self.pages.iter().take(index).map(|page| page.count).sum();
            // What a body without a number is recognised by.
            match progress.arrived(&meta, &NullItems::default(), format!("{index}").as_bytes(), None) {
                Ok((kept, _)) => {
                    let kept = kept.map(|at| begin + at as u64).filter(|at| *at < begin + meta.count);
                    walked.items.extend(kept);
                }
                Err(text) => {
                    walked.error = Some(text);
                    break;
                }
            }
        }
        walked.error = walked.error.or(progress.take_shortage());
        walked.token = progress.token();
        walked
    }
}

fn served(last: usize) -> impl Strategy<Value = Served> {
    let page_len = prop_oneof![4 => Just(Some(3)), 1 => option::of(0_u64..6), 1 => Just(Some(u64::MAX))];
    let size = option::of(prop_oneof![4 => Just(0), 2 => -4_i64..5, 1 => any::<i64>()]);
    let next = option::weighted(0.7, 0..last + 2);
    (prop_oneof![3 => Just(3_u64), 2 => 0_u64..5], next, any::<bool>(), page_len, size)
        .prop_map(|(count, next, numbered, page_len, size)| Served { count, next, numbered, page_len, size })
}

/// Pages that mostly lead to the next one.
fn server() -> impl Strategy<Value = Server> {
    (0_usize..8, any::<bool>()).prop_flat_map(|(last, fails_beyond)| {
        (vec((served(last), any::<prop::sample::Index>()), last + 1), any::<bool>()).prop_map(move |(pages, wild)| {
            let pages = pages.into_iter().enumerate().map(|(index, (mut page, luck))| {
                if !wild || luck.index(4) > 0 {
                    page.next = page.next.filter(|_| index < last).map(|_| index + 1);
                }
                page
            });
            Server { pages: pages.collect(), fails_beyond }
        })
    })
}

fn rules() -> impl Strategy<Value = ListRules> {
    let first_page = option::weighted(0.2, option::of(0_u64..10));
    (first_page, option::of(1_u64..5), any::<bool>(), prop::bool::weighted(0.1)).prop_map(
        |(first_page, page_len, counts_hidden, search)| ListRules { first_page, page_len, counts_hidden, search },
    )
}

fn token() -> impl Strategy<Value = PageToken> {
    let number = || prop_oneof![4 => 0_u64..10, 1 => any::<u64>(), 1 => Just(u64::MAX)];
    (option::of(number()), option::of(number()), number(), option::of(number())).prop_map(
        |(next, page, skip, before)| PageToken { next: next.map(|next| next.to_string()), page, skip, before },
    )
}

proptest! {
    #[test]
    fn any_walk_ends(server in server(), rules in rules(), token in option::weighted(0.3, token())) {
        let walked = server.walk(&rules, token.as_ref());
        let mut once = walked.items.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), walked.items.len(), "an item came twice: {:?}", walked);
        // Without an error there is nothing to resume.
        prop_assert!(walked.error.is_some() || walked.token.is_none(), "{:?}", walked);
    }

    #[test]
    fn no_list_is_short_in_silence(server in server(), page_len in option::of(1_u64..5)) {
        let rules = ListRules { page_len, ..ListRules::default() };
        let walked = server.walk(&rules, None);
        if walked.error.is_none() {
            prop_assert!(walked.size.is_none_or(|size| size <= walked.items.len() as u64), "{:?}", walked);
        }
        let hidden = server.walk(&ListRules { counts_hidden: true, ..rules }, None);
        prop_assert_eq!(&hidden.items, &walked.items);
    }

    /// What services do: full pages, one size, links or numbers.
    #[test]
    fn a_healthy_list_is_whole(total in 0_u64..40, full in 1_u64..12, told in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()), fails_beyond in any::<bool>(), left in 0_usize..50) {
        let (linked, mut sized, numbered, tells_length) = told;
        // A list that fails beyond its last page says where that is.
        sized |= fails_beyond;
        let last = usize::try_from(total.saturating_sub(1) / full).unwrap_or_default();
        let pages = (0..=last).map(|index| Served {
            count: full.min(total - index as u64 * full),
            next: (linked && index < last).then_some(index + 1),
            numbered,
            page_len: tells_length.then_some(full),
            size: sized.then_some(0),
        });
        let server = Server { pages: pages.collect(), fails_beyond };
        let rules = ListRules { page_len: Some(full), ..ListRules::default() };
        let walked = server.walk(&rules, None);
        prop_assert!(walked.error.is_none() && walked.items.iter().copied().eq(0..total), "{:?}", walked);
        prop_assert!(walked.requests <= last + 2);
        // A list with neither ends with the page that is not full.
        prop_assert!(walked.requests <= last + 1 || !sized && (!linked || last == 0), "{:?}", walked);
        // From a page on, as a caller or a token wants it.
        let from = left % (last + 1);
        let begin = from as u64 * full;
        let by_caller = ListRules { first_page: Some(Some(from as u64 + 1)), ..rules.clone() };
        let tokens = [
            PageToken { page: Some(from as u64 + 1), ..PageToken::default() },
            PageToken { next: Some(from.to_string()), before: Some(begin), ..PageToken::default() },
        ];
        let rest = [server.walk(&by_caller, None), server.walk(&rules, Some(&tokens[0])), server.walk(&rules, Some(&tokens[1]))];
        for (at, rest) in rest.iter().enumerate() {
            // A link without a number or a size behind it ends with its page.
            if at < 2 || linked || numbered {
                prop_assert!(rest.error.is_none() && rest.items.iter().copied().eq(begin..total), "{:?}", rest);
            }
        }
    }

    /// A page that loses items is an error, and resuming gives what is missing once it is there.
    #[test]
    fn a_gap_is_found_and_filled(total in 1_u64..40, full in 1_u64..12, linked in any::<bool>(), hole in any::<prop::sample::Index>(), lost in 1_u64..12) {
        let last = usize::try_from((total - 1) / full).unwrap_or_default();
        let counts: Vec<u64> = (0..=last).map(|index| full.min(total - index as u64 * full)).collect();
        let hole = hole.index(counts.len());
        let page = |index: usize, count| Served {
            count,
            next: (linked && index < last).then_some(index + 1),
            numbered: true,
            page_len: Some(full),
            size: Some(0),
        };
        let healthy = Server { pages: counts.iter().enumerate().map(|(at, count)| page(at, *count)).collect(), fails_beyond: false };
        let mut broken = healthy.clone();
        let lost = lost.min(counts[hole]);
        broken.pages[hole].count -= lost;
        let lost = i64::try_from(lost).unwrap_or_default();
        broken.pages.iter_mut().for_each(|page| page.size = Some(lost));
        let walked = broken.walk(&ListRules::default(), None);
        prop_assert!(walked.error.is_some(), "{:?}", walked);
        let rest = healthy.walk(&ListRules::default(), walked.token.as_ref());
        let begin = hole as u64 * full + broken.pages[hole].count;
        prop_assert!(rest.error.is_none() && rest.items.iter().copied().eq(begin..total), "{:?} {:?}", walked, rest);
    }
}

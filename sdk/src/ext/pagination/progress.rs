//! Decides which page of a list is next and whether the list has ended, from what each page says of itself. It sends
//! nothing and knows positions and counts only, so it is compiled once for all lists.
//!
//! A `next` link is followed as it is. Where there is none, the number of items decides: the list is whole once as many
//! came as its last `size` says, and until then one more page is asked for by its number. If nothing comes of that, the
//! list ends with an error. A list that tells no size ends with the page without a link if pages had links before, else
//! with the first page that is not full.

use std::ops::Range;

use super::meta::PageMeta;
use super::nulls::NullItems;
use super::repeats::Repeats;
use super::token::{PagePosition, PageToken};

/// Items per page if neither side says otherwise.
pub(super) const DEFAULT_PAGE_LEN: u64 = 10;
/// Code search returns no more results than this.
pub(super) const MAX_SEARCH_RESULTS: u64 = 1000;
/// Empty pages in a row whose links are followed.
const MAX_EMPTY_PAGES: u32 = 10;

const ONLY_THOUSAND: &str = "code search returns only the first 1000 results, and there are more";

/// What is known of a list before its first page.
#[derive(Debug, Clone, Default)]
pub(super) struct ListRules {
    /// Number of the first page, if the caller asks for one; the inner value is `None` if it is no number.
    pub(super) first_page: Option<Option<u64>>,
    /// Items per page, if the caller asks for a number of them.
    pub(super) page_len: Option<u64>,
    /// Whether `size` may count items that are never returned.
    pub(super) counts_hidden: bool,
    /// Whether it is code search.
    pub(super) search: bool,
}

/// What the next request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListState {
    /// For the page at the position.
    Open,
    Ended,
    /// There is none: the list ends with this error.
    Short(String),
}

#[derive(Debug)]
pub(super) struct Progress {
    pub(super) rules: ListRules,
    pub(super) state: ListState,
    /// The page to return next.
    pub(super) position: PagePosition,
    /// Items of that page to skip.
    skip: u64,
    /// Items of the list before that page, if that is known.
    before: Option<u64>,
    /// Number of that page, if it is known without the response.
    number: Option<u64>,
    /// Whether it is asked for only because fewer items came than there should be.
    extra: bool,
    /// Whether a page had a `next` link: without a size, such a list ends with a page that has none.
    linked: bool,
    /// The last size that the service told.
    size: Option<u64>,
    /// Empty pages in a row.
    empty: u32,
    /// The place after the first page that had fewer items than it might.
    gap: Option<PageToken>,
    repeats: Repeats,
}

impl Progress {
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            rules: ListRules::default(),
            state: ListState::Open,
            position: PagePosition::First,
            skip: 0,
            before: None,
            number: None,
            extra: false,
            linked: false,
            size: None,
            empty: 0,
            gap: None,
            repeats: Repeats::default(),
        }
    }

    #[inline]
    pub(super) fn begin_at(&mut self, token: &PageToken) {
        (self.position, self.skip, self.before) = (token.position(), token.skip, token.before);
    }

    /// The rules of the list, before its first page is requested.
    #[inline]
    pub(super) fn begin(&mut self, rules: ListRules) {
        self.number = match &self.position {
            PagePosition::First => rules.first_page.unwrap_or(Some(1)),
            PagePosition::Number(number) => Some(*number),
            PagePosition::Link(_) => None,
        };
        self.rules = rules;
    }

    /// The place of the next page; `None` at the end.
    #[inline]
    pub(super) fn token(&self) -> Option<PageToken> {
        (self.state != ListState::Ended).then(|| PageToken::new(&self.position, self.skip, self.before))
    }

    /// The error at the end of a list that is short; from then on, the place is the first one that lacked something.
    #[inline]
    pub(super) fn take_shortage(&mut self) -> Option<String> {
        let ListState::Short(text) = &mut self.state else { return None };
        let text = std::mem::take(text);
        if let Some(gap) = self.gap.take() {
            self.begin_at(&gap);
        }
        self.state = ListState::Open;
        Some(text)
    }

    /// Whether the page is asked for only because fewer items came than there should be. That it does not exist is then
    /// an answer.
    #[inline]
    pub(super) fn is_extra(&self) -> bool {
        self.extra
    }

    /// There is no such page.
    #[inline]
    pub(super) fn nothing_came(&mut self) {
        self.finish(&PageMeta::default());
    }

    /// Items of the list before the next page, as far as is known.
    #[inline]
    pub(super) fn passed(&self) -> u64 {
        self.before.unwrap_or_default()
    }

    /// How many items a page may have.
    #[inline]
    pub(super) fn page_length(&self, page: &PageMeta) -> Option<u64> {
        page.page_len.or(self.rules.page_len).filter(|length| *length > 0)
    }

    /// Records a page, of which the caller wants no more than `wanted` items, and finds the next one. Returns the range
    /// of items to keep, not counting nulls, and the number of the page; or why the list cannot be continued.
    #[inline]
    pub(super) fn arrived(
        &mut self,
        page: &PageMeta,
        nulls: &NullItems,
        body: &[u8],
        wanted: Option<u64>,
    ) -> Result<(Range<usize>, Option<u64>), String> {
        let number = page.page.or(self.number);
        if let Err(repeated) = self.check_repeated(page, body) {
            if !self.extra {
                return Err(repeated);
            }
            // The list has one page only, whatever number is asked for.
            self.nothing_came();
            return Ok((0..0, number));
        }
        self.before = self.before.or_else(|| self.offset(page, number));
        let (start, end) = (nulls.index(self.skip), nulls.index(page.count));
        let fresh = end.saturating_sub(start) as u64;
        if let Some(kept) = wanted.filter(|wanted| *wanted < fresh) {
            let end = start.saturating_add(usize::try_from(kept).unwrap_or(usize::MAX));
            // A later stream can resume in the middle of this page.
            self.skip = nulls.position(end);
            return Ok((start..end, number));
        }
        self.size = page.size.or(self.size);
        self.linked |= page.next.is_some();
        self.empty = if page.count == 0 { self.empty.saturating_add(1) } else { 0 };
        let full = self.page_length(page).is_some_and(|length| page.count >= length);
        if self.gap.is_none() && !full && !self.rules.counts_hidden && self.lacks(page) {
            self.gap = Some(PageToken::new(&self.position, page.count, self.before));
        }
        match self.following(page, number)? {
            Some(position) => {
                self.extra = page.next.is_none() && self.size.is_some();
                self.number = number.and_then(|number| number.checked_add(1));
                (self.position, self.skip, self.before) = (position, 0, self.came(page));
            }
            None => self.finish(page),
        }
        Ok((start..end, number))
    }

    /// Items of the list up to the end of a page.
    #[inline]
    fn came(&self, page: &PageMeta) -> Option<u64> {
        Some(self.before?.saturating_add(page.count))
    }

    /// Whether fewer items came than the list has.
    #[inline]
    fn lacks(&self, page: &PageMeta) -> bool {
        self.came(page).zip(self.size).is_some_and(|(came, size)| came < size)
    }

    /// Items of the list before the first page that is read.
    #[inline]
    fn offset(&self, page: &PageMeta, number: Option<u64>) -> Option<u64> {
        if self.position == PagePosition::First && self.rules.first_page.is_none() {
            return Some(0);
        }
        match number?.saturating_sub(1) {
            0 => Some(0),
            pages => Some(pages.saturating_mul(self.page_length(page)?)),
        }
    }

    /// The position of the next page, if there is one.
    #[inline]
    fn following(&self, page: &PageMeta, number: Option<u64>) -> Result<Option<PagePosition>, String> {
        let came = self.came(page);
        if self.rules.search && came >= Some(MAX_SEARCH_RESULTS) {
            return Ok(None);
        }
        let whole = came.zip(self.size).is_some_and(|(came, size)| came >= size);
        if let Some(next) = page.next.as_ref().filter(|_| page.count > 0 || !whole) {
            if self.empty > MAX_EMPTY_PAGES {
                return Err(format!("{} pages in a row were empty, and the list names another one", self.empty));
            }
            return Ok(Some(PagePosition::Link(next.clone())));
        }
        let more = match self.size {
            Some(_) if whole || (self.extra && page.count == 0) => false,
            Some(_) => came.is_some() || page.count > 0,
            None if self.linked => false,
            None => {
                let full = self.page_length(page).map_or(page.count == DEFAULT_PAGE_LEN, |full| page.count >= full);
                full && page.count > 0
            }
        };
        let number = number.filter(|_| more).and_then(|number| number.checked_add(1));
        Ok(number.map(PagePosition::Number))
    }

    #[inline]
    fn finish(&mut self, page: &PageMeta) {
        // The last page of code search may end before the thousandth result.
        let came = self.came(page);
        let at_the_end = came.unwrap_or_default().saturating_add(self.page_length(page).unwrap_or(DEFAULT_PAGE_LEN));
        self.state = match came.zip(self.size) {
            _ if self.rules.search && at_the_end > MAX_SEARCH_RESULTS && (self.lacks(page) || page.next.is_some()) => {
                ListState::Short(ONLY_THOUSAND.to_owned())
            }
            Some((came, size)) if came < size && !self.rules.counts_hidden => {
                ListState::Short(format!("the list ended after {came} of {size} items"))
            }
            _ => ListState::Ended,
        };
        self.skip = page.count;
    }

    #[inline]
    fn check_repeated(&mut self, page: &PageMeta, body: &[u8]) -> Result<(), String> {
        if let (PagePosition::Number(asked), Some(number)) = (&self.position, page.page)
            && *asked != number
        {
            return Err(format!("page {number} was returned where page {asked} was requested"));
        }
        let fresh = self.repeats.is_new(&self.position, page, body);
        if fresh { Ok(()) } else { Err("a page of the list was returned twice".to_owned()) }
    }
}

#[cfg(test)]
mod tests;

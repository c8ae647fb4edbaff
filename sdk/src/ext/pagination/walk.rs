//! Decides which page of a list is requested, which one is next, and when the list ends. It knows positions and counts,
//! not items, so it is compiled once for all lists.
//!
//! A `next` link is followed as it is, and only below the base URL, because the credentials are sent to it. Some lists
//! have no such link; then the page numbers decide. A page that was already received is an error, because the list
//! would not end.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::task::{Context, Poll, ready};

use super::fetch::PageFetch;
use super::fields;
use super::nulls::NullItems;
use super::token::{PagePosition, PageToken};
use crate::errors::{Error, ErrorKind};
use crate::transport::{Fetched, Request, numbered_link};

/// The maximum page length of most lists.
pub(super) const MAX_PAGE_LEN: u32 = 100;
/// Items per page if neither side says otherwise.
const DEFAULT_PAGE_LEN: u64 = 10;
/// Code search returns no more results than this.
const MAX_SEARCH_RESULTS: u64 = 1000;
/// Bytes at each end of a body that are compared to recognise a repeated page.
const SAMPLE: usize = 16 * 1024;

/// What a page tells about itself and the list.
#[derive(Debug, Clone, Default)]
pub(super) struct PageMeta {
    pub(super) next: Option<String>,
    pub(super) page: Option<u64>,
    pub(super) page_len: Option<u64>,
    pub(super) size: Option<u64>,
    /// Items on the page, including those that are `null`.
    pub(super) count: u64,
}

pub(super) struct PageWalk {
    request: Request,
    max_page_len: u32,
    pub(super) limit: Option<u64>,
    pub(super) prefetch: usize,
    started: bool,
    /// The page to return next.
    position: PagePosition,
    /// Items of that page to skip.
    skip: u64,
    ended: bool,
    failed: bool,
    /// The error to return instead of a further page.
    cut: Option<&'static str>,
    fetches: VecDeque<PageFetch>,
    seen: HashSet<u64>,
    /// Whether a page had a `next` link: such a list ends with a page that has none.
    linked: bool,
    /// Items of the pages so far, including those that were skipped.
    passed: u64,
    given: u64,
}

impl PageWalk {
    #[inline]
    pub(super) fn new(request: Request, max_page_len: u32) -> Self {
        Self {
            request,
            max_page_len,
            limit: None,
            prefetch: 0,
            started: false,
            position: PagePosition::First,
            skip: 0,
            ended: false,
            failed: false,
            cut: None,
            fetches: VecDeque::new(),
            seen: HashSet::new(),
            linked: false,
            passed: 0,
            given: 0,
        }
    }

    #[inline]
    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    /// Sets a parameter, replacing earlier values.
    #[inline]
    pub(super) fn set_query(&mut self, name: &'static str, value: String) {
        self.request.set_query(name, value);
    }

    #[inline]
    pub(super) fn begin_at(&mut self, token: &PageToken) {
        (self.position, self.skip) = (token.position(), token.skip);
    }

    /// The token of the next page; after an error, of the page that failed.
    #[inline]
    pub(super) fn token(&self) -> Option<PageToken> {
        (!self.ended).then(|| PageToken::new(&self.position, self.skip))
    }

    /// The next page, not yet decoded. An error ends the list, but its token stays.
    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Fetched, Error>>> {
        if self.stopped() {
            return Poll::Ready(None);
        }
        if let Some(text) = self.cut {
            return Poll::Ready(Some(Err(self.stop(ErrorKind::Pagination, text))));
        }
        if !self.started {
            self.started = true;
            if let Err(text) = self.check() {
                return Poll::Ready(Some(Err(self.stop(ErrorKind::InvalidRequest, &text))));
            }
            fields::complete(&mut self.request);
        }
        if self.fetches.is_empty()
            && let Err(error) = self.launch(self.position.clone())
        {
            return Poll::Ready(Some(Err(error)));
        }
        let Some(fetch) = self.fetches.front_mut() else { return Poll::Ready(None) };
        let result = ready!(fetch.poll(context));
        self.fetches.pop_front();
        Poll::Ready(Some(result.map_err(|error| self.refused(error))))
    }

    /// Records a page and finds the next one. Returns the range of items to keep, not counting nulls.
    #[inline]
    pub(super) fn arrived(&mut self, meta: &PageMeta, nulls: &NullItems, body: &[u8]) -> Result<Range<usize>, Error> {
        let number = meta.page.or(self.number());
        self.check_repeated(meta, body)?;
        let (start, end) = (nulls.index(std::mem::take(&mut self.skip)), nulls.index(meta.count));
        let fresh = end.saturating_sub(start) as u64;
        let kept = self.limit.map_or(fresh, |limit| fresh.min(limit.saturating_sub(self.given)));
        self.passed += meta.count;
        self.given += kept;
        if kept < fresh {
            let end = start + usize::try_from(kept).unwrap_or(usize::MAX);
            // A later stream can resume in the middle of this page.
            self.skip = nulls.position(end);
            self.fetches.clear();
            return Ok(start..end);
        }
        self.linked |= meta.next.is_some();
        match self.following(meta, number) {
            Some(position) => {
                self.position = position;
                self.fetch_ahead(meta, number)?;
            }
            None => self.finish(meta),
        }
        Ok(start..end)
    }

    /// Ends the list with an error; the token stays.
    #[inline]
    pub(super) fn stop(&mut self, kind: ErrorKind, text: &str) -> Error {
        self.fail();
        self.request.error(kind, text)
    }

    /// Ends the list with an error; the token stays.
    #[inline]
    pub(super) fn fail(&mut self) {
        self.failed = true;
        self.fetches.clear();
    }

    #[inline]
    fn stopped(&self) -> bool {
        self.ended || self.failed || self.limit.is_some_and(|limit| self.given >= limit)
    }

    /// Refuses page lengths that the service would refuse, and conditional requests.
    #[inline]
    fn check(&self) -> Result<(), String> {
        if self.request.is_conditional() {
            // A 304 for one page says nothing about the other pages.
            return Err(
                "a list cannot be read as a stream with `If-None-Match` or `If-Modified-Since`; send it page by page"
                    .into(),
            );
        }
        let Some(asked) = self.request.query_value("pagelen") else { return Ok(()) };
        match asked.parse::<u32>() {
            Ok(asked) if (1..=self.max_page_len).contains(&asked) => Ok(()),
            _ => Err(format!("the page length must be between 1 and {} for this list", self.max_page_len)),
        }
    }

    /// Number of the current page, if it is known without the response.
    #[inline]
    fn number(&self) -> Option<u64> {
        match &self.position {
            PagePosition::First => {
                Some(self.request.query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1))
            }
            PagePosition::Number(number) => Some(*number),
            PagePosition::Link(_) => None,
        }
    }

    #[inline]
    fn page_length(&self, meta: &PageMeta) -> Option<u64> {
        let length = meta.page_len.or_else(|| self.request.query_value("pagelen")?.parse().ok());
        length.filter(|length| *length > 0)
    }

    /// The position of the next page, if there is one.
    #[inline]
    fn following(&self, meta: &PageMeta, number: Option<u64>) -> Option<PagePosition> {
        if meta.count == 0 {
            return None;
        }
        if self.is_search() && self.passed >= MAX_SEARCH_RESULTS {
            return None;
        }
        if let Some(next) = &meta.next {
            return Some(PagePosition::Link(next.clone()));
        }
        let number = number?;
        let length = self.page_length(meta);
        let more = match meta.size {
            // A list that ignores `pagelen` may have been returned as a whole.
            Some(size) => number.saturating_mul(length.unwrap_or(0).max(meta.count)) < size && self.passed < size,
            None if self.linked => false,
            None => length.map_or(meta.count == DEFAULT_PAGE_LEN, |length| meta.count >= length),
        };
        more.then(|| PagePosition::Number(number.saturating_add(1)))
    }

    #[inline]
    fn finish(&mut self, meta: &PageMeta) {
        self.fetches.clear();
        let known_end = meta.size.is_some_and(|size| self.passed >= size);
        let more = meta.next.is_some() || meta.size.is_some_and(|size| self.passed < size);
        // The last page may end before the thousandth result.
        let at_the_end = self.passed + self.page_length(meta).unwrap_or(DEFAULT_PAGE_LEN) > MAX_SEARCH_RESULTS;
        if self.is_search() && more && !known_end && at_the_end {
            self.cut = Some("code search returns only the first 1000 results, and there are more");
        } else {
            self.ended = true;
        }
    }

    #[inline]
    fn is_search(&self) -> bool {
        self.request.described().group() == "search"
    }

    #[inline]
    fn refused(&mut self, error: Error) -> Error {
        self.fail();
        let beyond = self.passed >= MAX_SEARCH_RESULTS - u64::from(MAX_PAGE_LEN) && error.status().is_some();
        if self.is_search() && beyond {
            error.with_text("code search returns only the first 1000 results")
        } else {
            error
        }
    }

    #[inline]
    fn check_repeated(&mut self, meta: &PageMeta, body: &[u8]) -> Result<(), Error> {
        if let (PagePosition::Number(asked), Some(page)) = (&self.position, meta.page)
            && *asked != page
        {
            let text = format!("page {page} was returned where page {asked} was requested");
            return Err(self.stop(ErrorKind::Pagination, &text));
        }
        let position = hash(&("position", &self.position));
        let mut fresh = self.seen.insert(position);
        if let Some(page) = meta.page {
            fresh &= self.seen.insert(hash(&("number", page)));
        } else if meta.next.is_none() && meta.size.is_none() && meta.count > 0 {
            // Without the size of the list, counting pages might never end.
            let tail = body.len().saturating_sub(SAMPLE);
            let ends = (body.get(..SAMPLE.min(body.len())), body.get(tail..), body.len());
            fresh &= self.seen.insert(hash(&("body", ends)));
        }
        if let Some(next) = &meta.next {
            fresh &= !self.seen.contains(&hash(&("position", PagePosition::Link(next.clone()))));
        }
        if fresh { Ok(()) } else { Err(self.stop(ErrorKind::Pagination, "a page of the list was returned twice")) }
    }

    /// Requests the pages after the current one, as many as the caller wants.
    #[inline]
    fn fetch_ahead(&mut self, meta: &PageMeta, number: Option<u64>) -> Result<(), Error> {
        let length = self.page_length(meta).unwrap_or(DEFAULT_PAGE_LEN);
        let wanted = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.given).div_ceil(length));
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.prefetch);
        let last = meta.size.map(|size| size.div_ceil(length));
        let mut position = self.position.clone();
        for at in 0..wanted {
            if at > 0 {
                let next = number.map(|number| number + at as u64 + 1);
                let Some(following) = next.filter(|next| last.is_some_and(|last| *next <= last)) else { break };
                let Some(guess) = successor(&position, following) else { break };
                position = guess;
            }
            if self.fetches.get(at).is_some_and(|fetch| fetch.position != position) {
                // The guess was wrong; the link of the service is used instead.
                self.fetches.truncate(at);
            }
            if self.fetches.len() == at {
                self.launch(position.clone())?;
            }
        }
        if wanted == 0 {
            self.fetches.clear();
        }
        Ok(())
    }

    #[inline]
    fn launch(&mut self, position: PagePosition) -> Result<(), Error> {
        let mut request = self.request.clone();
        match &position {
            PagePosition::First => {}
            PagePosition::Number(number) => request.set_query("page", number.to_string()),
            PagePosition::Link(link) => match self.request.at_link(link) {
                Ok(linked) => request = linked,
                Err(reason) => {
                    let text = format!("the next page cannot be requested: {reason}");
                    return Err(self.stop(ErrorKind::Pagination, &text));
                }
            },
        }
        self.fetches.push_back(PageFetch::start(position, request, self.prefetch > 0));
        Ok(())
    }
}

#[inline]
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The position of the page after `position`, with the number `following`, if positions differ in that number only.
#[inline]
fn successor(position: &PagePosition, following: u64) -> Option<PagePosition> {
    match position {
        PagePosition::First => None,
        PagePosition::Number(_) => Some(PagePosition::Number(following)),
        PagePosition::Link(link) => numbered_link(link, following - 1, following).map(PagePosition::Link),
    }
}

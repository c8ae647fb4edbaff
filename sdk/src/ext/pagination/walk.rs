//! Requests the pages of a list, some of them ahead, and turns what goes wrong into errors. Which page is next is
//! decided by `progress`. Not generic, so it is compiled once for all lists.
//!
//! Links are followed only below the base URL, because the credentials are sent to it.

use std::collections::VecDeque;
use std::ops::Range;
use std::task::{Context, Poll, ready};

use super::fetch::PageFetch;
use super::fields;
use super::meta::PageMeta;
use super::nulls::NullItems;
use super::progress::{DEFAULT_PAGE_LEN, ListRules, ListState, MAX_SEARCH_RESULTS, Progress};
use super::token::{PagePosition, PageToken};
use crate::errors::{Error, ErrorKind};
use crate::transport::{Fetched, Request, numbered_link};

/// The maximum page length of most lists.
pub(super) const MAX_PAGE_LEN: u32 = 100;
/// Pages that are requested ahead at most, whatever the caller and the service say.
pub(super) const MAX_PREFETCH: usize = 64;

pub(super) struct PageWalk {
    request: Request,
    max_page_len: u32,
    pub(super) limit: Option<u64>,
    pub(super) prefetch: usize,
    /// Whether `size` may count items that are never returned.
    pub(super) counts_hidden: bool,
    started: bool,
    failed: bool,
    progress: Progress,
    fetches: VecDeque<PageFetch>,
    given: u64,
    /// The status that a page past the last one was answered with.
    refusal: Option<u16>,
}

impl PageWalk {
    #[inline]
    pub(super) fn new(request: Request, max_page_len: u32, counts_hidden: bool) -> Self {
        Self {
            request,
            max_page_len,
            limit: None,
            prefetch: 0,
            counts_hidden,
            started: false,
            failed: false,
            progress: Progress::new(),
            fetches: VecDeque::new(),
            given: 0,
            refusal: None,
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
        self.progress.begin_at(token);
    }

    /// The token of the next page; after an error, of the page that failed.
    #[inline]
    pub(super) fn token(&self) -> Option<PageToken> {
        self.progress.token()
    }

    /// The next page, not yet decoded. An error ends the list, but its token stays.
    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Fetched, Error>>> {
        if !self.started && !self.stopped() {
            self.started = true;
            if let Err(text) = self.begin() {
                return Poll::Ready(Some(Err(self.stop(ErrorKind::InvalidRequest, &text))));
            }
        }
        loop {
            if self.stopped() {
                return Poll::Ready(None);
            }
            if let Some(mut text) = self.progress.take_shortage() {
                if let Some(status) = self.refusal {
                    text.push_str(&format!("; a further page was answered with {status}"));
                }
                return Poll::Ready(Some(Err(self.stop(ErrorKind::Pagination, &text))));
            }
            if self.fetches.is_empty()
                && let Err(reason) = self.launch(self.progress.position.clone())
            {
                let text = format!("the next page cannot be requested: {reason}");
                return Poll::Ready(Some(Err(self.stop(ErrorKind::Pagination, &text))));
            }
            let Some(fetch) = self.fetches.front_mut() else { return Poll::Ready(None) };
            let result = ready!(fetch.poll(context));
            self.fetches.pop_front();
            let begins = self.progress.position == PagePosition::First;
            match result.and_then(|fetched| fetched.check_page(begins)) {
                Ok(fetched) => return Poll::Ready(Some(Ok(fetched))),
                Err(error) if self.progress.is_extra() && says_no_such_page(&error) => {
                    self.refusal = error.status().map(|status| status.as_u16());
                    self.progress.nothing_came();
                }
                Err(error) => return Poll::Ready(Some(Err(self.refused(error)))),
            }
        }
    }

    /// Records a page and finds the next one. Returns the range of items to keep, not counting nulls.
    #[inline]
    pub(super) fn arrived(&mut self, page: &PageMeta, nulls: &NullItems, body: &[u8]) -> Result<Range<usize>, Error> {
        let wanted = self.limit.map(|limit| limit.saturating_sub(self.given));
        let (kept, number) = match self.progress.arrived(page, nulls, body, wanted) {
            Ok(arrived) => arrived,
            Err(text) => return Err(self.stop(ErrorKind::Pagination, &text)),
        };
        self.given = self.given.saturating_add(kept.len() as u64);
        if self.stopped() || self.progress.state != ListState::Open {
            self.fetches.clear();
        } else {
            self.fetch_ahead(page, number);
        }
        Ok(kept)
    }

    /// Ends the list with an error; the token stays.
    #[inline]
    pub(super) fn stop(&mut self, kind: ErrorKind, text: &str) -> Error {
        let error = self.request.error(kind, text);
        self.fail(error)
    }

    /// Ends a list that has more items than a caller may read into memory.
    #[cold]
    pub(super) fn too_many(&mut self, bound: u64) -> Error {
        let text = format!("the list has more than {bound} items; raise `max_items`, or read it as a stream");
        self.stop(ErrorKind::Pagination, &text)
    }

    /// Ends the list with an error, which tells the token; it stays.
    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.failed = true;
        self.fetches.clear();
        match self.token().filter(|_| error.kind() != ErrorKind::InvalidRequest) {
            Some(token) => error.with_place(token),
            None => error,
        }
    }

    #[inline]
    fn stopped(&self) -> bool {
        self.failed || self.progress.state == ListState::Ended || self.limit.is_some_and(|limit| self.given >= limit)
    }

    /// Refuses page lengths that the service would refuse, and conditional requests.
    #[inline]
    fn begin(&mut self) -> Result<(), String> {
        if self.request.is_conditional() {
            // A 304 for one page says nothing about the other pages.
            return Err(
                "a list cannot be read as a stream with `If-None-Match` or `If-Modified-Since`; send it page by page"
                    .into(),
            );
        }
        let page_len = match self.request.query_value("pagelen").map(str::parse::<u32>) {
            None => None,
            Some(Ok(asked)) if (1..=self.max_page_len).contains(&asked) => Some(u64::from(asked)),
            Some(_) => {
                return Err(format!("the page length must be between 1 and {} for this list", self.max_page_len));
            }
        };
        self.progress.begin(ListRules {
            first_page: self.request.query_value("page").map(|page| page.parse().ok()),
            page_len,
            counts_hidden: self.counts_hidden,
            search: self.is_search(),
        });
        fields::complete(&mut self.request);
        Ok(())
    }

    #[inline]
    fn is_search(&self) -> bool {
        self.request.described().group() == "search"
    }

    #[inline]
    fn refused(&mut self, error: Error) -> Error {
        let error = self.fail(error);
        let beyond =
            self.progress.passed() >= MAX_SEARCH_RESULTS - u64::from(MAX_PAGE_LEN) && error.kind() == ErrorKind::Api;
        if self.is_search() && beyond {
            error.with_text("code search returns only the first 1000 results")
        } else {
            error
        }
    }

    /// Requests the pages after the current one, as many as the caller wants. What cannot be requested is an error once
    /// it is its turn: the items before it come first.
    #[inline]
    fn fetch_ahead(&mut self, page: &PageMeta, number: Option<u64>) {
        let length = self.progress.page_length(page).unwrap_or(DEFAULT_PAGE_LEN);
        let wanted = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.given).div_ceil(length));
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.prefetch).min(MAX_PREFETCH);
        let last = page.size.map(|size| size.div_ceil(length));
        let mut position = self.progress.position.clone();
        for at in 0..wanted {
            if at > 0 {
                let next = number.and_then(|number| number.checked_add(at as u64 + 1));
                let Some(following) = next.filter(|next| last.is_some_and(|last| *next <= last)) else { break };
                let Some(guess) = successor(&position, following) else { break };
                position = guess;
            }
            if self.fetches.get(at).is_some_and(|fetch| fetch.position != position) {
                // The guess was wrong; the link of the service is used instead.
                self.fetches.truncate(at);
            }
            if self.fetches.len() == at && self.launch(position.clone()).is_err() {
                break;
            }
        }
        if wanted == 0 {
            self.fetches.clear();
        }
    }

    /// Requests a page, or tells why it cannot be requested.
    #[inline]
    fn launch(&mut self, position: PagePosition) -> Result<(), String> {
        let mut request = self.request.clone();
        match &position {
            PagePosition::First => {}
            PagePosition::Number(number) => request.set_query("page", number.to_string()),
            PagePosition::Link(link) => request = self.request.at_link(link)?,
        }
        self.fetches.push_back(PageFetch::start(position, request, self.prefetch > 0));
        Ok(())
    }
}

/// How services answer to a page past the end, if not with an empty one.
#[inline]
fn says_no_such_page(error: &Error) -> bool {
    error.kind() == ErrorKind::Api && error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 404))
}

/// The position of the page after `position`, with the number `following`, if positions differ in that number only.
#[inline]
fn successor(position: &PagePosition, following: u64) -> Option<PagePosition> {
    match position {
        PagePosition::First => None,
        PagePosition::Number(_) => Some(PagePosition::Number(following)),
        PagePosition::Link(link) => numbered_link(link, following.saturating_sub(1), following).map(PagePosition::Link),
    }
}

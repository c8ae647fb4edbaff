//! How a list is walked: which page is asked for, which one comes next, and when it ends. It knows places and counts,
//! not items, so it is compiled once for all lists.
//!
//! A `next` link is taken as it is, and only below the base URL, for the credentials go with it. Some lists of the
//! service never send one, so without it the numbers decide. What was seen before is an error, for it would not end.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::task::{Context, Poll, ready};

use reqwest::Method;

use super::fields;
use super::flight::Flight;
use super::gaps::Gaps;
use super::token::{PageToken, Place};
use crate::error::{Error, ErrorKind};
use crate::path;
use crate::request::Request;
use crate::send::Fetched;

/// The largest page length of most lists.
pub(super) const LARGEST: u32 = 100;
/// Items per page where nobody said anything.
const USUAL: u64 = 10;
/// Code search reaches no result beyond this one.
const LAST_SEARCH_RESULT: u64 = 1000;
/// Bytes at each end of a body that tell it from others.
const SAMPLE: usize = 16 * 1024;

/// What a page says about itself and the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Meta {
    pub(super) next: Option<String>,
    pub(super) page: Option<u64>,
    pub(super) page_len: Option<u64>,
    pub(super) size: Option<u64>,
    /// Items on the page, those that are `null` included.
    pub(super) count: u64,
}

pub(super) struct Walk {
    request: Request,
    largest: u32,
    pub(super) limit: Option<u64>,
    pub(super) prefetch: usize,
    started: bool,
    /// The page to be given next.
    place: Place,
    /// Items of that page that are not wanted.
    skip: u64,
    ended: bool,
    failed: bool,
    /// What is to be reported instead of a further page.
    cut: Option<&'static str>,
    flights: VecDeque<Flight>,
    seen: HashSet<u64>,
    /// Whether a page had a `next` link: such a list ends where there is none.
    linked: bool,
    /// Items of the pages so far, those that were skipped included.
    passed: u64,
    given: u64,
}

impl Walk {
    #[inline]
    pub(super) fn new(request: Request, largest: u32) -> Self {
        Self {
            request,
            largest,
            limit: None,
            prefetch: 0,
            started: false,
            place: Place::First,
            skip: 0,
            ended: false,
            failed: false,
            cut: None,
            flights: VecDeque::new(),
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

    /// Sets a parameter in the place of earlier ones of its name.
    #[inline]
    pub(super) fn set_query(&mut self, name: &'static str, value: String) {
        self.request.query.retain(|(known, _)| known != name);
        self.request.query.push((name.into(), value));
    }

    #[inline]
    pub(super) fn begin_at(&mut self, token: &PageToken) {
        (self.place, self.skip) = (token.place(), token.skip);
    }

    /// Where the next page is; after an error, the page that failed.
    #[inline]
    pub(super) fn token(&self) -> Option<PageToken> {
        (!self.ended).then(|| PageToken::new(&self.place, self.skip))
    }

    /// The next page as it came. After an error the walk has stopped, but its token stays.
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
            fields::complete(&mut self.request.query);
        }
        if self.flights.is_empty()
            && let Err(error) = self.launch(self.place.clone())
        {
            return Poll::Ready(Some(Err(error)));
        }
        let Some(flight) = self.flights.front_mut() else { return Poll::Ready(None) };
        let result = ready!(flight.poll(context));
        self.flights.pop_front();
        Poll::Ready(Some(result.map_err(|error| self.refused(error))))
    }

    /// Takes note of a page and finds the next one. Gives the items to keep, which are counted without the gaps.
    #[inline]
    pub(super) fn arrived(&mut self, meta: &Meta, gaps: &Gaps, body: &[u8]) -> Result<Range<usize>, Error> {
        let number = meta.page.or(self.number());
        self.check_repeated(meta, body)?;
        let (start, end) = (gaps.index(std::mem::take(&mut self.skip)), gaps.index(meta.count));
        let fresh = end.saturating_sub(start) as u64;
        let kept = self.limit.map_or(fresh, |limit| fresh.min(limit.saturating_sub(self.given)));
        self.passed += meta.count;
        self.given += kept;
        if kept < fresh {
            let end = start + usize::try_from(kept).unwrap_or(usize::MAX);
            // A later stream can go on in the middle of this page.
            self.skip = gaps.place(end);
            self.flights.clear();
            return Ok(start..end);
        }
        self.linked |= meta.next.is_some();
        match self.following(meta, number) {
            Some(place) => {
                self.place = place;
                self.fetch_ahead(meta, number)?;
            }
            None => self.finish(meta),
        }
        Ok(start..end)
    }

    /// Stops for good; the token stays.
    #[inline]
    pub(super) fn stop(&mut self, kind: ErrorKind, text: &str) -> Error {
        self.fail();
        Error::other(kind, &self.request.endpoint, text)
    }

    /// Stops for good; the token stays.
    #[inline]
    pub(super) fn fail(&mut self) {
        self.failed = true;
        self.flights.clear();
    }

    #[inline]
    fn stopped(&self) -> bool {
        self.ended || self.failed || self.limit.is_some_and(|limit| self.given >= limit)
    }

    #[inline]
    fn query(&self, name: &str) -> Option<&str> {
        self.request.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A page length that the service would refuse.
    #[inline]
    fn check(&self) -> Result<(), String> {
        let Some(asked) = self.query("pagelen") else { return Ok(()) };
        match asked.parse::<u32>() {
            Ok(asked) if (1..=self.largest).contains(&asked) => Ok(()),
            _ => Err(format!("the page length must be between 1 and {} for this list", self.largest)),
        }
    }

    /// Number of the current page, as far as this side knows.
    #[inline]
    fn number(&self) -> Option<u64> {
        match &self.place {
            Place::First => Some(self.query("page").and_then(|page| page.parse().ok()).unwrap_or(1)),
            Place::Number(number) => Some(*number),
            Place::Link(_) => None,
        }
    }

    #[inline]
    fn page_length(&self, meta: &Meta) -> Option<u64> {
        let length = meta.page_len.or_else(|| self.query("pagelen")?.parse().ok());
        length.filter(|length| *length > 0)
    }

    /// The place of the next page, if there is one.
    #[inline]
    fn following(&self, meta: &Meta, number: Option<u64>) -> Option<Place> {
        if meta.count == 0 {
            return None;
        }
        if self.is_search() && self.passed >= LAST_SEARCH_RESULT {
            return None;
        }
        if let Some(next) = &meta.next {
            return Some(Place::Link(next.clone()));
        }
        let number = number?;
        let length = self.page_length(meta);
        let more = match meta.size {
            // A list that ignores page lengths has been given whole.
            Some(size) => number.saturating_mul(length.unwrap_or(0).max(meta.count)) < size && self.passed < size,
            None if self.linked => false,
            None => length.map_or(meta.count == USUAL, |length| meta.count >= length),
        };
        more.then(|| Place::Number(number.saturating_add(1)))
    }

    #[inline]
    fn finish(&mut self, meta: &Meta) {
        self.flights.clear();
        let known_end = meta.size.is_some_and(|size| self.passed >= size);
        let more = meta.next.is_some() || meta.size.is_some_and(|size| self.passed < size);
        // The last page may come short of the thousandth result.
        let at_the_end = self.passed + self.page_length(meta).unwrap_or(USUAL) > LAST_SEARCH_RESULT;
        if self.is_search() && more && !known_end && at_the_end {
            self.cut = Some("code search gives the first 1000 results only, and there are more");
        } else {
            self.ended = true;
        }
    }

    #[inline]
    fn is_search(&self) -> bool {
        self.request.endpoint.operation().is_some_and(|operation| operation.group() == "search")
    }

    #[inline]
    fn refused(&mut self, error: Error) -> Error {
        self.fail();
        let beyond = self.passed >= LAST_SEARCH_RESULT - u64::from(LARGEST) && error.status().is_some();
        if self.is_search() && beyond { error.noted("code search gives the first 1000 results only") } else { error }
    }

    #[inline]
    fn check_repeated(&mut self, meta: &Meta, body: &[u8]) -> Result<(), Error> {
        if let (Place::Number(asked), Some(page)) = (&self.place, meta.page)
            && *asked != page
        {
            let text = format!("page {page} came where page {asked} was asked for");
            return Err(self.stop(ErrorKind::Pagination, &text));
        }
        let place = hash(&("place", &self.place));
        let mut fresh = self.seen.insert(place);
        if let Some(page) = meta.page {
            fresh &= self.seen.insert(hash(&("number", page)));
        } else if meta.next.is_none() && meta.size.is_none() && meta.count > 0 {
            // Counting pages ends by itself only where the size of the list is known.
            let tail = body.len().saturating_sub(SAMPLE);
            let ends = (body.get(..SAMPLE.min(body.len())), body.get(tail..), body.len());
            fresh &= self.seen.insert(hash(&("body", ends)));
        }
        if let Some(next) = &meta.next {
            fresh &= !self.seen.contains(&hash(&("place", Place::Link(next.clone()))));
        }
        if fresh { Ok(()) } else { Err(self.stop(ErrorKind::Pagination, "a page of the list came a second time")) }
    }

    /// Sends for the pages after the current one, as many as the caller wants.
    #[inline]
    fn fetch_ahead(&mut self, meta: &Meta, number: Option<u64>) -> Result<(), Error> {
        let length = self.page_length(meta).unwrap_or(USUAL);
        let wanted = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.given).div_ceil(length));
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.prefetch);
        let last = meta.size.map(|size| size.div_ceil(length));
        let mut place = self.place.clone();
        for at in 0..wanted {
            if at > 0 {
                let next = number.map(|number| number + at as u64 + 1);
                let Some(following) = next.filter(|next| last.is_some_and(|last| *next <= last)) else { break };
                let Some(guess) = successor(&place, following) else { break };
                place = guess;
            }
            if self.flights.get(at).is_some_and(|flight| flight.place != place) {
                // The guess was wrong: the service's own link counts.
                self.flights.truncate(at);
            }
            if self.flights.len() == at {
                self.launch(place.clone())?;
            }
        }
        if wanted == 0 {
            self.flights.clear();
        }
        Ok(())
    }

    #[inline]
    fn launch(&mut self, place: Place) -> Result<(), Error> {
        let mut request = self.request.clone();
        match &place {
            Place::First => {}
            Place::Number(number) => {
                request.query.retain(|(known, _)| known != "page");
                request.query.push(("page".into(), number.to_string()));
            }
            Place::Link(link) => {
                request.address = match path::custom(&request.client.inner().base, link) {
                    Ok(address) => address,
                    Err(reason) => {
                        let text = format!("the next page is not where the list is: {reason}");
                        return Err(self.stop(ErrorKind::Pagination, &text));
                    }
                };
                request.method = Method::GET;
                request.query.clear();
                request.body = None;
            }
        }
        self.flights.push_back(Flight::start(place, request, self.prefetch > 0));
        Ok(())
    }
}

#[inline]
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The place of the page after `place`, with the number `following`, if places are told apart by that number alone.
#[inline]
fn successor(place: &Place, following: u64) -> Option<Place> {
    match place {
        Place::First => None,
        Place::Number(_) => Some(Place::Number(following)),
        Place::Link(link) => {
            let (path, query) = link.split_once('?')?;
            let own = format!("page={}", following - 1);
            let mut pairs: Vec<&str> = query.split('&').collect();
            // A context is only good for the one page.
            if pairs.iter().any(|pair| pair.starts_with("ctx=")) {
                return None;
            }
            let next = format!("page={following}");
            *pairs.iter_mut().find(|pair| **pair == own)? = &next;
            Some(Place::Link(format!("{path}?{}", pairs.join("&"))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbered_links_can_be_guessed() {
        let link = |text: &str| Place::Link(text.to_owned());
        assert_eq!(successor(&link("http://h/a?q=x&page=2"), 3), Some(link("http://h/a?q=x&page=3")));
        assert_eq!(successor(&link("http://h/a?page=2&pagelen=2"), 3), Some(link("http://h/a?page=3&pagelen=2")));
        assert_eq!(successor(&link("http://h/a?ctx=abc&page=2"), 3), None);
        assert_eq!(successor(&link("http://h/a?page=5"), 3), None);
        assert_eq!(successor(&link("http://h/a"), 3), None);
        assert_eq!(successor(&Place::Number(2), 3), Some(Place::Number(3)));
    }
}

//! The two streams of a list. They decode the items; `walk` decides everything else.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::meta::PageMeta;
use super::nulls::NullItems;
use super::token::PageToken;
use super::walk::PageWalk;
use crate::errors::Error;
use crate::serialization::{CountedPage, Page};

/// A stream of pages, from [`Paginate::pages`](super::Paginate::pages). An error ends it, and [`Pages::token`] tells
/// where to resume.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<T> {
    pub(super) walk: PageWalk,
    /// Of the page that was returned last.
    nulls: NullItems,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Pages<T> {
    #[inline]
    pub(super) fn new(walk: PageWalk) -> Self {
        Self { walk, nulls: NullItems::default(), item: PhantomData }
    }

    /// The next page; `None` at the end. `Page::next` is the link of the service; to resume later, save
    /// [`Pages::token`].
    ///
    /// # Errors
    ///
    /// The call failed, the list cannot be continued, or the service is still making it
    /// ([`ErrorKind::Pagination`](crate::ErrorKind::Pagination)). An error ends the stream.
    ///
    /// ```no_run
    /// # async fn run(mut pages: bitbucket_cloud::ext::pagination::Pages<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(page) = pages.next().await {
    ///     println!("{} items", page?.values.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// The place of the next page; after an error, of the page that failed. `None` once the list has ended.
    ///
    /// ```
    /// # fn run(pages: bitbucket_cloud::ext::pagination::Pages<serde_json::Value>) -> Result<(), serde_json::Error> {
    /// let saved = serde_json::to_string(&pages.token())?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn token(&self) -> Option<PageToken> {
        self.walk.token()
    }

    #[inline]
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        let fetched = match ready!(self.walk.poll(context)) {
            Some(Ok(fetched)) => fetched,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        let body = fetched.body.clone();
        let CountedPage { mut page, nulls } = match fetched.decode::<CountedPage<T>>() {
            Ok(counted) => counted.into_inner(),
            Err(error) => return Poll::Ready(Some(Err(self.walk.fail(error)))),
        };
        self.nulls = NullItems::new(nulls);
        let natural = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let meta = PageMeta {
            next: page.next.clone().filter(|next| !next.is_empty()),
            page: natural(page.page),
            page_len: natural(page.page_len),
            size: natural(page.size),
            count: page.values.len() as u64 + self.nulls.count(),
        };
        let kept = match self.walk.arrived(&meta, &self.nulls, &body) {
            Ok(kept) => kept,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        page.values.truncate(kept.end);
        if kept.start > 0 {
            page.values.drain(..kept.start.min(page.values.len()));
        }
        Poll::Ready(Some(Ok(page)))
    }
}

impl<T: DeserializeOwned> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(self.walk.request()).finish()
    }
}

/// A stream of items, from [`Paginate::items`](super::Paginate::items). An error ends it, and [`Items::token`] tells
/// where to resume.
///
/// A list that is being read has no settings any more:
///
/// ```compile_fail,E0599
/// # use bitbucket_cloud::ext::pagination::Paging;
/// # fn run(list: Paging<bitbucket_cloud::types::Link>) {
/// let items = list.items().page_len(50);
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    /// The place of the current page, with the number of items skipped.
    current: Option<PageToken>,
    values: std::vec::IntoIter<T>,
    /// How many of the values were returned.
    used: usize,
}

impl<T: DeserializeOwned> Items<T> {
    #[inline]
    pub(super) fn new(pages: Pages<T>) -> Self {
        Self { pages, current: None, values: Vec::new().into_iter(), used: 0 }
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    ///
    /// As [`Pages::next`].
    ///
    /// ```no_run
    /// # async fn run(mut items: bitbucket_cloud::ext::pagination::Items<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// while let Some(item) = items.next().await {
    ///     println!("{}", item?["name"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// The place of the next item; after an error, where to resume. `None` once the list has ended.
    ///
    /// ```
    /// # fn run(items: bitbucket_cloud::ext::pagination::Items<serde_json::Value>) -> Result<(), serde_json::Error> {
    /// let saved = serde_json::to_string(&items.token())?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn token(&self) -> Option<PageToken> {
        match &self.current {
            Some(page) if self.values.len() > 0 => {
                let nulls = &self.pages.nulls;
                Some(PageToken { skip: nulls.position(nulls.index(page.skip) + self.used), ..page.clone() })
            }
            _ => self.pages.token(),
        }
    }

    #[inline]
    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(value) = self.values.next() {
                self.used += 1;
                return Poll::Ready(Some(Ok(value)));
            }
            let here = self.pages.token();
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => {
                    self.values = page.values.into_iter();
                    (self.current, self.used) = (here, 0);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// Items are not pinned.
impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned> Stream for Items<T> {
    type Item = Result<T, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(self.pages.walk.request()).finish()
    }
}

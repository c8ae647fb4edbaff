//! Lists as streams of [pages](crate::types::Page) or items. Every operation that answers with a page implements
//! [`Paginate`], by one generated line. `walk` requests pages, and only `progress` decides which one is next.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::boxed::BoxFuture;
use crate::errors::Error;
use crate::transport::{ListRequest, Request, Seal};

mod fetch;
mod fields;
#[cfg(test)]
mod fuzz;
mod meta;
mod nulls;
mod progress;
mod repeats;
mod streams;
mod token;
mod walk;

pub use streams::{Items, Pages};
pub use token::PageToken;
use walk::PageWalk;

/// Reads a list page by page; for the request of every list.
///
/// If a list cannot be read to its end, its stream ends with an error
/// ([`ErrorKind::Pagination`](crate::ErrorKind::Pagination)), and its token tells where to resume:
///
/// - Fewer items came than the list has. Where pages tell a `size`, the last one counts, so a list may grow or shrink
///   meanwhile. If there is no further link although items are missing, one more page is requested by its number first.
///   The token then leads to the first page with fewer items than it can hold; pages after it come again. See
///   [`Paging::allow_fewer`] for lists whose size is not to be relied on.
/// - A `next` link leads elsewhere, a page came before, or eleven pages in a row are empty.
/// - Code search has more than the 1000 results that the service returns.
///
/// Where pages tell no `size`, as those of commits, or `fields` leaves it out, a list that had `next` links ends with
/// the page that has none, and any other list with a page that is not full. That it is complete is then not certain.
///
/// ```no_run
/// # #[cfg(feature = "pipelines")]
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// use bitbucket_cloud::prelude::*;
///
/// let pipelines = client.pipelines();
/// let list = pipelines.list("acme", "rocket").sort("-created_on");
/// let mut newest = list.page_len(50).limit(200).items();
/// while let Some(pipeline) = newest.next().await {
///     let pipeline = pipeline?;
///     println!("{:?} of {:?}", pipeline.build_number, pipeline.branch());
/// }
/// # Ok(())
/// # }
/// ```
pub trait Paginate: ListRequest + Sized {
    /// The list, with further settings.
    ///
    /// ```no_run
    /// # #[cfg(feature = "repositories")]
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::prelude::*;
    ///
    /// let list = client.repositories().list("acme").paginate().page_len(50).limit(200);
    /// let repositories = list.collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    fn paginate(self) -> Paging<Self::Item> {
        Paging::new(self.into_list_request(Seal), Self::MAX_PAGE_LEN, Self::COUNTS_HIDDEN)
    }

    /// A stream of pages. Nothing is sent before it is polled; dropping it cancels its requests.
    #[inline]
    fn pages(self) -> Pages<Self::Item> {
        self.paginate().pages()
    }

    /// A stream of items. Nothing is sent before it is polled; dropping it cancels its requests.
    #[inline]
    fn items(self) -> Items<Self::Item> {
        self.paginate().items()
    }

    /// Items per page; see [`Paging::page_len`].
    #[inline]
    fn page_len(self, items: u32) -> Paging<Self::Item> {
        self.paginate().page_len(items)
    }

    /// Ends after this many items; see [`Paging::limit`].
    #[inline]
    fn limit(self, items: u64) -> Paging<Self::Item> {
        self.paginate().limit(items)
    }

    /// Requests pages ahead; see [`Paging::prefetch`].
    #[inline]
    fn prefetch(self, pages: usize) -> Paging<Self::Item> {
        self.paginate().prefetch(pages)
    }

    /// Resumes at a place of an earlier stream; see [`Paging::resume_from`].
    #[inline]
    fn resume_from(self, token: &PageToken) -> Paging<Self::Item> {
        self.paginate().resume_from(token)
    }

    /// Reads all items into memory, at most 100,000; see [`Paging::max_items`].
    ///
    /// # Errors
    ///
    /// As [`Paging::collect_all`].
    #[inline]
    fn collect_all(self) -> BoxFuture<'static, Result<Vec<Self::Item>, Error>> {
        self.paginate().collect_all()
    }
}

impl<R: ListRequest> Paginate for R {}

/// Settings of a list before it is read, from [`Paginate::paginate`] or [`Request::paginate`].
#[must_use = "a list does nothing until it is read"]
pub struct Paging<T> {
    walk: PageWalk,
    max_items: Option<u64>,
    item: PhantomData<fn() -> T>,
}

/// What `collect_all` reads at most: more than an hour's calls give by the rate limit of most credentials.
const MAX_ITEMS: u64 = 100_000;

impl<T: DeserializeOwned + Send + 'static> Paging<T> {
    /// `max_page_len` is the maximum page length of the operation.
    #[inline]
    fn new(request: Request, max_page_len: u32, counts_hidden: bool) -> Self {
        Self { walk: PageWalk::new(request, max_page_len, counts_hidden), max_items: None, item: PhantomData }
    }

    /// Number of the first page to read, 1-based.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let rest = list.page(3).items();
    /// # }
    /// ```
    #[inline]
    pub fn page(mut self, number: u64) -> Self {
        self.walk.set_query("page", number.to_string());
        self
    }

    /// Items per page; by default the service chooses, usually 10. If this is 0 or more than the maximum of the
    /// operation (100, for pull requests 50), the stream gives an error before anything is sent, because the service
    /// would answer 400.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let pages = list.page_len(50).pages();
    /// # }
    /// ```
    #[inline]
    pub fn page_len(mut self, items: u32) -> Self {
        self.walk.set_query("pagelen", items.to_string());
        self
    }

    /// Sets the filter, replacing an earlier one.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// use bitbucket_cloud::ext::query::field;
    ///
    /// let open = list.filter(field("state").eq("OPEN"));
    /// # }
    /// ```
    #[inline]
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.walk.set_query("q", filter.into());
        self
    }

    /// Sets the sort order, replacing an earlier one.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// use bitbucket_cloud::ext::query::Sort;
    ///
    /// let newest_first = list.sort(Sort::descending("created_on"));
    /// # }
    /// ```
    #[inline]
    pub fn sort(mut self, sort: impl Into<String>) -> Self {
        self.walk.set_query("sort", sort.into());
        self
    }

    /// Sets the fields of the response, replacing earlier ones; `next` is added where it is missing.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// use bitbucket_cloud::ext::query::Fields;
    ///
    /// let names = list.fields(Fields::only(["values.name"]));
    /// # }
    /// ```
    #[inline]
    pub fn fields(mut self, fields: impl Into<String>) -> Self {
        self.walk.set_query("fields", fields.into());
        self
    }

    /// Ends after this many items, without requesting pages after them.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let newest = list.limit(25).items();
    /// # }
    /// ```
    #[inline]
    pub fn limit(mut self, items: u64) -> Self {
        self.walk.limit = Some(items);
        self
    }

    /// Requests this many pages ahead, at most 64; default 0. If the service numbers its pages and tells the size of the
    /// list, all of them are requested at once. Otherwise it is one, because its address is only known from the page
    /// before it.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let items = list.prefetch(4).items();
    /// # }
    /// ```
    #[inline]
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.walk.prefetch = pages;
        self
    }

    /// Sets how many items [`collect_all`](Self::collect_all) reads at most; default 100,000, or as many as
    /// [`limit`](Self::limit) allows. A list with more items is an error then, whereas `limit` ends it.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let all = list.max_items(1_000_000).collect_all();
    /// # }
    /// ```
    #[inline]
    pub fn max_items(mut self, items: u64) -> Self {
        self.max_items = Some(items);
        self
    }

    /// Ends the list without an error where fewer items come than its `size` says, for lists that count what you cannot
    /// see. It is set for code search.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// let visible = list.allow_fewer().items();
    /// # }
    /// ```
    #[inline]
    pub fn allow_fewer(mut self) -> Self {
        self.walk.counts_hidden = true;
        self
    }

    /// Resumes at a token from an earlier stream of the same list.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>, saved: &str) -> Result<(), serde_json::Error> {
    /// let token: bitbucket_cloud::ext::pagination::PageToken = serde_json::from_str(saved)?;
    /// let rest = list.resume_from(&token).items();
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn resume_from(mut self, token: &PageToken) -> Self {
        self.walk.begin_at(token);
        self
    }

    /// Decodes the items into a type of your own, which goes well with `fields`.
    ///
    /// ```
    /// # fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) {
    /// #[derive(serde::Deserialize)]
    /// struct Named {
    ///     name: String,
    /// }
    ///
    /// let names = list.decode_as::<Named>().items();
    /// # }
    /// ```
    #[inline]
    pub fn decode_as<U: DeserializeOwned + Send + 'static>(self) -> Paging<U> {
        Paging { walk: self.walk, max_items: self.max_items, item: PhantomData }
    }

    /// A stream of pages.
    ///
    /// ```no_run
    /// # async fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// let mut pages = list.pages();
    /// while let Some(page) = pages.next().await {
    ///     println!("{} items", page?.values.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn pages(self) -> Pages<T> {
        Pages::new(self.walk)
    }

    /// A stream of items.
    ///
    /// ```no_run
    /// # async fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// let mut items = list.items();
    /// while let Some(item) = items.next().await {
    ///     println!("{}", item?["name"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn items(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// Reads all items into memory.
    ///
    /// # Errors
    ///
    /// The first error of the list, or [`ErrorKind::Pagination`](crate::ErrorKind::Pagination) if it has more items
    /// than [`max_items`](Self::max_items). The items read before it are dropped; [`PageToken::from_error`] tells the
    /// page that failed, or that follows them. Use [`items`](Self::items) or [`pages`](Self::pages) to keep them.
    ///
    /// ```no_run
    /// # async fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// println!("{} items", list.collect_all().await?.len());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn collect_all(self) -> BoxFuture<'static, Result<Vec<T>, Error>> {
        let bound = self.max_items.unwrap_or(if self.walk.limit.is_some() { u64::MAX } else { MAX_ITEMS });
        let mut pages = self.pages();
        Box::pin(async move {
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.append(&mut page?.values);
                if all.len() as u64 > bound {
                    return Err(pages.walk.too_many(bound));
                }
            }
            Ok(all)
        })
    }
}

impl<T> fmt::Debug for Paging<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Paging").field(self.walk.request()).finish()
    }
}

impl Request {
    /// Reads this request as a list, for lists that are not in the document. Its parameters, such as `page` and
    /// `fields`, are understood wherever they stand.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
    /// use bitbucket_cloud::Method;
    ///
    /// let tags = client.request(Method::GET, "/repositories/acme/rocket/refs/tags");
    /// let tags = tags.paginate::<serde_json::Value>().collect_all().await?;
    /// println!("{} tags", tags.len());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn paginate<T: DeserializeOwned + Send + 'static>(self) -> Paging<T> {
        Paging::new(self.with_separate_query(), walk::MAX_PAGE_LEN, false)
    }
}

//! Lists as streams of [pages](crate::types::Page) or items. Every operation that answers with a page has [`Paginate`]; the generator emits
//! one line for each. How the next page is found is decided in `walk`, and only there.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::boxed::BoxFuture;
use crate::errors::Error;
use crate::transport::{ListRequest, Request};

mod fetch;
mod fields;
mod nulls;
mod streams;
mod token;
mod walk;

pub use streams::{Items, Pages};
pub use token::PageToken;
use walk::PageWalk;

/// A list that can be read page after page. Implemented by the request builder of every list.
///
/// A list that cannot be given whole ends with an error, not in silence: a `next` link that leads elsewhere, a page that
/// comes again, and the end of code search at 1000 results, which is the last item of its stream.
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
    /// The list with further settings.
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
        Paging::new(self.into_list_request(), Self::MAX_PAGE_LEN)
    }

    /// A stream of pages. Nothing is sent before it is polled, and dropping it stops it.
    #[inline]
    fn pages(self) -> Pages<Self::Item> {
        self.paginate().pages()
    }

    /// A stream of items. Nothing is sent before it is polled, and dropping it stops it.
    #[inline]
    fn items(self) -> Items<Self::Item> {
        self.paginate().items()
    }

    /// Items per page; see [`Paging::page_len`].
    #[inline]
    fn page_len(self, items: u32) -> Paging<Self::Item> {
        self.paginate().page_len(items)
    }

    /// Ends after that many items; see [`Paging::limit`].
    #[inline]
    fn limit(self, items: u64) -> Paging<Self::Item> {
        self.paginate().limit(items)
    }

    /// Asks for pages ahead; see [`Paging::prefetch`].
    #[inline]
    fn prefetch(self, pages: usize) -> Paging<Self::Item> {
        self.paginate().prefetch(pages)
    }

    /// Begins where an earlier stream was left; see [`Paging::resume_from`].
    #[inline]
    fn resume_from(self, token: &PageToken) -> Paging<Self::Item> {
        self.paginate().resume_from(token)
    }

    /// All items in memory.
    ///
    /// # Errors
    ///
    /// The first error of the list; what was read before is lost. Use [`Paginate::items`] to keep it.
    #[inline]
    fn collect_all(self) -> BoxFuture<'static, Result<Vec<Self::Item>, Error>> {
        self.paginate().collect_all()
    }
}

impl<R: ListRequest> Paginate for R {}

/// A list that is not read yet, from [`Paginate::paginate`] or [`Request::paginate`].
#[must_use = "a list does nothing until it is read"]
pub struct Paging<T> {
    walk: PageWalk,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send + 'static> Paging<T> {
    /// `max_page_len` is the largest page length that the operation takes.
    #[inline]
    fn new(request: Request, max_page_len: u32) -> Self {
        Self { walk: PageWalk::new(request, max_page_len), item: PhantomData }
    }

    /// Number of the page to begin with, 1-based.
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

    /// Items per page. More than the operation takes (100, on pull requests 50), or none, is an error of the stream
    /// before anything is sent, because the service answers 400. Without it the service chooses, mostly 10.
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

    /// Only what the filter lets through, in the place of an earlier one.
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

    /// The order of the list, in the place of an earlier one.
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

    /// The fields of the answer, in the place of earlier ones; `next` need not be among them.
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

    /// Ends after that many items, and asks for no page beyond them.
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

    /// Asks for that many pages while the one before them is used; default 0. Where the service numbers its pages and
    /// tells how many there are, all of them are under way at once; elsewhere it is one, for only the page before it
    /// knows where it is.
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

    /// Begins at a place that an earlier stream of the same list has given.
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

    /// Decodes the items into a type of the caller's, which goes well with `fields`.
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
        Paging { walk: self.walk, item: PhantomData }
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

    /// All items in memory.
    ///
    /// # Errors
    ///
    /// The first error of the list; what was read before is lost.
    ///
    /// ```no_run
    /// # async fn run(list: bitbucket_cloud::ext::pagination::Paging<serde_json::Value>) -> Result<(), bitbucket_cloud::Error> {
    /// println!("{} items", list.collect_all().await?.len());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn collect_all(self) -> BoxFuture<'static, Result<Vec<T>, Error>> {
        let mut pages = self.pages();
        Box::pin(async move {
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.append(&mut page?.values);
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
    /// The answers of this request as a list, for lists that the document does not know.
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
        Paging::new(self, walk::MAX_PAGE_LEN)
    }
}

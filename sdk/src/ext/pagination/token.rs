//! Where to resume a list: a `next` link as it was received, or the number of a page, and how many items of that page
//! to skip. A token that comes back is input from outside, so its link is checked like one of the service.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::errors::Error;

/// A place in a list, to be saved and passed to [`Paginate::resume_from`](super::Paginate::resume_from) later.
///
/// It contains the link of the service, including the query of the list, but no credentials. The service does not say
/// how long its links stay valid.
///
/// ```
/// use bitbucket_cloud::ext::pagination::PageToken;
///
/// let token: PageToken = serde_json::from_str(r#"{"page": 7, "skip": 3}"#)?;
/// assert_eq!(serde_json::to_string(&token)?, r#"{"page":7,"skip":3}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageToken {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<u64>,
    /// Items of that page to skip.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) skip: u64,
    /// Items of the list before that page, so that it is known at the end whether all of them came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
#[inline]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Where a page is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum PagePosition {
    /// The caller's own request.
    First,
    Number(u64),
    Link(String),
}

impl PageToken {
    /// Where a list can be resumed that ended with this error: at the page that failed. It is the token that the stream
    /// has after the error. `None` for an error of another call, and if the list was refused before it was begun.
    ///
    /// ```
    /// # fn run(error: bitbucket_cloud::Error) -> Result<(), serde_json::Error> {
    /// use bitbucket_cloud::ext::pagination::PageToken;
    ///
    /// if let Some(place) = PageToken::from_error(&error) {
    ///     println!("resume at {}", serde_json::to_string(&place)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn from_error(error: &Error) -> Option<Self> {
        error.place().cloned()
    }

    #[inline]
    pub(super) fn new(position: &PagePosition, skip: u64, before: Option<u64>) -> Self {
        match position {
            PagePosition::First => Self { next: None, page: None, skip, before: None },
            PagePosition::Number(number) => Self { next: None, page: Some(*number), skip, before },
            PagePosition::Link(link) => Self { next: Some(link.clone()), page: None, skip, before },
        }
    }

    #[inline]
    pub(super) fn position(&self) -> PagePosition {
        match (&self.next, self.page) {
            (Some(link), _) => PagePosition::Link(link.clone()),
            (None, Some(number)) => PagePosition::Number(number),
            (None, None) => PagePosition::First,
        }
    }
}

// The link contains the caller's query.
impl fmt::Debug for PageToken {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageToken")
            .field("next", &self.next.as_ref().map(|_| "…"))
            .field("page", &self.page)
            .field("skip", &self.skip)
            .field("before", &self.before)
            .finish()
    }
}

//! The traits that generated requests of lists and logs implement, so that extension traits can build on them and
//! generated code need not know the extension traits.

use serde::de::DeserializeOwned;

use super::request::Request;

mod sealed {
    /// Makes traits that only this crate can implement: nobody else can name the argument of their methods.
    #[derive(Debug, Clone, Copy)]
    pub struct Seal;
}
pub(crate) use sealed::Seal;

/// A request for a list. [`Paginate`](crate::prelude::Paginate) reads it page by page.
///
/// The trait is sealed and implemented by the generated requests of lists.
///
/// ```compile_fail,E0603
/// struct Numbers(bitbucket_cloud::Request);
///
/// impl bitbucket_cloud::ListRequest for Numbers {
///     type Item = u32;
///     const MAX_PAGE_LEN: u32 = 100;
///
///     fn into_list_request(
///         self,
///         _: bitbucket_cloud::transport::Seal,
///     ) -> bitbucket_cloud::Request {
///         self.0
///     }
/// }
/// ```
pub trait ListRequest {
    /// The items of the list.
    type Item: DeserializeOwned + Send + 'static;

    /// Maximum number of items on a page.
    const MAX_PAGE_LEN: u32;

    /// Whether `size` may count items that are never returned.
    #[doc(hidden)]
    const COUNTS_HIDDEN: bool = false;

    #[doc(hidden)]
    fn into_list_request(self, seal: Seal) -> Request;
}

/// A request for the log of a step. `StepLog` reads ranges of it and follows it.
///
/// The trait is sealed and implemented by the generated requests of logs.
///
/// ```compile_fail,E0603
/// use bitbucket_cloud::Request;
/// use bitbucket_cloud::transport::Seal;
///
/// struct Log(Request);
///
/// impl bitbucket_cloud::LogRequest for Log {
///     fn step_request(&self, _: Seal) -> Request {
///         self.0.clone()
///     }
///
///     fn into_log_request(self, _: Seal) -> Request {
///         self.0
///     }
/// }
/// ```
pub trait LogRequest {
    /// The request for the step whose log it is.
    #[doc(hidden)]
    fn step_request(&self, seal: Seal) -> Request;

    #[doc(hidden)]
    fn into_log_request(self, seal: Seal) -> Request;
}

/// `list_request!(List, item: types::Pipeline, max_page_len: 100);`, and `counts_hidden: true` where `size` may count
/// items that are never returned.
macro_rules! list_request {
    ($name:ident, item: $item:ty, max_page_len: $max:literal $(, counts_hidden: $hidden:literal)?) => {
        impl $crate::ListRequest for $name {
            type Item = $item;
            const MAX_PAGE_LEN: u32 = $max;
            $(const COUNTS_HIDDEN: bool = $hidden;)?

            #[inline]
            fn into_list_request(self, _: $crate::transport::Seal) -> $crate::Request {
                self.0
            }
        }
    };
}
pub(crate) use list_request;

/// `log_request!(GetStepLog, step: GET_STEP);`, with the operation that gets the step.
macro_rules! log_request {
    ($name:ident, step: $step:ident) => {
        impl $crate::LogRequest for $name {
            #[inline]
            fn step_request(&self, _: $crate::transport::Seal) -> $crate::Request {
                self.0.enclosing(&$step)
            }

            #[inline]
            fn into_log_request(self, _: $crate::transport::Seal) -> $crate::Request {
                self.0
            }
        }
    };
}
pub(crate) use log_request;

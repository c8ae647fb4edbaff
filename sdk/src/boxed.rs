//! Boxed futures and streams: for traits, and where the unboxed type would be compiled into every caller.

use std::pin::Pin;

use futures_core::Stream;

/// A boxed future, as the traits for credentials and the requests of the prelude return it.
///
/// ```
/// use bitbucket_cloud::BoxFuture;
///
/// fn ready() -> BoxFuture<'static, u8> {
///     Box::pin(async { 1 })
/// }
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A boxed stream.
pub(crate) type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

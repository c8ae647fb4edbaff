//! Futures and streams in boxes: those of traits, and those whose own types would be compiled into every caller.

use std::pin::Pin;

use futures_core::Stream;

/// A future in a box, as the traits for credentials give it and requests of extension traits do.
///
/// ```
/// use bitbucket_cloud::BoxFuture;
///
/// fn ready() -> BoxFuture<'static, u8> {
///     Box::pin(async { 1 })
/// }
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A stream in a box.
pub(crate) type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

//! The methods that every generated request has. Such a request is a newtype around [`Request`](crate::Request), and
//! all methods here delegate to it: with hundreds of requests, every line costs compile time. `#[inline]` leaves code
//! generation to the calling crates, and boxed futures are type-checked once and not for every request.

/// `request_methods!(Get, answer: Json(types::Model));`, `answer: Empty` or `answer: Stream`.
macro_rules! request_methods {
    ($name:ident, answer: Json($model:ty)) => {
        $crate::transport::request_methods!(
            @ $name, sending_json, $model,
            "Sends the request and decodes the response. Awaiting the request itself does the same."
        );
    };
    ($name:ident, answer: Empty) => {
        $crate::transport::request_methods!(
            @ $name, sending_empty, (),
            "Sends the request; the body of the response is ignored. Awaiting the request itself does the same."
        );
    };
    ($name:ident, answer: Stream) => {
        $crate::transport::request_methods!(
            @ $name, sending_stream, $crate::ByteStream,
            "Sends the request and streams the body of the response. Awaiting the request itself does the same."
        );
    };
    (@ $name:ident, $send:ident, $model:ty, $doc:literal) => {
        impl $name {
            /// Appends a query parameter, declared or not; see [`Request::query`](crate::Request::query).
            pub fn query(self, name: impl Into<String>, value: impl ToString) -> Self {
                Self(self.0.query(name, value))
            }

            /// Sets a header; see [`Request::header`](crate::Request::header).
            pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                Self(self.0.header(name, value))
            }

            /// Changes the underlying [`Request`](crate::Request), for example its time limits and retries.
            #[inline]
            pub fn configure(self, change: impl FnOnce($crate::Request) -> $crate::Request) -> Self {
                Self(change(self.0))
            }

            #[doc = $doc]
            #[inline]
            pub fn send(self) -> $crate::Sending<$model> {
                self.0.$send()
            }

            /// Sends the request and decodes the response into a type of your own.
            #[inline]
            pub fn send_as<U: ::serde::de::DeserializeOwned + 'static>(self) -> $crate::Sending<U> {
                self.0.sending_json()
            }

            /// Sends the request and returns the body as bytes.
            #[inline]
            pub fn send_raw(self) -> $crate::Sending<::bytes::Bytes> {
                self.0.sending_bytes()
            }

            /// The operation of the request.
            #[inline]
            pub fn operation(&self) -> &'static $crate::Operation {
                self.0.described()
            }

            /// The underlying [`Request`](crate::Request).
            #[inline]
            pub fn into_request(self) -> $crate::Request {
                self.0
            }
        }

        impl ::std::future::IntoFuture for $name {
            type Output = Result<$crate::Response<$model>, $crate::Error>;
            type IntoFuture = $crate::Sending<$model>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }

        impl ::std::clone::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use request_methods;

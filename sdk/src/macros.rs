//! The methods that every generated request builder has. A builder is a newtype around a request, and nothing here is
//! more than a call of it: with hundreds of builders, every line counts when the crate is compiled. `#[inline]` leaves
//! the machine code to the crates that call; `async fn` is checked several times faster than `-> impl Future + Send`.

/// `builder!(Name, json types::Model);`, `builder!(Name, empty);` or `builder!(Name, stream);`
#[allow(unused_macros)] // A build without any group has no builder; so below.
macro_rules! builder {
    ($name:ident, json $model:ty) => {
        $crate::macros::builder!(@ $name, send_json, $model, "Sends the request and decodes the answer.");
    };
    ($name:ident, empty) => {
        $crate::macros::builder!(@ $name, send_empty, (), "Sends the request; the answer has no body of interest.");
    };
    ($name:ident, stream) => {
        $crate::macros::builder!(@ $name, send_streamed, $crate::ByteStream, "Sends the request and streams the body.");
    };
    (@ $name:ident, $send:ident, $model:ty, $doc:literal) => {
        impl $name {
            /// Appends a query parameter, declared or not; see [`Request::query`](crate::Request::query).
            pub fn query(self, name: impl Into<String>, value: impl ToString) -> Self {
                Self { request: self.request.query(name, value) }
            }

            /// Sets a header; see [`Request::header`](crate::Request::header).
            pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                Self { request: self.request.header(name, value) }
            }

            #[doc = $doc]
            #[inline]
            pub async fn send(self) -> Result<$crate::Response<$model>, $crate::Error> {
                self.request.$send().await
            }

            /// Sends the request and decodes the answer into a type of the caller's.
            #[inline]
            pub async fn send_as<U: ::serde::de::DeserializeOwned>(self) -> Result<$crate::Response<U>, $crate::Error> {
                self.request.send_json().await
            }

            /// Sends the request and gives the bytes of the answer.
            #[inline]
            pub async fn send_raw(self) -> Result<$crate::Response<::bytes::Bytes>, $crate::Error> {
                self.request.send_bytes().await
            }

            /// What is known about the operation.
            #[inline]
            pub fn operation(&self) -> &'static $crate::Operation {
                self.request.listed()
            }

            /// The request itself, for all that a builder does not offer.
            #[inline]
            pub fn into_request(self) -> $crate::Request {
                self.request
            }
        }

        impl ::std::clone::Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                Self { request: self.request.clone() }
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.request.fmt(f)
            }
        }
    };
}
#[allow(unused_imports)]
pub(crate) use builder;

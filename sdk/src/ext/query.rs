//! What a query can say: filters of Bitbucket's query language, the order of a list, the fields of an answer, and any
//! value as parameters named by JSON path. Values are escaped here and percent-encoded when the request is sent.

use serde::Serialize;

use crate::transport::Request;

mod filter;
mod paths;

pub use filter::{Field, Fields, Filter, Sort, Value, field};
pub(crate) use paths::pairs;

impl Request {
    /// Appends the properties of a value as parameters named by their JSON path: `target.commit.hash`,
    /// `variables[0].key`. `null` is left out. A value that is not made of named fields, or a key that a path cannot
    /// hold (empty, or with a dot or a bracket), is reported when the request is sent.
    ///
    /// ```
    /// # fn run(request: bitbucket_cloud::Request) {
    /// let run = serde_json::json!({
    ///     "target": {"ref_name": "main"},
    ///     "variables": [{"key": "REGION", "value": "north"}],
    /// });
    /// let request = request.query_paths(&run);
    /// # }
    /// ```
    #[inline]
    pub fn query_paths<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let value = serde_json::to_value(value).map_err(|error| format!("the query does not serialize: {error}"));
        self.with_query_pairs(value.and_then(|value| pairs(&value)))
    }
}

//! Query parameters: filters in Bitbucket's query language, the sort order of a list, the fields of a response, and any
//! value as parameters named by JSON path. Values are escaped here and percent-encoded when the request is sent.

use serde::Serialize;

use crate::transport::Request;

mod filter;
mod paths;

pub use filter::{Field, Fields, Filter, Sort, Value, field};
pub(crate) use paths::pairs;

impl Request {
    /// Appends the properties of a value as parameters named by their JSON path: `target.commit.hash`,
    /// `variables[0].key`. `null` is left out. If the value is not an object, or a key cannot be part of a path (empty,
    /// or with a dot or a bracket), sending the request fails.
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

//! Bodies of requests. A body is serialized when it is set, so that a request can be cloned and serialization errors
//! are found before anything is sent.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::HeaderValue;
use serde::Serialize;
use serde_json::Value;

mod multipart;
mod upload;

pub use multipart::Multipart;
use upload::UploadBody;
pub(crate) use upload::{Activity, OnProgress, Segment};

/// Bodies of at least this size, in bytes, are sent in chunks.
const MAX_UNWATCHED: u64 = 64 * 1024;
/// Maximum length of a part of a form that is searched for secrets, in bytes.
const MAX_COPIED: usize = 1024 * 1024;

/// A serialized body.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) content_type: HeaderValue,
    segments: Arc<[Segment]>,
    pub(crate) progress: Option<OnProgress>,
}

impl Body {
    fn new(content_type: HeaderValue, bytes: Bytes) -> Self {
        Self { content_type, segments: Arc::new([Segment::Bytes(bytes)]), progress: None }
    }

    pub(crate) fn pieces(content_type: HeaderValue, segments: Vec<Segment>) -> Self {
        Self { content_type, segments: segments.into(), progress: None }
    }

    /// Length in bytes, if it is known.
    pub(crate) fn length(&self) -> Option<u64> {
        upload::total(&self.segments)
    }

    /// Whether it can be sent again.
    pub(crate) fn is_replayable(&self) -> bool {
        self.segments.iter().all(Segment::is_replayable)
    }

    /// The parts in memory; large ones only if there is nothing else.
    pub(super) fn in_memory(&self) -> Cow<'_, [u8]> {
        if let [Segment::Bytes(bytes)] = &*self.segments {
            return Cow::Borrowed(bytes);
        }
        let mut all = Vec::new();
        for segment in &*self.segments {
            if let Segment::Bytes(bytes) = segment
                && bytes.len() <= MAX_COPIED
            {
                all.extend_from_slice(bytes);
            }
        }
        Cow::Owned(all)
    }

    /// The body for one attempt.
    pub(crate) fn open(&self, activity: &Arc<Activity>) -> reqwest::Body {
        match &*self.segments {
            [Segment::Bytes(bytes)] if (bytes.len() as u64) < MAX_UNWATCHED && self.progress.is_none() => {
                bytes.clone().into()
            }
            _ => {
                let segments = Arc::clone(&self.segments);
                reqwest::Body::wrap(UploadBody::new(segments, self.progress.clone(), Arc::clone(activity)))
            }
        }
    }

    pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, String> {
        let bytes = serde_json::to_vec(value).map_err(|error| format!("the body does not serialize: {error}"))?;
        Ok(Self::new(HeaderValue::from_static("application/json"), bytes.into()))
    }

    /// Lists become repeated keys, and `null` is left out.
    #[inline]
    pub(crate) fn form<T: Serialize + ?Sized>(value: &T) -> Result<Self, String> {
        let value = serde_json::to_value(value).map_err(|error| format!("the form does not serialize: {error}"))?;
        Self::form_of(value)
    }

    #[inline]
    fn form_of(value: Value) -> Result<Self, String> {
        let Value::Object(fields) = value else {
            return Err("the form is not an object".into());
        };
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            let values = if let Value::Array(values) = value { values } else { vec![value] };
            for value in values {
                let text = match value {
                    Value::Null => continue,
                    Value::Bool(value) => value.to_string(),
                    Value::Number(value) => value.to_string(),
                    Value::String(value) => value,
                    Value::Array(_) | Value::Object(_) => {
                        return Err(format!("the form field `{name}` has a nested value"));
                    }
                };
                form.append_pair(&name, &text);
            }
        }
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        Ok(Self::new(content_type, form.finish().into()))
    }

    pub(crate) fn bytes(content_type: &str, bytes: Bytes) -> Result<Self, String> {
        let content_type =
            HeaderValue::from_str(content_type).map_err(|_| format!("{content_type:?} is not a content type"))?;
        Ok(Self::new(content_type, bytes))
    }

    #[inline]
    pub(crate) fn multipart(form: Multipart) -> Result<Self, String> {
        form.into_body()
    }
}

impl fmt::Debug for Body {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "{length} bytes of {:?}", self.content_type),
            None => write!(f, "{:?} of unknown length", self.content_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(value: &Value) -> Result<String, String> {
        Body::form(value).map(|body| match &*body.segments {
            [Segment::Bytes(bytes)] => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        })
    }

    #[test]
    fn lists_are_repeated_and_null_is_left_out_of_forms() {
        let cases = [
            (json!({"include": ["a b", "c&d"], "exclude": null}), "include=a+b&include=c%26d"),
            (json!({"n": 5, "none": []}), "n=5"),
            (json!({"flag": [true, null]}), "flag=true"),
            (json!({}), ""),
        ];
        for (value, expected) in cases {
            assert_eq!(form(&value), Ok(expected.into()));
        }
        assert!(form(&json!({"a": {"b": 1}})).unwrap_err().contains("`a`"));
        assert!(form(&json!([1])).is_err());
    }

    #[test]
    fn what_does_not_serialize_is_an_error() {
        let map = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(Body::json(&map).is_err());
        assert!(Body::bytes("text/\nplain", Bytes::new()).is_err());
    }
}

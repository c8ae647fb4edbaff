//! The envelope of all lists: one page, and what it tells about the others. Its members are read like those of a model:
//! `null` is absent, and items that are `null` are left out.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::json::parse;
use super::object::{MemberName, Slot};
use super::raw::Raw;

/// One page of a list.
///
/// `next` is a URL, which [`Client::request`](crate::Client::request) accepts as it is. Some lists have no `next`
/// although there are more pages. The streams of [`ext::pagination`](crate::ext::pagination) find the next page there
/// as well, and [`Pages::token`](crate::ext::pagination::Pages::token) and
/// [`Items::token`](crate::ext::pagination::Items::token) tell where to resume later.
///
/// ```
/// use bitbucket_cloud::types::Page;
///
/// let body = r#"{"page": 1, "pagelen": 10, "size": 2, "values": [3, 5]}"#;
/// let page: Page<u32> = serde_json::from_str(body)?;
/// assert_eq!((page.page_len, page.values), (Some(10), vec![3, 5]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// URL of the next page; `None` on the last page and in lists without links.
    pub next: Option<String>,
    /// Number of this page, 1-based. Lists that only have links do not have it.
    pub page: Option<i64>,
    /// Maximum number of items on a page; `pagelen` in JSON.
    pub page_len: Option<i64>,
    /// URL of the previous page, if the service sends it.
    pub previous: Option<String>,
    /// Number of items in the whole list. Not every list has it.
    pub size: Option<i64>,
    /// The items, in the order of the service; empty if the service leaves them out. Items that are `null` are left out.
    pub values: Vec<T>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { next: None, page: None, page_len: None, previous: None, size: None, values: Vec::new() }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CountedPage::deserialize(deserializer).map(|counted| counted.page)
    }
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let texts = [("next", &self.next), ("previous", &self.previous)];
        for (name, text) in texts {
            if let Some(text) = text {
                object.serialize_entry(name, text)?;
            }
        }
        for (name, number) in [("page", self.page), ("pagelen", self.page_len), ("size", self.size)] {
            if let Some(number) = number {
                object.serialize_entry(name, &number)?;
            }
        }
        object.serialize_entry("values", &self.values)?;
        object.end()
    }
}

/// A page, and the positions of the items that were `null`: the service counts those too.
pub(crate) struct CountedPage<T> {
    pub(crate) page: Page<T>,
    /// 0-based and in ascending order.
    pub(crate) nulls: Vec<u64>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for CountedPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageVisitor<'a, T>(&'a mut CountedPage<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for PageVisitor<'_, T> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a page of a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
                let page = &mut self.0.page;
                while let Some(MemberName(name)) = object.next_key()? {
                    match name.as_ref() {
                        "next" => page.next = object.next_value()?,
                        "page" => page.page = read_number(&mut object)?,
                        "pagelen" => page.page_len = read_number(&mut object)?,
                        "previous" => page.previous = object.next_value()?,
                        "size" => page.size = read_number(&mut object)?,
                        "values" => {
                            let nulls = &mut self.0.nulls;
                            object.next_value_seed(PageItems { values: &mut page.values, nulls })?;
                        }
                        _ => drop(object.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(())
            }
        }

        let mut counted = Self { page: Page::default(), nulls: Vec::new() };
        deserializer.deserialize_map(PageVisitor(&mut counted))?;
        Ok(counted)
    }
}

/// From text, because a number that JSON allows and no type holds (`1e999`) is no value.
fn read_number<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Option<i64>, A::Error> {
    Ok(parse(object.next_value_seed(Raw)?.get().as_bytes()).as_ref().and_then(any_number))
}

/// A number that may be written as text or with a fraction of zero. Anything else is absent: it is not worth a page of
/// items, for a list can be read without it.
pub(crate) fn any_number(value: &Value) -> Option<i64> {
    // Up to here, all whole numbers can be told apart.
    const MAX: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "checked")]
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() <= MAX).then_some(number as i64);
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| whole(text.trim().parse().ok()?)),
        _ => None,
    }
}

/// Reads the items, and the positions of those that are `null`; of a member that comes twice, the last.
struct PageItems<'a, T> {
    values: &'a mut Vec<T>,
    nulls: &'a mut Vec<u64>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for PageItems<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.values.clear();
        self.nulls.clear();
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for PageItems<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut item = None;
        while items.next_element_seed(Slot(&mut item))?.is_some() {
            match item.take() {
                Some(value) => self.values.push(value),
                None => self.nulls.push((self.values.len() + self.nulls.len()) as u64),
            }
        }
        Ok(())
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Page<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Page_for_{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Page<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (text, number) = (generator.subschema_for::<Option<String>>(), generator.subschema_for::<Option<i64>>());
        let values = generator.subschema_for::<Option<Vec<Option<T>>>>();
        schemars::json_schema!({
            "type": "object",
            "description": "One page of a list.",
            "properties": {
                "next": text,
                "page": number,
                "pagelen": number,
                "previous": text,
                "size": number,
                "values": values,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page<T: for<'de> Deserialize<'de>>(body: &Value) -> Page<T> {
        // From text, as pages are received.
        serde_json::from_str(&body.to_string()).unwrap()
    }

    #[test]
    fn a_page_is_written_as_it_was_read() {
        let whole = json!({
            "next": "https://api.example.org/2.0/a?page=3", "page": 2, "pagelen": 2,
            "previous": "https://api.example.org/2.0/a?page=1", "size": 5, "values": ["c", "d"],
        });
        let read: Page<String> = page(&whole);
        assert_eq!((read.page, read.page_len, read.size), (Some(2), Some(2), Some(5)));
        assert!(read.next.as_deref().is_some_and(|next| next.ends_with("page=3")));
        assert!(read.previous.as_deref().is_some_and(|previous| previous.ends_with("page=1")));
        assert_eq!(read.values, ["c", "d"]);
        assert_eq!(serde_json::to_value(&read).unwrap(), whole);
        assert_eq!(serde_json::to_value(Page::<u8>::default()).unwrap(), json!({ "values": [] }));
    }

    #[test]
    fn null_and_absent_are_empty_and_null_items_are_left_out() {
        for body in [json!({}), json!({ "values": null, "next": null, "page": null, "size": null, "pagelen": null })] {
            let read: Page<String> = page(&body);
            assert!(read.values.is_empty() && read.next.is_none() && read.page.is_none(), "{body}");
            assert!(read.size.is_none() && read.page_len.is_none() && read.previous.is_none(), "{body}");
        }
        let body = json!({ "extra": { "values": [7] }, "values": [null, 1, null, null, 2] });
        assert_eq!(page::<u8>(&body).values, [1, 2]);
        let counted: CountedPage<u8> = serde_json::from_str(&body.to_string()).unwrap();
        assert_eq!((counted.page.values, counted.nulls), (vec![1, 2], vec![0, 2, 3]));
    }

    #[test]
    fn other_values_than_pages_are_refused() {
        for body in ["[]", "7", r#"{"values": {}}"#, r#"{"values": ["x"]}"#, r#"{"next": 7}"#, r#"{"page": [}"#] {
            assert!(serde_json::from_str::<Page<u8>>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn numbers_are_read_in_any_form() {
        let cases = [
            ("7", Some(7)),
            ("\"7\"", Some(7)),
            ("\" 7 \"", Some(7)),
            ("7.0", Some(7)),
            ("\"7.0\"", Some(7)),
            ("7e2", Some(700)),
            ("-7", Some(-7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("\"9223372036854775807\"", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("18446744073709551616", None),
            ("-1e300", None),
            // Numbers that JSON allows and no type holds.
            ("1e999", None),
            ("-1e999", None),
            ("\"1e999\"", None),
            ("\"\\u0037\"", Some(7)),
            ("7.5", None),
            ("\"\"", None),
            ("\"seven\"", None),
            ("\"NaN\"", None),
            ("\"inf\"", None),
            ("null", None),
            ("true", None),
            ("[[7], {}]", None),
            (r#"{"value": 7}"#, None),
        ];
        for (written, number) in cases {
            let body = format!(r#"{{"page": {written}, "pagelen": {written}, "size": {written}, "values": [1]}}"#);
            let read: Page<u8> = serde_json::from_str(&body).unwrap();
            assert_eq!((read.page, read.page_len, read.size), (number, number, number), "{body}");
            assert_eq!(read.values, [1], "{body}");
        }
    }

    #[test]
    fn items_may_borrow() {
        let body = String::from(r#"{"values": ["a", "b"]}"#);
        let read: Page<&str> = serde_json::from_str(&body).unwrap();
        assert_eq!(read.values, ["a", "b"]);
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn pages_of_different_items_have_schemas_of_their_own() {
        use schemars::JsonSchema;

        let name = |name: std::borrow::Cow<'static, str>| name.into_owned();
        assert_ne!(name(Page::<u8>::schema_name()), name(Page::<String>::schema_name()));
        let schema = serde_json::to_value(schemars::schema_for!(Page<String>)).unwrap();
        assert!(schema["properties"]["pagelen"].is_object() && schema["properties"]["values"].is_object(), "{schema}");
    }
}

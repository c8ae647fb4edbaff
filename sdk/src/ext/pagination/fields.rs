//! The `fields` parameter of a list. Without `next` among the fields, a list would silently end after its first page.

use crate::transport::Request;

/// Adds `next` if fields are selected without it.
#[inline]
pub(super) fn complete(request: &mut Request) {
    let mut values: Vec<&mut String> = request.query_values_mut("fields").collect();
    if lacks_next(&values)
        && let Some(first) = values.first_mut()
    {
        first.push_str(",next");
    }
}

#[inline]
fn lacks_next(values: &[&mut String]) -> bool {
    let names = || values.iter().flat_map(|text| text.split(',')).map(str::trim);
    let chooses = names().any(|name| !name.is_empty() && !name.starts_with(['+', '-']));
    let has_next = names().any(|name| matches!(name.trim_start_matches('+'), "next" | "*"));
    chooses && !has_next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_added_where_it_is_missing() {
        let cases = [
            ("values.uuid", true),
            ("values.uuid,next", false),
            ("values.uuid, next", false),
            ("+values.target.hash", false),
            ("-values.links", false),
            ("-values.links,values.uuid", true),
            ("values.next", true),
            ("*", false),
            ("", false),
        ];
        for (given, lacks) in cases {
            assert_eq!(lacks_next(&[&mut given.to_owned()]), lacks, "{given}");
        }
        assert!(!lacks_next(&[]));
    }

    #[test]
    fn the_first_of_several_values_is_completed() -> Result<(), crate::Error> {
        let client = crate::Client::builder().base_url("http://localhost").build()?;
        let mut request = client.request(crate::Method::GET, "/x").query("q", "y").query("fields", "values.uuid");
        complete(&mut request);
        assert_eq!(request.query_value("fields"), Some("values.uuid,next"));
        assert_eq!(request.query_value("q"), Some("y"));
        Ok(())
    }
}

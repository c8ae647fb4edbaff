//! The `fields` parameter of a list. Without `next` among them a list ends after its first page without a word.

use std::borrow::Cow;

/// Adds `next` where fields are chosen one by one and it is not among them.
#[inline]
pub(super) fn complete(query: &mut [(Cow<'static, str>, String)]) {
    let names = |text: &str| text.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>();
    let all: Vec<String> =
        query.iter().filter(|(name, _)| name == "fields").flat_map(|(_, text)| names(text)).collect();
    let chosen = all.iter().any(|name| !name.is_empty() && !name.starts_with(['+', '-']));
    let has_next = all.iter().any(|name| matches!(name.trim_start_matches('+'), "next" | "*"));
    if !chosen || has_next {
        return;
    }
    if let Some((_, text)) = query.iter_mut().find(|(name, _)| name == "fields") {
        text.push_str(",next");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_added_where_it_was_forgotten() {
        let cases = [
            ("values.uuid", "values.uuid,next"),
            ("values.uuid,next", "values.uuid,next"),
            ("values.uuid, next", "values.uuid, next"),
            ("+values.target.hash", "+values.target.hash"),
            ("-values.links", "-values.links"),
            ("-values.links,values.uuid", "-values.links,values.uuid,next"),
            ("values.next", "values.next,next"),
            ("*", "*"),
            ("", ""),
        ];
        for (given, sent) in cases {
            let mut query = [(Cow::from("q"), "x".to_owned()), (Cow::from("fields"), given.to_owned())];
            complete(&mut query);
            assert_eq!(query[1].1, sent);
        }
        complete(&mut []);
    }
}

//! Path templates and the calls they match, for scripts and for the fake's own resources alike. Matching works on the
//! raw path and decodes each captured segment once, as the service does. It must not interpret what it captured.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use crate::journal::Recorded;
use crate::reply::Reply;
use crate::state::World;

/// What a handler returns; both arms are answers, the error arm lets `?` end early.
pub(crate) type Answer = Result<Reply, Reply>;

/// One endpoint of the fake.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) template: Template,
    pub(crate) handler: fn(&Call<'_>, &World) -> Answer,
}

impl Route {
    pub(crate) fn new(method: Method, template: &str, handler: fn(&Call<'_>, &World) -> Answer) -> Self {
        Self { method, template: Template::parse(template), handler }
    }
}

/// A request together with what its path template captured.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The request.
    pub request: &'a Recorded,
    params: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(request: &'a Recorded, params: Vec<(String, String)>) -> Self {
        Self { request, params }
    }

    /// What `{name}` of the template stands for in this request, percent-decoded; empty if the template has no such
    /// name.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// `/repositories/{workspace}/{repo_slug}/refs/branches/{*name}`: literal segments, `{one}` and, last, `{*the_rest}`.
/// A template that ends in `/` is a collection and matches with and without that slash.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
    collection: bool,
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    One(String),
    Rest(String),
}

impl Template {
    pub(crate) fn parse(template: &str) -> Self {
        let path = template.trim_start_matches('/');
        let collection = path.ends_with('/');
        let segments = path.trim_end_matches('/').split('/').map(Segment::parse).collect();
        Self { segments, collection }
    }

    /// The same, but a trailing slash in the request does not matter.
    pub(crate) fn tolerant(self) -> Self {
        Self { collection: true, ..self }
    }

    /// The captures, or `None` if the raw path is another one.
    pub(crate) fn captures(&self, path: &str) -> Option<Vec<(String, String)>> {
        let path = path.strip_prefix('/')?;
        let path = if self.collection { path.strip_suffix('/').unwrap_or(path) } else { path };
        let mut rest = Some(path);
        let mut captures = Vec::new();
        for segment in &self.segments {
            let remaining = rest?;
            let (head, tail) = remaining.split_once('/').map_or((remaining, None), |(head, tail)| (head, Some(tail)));
            match segment {
                Segment::Literal(literal) if *literal == decode(head) => rest = tail,
                Segment::One(name) if !head.is_empty() => {
                    captures.push((name.clone(), decode(head)));
                    rest = tail;
                }
                Segment::Rest(name) if !remaining.is_empty() => {
                    captures.push((name.clone(), decode(remaining)));
                    rest = None;
                }
                _ => return None,
            }
        }
        rest.is_none().then_some(captures)
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None => Self::Literal(text.to_owned()),
            Some(name) => match name.strip_prefix('*') {
                None => Self::One(name.to_owned()),
                Some(name) => Self::Rest(name.to_owned()),
            },
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(template: &str, path: &str) -> Option<Vec<String>> {
        Some(Template::parse(template).captures(path)?.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn segments_are_decoded_once() {
        let found = captures("/a/{x}/b/{y}", "/a/%7Bq%7D/b/%252F");
        assert_eq!(found, Some(vec!["{q}".to_owned(), "%2F".to_owned()]));
    }

    #[test]
    fn lengths_must_agree() {
        assert_eq!(captures("/a/{x}", "/a"), None);
        assert_eq!(captures("/a/{x}", "/a/"), None);
        assert_eq!(captures("/a/{x}", "/a/b/c"), None);
        assert_eq!(captures("/a/{*x}", "/a/b/c"), Some(vec!["b/c".to_owned()]));
    }

    #[test]
    fn only_a_collection_takes_the_slash() {
        assert!(captures("/a/", "/a").is_some());
        assert!(captures("/a/", "/a/").is_some());
        assert!(captures("/a", "/a/").is_none());
        assert!(Template::parse("/a").tolerant().captures("/a/").is_some());
    }
}

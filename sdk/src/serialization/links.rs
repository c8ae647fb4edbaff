//! The links of an object. They are an open map: the service adds relations without notice, and which ones there are
//! depends on the object and on the credentials.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::object::{Members, Object, object};

/// A link to a related resource.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Link {
    /// Absolute URL of the target.
    pub href: Option<String>,
    /// Name of the link, if a relation has several: `https` and `ssh` of the relation `clone`.
    pub name: Option<String>,
}

object!(Link, schema: "", values: [href, name], lists: []);

/// The links of an object: one or several for each relation. A relation is written back in the form in which it was
/// read, one link or a list, with `href` and `name`; other members of a link are dropped, and so is what is no link, such
/// as `null`.
///
/// ```
/// use bitbucket_cloud::types::Links;
///
/// let links: Links = serde_json::from_str(
///     r#"{
///         "html": {"href": "https://bitbucket.org/acme/rocket"},
///         "clone": [
///             {"href": "https://bitbucket.org/acme/rocket.git", "name": "https"},
///             {"href": "git@bitbucket.org:acme/rocket.git", "name": "ssh"}
///         ]
///     }"#,
/// )?;
/// let html = links.html().and_then(|link| link.href.as_deref());
/// assert_eq!(html, Some("https://bitbucket.org/acme/rocket"));
/// let ssh = links.get("clone").iter().find(|link| link.name.as_deref() == Some("ssh"));
/// assert!(ssh.is_some());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(Vec<(Cow<'static, str>, LinkOrLinks)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum LinkOrLinks {
    One(Link),
    Several(Vec<Link>),
}

impl Links {
    /// The web page; the first link if there are several.
    #[must_use]
    #[inline]
    pub fn html(&self) -> Option<&Link> {
        self.get("html").first()
    }

    /// The object itself in the API; the first link if there are several.
    #[must_use]
    #[inline]
    pub fn self_(&self) -> Option<&Link> {
        self.get("self").first()
    }

    /// An image; the first link if there are several.
    #[must_use]
    #[inline]
    pub fn avatar(&self) -> Option<&Link> {
        self.get("avatar").first()
    }

    /// The links of a relation, by its name in JSON; empty if there is no such relation.
    #[must_use]
    #[inline]
    pub fn get(&self, relation: &str) -> &[Link] {
        self.iter().find(|(known, _)| *known == relation).map_or(&[], |(_, links)| links)
    }

    /// All relations with their links, in the order of the service.
    ///
    /// ```
    /// # fn run(links: &bitbucket_cloud::types::Links) {
    /// for (relation, links) in links.iter() {
    ///     println!("{relation}: {}", links.len());
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Link])> {
        self.0.iter().map(|(relation, target)| (relation.as_ref(), target.links()))
    }
}

impl LinkOrLinks {
    #[inline]
    fn links(&self) -> &[Link] {
        match self {
            Self::One(link) => std::slice::from_ref(link),
            Self::Several(links) => links,
        }
    }
}

/// Maps the usual relations to static strings, so that they need no allocation.
macro_rules! relations {
    ($($relation:literal)*) => {
        #[inline]
        fn known(relation: &str) -> Option<&'static str> {
            match relation {
                $($relation => Some($relation),)*
                _ => None,
            }
        }
    };
}

relations! {
    "activity" "approve" "attachments" "avatar" "branches" "clone" "code" "comments" "commit" "commits" "decline" "diff"
    "diffstat" "downloads" "events" "forks" "history" "hooks" "html" "issues" "members" "merge" "meta" "owners" "patch"
    "projects" "pullrequest_create" "pullrequests" "repositories" "request-changes" "self" "source" "statuses" "steps"
    "tags" "vote" "watch" "watchers"
}

impl<'de> Deserialize<'de> for Links {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Relations;

        impl<'de> Visitor<'de> for Relations {
            type Value = Links;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of links")
            }

            #[inline]
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Links, A::Error> {
                let mut links = Vec::new();
                while let Some(Relation(relation)) = object.next_key()? {
                    if let Found(Some(target)) = object.next_value()? {
                        links.push((relation, target));
                    }
                }
                Ok(Links(links))
            }
        }

        deserializer.deserialize_map(Relations)
    }
}

impl Serialize for Links {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (relation, target) in &self.0 {
            match target {
                LinkOrLinks::One(link) => object.serialize_entry(relation, link)?,
                LinkOrLinks::Several(links) => object.serialize_entry(relation, links)?,
            }
        }
        object.end()
    }
}

struct Relation(Cow<'static, str>);

impl<'de> Deserialize<'de> for Relation {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Relation;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a relation")
            }

            #[inline]
            fn visit_str<E: Error>(self, name: &str) -> Result<Relation, E> {
                Ok(Relation(known(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The value of a relation: a link, a list of links, or something else.
struct Found(Option<LinkOrLinks>);

impl<'de> Deserialize<'de> for Found {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Found;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link or a list of links")
            }

            #[inline]
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Found, A::Error> {
                let mut link = Link::empty();
                Members(&mut link).visit_map(object)?;
                Ok(Found(Some(LinkOrLinks::One(link))))
            }

            #[inline]
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
                let mut links = Vec::new();
                while let Some(Found(found)) = items.next_element()? {
                    if let Some(LinkOrLinks::One(link)) = found {
                        links.push(link);
                    }
                }
                Ok(Found(Some(LinkOrLinks::Several(links))))
            }

            #[inline]
            fn visit_unit<E: Error>(self) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_none<E: Error>(self) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_bool<E: Error>(self, _: bool) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_i64<E: Error>(self, _: i64) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_u64<E: Error>(self, _: u64) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_f64<E: Error>(self, _: f64) -> Result<Found, E> {
                Ok(Found(None))
            }

            #[inline]
            fn visit_str<E: Error>(self, _: &str) -> Result<Found, E> {
                Ok(Found(None))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Links {
    #[inline]
    fn schema_name() -> Cow<'static, str> {
        "Links".into()
    }

    #[inline]
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (link, links) = (generator.subschema_for::<Link>(), generator.subschema_for::<Vec<Option<Link>>>());
        schemars::json_schema!({
            "type": "object",
            "description": "Links by their relation. What is neither a link nor a list of links is not read.",
            "additionalProperties": {
                "anyOf": [link, links, { "type": ["null", "boolean", "number", "string"] }],
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Links {
        serde_json::from_str(body).unwrap()
    }

    fn href(link: Option<&Link>) -> Option<&str> {
        link.and_then(|link| link.href.as_deref())
    }

    #[test]
    fn links_are_written_as_they_were_read() {
        for body in [
            "{}",
            r#"{"self":{"href":"https://a/1"},"html":{"href":"https://a/2"},"avatar":{"href":"https://a/3"}}"#,
            // Not sorted, one and several links, names, unknown relations.
            r#"{"zebra":{"href":"z"},"clone":[{"href":"a","name":"https"},{"href":"b","name":"ssh"}],"ant":{"name":"n"}}"#,
            r#"{"html":[{"href":"one in a list"}],"clone":[],"self":{}}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(body)).unwrap(), body);
        }
    }

    #[test]
    fn relations_are_found_by_name() {
        let links = read(
            r#"{"html":{"href":"h"},"self":{"href":"s"},"avatar":[{"href":"a1"},{"href":"a2"}],
                "clone":[{"href":"c","name":"https"},{"href":"d","name":"ssh"}],"request-changes":{"href":"r"}}"#,
        );
        assert_eq!((href(links.html()), href(links.self_()), href(links.avatar())), (Some("h"), Some("s"), Some("a1")));
        let names: Vec<_> = links.get("clone").iter().filter_map(|link| link.name.as_deref()).collect();
        assert_eq!(names, ["https", "ssh"]);
        assert_eq!((links.get("request-changes").len(), links.get("merge").len()), (1, 0));
        let counts: Vec<_> = links.iter().map(|(relation, links)| (relation, links.len())).collect();
        assert_eq!(counts, [("html", 1), ("self", 1), ("avatar", 2), ("clone", 2), ("request-changes", 1)]);
        assert_eq!((Links::default().html(), Links::default().iter().count()), (None, 0));
    }

    #[test]
    fn values_that_are_not_links_are_left_out() {
        let links = read(
            r#"{"type":"pipelines_pipeline_links","html":null,"n":1,"m":-1,"f":1.5,"b":true,
                "clone":[null,"x",7,[{"href":"deep"}],{"href":"c","extra":{"href":"no"}}],"self":{"href":null,"name":null}}"#,
        );
        assert_eq!(serde_json::to_string(&links).unwrap(), r#"{"clone":[{"href":"c"}],"self":{}}"#);
        assert_eq!(links.html(), None);
        for body in ["[]", "7", r#""html""#, r#"{"html":{"href":7}}"#] {
            assert!(serde_json::from_str::<Links>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn usual_relations_are_not_allocated() {
        let links = read(r#"{"html":{},"commits":{},"own":{}}"#);
        let borrowed: Vec<_> = links.0.iter().map(|(relation, _)| matches!(relation, Cow::Borrowed(_))).collect();
        assert_eq!(borrowed, [true, true, false]);
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn the_schema_is_open() {
        let schema = serde_json::to_value(schemars::schema_for!(Links)).unwrap();
        assert!(schema["additionalProperties"]["anyOf"].is_array(), "{schema}");
    }
}

//! Walks over two documents side by side and collects the keywords that differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::objects::{Holds, ObjectKind};
use crate::diff::comparing::Comparing;
use crate::diff::pointers::{self, at};
use crate::document::SCHEMAS;
use crate::source::escape;

/// A keyword that differs, or an entry under it that only one side has.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) kind: ObjectKind,
    pub(super) keyword: String,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
    /// Where it is written.
    pub(super) old_at: String,
    pub(super) new_at: String,
    /// The way to it from its operation, where that leads through a reference.
    pub(super) seen: [String; 2],
}

/// Deeper than any document is written, and so also the way out of a circle of references.
const DEEPEST: usize = 64;

/// What differs, beside security requirements and headers of answers, which are compared in full elsewhere.
pub(super) fn differences(all: &Comparing<'_>) -> Vec<Difference> {
    let names = all.pairs.types.iter().map(|(old, new)| (old.schema.clone(), new.schema.clone())).collect();
    let mut walk = Walk { roots: [&all.old.corrected, &all.new.corrected], names, ..Walk::default() };
    walk.whole();
    let pairs = all.pairs.operations.iter().chain(&all.pairs.moved);
    let places: Vec<_> = pairs
        .map(|(old, new)| [(&old.path, pointers::operation(old)), (&new.path, pointers::operation(new))])
        .collect();
    for [(old_path, old), (new_path, new)] in places {
        let path = |path: &str| format!("#/paths/{}", escape(path));
        walk.operation([&old, &new], [&path(old_path), &path(new_path)]);
    }
    walk.components();
    walk.found
}

/// A node of one side.
#[derive(Debug, Clone)]
struct Node<'v> {
    value: &'v Value,
    at: String,
    seen: String,
}

impl<'v> Node<'v> {
    fn child(&self, key: &str, value: &'v Value) -> Self {
        let key = escape(key);
        Self { value, at: format!("{}/{key}", self.at), seen: format!("{}/{key}", self.seen) }
    }
}

#[derive(Debug)]
struct Walk<'v> {
    roots: [&'v Value; 2],
    /// Old and new name of the schemas that are the same type.
    names: BTreeMap<String, String>,
    /// Components that were reached by references, so that each is compared once.
    seen: BTreeSet<(String, String)>,
    paths: BTreeSet<(String, String)>,
    found: Vec<Difference>,
}

impl Default for Walk<'_> {
    fn default() -> Self {
        const NOTHING: &Value = &Value::Null;
        Self {
            roots: [NOTHING; 2],
            names: BTreeMap::new(),
            seen: BTreeSet::new(),
            paths: BTreeSet::new(),
            found: Vec::new(),
        }
    }
}

impl<'v> Walk<'v> {
    /// The document beside its operations and components.
    fn whole(&mut self) {
        let root = |value: &'v Value| Node { value, at: "#".to_owned(), seen: "#".to_owned() };
        let [old, new] = self.roots;
        self.object(ObjectKind::Document, &root(old), &root(new), 0, &["paths", "components"]);
    }

    fn spot(&self, side: usize, pointer: &str) -> Option<Node<'v>> {
        let value = at(self.roots[side], pointer)?;
        Some(Node { value, at: pointer.to_owned(), seen: pointer.to_owned() })
    }

    /// An operation with the parameters of its path.
    fn operation(&mut self, operations: [&str; 2], paths: [&str; 2]) {
        let spots = |walk: &Self, pointers: [&str; 2]| Some((walk.spot(0, pointers[0])?, walk.spot(1, pointers[1])?));
        if self.paths.insert((paths[0].to_owned(), paths[1].to_owned()))
            && let Some((old, new)) = spots(self, paths)
        {
            let elsewhere = ["parameters", "get", "put", "post", "delete", "options", "head", "patch", "trace"];
            self.object(ObjectKind::PathItem, &old, &new, 0, &elsewhere);
        }
        let Some((old, new)) = spots(self, operations) else { return };
        self.object(ObjectKind::Operation, &old, &new, 0, &["parameters", "security"]);
        let parameters = |walk: &Self, side: usize| {
            let mut found = BTreeMap::new();
            for place in [paths[side], operations[side]] {
                let Some(list) = walk.spot(side, &format!("{place}/parameters")) else { continue };
                for (index, value) in list.value.as_array().into_iter().flatten().enumerate() {
                    let parameter = walk.resolved(side, list.child(&index.to_string(), value));
                    found.insert(key_of(parameter.value), parameter);
                }
            }
            found
        };
        let (old, new) = (parameters(self, 0), parameters(self, 1));
        self.entries((ObjectKind::Operation, ObjectKind::Parameter), "parameters", &old, &new, 0);
    }

    /// What no operation has led to. What was moved here is no difference: it is compared where it is used.
    fn components(&mut self) {
        let Some((old, new)) = self.spot(0, "#/components").zip(self.spot(1, "#/components")) else { return };
        let (Some(was), Some(is)) = (old.value.as_object(), new.value.as_object()) else { return };
        let used = self.roots.map(|root| {
            let mut used = BTreeSet::new();
            references(root, &mut used);
            used
        });
        for section in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
            let Some(Holds::Map(kind)) = ObjectKind::Components.holds(section) else { continue };
            let entries = |spot: &Node<'v>| {
                let section = spot.value.get(section).map(|value| spot.child(section, value));
                section.map(|section| children(&section)).unwrap_or_default()
            };
            let (mut old, mut new) = (entries(&old), entries(&new));
            let names = |these: &BTreeMap<String, Node<'v>>| these.keys().cloned().collect::<BTreeSet<_>>();
            let (of_old, of_new) = (names(&old), names(&new));
            let moved = |of_other: &BTreeSet<String>, used: &BTreeSet<&str>, name: &String, spot: &Node<'v>| {
                !of_other.contains(name) && used.contains(spot.at.as_str())
            };
            old.retain(|name, spot| !moved(&of_new, &used[0], name, spot));
            new.retain(|name, spot| !moved(&of_old, &used[1], name, spot));
            self.entries((ObjectKind::Components, kind), section, &old, &new, 0);
        }
    }

    /// What a reference leads to.
    fn resolved(&self, side: usize, mut spot: Node<'v>) -> Node<'v> {
        for _ in 0..DEEPEST {
            let Some(reference) = spot.value.get("$ref").and_then(Value::as_str) else { break };
            let Some(value) = at(self.roots[side], reference) else { break };
            (spot.value, spot.at) = (value, reference.to_owned());
        }
        spot
    }

    fn object(&mut self, kind: ObjectKind, old: &Node<'v>, new: &Node<'v>, depth: usize, elsewhere: &[&str]) {
        if depth > DEEPEST || (kind == ObjectKind::Schema && old.value == new.value) {
            return;
        }
        let (Some(was), Some(is)) = (old.value.as_object(), new.value.as_object()) else {
            if old.value != new.value {
                self.add(kind, "the whole", (old, Some(old.value)), (new, Some(new.value)));
            }
            return;
        };
        let keywords: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for keyword in keywords {
            if elsewhere.contains(&keyword.as_str()) || keyword.starts_with("x-") {
                continue;
            }
            let values = (meaning(was, keyword), meaning(is, keyword));
            let spot = |spot: &Node<'v>, value: Option<&'v Value>| spot.child(keyword, value.unwrap_or(&Value::Null));
            let spots = (spot(old, values.0), spot(new, values.1));
            match (kind.holds(keyword), values) {
                (_, (None, None)) => {}
                (_, (was, is)) if is_prose(keyword) && was.or(is).is_some_and(Value::is_string) => {}
                (Some(Holds::One(kind)), (Some(was), Some(is))) if was.is_object() && is.is_object() => {
                    self.one(kind, spots.0, spots.1, depth + 1);
                }
                (Some(Holds::Map(inner)), (Some(was), Some(is))) if was.is_object() && is.is_object() => {
                    let entries = (children(&spots.0), children(&spots.1));
                    self.entries((kind, inner), keyword, &entries.0, &entries.1, depth + 1);
                }
                (Some(Holds::List(inner)), (Some(was), Some(is))) if was.is_array() && is.is_array() => {
                    let entries = (self.listed(0, inner, &spots.0), self.listed(1, inner, &spots.1));
                    self.entries((kind, inner), keyword, &entries.0, &entries.1, depth + 1);
                }
                (_, (was, is)) if same(keyword, was, is) => {}
                (_, (was, is)) => self.add(kind, keyword, (&spots.0, was), (&spots.1, is)),
            }
        }
    }

    /// An object that may be given by reference.
    fn one(&mut self, kind: ObjectKind, old: Node<'v>, new: Node<'v>, depth: usize) {
        let reference = |spot: &Node<'v>| spot.value.get("$ref").and_then(Value::as_str);
        let (was, is) = (reference(&old), reference(&new));
        if kind == ObjectKind::Schema && was.is_some() && is.is_some() {
            // Each schema of the components is compared on its own; what stands beside a reference is ignored by all.
            let elsewhere: &[&str] = if self.is_same_schema(was, is) { &["$ref"] } else { &[] };
            return self.object(kind, &old, &new, depth, elsewhere);
        }
        let (old, new) = (self.resolved(0, old), self.resolved(1, new));
        if self.seen.insert((old.at.clone(), new.at.clone())) {
            let is_answer = kind == ObjectKind::Response && old.seen.starts_with("#/paths/");
            let elsewhere: &[&str] = if is_answer && !old.seen.contains("/callbacks/") { &["headers"] } else { &[] };
            self.object(kind, &old, &new, depth, elsewhere);
        }
    }

    fn is_same_schema(&self, old: Option<&str>, new: Option<&str>) -> bool {
        let name = |reference: Option<&'_ str>| reference.and_then(|text| text.strip_prefix(SCHEMAS)).map(unescape);
        let (old_name, new_name) = (name(old), name(new));
        old == new || old_name.is_some_and(|old| self.names.get(&old) == new_name.as_ref())
    }

    /// The entries of a list: of what has a name by it, of others by position.
    fn listed(&self, side: usize, kind: ObjectKind, spot: &Node<'v>) -> BTreeMap<String, Node<'v>> {
        let items = spot.value.as_array().into_iter().flatten().enumerate();
        let entry = |(index, value): (usize, &'v Value)| {
            let child = spot.child(&index.to_string(), value);
            let key = match kind {
                ObjectKind::Tag => key_of(value),
                ObjectKind::Parameter => key_of(self.resolved(side, child.clone()).value),
                _ => format!("{index:04}"),
            };
            (key, child)
        };
        items.map(entry).collect()
    }

    /// What both have is compared; what one has is a difference of the keyword.
    fn entries(
        &mut self,
        (owner, kind): (ObjectKind, ObjectKind),
        keyword: &str,
        old: &BTreeMap<String, Node<'v>>,
        new: &BTreeMap<String, Node<'v>>,
        depth: usize,
    ) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            match (old.get(name), new.get(name)) {
                (Some(was), Some(is)) => self.one(kind, was.clone(), is.clone(), depth + 1),
                (Some(only), None) => self.add(owner, keyword, (only, Some(only.value)), (only, None)),
                (None, Some(only)) => self.add(owner, keyword, (only, None), (only, Some(only.value))),
                (None, None) => {}
            }
        }
    }

    fn add(
        &mut self,
        kind: ObjectKind,
        keyword: &str,
        (old, was): (&Node<'v>, Option<&'v Value>),
        (new, is): (&Node<'v>, Option<&'v Value>),
    ) {
        self.found.push(Difference {
            kind,
            keyword: keyword.to_owned(),
            old: was.cloned(),
            new: is.cloned(),
            old_at: old.at.clone(),
            new_at: new.at.clone(),
            seen: [old.seen.clone(), new.seen.clone()],
        });
    }
}

/// The entries of an object by name.
fn children<'v>(spot: &Node<'v>) -> BTreeMap<String, Node<'v>> {
    let object = spot.value.as_object().into_iter().flatten();
    object.map(|(name, value)| (name.clone(), spot.child(name, value))).collect()
}

/// All references of a document.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| match value.as_str() {
            Some(reference) if key == "$ref" => drop(found.insert(reference)),
            _ => references(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// What an entry of a list is known by.
fn key_of(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}", text("in"), text("name"))
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

fn is_prose(keyword: &str) -> bool {
    matches!(keyword, "description" | "summary" | "title")
}

/// The value of a keyword, unless it says what holds without it.
fn meaning<'v>(object: &'v Map<String, Value>, keyword: &str) -> Option<&'v Value> {
    object.get(keyword).filter(|value| match value {
        Value::Bool(value) => keyword == "explode" || *value != (keyword == "additionalProperties"),
        Value::Array(items) => !items.is_empty() || keyword == "security",
        _ => true,
    })
}

/// Whether two values say the same.
fn same(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> bool {
    let (Some(Value::Array(old)), Some(Value::Array(new)), "required" | "security") = (old, new, keyword) else {
        return old == new;
    };
    let within = |these: &[Value], those: &[Value]| these.iter().all(|value| those.contains(value));
    within(old, new) && within(new, old)
}

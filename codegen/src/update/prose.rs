//! Keeps our prose where the facts of its place are the same, and marks what a person has to write.
//!
//! Prose is `summary`, `description` and `title`, and the texts of scopes. A place is an object that can have prose. Ours
//! stays with its place; what is new gets a placeholder, and where the facts have changed the text is marked for review.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::accept::VERBS;
use crate::diff::{TO_REVIEW, TO_WRITE};
use crate::source::escape;

const PROSE: [&str; 3] = ["description", "summary", "title"];

/// What was found on the way.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// A short hash of each of upstream's texts, by its pointer.
    pub(super) hashes: BTreeMap<String, String>,
    /// Pointers of texts to write or to review.
    pub(super) placeholders: Vec<String>,
}

/// What kind of place an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProsePlace {
    /// Its keys are names: of members, of paths, of components.
    Names(Named),
    PathItem,
    Operation,
    /// A thing that our rules want a description of.
    Described,
    Scopes,
    Other,
}

/// What the values of an object of names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Paths,
    Described,
    Other,
}

/// Replaces upstream's prose in `theirs` by ours.
pub(super) fn keep(theirs: &mut Value, ours: &Value) -> Texts {
    let mut texts = Texts::default();
    texts.walk(theirs, Some(ours), "#", ProsePlace::Other);
    texts
}

impl Texts {
    fn walk(&mut self, theirs: &mut Value, ours: Option<&Value>, at: &str, place: ProsePlace) {
        match theirs {
            Value::Object(object) => {
                let ours = ours.and_then(Value::as_object);
                self.settle(object, ours, at, place);
                for (key, value) in object.iter_mut().filter(|(_, value)| value.is_object() || value.is_array()) {
                    let known = ours.and_then(|ours| ours.get(key));
                    self.walk(value, known, &format!("{at}/{}", escape(key)), place_of(place, key));
                }
            }
            Value::Array(entries) => {
                let ours = ours.and_then(Value::as_array);
                for (index, entry) in entries.iter_mut().enumerate() {
                    let same = ours.and_then(|ours| counterpart(entry, ours, index));
                    let inner = if place == ProsePlace::Described { ProsePlace::Described } else { ProsePlace::Other };
                    self.walk(entry, same, &format!("{at}/{index}"), inner);
                }
            }
            _ => {}
        }
    }

    /// Brings the prose of one object in order.
    fn settle(
        &mut self,
        theirs: &mut Map<String, Value>,
        ours: Option<&Map<String, Value>>,
        at: &str,
        place: ProsePlace,
    ) {
        if place == ProsePlace::Scopes {
            return self.settle_scopes(theirs, ours, at);
        }
        if matches!(place, ProsePlace::Names(_)) {
            return;
        }
        let unchanged = ours.is_some_and(|ours| facts(theirs, place) == facts(ours, place));
        for key in PROSE {
            let pointer = format!("{at}/{key}");
            let told = match theirs.get(key) {
                Some(Value::String(text)) => {
                    self.hashes.insert(pointer.clone(), hash(text));
                    true
                }
                // A member of another kind that is called so.
                Some(_) => continue,
                None => false,
            };
            let text = match ours {
                Some(ours) => match ours.get(key).and_then(Value::as_str) {
                    Some(text) if unchanged || key == "title" || text.starts_with('[') => Some(text.to_owned()),
                    Some(text) => Some(format!("{TO_REVIEW} {text}")),
                    None => None,
                },
                None if key == "title" => None,
                None if told || wanted(key, place, theirs) => Some(TO_WRITE.to_owned()),
                None => None,
            };
            match text {
                Some(text) => {
                    if text.starts_with(TO_WRITE) || text.starts_with(TO_REVIEW) {
                        self.placeholders.push(pointer);
                    }
                    theirs.insert(key.to_owned(), Value::String(text));
                }
                None => drop(theirs.shift_remove(key)),
            }
        }
    }

    fn settle_scopes(&mut self, theirs: &mut Map<String, Value>, ours: Option<&Map<String, Value>>, at: &str) {
        for (scope, text) in theirs.iter_mut() {
            let pointer = format!("{at}/{}", escape(scope));
            self.hashes.insert(pointer.clone(), hash(text.as_str().unwrap_or_default()));
            let known = ours.and_then(|ours| ours.get(scope)).and_then(Value::as_str);
            let kept = known.unwrap_or(TO_WRITE).to_owned();
            if kept.starts_with(TO_WRITE) {
                self.placeholders.push(pointer);
            }
            *text = Value::String(kept);
        }
    }
}

/// What kind of place stands under a key.
fn place_of(parent: ProsePlace, key: &str) -> ProsePlace {
    match (parent, key) {
        (ProsePlace::Names(Named::Paths), _) => ProsePlace::PathItem,
        (ProsePlace::Names(Named::Described), _) => ProsePlace::Described,
        (ProsePlace::Names(Named::Other), _) => ProsePlace::Other,
        (ProsePlace::PathItem, key) if VERBS.contains(&key) => ProsePlace::Operation,
        (_, "paths") => ProsePlace::Names(Named::Paths),
        (_, "properties" | "schemas" | "requestBodies") => ProsePlace::Names(Named::Described),
        (_, "content" | "responses" | "headers" | "mapping" | "callbacks" | "securitySchemes" | "flows") => {
            ProsePlace::Names(Named::Other)
        }
        (_, "parameters" | "requestBody") => ProsePlace::Described,
        (_, "scopes") => ProsePlace::Scopes,
        _ => ProsePlace::Other,
    }
}

/// Whether our rules want this text even where upstream has none. A reference is described where it leads to.
fn wanted(key: &str, place: ProsePlace, theirs: &Map<String, Value>) -> bool {
    match place {
        ProsePlace::Operation => key == "summary",
        ProsePlace::Described => key == "description" && !theirs.contains_key("$ref"),
        _ => false,
    }
}

/// Which entry of our list is the same thing: by name and place, by reference, by name, else by position.
fn counterpart<'v>(entry: &Value, ours: &'v [Value], index: usize) -> Option<&'v Value> {
    let by = |keys: &[&str]| {
        let named = keys.iter().all(|key| entry.get(key).is_some());
        named.then(|| ours.iter().find(|known| keys.iter().all(|key| known.get(key) == entry.get(key))))
    };
    by(&["in", "name"]).or_else(|| by(&["$ref"])).or_else(|| by(&["name"])).unwrap_or_else(|| ours.get(index))
}

/// What a text is about: what the object says beside prose, without what has a place of its own.
fn facts(object: &Map<String, Value>, place: ProsePlace) -> Value {
    if place == ProsePlace::Operation {
        return object.get("deprecated").cloned().unwrap_or_default();
    }
    let own = |key: &str| {
        !PROSE.contains(&key)
            && !key.starts_with("x-")
            && !matches!(
                key,
                "properties" | "required" | "content" | "parameters" | "flows" | "get" | "put" | "post" | "delete"
            )
    };
    // The required members of an object are no fact of its text, whether a parameter must be given is.
    let required = object.get("required").filter(|required| required.is_boolean());
    let mut facts: Map<String, Value> =
        object.iter().filter(|(key, _)| own(key)).map(|(key, value)| (key.clone(), inner_facts(value))).collect();
    facts.extend(required.map(|required| ("required".to_owned(), required.clone())));
    let mut facts = Value::Object(facts);
    facts.sort_all_objects();
    facts
}

fn inner_facts(value: &Value) -> Value {
    match value {
        Value::Object(object) => facts(object, ProsePlace::Other),
        Value::Array(entries) => entries.iter().map(inner_facts).collect(),
        other => other.clone(),
    }
}

/// Eight hexadecimal digits; other line breaks and spaces are no other text.
fn hash(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let digest = Sha256::digest(words.join(" ").as_bytes());
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

const HEADER: &str = "# Generated by `cargo xtask spec update`. A short hash of each text in the published document: the next update lists\n# the places where upstream wrote another one. A line without a hash is the beginning of the pointers below it.\n";

/// The file of hashes.
pub(super) fn print(hashes: &BTreeMap<String, String>) -> String {
    let mut text = HEADER.to_owned();
    let mut group = String::new();
    for (pointer, hash) in hashes {
        let (beginning, rest) = split(pointer);
        if beginning != group {
            text += &format!("{beginning}\n");
            beginning.clone_into(&mut group);
        }
        text += &format!("  {hash} {rest}\n");
    }
    text
}

/// Splits a pointer behind the operation or the component.
fn split(pointer: &str) -> (&str, &str) {
    let slashes: Vec<_> = pointer.match_indices('/').map(|(at, _)| at).collect();
    let at = slashes.get(3).or(slashes.last()).copied().unwrap_or(pointer.len());
    (&pointer[..at], pointer.get(at + 1..).unwrap_or_default())
}

fn read(text: &str) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    let mut group = "";
    for line in text.lines().filter(|line| !line.starts_with("# ")) {
        match line.strip_prefix("  ").and_then(|entry| entry.split_once(' ')) {
            Some((hash, rest)) => drop(hashes.insert(format!("{group}/{rest}"), hash.to_owned())),
            None => group = line,
        }
    }
    hashes
}

/// Where upstream has another text than before. What is new or gone shows in the document itself.
pub(super) fn rewritten(before: &str, now: &BTreeMap<String, String>) -> Vec<String> {
    let before = read(before);
    let changed = now.iter().filter(|(pointer, hash)| before.get(*pointer).is_some_and(|old| old != *hash));
    changed.map(|(pointer, _)| pointer.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_stays_with_its_place() {
        let ours = json!({"components": {"schemas": {"thing": {"type": "object", "description": "Ours.", "properties": {
            "name": {"type": "string", "description": "Its name."},
            "size": {"type": "string", "description": "In bytes."},
        }}}}});
        let mut theirs = json!({"components": {"schemas": {"thing": {"type": "object", "properties": {
            "size": {"type": "integer", "description": "Theirs."},
            "name": {"type": "string", "description": "Theirs."},
            "state": {"type": "string"},
        }}}}});
        let texts = keep(&mut theirs, &ours);
        let thing = &theirs["components"]["schemas"]["thing"];
        assert_eq!(thing["description"], "Ours.");
        assert_eq!(thing["properties"]["name"]["description"], "Its name.");
        assert_eq!(thing["properties"]["size"]["description"], "[to be reviewed] In bytes.");
        assert_eq!(thing["properties"]["state"]["description"], "[to be written]");
        let places: Vec<_> = texts.placeholders.iter().map(|place| place.rsplit('/').nth(1)).collect();
        assert_eq!(places, [Some("size"), Some("state")]);
    }

    #[test]
    fn a_member_called_description_is_no_prose() {
        let ours = json!({"properties": {"description": {"type": "string", "description": "A text."}}});
        let mut theirs = json!({"properties": {"description": {"type": "string"}}});
        keep(&mut theirs, &ours);
        assert_eq!(theirs, ours);
    }

    #[test]
    fn parameters_are_matched_by_name_and_not_by_position() {
        let ours = json!({"get": {"summary": "S.", "parameters": [
            {"name": "a", "in": "query", "description": "A."}, {"name": "b", "in": "query", "description": "B."}]}});
        let mut theirs = json!({"get": {"parameters": [
            {"name": "new", "in": "query"}, {"name": "b", "in": "query"}, {"name": "a", "in": "query"}]}});
        keep(&mut theirs, &ours);
        let parameters = &theirs["get"]["parameters"];
        assert_eq!(parameters[0]["description"], TO_WRITE);
        assert_eq!((&parameters[1]["description"], &parameters[2]["description"]), (&json!("B."), &json!("A.")));
    }

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let hashes = BTreeMap::from([
            ("#/components/schemas/a/properties/b/description".to_owned(), hash("one")),
            ("#/info/description".to_owned(), hash("two")),
            ("#/paths/~1a~1{b}/get/summary".to_owned(), hash("three")),
        ]);
        assert_eq!(read(&print(&hashes)), hashes);
        let mut now = hashes.clone();
        now.insert("#/info/description".to_owned(), hash("another\n text"));
        assert_eq!(rewritten(&print(&hashes), &now), ["#/info/description"]);
        now.insert("#/info/description".to_owned(), hash("two\n"));
        assert!(rewritten(&print(&hashes), &now).is_empty());
    }
}

//! Headers of answers: no method reads them, but whoever looks at a raw answer does, and so do the extensions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comparing::Comparing;
use super::facets;
use super::finding::Finding;
use super::pointers::{self, at};
use super::rule::EffectClass as Class;
use super::side::Side;
use crate::english;
use crate::model::Operation;
use crate::source::escape;

/// A header of an answer, and where it is written.
type AnswerHeader = (Value, String);

/// Compares them: one finding per header and change, with all the operations that it concerns.
pub(super) fn compare(all: &mut Comparing<'_>) {
    let mut changed: BTreeMap<_, (BTreeSet<String>, usize, [String; 2])> = BTreeMap::new();
    for (old, new) in all.pairs.operations.iter().chain(&all.pairs.moved) {
        let (was, is) = (headers(all.old, old), headers(all.new, new));
        let keys: BTreeSet<&(String, String)> = was.keys().chain(is.keys()).collect();
        for key in keys {
            let (known, own) = (was.get(key), is.get(key));
            let values = (known.map(|(value, _)| value), own.map(|(value, _)| value));
            if values.0 == values.1 {
                continue;
            }
            let texts = match values {
                (Some(was), Some(is)) => {
                    let (was, is) = facets::difference(was, is);
                    (Some(was), Some(is))
                }
                (was, is) => (was.map(described), is.map(described)),
            };
            let at = |header: Option<&AnswerHeader>| header.map(|(_, at)| at.clone());
            let place = at(own).or_else(|| at(known)).unwrap_or_default();
            let old_place = at(known).unwrap_or_else(|| place.clone());
            let entry =
                changed.entry((key.1.clone(), texts)).or_insert_with(|| (BTreeSet::new(), 0, [old_place, place]));
            entry.0.insert(new.qualified_name());
            entry.1 += 1;
        }
    }
    for ((name, (was, is)), (operations, answers, [old_place, place])) in changed {
        let rule = match (&was, &is) {
            (None, _) => "resp-header-added",
            (_, None) => "resp-header-removed",
            _ => "resp-header-changed",
        };
        let mut finding = Finding::new(rule, Class::None, format!("header {name}"))
            .note(format!("in {}", english::count(answers, "answer", "answers")))
            .at(place);
        if was.is_some() && is.is_some() {
            finding = finding.was_at(old_place);
        }
        (finding.old, finding.new) = (was, is);
        finding.reached_by = operations.into_iter().collect();
        all.add(finding);
    }
}

/// The headers of an operation's answers, by status and name.
fn headers(side: &Side<'_>, operation: &Operation) -> BTreeMap<(String, String), AnswerHeader> {
    let mut found = BTreeMap::new();
    let place = format!("{}/responses", pointers::operation(operation));
    let responses = at(&side.corrected, &place).and_then(Value::as_object);
    for (status, response) in responses.into_iter().flatten() {
        let (response, place) = resolved(side, response, format!("{place}/{status}"));
        let headers = response.get("headers").and_then(Value::as_object);
        for (name, header) in headers.into_iter().flatten() {
            let (header, place) = resolved(side, header, format!("{place}/headers/{}", escape(name)));
            // Their names are the same in any case.
            found.insert((status.clone(), name.to_ascii_lowercase()), (facts(header), place));
        }
    }
    found
}

fn resolved<'v>(side: &'v Side<'_>, value: &'v Value, place: String) -> (&'v Value, String) {
    const DEEPEST: usize = 16;
    let (mut value, mut place) = (value, place);
    for _ in 0..DEEPEST {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break };
        let Some(target) = at(&side.corrected, reference) else { break };
        (value, place) = (target, reference.to_owned());
    }
    (value, place)
}

/// A header without texts, its schema beside what else it says.
fn facts(header: &Value) -> Value {
    let prose = |key: &str| matches!(key, "description" | "title" | "example" | "examples") || key.starts_with("x-");
    let mut facts = serde_json::Map::new();
    for (key, value) in header.as_object().into_iter().flatten().filter(|(key, _)| !prose(key)) {
        match value.as_object().filter(|_| key == "schema") {
            Some(schema) => {
                let own = schema.iter().filter(|(key, _)| !prose(key));
                facts.extend(own.map(|(key, value)| (key.clone(), value.clone())));
            }
            None => drop(facts.insert(key.clone(), value.clone())),
        }
    }
    facts.sort_keys();
    Value::Object(facts)
}

/// A header in words.
fn described(header: &Value) -> String {
    facets::difference(&Value::Null, header).1
}

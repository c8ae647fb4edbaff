//! Credentials: which kinds the operations accept, by their own requirements or those of the document, and how each kind is
//! sent and obtained.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::comparing::Comparing;
use super::facets;
use super::finding::Finding;
use super::pointers::{self, at};
use super::rule::EffectClass as Class;
use super::side::Side;
use crate::english;
use crate::model::Operation;
use crate::source::escape;

/// What needs no credentials.
const ANYBODY: &str = "none";

/// An operation, what it means to its callers, and where it was and is written.
type CredentialsChange = (String, Class, [String; 2]);

/// Compares them.
pub(super) fn compare(all: &mut Comparing<'_>) {
    let mut changed: BTreeMap<(String, String), Vec<CredentialsChange>> = BTreeMap::new();
    for (old, new) in all.pairs.operations.iter().chain(&all.pairs.moved) {
        let (was, is) = (accepted(all.old, old), accepted(all.new, new));
        // Scopes that came or went with the only requirement tell it.
        let of_scopes = old.scopes.is_empty() != new.scopes.is_empty()
            && [&was, &is].into_iter().any(|kinds| kinds.len() == 1 && kinds.contains(ANYBODY));
        if was == is || of_scopes {
            continue;
        }
        // What was accepted and is no longer is refused from now on.
        let is_refused = !is.contains(ANYBODY) && was.iter().any(|kind| !is.contains(kind));
        let class = if is_refused { Class::Runtime } else { Class::None };
        let say = |kinds: &BTreeSet<String>| kinds.iter().cloned().collect::<Vec<_>>().join(", ");
        let places = [place(all.old, old), place(all.new, new)];
        changed.entry((say(&was), say(&is))).or_default().push((new.qualified_name(), class, places));
    }
    for ((was, is), mut operations) in changed {
        let count = english::count(operations.len(), "operation", "operations");
        let Some((_, class, [old_place, place])) = operations.first().cloned() else { continue };
        operations.sort();
        let mut finding = Finding::new("security-changed", class, format!("credentials of {count}"))
            .was(was)
            .is(is)
            .was_at(old_place)
            .at(place);
        finding.reached_by = operations.into_iter().map(|(name, ..)| name).collect();
        all.add(finding);
    }
    schemes(all);
}

/// Where the requirements of an operation are written.
pub(super) fn place(side: &Side<'_>, operation: &Operation) -> String {
    let own = format!("{}/security", pointers::operation(operation));
    if at(&side.corrected, &own).is_some() { own } else { "#/security".to_owned() }
}

/// The kinds of credentials that an operation accepts, each a set that is sent together.
fn accepted(side: &Side<'_>, operation: &Operation) -> BTreeSet<String> {
    let requirements = at(&side.corrected, &place(side, operation)).and_then(Value::as_array);
    let kinds = requirements.into_iter().flatten().filter_map(Value::as_object).map(|together| {
        let names: BTreeSet<&str> = together.keys().map(String::as_str).collect();
        names.into_iter().collect::<Vec<_>>().join(" with ")
    });
    let kinds: BTreeSet<String> = kinds.map(|kind| if kind.is_empty() { ANYBODY.to_owned() } else { kind }).collect();
    if kinds.is_empty() { BTreeSet::from([ANYBODY.to_owned()]) } else { kinds }
}

/// The definitions of the kinds.
fn schemes(all: &mut Comparing<'_>) {
    const SCHEMES: &str = "#/components/securitySchemes";
    let of = |side: &Side<'_>| -> BTreeMap<String, Value> {
        let schemes = at(&side.corrected, SCHEMES).and_then(Value::as_object);
        schemes.into_iter().flatten().map(|(name, scheme)| (name.clone(), flat(scheme))).collect()
    };
    let (old, new) = (of(all.old), of(all.new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let begin = |rule, class| {
            Finding::new(rule, class, format!("credentials {name}")).at(format!("{SCHEMES}/{}", escape(name)))
        };
        let kind = |scheme: &Value| facets::short(scheme.get("type"));
        match (old.get(name), new.get(name)) {
            (None, Some(scheme)) => all.add(begin("scheme-added", Class::None).is(kind(scheme))),
            (Some(scheme), None) => all.add(begin("scheme-removed", Class::None).was(kind(scheme))),
            (Some(was), Some(is)) if was != is => {
                let lists = |scheme: &Value| {
                    let object = scheme.as_object().into_iter().flatten();
                    let kept = object.filter(|(key, _)| !key.contains(".scopes."));
                    kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>()
                };
                // Which scopes there are is a list; which an operation needs is told of the operation.
                let class = if lists(was) == lists(is) { Class::None } else { Class::Runtime };
                let (was, is) = facets::difference(was, is);
                all.add(begin("scheme-changed", class).was(was).is(is));
            }
            _ => {}
        }
    }
}

/// All that a definition says, by the dotted path to it, without texts.
fn flat(scheme: &Value) -> Value {
    fn add(flat: &mut Map<String, Value>, path: &str, value: &Value, is_scopes: bool) {
        let Value::Object(object) = value else {
            flat.insert(path.to_owned(), if is_scopes { Value::from("") } else { value.clone() });
            return;
        };
        for (key, value) in object {
            if !is_scopes && (key == "description" || key.starts_with("x-")) {
                continue;
            }
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            add(flat, &path, value, key == "scopes" || is_scopes);
        }
    }
    let mut found = Map::new();
    add(&mut found, "", scheme, false);
    found.sort_keys();
    Value::Object(found)
}

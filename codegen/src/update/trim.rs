//! Leaves out of a document what `source.toml` says, and the schemas that only that reached.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::accept::verbs;
use super::origin::LeftOut;

/// Trims the document.
pub(super) fn trim(document: &mut Value, left_out: &LeftOut) {
    drop_members(document, &left_out.members);
    let before = reached(document);
    drop_operations(document, left_out);
    let lost: Vec<String> = before.difference(&reached(document)).cloned().collect();
    for pointer in lost {
        if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(parent) = document.pointer_mut(parent).and_then(Value::as_object_mut)
        {
            parent.shift_remove(&unescape(name));
        }
    }
    drop_scopes(document, &left_out.scopes);
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Whether the key is one of these; `x-bb-*` stands for every key with this beginning.
fn is_one_of(key: &str, members: &[String]) -> bool {
    members.iter().any(|member| match member.strip_suffix('*') {
        Some(beginning) => key.starts_with(beginning),
        None => key == member,
    })
}

fn drop_members(value: &mut Value, members: &[String]) {
    drop_from(value, members, false);
}

/// `names` says that the keys of this object are names that somebody chose, not keys of OpenAPI.
fn drop_from(value: &mut Value, members: &[String], names: bool) {
    match value {
        Value::Object(object) => {
            if !names {
                object.retain(|key, _| !is_one_of(key, members));
            }
            for (key, inner) in object.iter_mut() {
                drop_from(inner, members, !names && matches!(key.as_str(), "properties" | "schemas" | "paths"));
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| drop_from(entry, members, false)),
        _ => {}
    }
}

fn drop_operations(document: &mut Value, left_out: &LeftOut) {
    let is_left_out = |operation: &Value| {
        let tags = operation.get("tags").and_then(Value::as_array);
        tags.is_some_and(|tags| tags.iter().any(|tag| left_out.tags.iter().any(|known| tag == known)))
    };
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut() {
            let gone: Vec<_> = verbs(item).filter(|verb| item.get(verb).is_some_and(is_left_out)).collect();
            if let Some(item) = item.as_object_mut() {
                gone.iter().for_each(|verb| drop(item.shift_remove(*verb)));
            }
        }
        paths.retain(|_, item| verbs(item).next().is_some());
    }
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(|tag| !left_out.tags.iter().any(|known| tag.get("name").is_some_and(|name| name == known)));
    }
}

fn drop_scopes(document: &mut Value, scopes: &[String]) {
    let schemes = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut);
    for flow in schemes.into_iter().flat_map(Map::values_mut).filter_map(|scheme| scheme.get_mut("flows")) {
        for flow in flow.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(known) = flow.get_mut("scopes").and_then(Value::as_object_mut) {
                known.retain(|scope, _| !scopes.contains(scope));
            }
        }
    }
}

/// The components that operations reach, as JSON pointers.
fn reached(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = Vec::new();
    references(document.get("paths").unwrap_or(&Value::Null), &mut open);
    while let Some(pointer) = open.pop() {
        if let Some(target) = document.pointer(&pointer)
            && found.insert(pointer)
        {
            references(target, &mut open);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(pointer) =
                object.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'))
            {
                found.push(pointer.to_owned());
            }
            object.values().for_each(|inner| references(inner, found));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        _ => {}
    }
}

//! What a document loses before it is compared or vendored, by `[left_out]` of `spec/source.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Operations with one of these tags, and the schemas that only they reach.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Members of this name, wherever they stand beside other members of OpenAPI; one that ends with `*` stands for all that
    /// begin so.
    #[serde(default)]
    pub members: Vec<String>,
    /// Scopes that only such operations ask for.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// The document without it, and the number of operations that went.
#[must_use]
pub fn without(mut document: Value, left_out: &LeftOut) -> (Value, usize) {
    let everything = reached(&document, &paths(&document));
    let mut gone = 0;
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|_, operation| {
                let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
                let drop = tags.filter_map(Value::as_str).any(|tag| left_out.tags.iter().any(|known| known == tag));
                gone += usize::from(drop);
                !drop
            });
        }
        let verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        paths.retain(|path, item| {
            path.starts_with("x-") || verbs.iter().any(|verb| item.get(verb).is_some()) || item.get("$ref").is_some()
        });
    }
    let left = reached(&document, &paths(&document));
    let only: BTreeSet<&String> = everything.difference(&left).collect();
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| !only.contains(name));
    }
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(|tag| {
            tag.get("name").and_then(Value::as_str).is_none_or(|name| !left_out.tags.iter().any(|known| known == name))
        });
    }
    drop_members(&mut document, &left_out.members, false);
    drop_scopes(&mut document, &left_out.scopes);
    (document, gone)
}

fn drop_scopes(document: &mut Value, scopes: &[String]) {
    let schemes = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut);
    let flows = schemes.into_iter().flat_map(Map::values_mut).filter_map(|scheme| scheme.get_mut("flows"));
    for flow in flows.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(known) = flow.get_mut("scopes").and_then(Value::as_object_mut) {
            known.retain(|scope, _| !scopes.contains(scope));
        }
    }
}

fn paths(document: &Value) -> Value {
    document.get("paths").cloned().unwrap_or_default()
}

/// Names of the schemas that a part of the document reaches by references.
fn reached(document: &Value, from: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        match node {
            Value::Object(object) => {
                for (key, value) in object {
                    match value.as_str().filter(|_| key == "$ref") {
                        Some(reference) => {
                            let name = reference.strip_prefix("#/components/schemas/");
                            if name.is_none_or(|name| found.insert(name.to_owned())) {
                                open.extend(document.pointer(reference.trim_start_matches('#')));
                            }
                        }
                        None => open.push(value),
                    }
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
        // A shared response that refers to itself is refused by the passes, not here.
        if found.len() > 100_000 {
            break;
        }
    }
    found
}

/// `names` says that the keys of this object are names, not members of OpenAPI.
fn drop_members(value: &mut Value, members: &[String], names: bool) {
    match value {
        Value::Object(object) => {
            if !names {
                object.retain(|key, _| {
                    !members.iter().any(|member| match member.strip_suffix('*') {
                        Some(beginning) => key.starts_with(beginning),
                        None => key == member,
                    })
                });
            }
            for (key, value) in object {
                let below =
                    !names && matches!(key.as_str(), "properties" | "schemas" | "headers" | "parameters" | "responses");
                drop_members(value, members, below && value.is_object());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| drop_members(item, members, false)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_go_with_what_only_they_reach() {
        let schema = |name: &str| json!({"200": {"content": {"a": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}}});
        let document = json!({
            "paths": {
                "/a": {"get": {"tags": ["Gone"], "responses": schema("a")}},
                "/b": {"get": {"tags": ["Kept"], "responses": schema("b")}, "post": {"tags": ["Gone"], "responses": {}}}
            },
            "components": {"schemas": {
                "a": {"properties": {"c": {"$ref": "#/components/schemas/c"}, "d": {"$ref": "#/components/schemas/d"}}},
                "b": {"example": 1, "properties": {"d": {"$ref": "#/components/schemas/d"}, "example": {}}},
                "c": {}, "d": {}, "unreached": {"x-bb-old": 1}
            }}
        });
        let left_out = LeftOut {
            tags: vec!["Gone".to_owned()],
            members: vec!["example".to_owned(), "x-bb-*".to_owned()],
            ..LeftOut::default()
        };
        let (document, gone) = without(document, &left_out);
        assert_eq!(gone, 2);
        assert_eq!(document["paths"], json!({"/b": {"get": {"tags": ["Kept"], "responses": schema("b")}}}));
        let schemas = document["components"]["schemas"].clone();
        assert_eq!(
            schemas,
            json!({
                "b": {"properties": {"d": {"$ref": "#/components/schemas/d"}, "example": {}}}, "d": {}, "unreached": {}
            })
        );
    }
}

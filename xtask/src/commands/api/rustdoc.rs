//! The paths in rustdoc's JSON, in the form of `listed.rs`. Only what all versions of the format have is read, and what
//! is not there is passed over: the comparison then shows it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Reads the paths that users can write.
pub(crate) fn read(json: &Value) -> Result<BTreeSet<String>> {
    let root = json.get("root").context("no `root`")?;
    let index = json.get("index").context("no `index`")?;
    let mut walk = Walk { index, paths: BTreeSet::new() };
    walk.module(root, "", &mut Vec::new());
    Ok(walk.paths)
}

struct Walk<'a> {
    index: &'a Value,
    paths: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// An item, its kind and what is known of that kind.
    fn get(&self, id: &Value) -> Option<(&'a Value, &'a str, &'a Value)> {
        let key = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let item = self.index.get(key)?;
        let (kind, inner) = item.get("inner")?.as_object()?.iter().next()?;
        Some((item, kind, inner))
    }

    fn module(&mut self, id: &Value, prefix: &str, above: &mut Vec<String>) {
        let key = id.to_string();
        let Some((_, "module", inner)) = self.get(id) else { return };
        if above.contains(&key) {
            return;
        }
        above.push(key);
        for child in list(inner.get("items")) {
            let Some((item, kind, inner)) = self.get(child) else { continue };
            match (kind, inner.get("id")) {
                ("use", Some(target)) if inner.get("is_glob") == Some(&Value::Bool(true)) => {
                    self.module(target, prefix, above);
                }
                ("use", Some(target)) => self.item(target, &format!("{prefix}{}", text(inner)), above),
                ("use", None) => {}
                _ => self.item(child, &format!("{prefix}{}", text(item)), above),
            }
        }
        above.pop();
    }

    fn item(&mut self, id: &Value, path: &str, above: &mut Vec<String>) {
        let Some((_, kind, inner)) = self.get(id) else { return };
        match kind {
            "module" => {
                self.paths.insert(format!("mod {path}"));
                self.module(id, &format!("{path}::"), above);
            }
            "struct" | "enum" | "trait" => {
                self.paths.insert(format!("{kind} {path}"));
                self.fields(inner.get("kind"), path);
                for variant in list(inner.get("variants")) {
                    self.variant(variant, path);
                }
                self.members(inner.get("items"), path);
                for id in list(inner.get("impls")) {
                    let Some((_, "impl", inner)) = self.get(id) else { continue };
                    if inner.get("trait").is_none_or(Value::is_null) {
                        self.members(inner.get("items"), path);
                    }
                }
            }
            "use" => {
                if let Some(target) = inner.get("id") {
                    self.item(target, path, above);
                }
            }
            // Of other kinds only the path is compared.
            _ => {
                self.paths.insert(path.to_owned());
            }
        }
    }

    fn members(&mut self, ids: Option<&Value>, path: &str) {
        for id in list(ids) {
            if let Some((item, ..)) = self.get(id) {
                self.paths.insert(format!("{path}::{}", text(item)));
            }
        }
    }

    fn variant(&mut self, id: &Value, path: &str) {
        if let Some((item, _, inner)) = self.get(id) {
            let path = format!("{path}::{}", text(item));
            self.fields(inner.get("kind").filter(|kind| kind.get("struct").is_some()), &path);
            self.paths.insert(path);
        }
    }

    /// Public fields; those that are not have no item.
    fn fields(&mut self, kind: Option<&Value>, path: &str) {
        let Some(kind) = kind else { return };
        let named = kind.get("plain").or_else(|| kind.get("struct")).and_then(|fields| fields.get("fields"));
        for id in list(named.or_else(|| kind.get("tuple"))) {
            if let Some((item, ..)) = self.get(id) {
                self.paths.insert(format!("{path}.{}", text(item)));
            }
        }
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(item: &Value) -> &str {
    item.get("name").and_then(Value::as_str).unwrap_or_default()
}

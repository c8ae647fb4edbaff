//! Gives components names that are distinct as Rust type names, without the package names some carry.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;

/// What the generated code calls by its short name, so that no type of the document may have it.
const TAKEN: [&str; 6] = ["Box", "Option", "Result", "Self", "String", "Vec"];

pub(super) fn rename_schemas(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut taken: BTreeSet<String> = TAKEN.map(str::to_owned).into();
    let mut renames = BTreeMap::new();
    for name in document.schemas().keys() {
        let short = name.rsplit('.').next().unwrap_or(name).to_snake_case();
        let is_type_name = short.is_ascii() && short.starts_with(|first: char| first.is_ascii_lowercase());
        let short = if is_type_name {
            short
        } else {
            format!("schema_{}", short.replace(|c: char| !c.is_ascii(), "_")).to_snake_case()
        };
        let free = (1..)
            .map(|number| if number == 1 { short.clone() } else { format!("{short}_{number}") })
            .find(|name| !taken.contains(&name.to_upper_camel_case()))
            .unwrap_or_else(|| short.clone());
        taken.insert(free.to_upper_camel_case());
        if free != *name {
            renames.insert(name.clone(), free);
        }
    }
    if renames.is_empty() {
        return Ok(Vec::new());
    }
    let mut value = serde_json::to_value(&document.api).unwrap_or_default();
    rename(&mut value, &renames);
    if let Some(Value::Object(schemas)) = value.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(name, schema)| (renames.get(&name).cloned().unwrap_or(name), schema))
            .collect();
        schemas.sort_keys();
    }
    document.api = serde_json::from_value(value).map_err(|error| {
        Error::at("rename_schemas", context.source, "#/components/schemas", error.to_string(), "report this as a bug")
    })?;
    let new_name = |name: &String| renames.get(name).unwrap_or(name).clone();
    document.subtypes = std::mem::take(&mut document.subtypes)
        .into_iter()
        .map(|(base, subtypes)| (new_name(&base), subtypes.iter().map(new_name).collect()))
        .collect();
    document.renamed = renames.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
    Ok(renames.into_iter().map(|(old, new)| format!("{old} -> {new}")).collect())
}

fn rename(value: &mut Value, renames: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(new) = reference.strip_prefix(SCHEMAS).and_then(|name| renames.get(name)) {
                            *reference = format!("{SCHEMAS}{new}");
                        }
                    }
                    value => rename(value, renames),
                }
            }
        }
        Value::Array(array) => array.iter_mut().for_each(|value| rename(value, renames)),
        _ => {}
    }
}

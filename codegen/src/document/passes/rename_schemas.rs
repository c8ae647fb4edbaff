//! Gives components names that are distinct as Rust type names, without the package names some carry.

use std::collections::{BTreeMap, BTreeSet};

use super::visit;
use crate::document::{Context, Document, SCHEMAS};
use crate::error::Error;
use heck::{ToSnakeCase, ToUpperCamelCase};

/// What the generated code calls by its short name, so that no type of the document may have it.
const TAKEN: [&str; 6] = ["Box", "Option", "Result", "Self", "String", "Vec"];

pub(super) fn rename_schemas(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
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
    visit::each_reference(&mut document.api, &mut |reference| {
        if let Some(new) = reference.strip_prefix(SCHEMAS).and_then(|name| renames.get(name)) {
            *reference = format!("{SCHEMAS}{new}");
        }
    });
    let schemas = std::mem::take(document.schemas());
    *document.schemas() =
        schemas.into_iter().map(|(name, schema)| (renames.get(&name).cloned().unwrap_or(name), schema)).collect();
    document.schemas().sort_keys();
    let new_name = |name: &String| renames.get(name).unwrap_or(name).clone();
    document.subtypes = std::mem::take(&mut document.subtypes)
        .into_iter()
        .map(|(base, subtypes)| (new_name(&base), subtypes.iter().map(new_name).collect()))
        .collect();
    document.renamed = renames.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
    Ok(renames.into_iter().map(|(old, new)| format!("{old} -> {new}")).collect())
}

//! The project's own bodies, in `tests/fixtures`: a file per group with examples of each schema, which have every kind
//! and every word of the document in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::compare::Differences;
use crate::generated::MODELS;
use crate::model;
use crate::schemas::{document, each_member, is_time, schema_named, words};

/// Examples by schema.
pub(crate) fn fixtures() -> Result<BTreeMap<String, Vec<Value>>> {
    let mut fixtures = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))? {
        let path = file?.path();
        let text = fs::read_to_string(&path)?;
        let examples: BTreeMap<String, Vec<Value>> =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        fixtures.extend(examples);
    }
    Ok(fixtures)
}

#[test]
fn fixtures_are_read_and_written_again_as_they_are() -> Result<()> {
    let fixtures = fixtures()?;
    for (schema, examples) in &fixtures {
        let again = model(schema).with_context(|| format!("no model of {schema}"))?;
        for example in examples {
            let written = again(example.to_string().as_bytes()).with_context(|| schema.clone())?;
            let found = Differences::of(example, &written);
            ensure!(found.changed.is_empty() && found.unknown.is_empty(), "{schema}: {found:?}");
        }
    }
    Ok(())
}

#[test]
fn fixtures_have_every_model_every_kind_and_every_word() -> Result<()> {
    let fixtures = fixtures()?;
    let missing: Vec<_> = MODELS.iter().filter(|(schema, ..)| !fixtures.contains_key(*schema)).collect();
    ensure!(
        missing.is_empty(),
        "without an example: {:?}",
        missing.iter().map(|(schema, ..)| schema).collect::<Vec<_>>()
    );

    let mut seen: BTreeSet<(String, String, String)> = BTreeSet::new();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeSet<(String, String, String)> = BTreeSet::new();
    for (schema, examples) in &fixtures {
        for example in examples {
            kinds.extend(example.get("type").and_then(Value::as_str).map(str::to_owned));
            each_member(schema_named(schema), example, &mut |schema, member, _, value| {
                if member == "type" {
                    kinds.extend(value.as_str().map(str::to_owned));
                }
                let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
                let words = values.into_iter().filter_map(Value::as_str);
                seen.extend(words.map(|word| (schema.to_owned(), member.to_owned(), word.to_owned())));
            });
        }
    }
    for (schema, ..) in MODELS {
        let name = schema_named(schema);
        for (member, words) in words_of(name) {
            wanted.extend(words.iter().map(|word| (name.to_owned(), member.clone(), (*word).to_owned())));
        }
    }
    let missing: Vec<_> = wanted.difference(&seen).collect();
    ensure!(missing.is_empty(), "words without an example: {missing:?}");
    let subtypes = document().unions.values().flat_map(|union| &union.subtypes);
    let missing: Vec<_> = subtypes.filter(|kind| !kinds.contains(document().wire_type(kind))).collect();
    ensure!(missing.is_empty(), "kinds without an example: {missing:?}");
    Ok(())
}

/// The members of a schema that are words, or lists of words.
fn words_of(schema: &str) -> Vec<(String, Vec<&'static str>)> {
    use openapiv3::{SchemaKind, Type};

    let document = document();
    let Some(SchemaKind::Type(Type::Object(object))) = document.schema(schema).map(|schema| &schema.schema_kind) else {
        return Vec::new();
    };
    let named = |property| crate::schemas::target(property).and_then(|name| document.schema(name));
    let members = object.properties.iter().map(|(member, property)| {
        let schema = named(property).or_else(|| property.as_item().map(|schema| &**schema));
        let schema = match schema.map(|schema| &schema.schema_kind) {
            Some(SchemaKind::Type(Type::Array(array))) => array.items.as_ref().and_then(named),
            _ => schema,
        };
        (member.clone(), schema.map(words).unwrap_or_default())
    });
    members.filter(|(_, words)| !words.is_empty()).collect()
}

/// One change at each place of a value: dropped, null, something added, another word.
fn mutations(schema: &str, value: &Value) -> Vec<Value> {
    let mut times = BTreeSet::new();
    each_member(schema_named(schema), value, &mut |_, _, schema, value| {
        if is_time(schema) {
            times.extend(value.as_str());
        }
    });
    let mut pointers = Vec::new();
    places(value, "", &mut pointers);
    let mut mutants = vec![reversed(value)];
    for pointer in pointers {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        let mut changed = |change: &dyn Fn(&mut Value)| {
            let mut mutant = value.clone();
            if let Some(parent) = mutant.pointer_mut(parent) {
                change(parent);
                mutants.push(mutant);
            }
        };
        changed(&|parent| match parent {
            Value::Object(members) => drop(members.remove(&name)),
            Value::Array(items) => drop(items.pop()),
            _ => {}
        });
        changed(&|parent| match parent {
            Value::Object(members) => drop(members.insert(name.clone(), Value::Null)),
            Value::Array(items) => items.push(Value::Null),
            _ => {}
        });
        changed(&|parent| {
            if let Value::Object(members) = parent {
                members.insert(format!("{name}_new"), json!({ "type": "new" }));
            }
        });
        let old = value.pointer(&pointer).and_then(Value::as_str);
        if old.is_some_and(|old| !times.contains(old)) {
            let mut mutant = value.clone();
            if let Some(place) = mutant.pointer_mut(&pointer) {
                *place = json!("BRAND_NEW");
                mutants.push(mutant);
            }
        }
    }
    mutants
}

fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    if !pointer.is_empty() {
        found.push(pointer.to_owned());
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The same with the members of every object in the other order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn changed_fixtures_are_still_read() -> Result<()> {
    let mut count = 0;
    for (schema, examples) in fixtures()? {
        let again = model(&schema).with_context(|| format!("no model of {schema}"))?;
        for example in &examples {
            for mutant in mutations(&schema, example) {
                again(mutant.to_string().as_bytes()).with_context(|| format!("{schema}: {mutant}"))?;
                count += 1;
            }
        }
    }
    println!("{count} changed bodies were read");
    Ok(())
}

//! JSON Schema of the models: it takes what the models take.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow, ensure};
use bitbucket_cloud::types;
use serde_json::{Value, json};

use crate::fixtures::fixtures;
use crate::generated::MODELS;
use crate::payloads::{REFUSED, entries, items, schema_of};

/// A compiled schema.
struct Validator {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

impl Validator {
    fn new(name: &str, schema: Value) -> Result<Self> {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        let address = format!("https://models.example/{name}.json");
        compiler.add_resource(&address, schema).map_err(|error| anyhow!("{name}: {error}"))?;
        let index = compiler.compile(&address, &mut schemas).map_err(|error| anyhow!("{name}: {error}"))?;
        Ok(Self { schemas, index })
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        self.schemas.validate(value, self.index).map_err(|error| error.to_string())
    }
}

#[test]
fn schemas_take_fixtures_and_recorded_bodies() -> Result<()> {
    let mut bodies: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (schema, examples) in fixtures()? {
        bodies.entry(schema).or_default().extend(examples.into_iter().map(|example| ("fixture".to_owned(), example)));
    }
    for entry in entries()?.unwrap_or_default() {
        let Some((schema, list)) = schema_of(&entry).filter(|_| !REFUSED.contains(&entry.file.as_str())) else {
            continue;
        };
        let items = items(&entry, schema, list)?.into_iter().map(|item| (entry.file.clone(), item));
        bodies.entry(schema.to_owned()).or_default().extend(items);
    }
    let mut count = 0;
    for (schema, _, describe) in MODELS {
        let validator = Validator::new(schema, describe())?;
        for (name, body) in bodies.get(*schema).into_iter().flatten() {
            validator.check(body).map_err(|error| anyhow!("{schema}: {name}: {error}"))?;
            count += 1;
        }
    }
    println!("{count} bodies are valid");
    Ok(())
}

#[test]
fn the_schema_of_a_pipeline_says_what_it_is() -> Result<()> {
    let schema = schemars::schema_for!(types::Pipeline).to_value();
    let members = schema["properties"].as_object().context("no properties")?;
    ensure!(members.contains_key("build_number") && members.contains_key("type"), "{members:?}");
    ensure!(schema["description"].as_str().is_some_and(|text| !text.is_empty()));
    let validator = Validator::new("pipeline", schema)?;
    ensure!(validator.check(&json!({ "state": { "type": "brand_new", "x": 1 }, "target": null })).is_ok());
    ensure!(validator.check(&json!({ "build_number": "seventeen" })).is_err());
    ensure!(validator.check(&json!([])).is_err());
    Ok(())
}

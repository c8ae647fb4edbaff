//! Text to model: JSON, version check, overlay, openapiv3.
//!
//! Everything that is not an OpenAPI 3.0 document is refused here, with the line.

use std::collections::BTreeMap;

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::error::Error;
use crate::overlay::{self, Applied};
use crate::source::{Source, escape};

const PASS: &str = "read";

/// Reads the document and applies the overlay.
///
/// # Errors
/// Not JSON, not OpenAPI 3.0, an overlay action that does not apply, a member of the wrong form.
pub fn read(source: &Source<'_>, overlay: Option<&Source<'_>>) -> Result<(Document, Vec<Applied>), Error> {
    let mut value: Value = serde_json::from_str(source.text).map_err(|error| {
        Error::in_line(
            PASS,
            source,
            Some(error.line()),
            "",
            format!("not JSON: {error}"),
            "the document must be OpenAPI 3.0 as JSON; convert YAML first",
        )
    })?;
    check_version(&value, source)?;
    let applied = match overlay {
        Some(overlay) => overlay::apply(&mut value, overlay)?,
        None => Vec::new(),
    };
    keep_descriptions_of_references(&mut value);
    check_members(&value, source)?;
    let api: OpenAPI = serde_path_to_error::deserialize(&value).map_err(|error| {
        let pointer = error.path().iter().fold("#".to_owned(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Map { key } => format!("{pointer}/{}", escape(key)),
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            _ => pointer,
        });
        Error::at(PASS, source, pointer, format!("not OpenAPI 3.0: {}", error.inner()), "see the OpenAPI 3.0 specification")
    })?;
    let document = Document {
        api,
        operations: Vec::new(),
        subtypes: BTreeMap::new(),
        dropped: BTreeMap::new(),
        renamed: BTreeMap::new(),
    };
    Ok((document, applied))
}

fn check_version(value: &Value, source: &Source<'_>) -> Result<(), Error> {
    let refuse = |pointer: &str, problem: String, hint: &str| Err(Error::at(PASS, source, pointer, problem, hint));
    if let Some(version) = value.get("swagger") {
        return refuse(
            "#/swagger",
            format!("this is a Swagger {} document", version.as_str().unwrap_or("2.0")),
            "Bitbucket publishes an OpenAPI 3.0 document as well: use swagger.v3.json",
        );
    }
    match value.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") || version == "3.0" => Ok(()),
        Some(version) => refuse(
            "#/openapi",
            format!("OpenAPI {version} is not supported"),
            "only 3.0.x is: openapiv3 and progenitor read no other version",
        ),
        None => refuse("#", "no `openapi` member".to_owned(), "the document must be OpenAPI 3.0 as JSON"),
    }
}

/// openapiv3 parses some members through untagged enums that swallow the reason; the usual mistakes are told here.
fn check_members(value: &Value, source: &Source<'_>) -> Result<(), Error> {
    let Some(paths) = value.get("paths").and_then(Value::as_object) else {
        return Err(Error::at(PASS, source, "#/paths", "`paths` is missing or no object", "an API has paths"));
    };
    for (path, item) in paths {
        let pointer = format!("#/paths/{}", escape(path));
        let Some(item) = item.as_object() else {
            return Err(Error::at(PASS, source, pointer, "a path item must be an object", "see Path Item Object"));
        };
        for (verb, operation) in item.iter().filter(|(verb, _)| is_verb(verb)) {
            if operation.get("responses").and_then(Value::as_object).is_none_or(Map::is_empty) {
                return Err(Error::at(
                    PASS,
                    source,
                    format!("{pointer}/{verb}"),
                    "the operation has no responses",
                    "OpenAPI requires at least one",
                ));
            }
        }
    }
    Ok(())
}

fn is_verb(word: &str) -> bool {
    matches!(word, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace")
}

/// OpenAPI 3.0 ignores what stands beside a `$ref`, but the description of a property is worth keeping: the reference is
/// wrapped in an `allOf` of one, which says the same and may have siblings.
fn keep_descriptions_of_references(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let (Some(reference @ Value::String(_)), Some(description @ Value::String(_))) =
                (object.get("$ref"), object.get("description"))
            {
                *value = json!({"allOf": [{"$ref": reference}], "description": description});
                return;
            }
            object.values_mut().for_each(keep_descriptions_of_references);
        }
        Value::Array(array) => array.iter_mut().for_each(keep_descriptions_of_references),
        _ => {}
    }
}

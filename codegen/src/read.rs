//! From text to openapiv3's model: JSON, version check, overlay.
//!
//! Everything that is not an OpenAPI 3.0 document is refused here, with the line.

use openapiv3::OpenAPI;
use serde_json::{Value, json};

use crate::error::Error;
use crate::source::{Source, escape};
use overlay::Applied;

pub mod decisions;
mod locate_error;
pub mod overlay;
mod unique;

const PASS: &str = "read";

/// A document that was read and corrected.
#[derive(Debug)]
pub struct Read {
    /// As JSON.
    pub json: Value,
    /// As openapiv3's model.
    pub api: OpenAPI,
    /// What the overlay did.
    pub applied: Vec<Applied>,
}

/// Reads the document and applies the overlay.
///
/// # Errors
/// Not JSON, not OpenAPI 3.0, an overlay action that does not apply, a member of the wrong form.
pub fn read(source: &Source<'_>, overlay: Option<&Source<'_>>) -> Result<Read, Error> {
    let mut value = json(source)?;
    let applied = match overlay {
        Some(overlay) => overlay::apply(&mut value, overlay)?,
        None => Vec::new(),
    };
    model(value, applied, source)
}

/// Reads the document and applies the actions of the overlay that fit; also returns why the others do not.
///
/// # Errors
/// Not JSON, not OpenAPI 3.0, no overlay, a member of the wrong form.
pub fn read_fitting(source: &Source<'_>, overlay: &Source<'_>) -> Result<(Read, Vec<Error>), Error> {
    let mut value = json(source)?;
    let (applied, left_out) = overlay::apply_fitting(&mut value, overlay)?;
    Ok((model(value, applied, source)?, left_out))
}

/// The document as JSON, if it is OpenAPI 3.0.
///
/// # Errors
/// Not JSON, or another version.
pub fn json(source: &Source<'_>) -> Result<Value, Error> {
    if source.text.starts_with('\u{feff}') {
        return Err(Error::in_line(
            PASS,
            source,
            Some(1),
            "",
            "the text begins with a byte order mark",
            "save it as UTF-8 without one",
        ));
    }
    let value: Value = serde_json::from_str(source.text).map_err(|error| {
        Error::in_line(
            PASS,
            source,
            Some(error.line()),
            "",
            format!("not JSON: {}", error.to_string().replace(&format!(" at line {}", error.line()), ",")),
            "the document must be OpenAPI 3.0 as JSON; convert YAML first",
        )
    })?;
    check_version(&value, source)?;
    serde_json::from_str::<unique::Unique>(source.text).map_err(|error| {
        let line = error.line();
        let text = error.to_string();
        let problem = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Error::in_line(PASS, source, Some(line), "", problem, "only the last one would count: remove or rename one")
    })?;
    Ok(value)
}

/// The corrected document as openapiv3's model.
fn model(mut value: Value, applied: Vec<Applied>, source: &Source<'_>) -> Result<Read, Error> {
    keep_descriptions_of_references(&mut value);
    check_members(&value, source)?;
    let api: OpenAPI = serde_path_to_error::deserialize(&value).map_err(|error| {
        let pointer = error.path().iter().fold("#".to_owned(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Map { key } => format!("{pointer}/{}", escape(key)),
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            _ => pointer,
        });
        let (pointer, problem) = locate_error::locate(&value).unwrap_or_else(|| (pointer, error.inner().to_string()));
        Error::at(PASS, source, pointer, format!("not OpenAPI 3.0: {problem}"), "see the OpenAPI 3.0 specification")
    })?;
    Ok(Read { json: value, api, applied })
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
            "only 3.0.x is read: convert it, or ask its owner for the version in 3.0",
        ),
        None => refuse(
            "#/openapi",
            "`openapi` is missing or no text".to_owned(),
            "the document must be OpenAPI 3.0 as JSON, with a version such as \"3.0.3\"",
        ),
    }
}

/// openapiv3 parses some members through untagged enums that swallow the reason, so the usual mistakes are reported here.
fn check_members(value: &Value, source: &Source<'_>) -> Result<(), Error> {
    let Some(paths) = value.get("paths").and_then(Value::as_object) else {
        return Err(Error::at(PASS, source, "#/paths", "`paths` is missing or no object", "an API has paths"));
    };
    let mut operations = 0;
    for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
        let pointer = format!("#/paths/{}", escape(path));
        if !path.starts_with('/') {
            let (problem, hint) = ("a path begins with a slash", "openapiv3 leaves out any other: correct it");
            return Err(Error::at(PASS, source, pointer, problem, hint));
        }
        let Some(item) = item.as_object() else {
            return Err(Error::at(PASS, source, pointer, "a path item must be an object", "see Path Item Object"));
        };
        for (verb, operation) in item.iter().filter(|(verb, _)| is_verb(verb)) {
            operations += 1;
            let pointer = format!("{pointer}/{verb}");
            let Some(responses) = operation.get("responses").and_then(Value::as_object).filter(|all| !all.is_empty())
            else {
                let hint = "OpenAPI requires at least one";
                return Err(Error::at(PASS, source, pointer, "the operation has no responses", hint));
            };
            if let Some(key) = responses.keys().find(|key| !is_status(key)) {
                return Err(Error::at(
                    PASS,
                    source,
                    format!("{pointer}/responses/{}", escape(key)),
                    format!("`{key}` is no status code"),
                    "responses are listed by a code such as 200, a range such as 2XX, or default",
                ));
            }
        }
    }
    if operations == 0 {
        return Err(Error::at(PASS, source, "#/paths", "`paths` has no operation", "there is nothing to generate"));
    }
    Ok(())
}

/// A code, a range, the default or an extension.
fn is_status(key: &str) -> bool {
    let code = key.len() == 3 && key.starts_with(|first: char| ('1'..='5').contains(&first));
    key == "default"
        || key.starts_with("x-")
        || (code && (key.ends_with("XX") || key.bytes().all(|byte| byte.is_ascii_digit())))
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
                && reference.as_str().is_some_and(|target| target.starts_with("#/components/schemas/"))
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

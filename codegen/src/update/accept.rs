//! What a published document has to be before it is taken over. Each refusal is one line.

use serde_json::Value;

use super::origin::Origin;
use crate::error::Error;
use crate::source::Source;

const PASS: &str = "update";
/// The methods of a path item.
pub(super) const VERBS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Reads JSON, whatever its layout.
pub(super) fn json(source: &Source<'_>) -> Result<Value, Error> {
    let text = source.text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map_err(|error| {
        let (problem, hint) = if text.trim_start().starts_with('<') {
            (
                "it is HTML or XML, not JSON".to_owned(),
                "that is a page about the document or about an error: get the document itself",
            )
        } else if text.trim().is_empty() {
            ("it is empty".to_owned(), "download it again")
        } else if error.is_eof() {
            (format!("it ends in the middle, after {} bytes", source.text.len()), "the download was cut off: repeat it")
        } else {
            (format!("not JSON: {error}"), "the document must be OpenAPI 3.0 as JSON; convert YAML first")
        };
        Error::in_line(PASS, source, Some(error.line().max(1)), "", problem, hint)
    })
}

/// Reads and judges a published document; `known` is the number of operations of today's.
pub(super) fn accept(source: &Source<'_>, known: usize, origin: &Origin) -> Result<Value, Error> {
    let document = json(source)?;
    let refuse = |pointer: &str, problem: String, hint: String| Err(Error::at(PASS, source, pointer, problem, hint));
    if let Some(version) = document.get("swagger") {
        let version = version.as_str().unwrap_or("2.0");
        let hint = format!("Bitbucket publishes version 3 at {}", origin.openapi_3);
        return refuse("#/swagger", format!("this is a Swagger {version} document"), hint);
    }
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version == "3.0" || version.starts_with("3.0.") => {}
        Some(version) => {
            return refuse("#/openapi", format!("OpenAPI {version} is not supported"), "only 3.0.x is".to_owned());
        }
        None => {
            let hint = format!("an OpenAPI document says its version; Bitbucket's is at {}", origin.openapi_3);
            return refuse("", "it is no OpenAPI document".to_owned(), hint);
        }
    }
    let operations = count(&document);
    let hint = "check that it is Bitbucket's complete document".to_owned();
    if operations == 0 {
        return refuse("#/paths", "it has no operation".to_owned(), hint);
    }
    if operations * 2 < known {
        let problem = format!("it has {operations} operations, fewer than half of today's {known}");
        return refuse("#/paths", problem, hint);
    }
    Ok(document)
}

/// The number of operations.
pub(super) fn count(document: &Value) -> usize {
    let items = document.get("paths").and_then(Value::as_object);
    let count = |item: &Value| VERBS.iter().filter(|verb| item.get(verb).is_some()).count();
    items.map_or(0, |items| items.values().map(count).sum())
}

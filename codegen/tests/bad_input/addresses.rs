//! Paths, header names and references that could not be sent or followed as they are written.

use serde_json::{Value, json};

use crate::given::{Given, minimal};

/// What is said of the operation `get_thing` at another path.
fn at(path: &str) -> String {
    let mut document = minimal();
    let item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    document["paths"][path] = item;
    message(&document)
}

/// What is said, of a place that the document spells otherwise.
fn message(document: &Value) -> String {
    match Given::document(document).generate() {
        Err(error) => error.to_string(),
        Ok(_) => panic!("it is not refused"),
    }
}

#[test]
fn paths_that_would_lead_elsewhere() {
    let hint = "what is fixed in a path is sent as it stands: correct the path, or remove it, in the overlay";
    let cases = [
        ("/things/{id}?all=1", "#/paths/~1things~1{id}?all=1: the path has a query or a fragment in it"),
        ("/things/{id}#all", "#/paths/~1things~1{id}#all: the path has a query or a fragment in it"),
        ("/things/../{id}", "#/paths/~1things~1..~1{id}: the path has a segment that leads somewhere else"),
        ("/./{id}", "#/paths/~1.~1{id}: the path has a segment that leads somewhere else"),
        ("/all things/{id}", "#/paths/~1all things~1{id}: the path has white space or a backslash in it"),
        ("/things\\{id}", "#/paths/~1things\\{id}: the path has white space or a backslash in it"),
    ];
    for (path, problem) in cases {
        assert_eq!(at(path), format!("check_ready: api.json:31 {problem}; {hint}"), "{path}");
    }
    // Dots within a segment, and what stands between braces, are fine.
    let mut document = minimal();
    let mut item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    item["get"]["parameters"][0]["name"] = json!("from..to");
    document["paths"]["/v1..2/{from..to}:all"] = item;
    let output = Given::document(&document).generate();
    assert!(output.is_ok(), "{:?}", output.err());
}

#[test]
fn names_that_no_header_has() {
    for name in ["bad header", "X-\u{fc}ber", "X:Y", ""] {
        let mut document = minimal();
        document["paths"]["/things/{id}"]["get"]["parameters"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": name, "in": "header", "schema": {"type": "string"}}));
        let message = Given::document(&document).refusal();
        let expected = format!(
            "#/paths/~1things~1{{id}}/get/parameters/1: `{name}` is no name of a header; \
             letters, digits and hyphens make one: correct it, or remove the parameter, in the overlay"
        );
        assert!(message.starts_with("check_ready: api.json:") && message.ends_with(&expected), "{message}");
    }
}

#[test]
fn references_that_are_no_text() {
    let mut document = minimal();
    document["components"]["schemas"]["thing"]["properties"]["name"] = json!({"$ref": 5});
    let message = Given::document(&document).refusal();
    assert!(message.starts_with("check_references: api.json:"), "{message}");
    assert!(message.contains("#/components/schemas/thing/properties/name/$ref: `5` does not exist"), "{message}");
}

#[test]
fn a_message_is_one_line_and_moves_no_cursor() {
    let mut document = minimal();
    let content = &mut document["paths"]["/things"]["post"]["requestBody"]["content"];
    let json = content["application/json"].take();
    *content = json!({"image\n\u{1b}[2J\u{202e}": json});
    let message = message(&document);
    assert!(message.contains(r"a body of type `image\n\u{1b}[2J\u{202e}` cannot be sent"), "{message}");
    assert!(!message.contains(|char: char| char.is_control()), "{message}");
}

#[test]
fn media_types_that_no_header_holds() {
    let mut document = minimal();
    let content = &mut document["paths"]["/things"]["post"]["requestBody"]["content"];
    let json = content["application/json"].take();
    *content = json!({"application/\u{fc}+json": json});
    let message = message(&document);
    assert!(message.starts_with("read_request_bodies: api.json:"), "{message}");
}

#[test]
fn versions_that_are_not_read_say_what_to_do() {
    let mut document = minimal();
    document["openapi"] = json!("3.1.0");
    let message = message(&document);
    assert!(
        message.ends_with("; only 3.0.x is read: convert it, or ask its owner for the version in 3.0"),
        "{message}"
    );
}

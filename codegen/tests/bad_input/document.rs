//! Texts that are no OpenAPI 3.0 document.

use serde_json::json;

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn a_text_that_is_not_json() {
    let cut = Given::text("{\n  \"openapi\": \"3.0.3\",\n");
    assert_eq!(cut.refusal(), "");
    let yaml = Given::text("openapi: 3.0.3\ninfo: {}\n");
    assert_eq!(yaml.refusal(), "");
    let empty = Given::text("");
    assert_eq!(empty.refusal(), "");
}

#[test]
fn a_text_that_is_nested_too_deeply() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Given::text(text).refusal(), "");
}

#[test]
fn a_json_text_that_is_no_document() {
    assert_eq!(Given::text("[]").refusal(), "");
    assert_eq!(Given::text("null").refusal(), "");
}

#[test]
fn a_byte_order_mark() {
    let text = format!("\u{feff}{}", minimal());
    assert_eq!(Given::text(text).refusal(), "");
}

#[test]
fn a_swagger_document() {
    let message = refusal(|document| {
        document.as_object_mut().unwrap().remove("openapi");
        document["swagger"] = json!("2.0");
    });
    assert_eq!(message, "");
}

#[test]
fn another_version_of_openapi() {
    assert_eq!(refusal_with("/openapi", json!("3.1.0")), "");
    assert_eq!(refusal_with("/openapi", json!(3.0)), "");
}

#[test]
fn a_document_without_paths() {
    let message = refusal(|document| {
        document.as_object_mut().unwrap().remove("paths");
    });
    assert_eq!(message, "");
    assert_eq!(refusal_with("/paths", json!([])), "");
    assert_eq!(refusal_with("/paths/~1things", json!("none")), "");
}

#[test]
fn a_document_without_operations() {
    assert_eq!(refusal_with("/paths", json!({})), "");
}

#[test]
fn an_operation_without_responses() {
    let message = refusal(|document| {
        document["paths"]["/things"]["post"].as_object_mut().unwrap().remove("responses");
    });
    assert_eq!(message, "");
    assert_eq!(refusal_with("/paths/~1things/post/responses", json!({})), "");
    assert_eq!(refusal_with("/paths/~1things/post/responses", json!({"ok": {"description": ""}})), "");
}

#[test]
fn a_member_of_the_wrong_type_deep_inside() {
    assert_eq!(refusal_with("/components/schemas/thing/properties", json!([])), "");
    assert_eq!(refusal_with("/components/schemas/thing/properties/name/type", json!(7)), "");
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0/required", json!("yes")), "");
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0/in", json!("body")), "");
    assert_eq!(refusal_with("/paths/~1things/post/tags", json!("Things")), "");
    assert_eq!(refusal_with("/paths/~1things/post/requestBody/content", json!("application/json")), "");
    assert_eq!(refusal_with("/info", json!({})), "");
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"name": "id", "in": "path"})), "");
}

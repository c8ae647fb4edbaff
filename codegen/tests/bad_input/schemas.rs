//! Schemas that no Rust type can say, and references that lead nowhere.

use serde_json::json;

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn a_reference_that_leads_nowhere() {
    let gone = json!({"$ref": "#/components/schemas/gone"});
    assert_eq!(refusal_with("/components/schemas/thing/properties/name", gone.clone()), "");
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"$ref": "#/components/parameters/gone"})),
        ""
    );
    assert_eq!(refusal_with("/paths/~1things/post/responses/204", json!({"$ref": "#/components/responses/gone"})), "");
}

#[test]
fn a_reference_out_of_the_document() {
    assert_eq!(refusal_with("/components/schemas/thing/properties/name", json!({"$ref": "other.json#/a"})), "");
}

#[test]
fn a_reference_to_something_of_another_kind() {
    assert_eq!(refusal_with("/components/schemas/thing/properties/name", json!({"$ref": "#/paths/~1things"})), "");
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"$ref": "#/components/schemas/thing"})),
        ""
    );
}

#[test]
fn references_in_a_circle() {
    assert_eq!(refusal_with("/components/schemas/thing", json!({"$ref": "#/components/schemas/thing"})), "");
    let message = refusal(|document| {
        document["components"]["parameters"] = json!({"id": {"$ref": "#/components/parameters/id"}});
        document["paths"]["/things/{id}"]["get"]["parameters"] = json!([{"$ref": "#/components/parameters/id"}]);
    });
    assert_eq!(message, "");
}

#[test]
fn a_path_given_by_reference() {
    assert_eq!(refusal_with("/paths/~1things", json!({"$ref": "#/paths/~1things~1{id}"})), "");
}

#[test]
fn a_schema_that_says_what_something_is_not() {
    assert_eq!(refusal_with("/components/schemas/thing", json!({"not": {"type": "string"}})), "");
    assert_eq!(refusal_with("/components/schemas/thing/properties/name", json!({"not": {"type": "string"}})), "");
}

#[test]
fn all_of_something_that_is_no_object() {
    let message = refusal_with("/components/schemas/thing", json!({"allOf": [{"type": "object"}, {"type": "string"}]}));
    assert_eq!(message, "");
}

#[test]
fn all_of_in_a_circle() {
    let message = refusal(|document| {
        document["components"]["schemas"]["thing"] = json!({"allOf": [{"$ref": "#/components/schemas/part"}, {}]});
        document["components"]["schemas"]["part"] = json!({"allOf": [{"$ref": "#/components/schemas/thing"}, {}]});
    });
    assert_eq!(message, "");
}

#[test]
fn a_type_that_openapi_does_not_know() {
    assert_eq!(refusal_with("/components/schemas/thing/properties/name/type", json!("text")), "");
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0/schema", json!({"type": "uuid"})), "");
}

#[test]
fn a_schema_whose_name_is_no_type_name_gets_one() {
    for (name, ty) in [("9", "Schema9"), ("$", "Schema"), ("Self", "Self2"), ("string", "String2"), ("é", "Schema")] {
        let mut document = minimal();
        let thing = document["components"]["schemas"]["thing"].clone();
        document["components"]["schemas"][name] = thing;
        document["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"] =
            json!({"$ref": format!("#/components/schemas/{name}")});
        let types = Given::document(&document).generate().unwrap().package["src/generated/types/things.rs"].clone();
        assert!(types.contains(&format!("pub struct {ty} {{")), "{name}: {types}");
    }
}

#[test]
fn constraints_beside_a_missing_type_are_ignored() {
    for schema in [json!({"pattern": "^a", "format": "uuid"}), json!({"type": "string", "enum": ["a", 7]})] {
        let mut document = minimal();
        document["components"]["schemas"]["thing"]["properties"]["name"] = schema;
        assert_eq!(Given::document(&document).generate().unwrap().report.types, 1);
    }
}

//! Schemas that no Rust type can say, and references that lead nowhere.

use serde_json::json;

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn a_reference_that_leads_nowhere() {
    let gone = json!({"$ref": "#/components/schemas/gone"});
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name", gone.clone()),
        "check_references: api.json:68 #/components/schemas/thing/properties/name/$ref: \
         `#/components/schemas/gone` does not exist in the document; \
         only references within the document are followed; add the component or mend the $ref in the overlay"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"$ref": "#/components/parameters/gone"})),
        "check_references: api.json:39 #/paths/~1things~1{id}/get/parameters/0/$ref: \
         `#/components/parameters/gone` does not exist in the document; \
         only references within the document are followed; add the component or mend the $ref in the overlay"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/responses/204", json!({"$ref": "#/components/responses/gone"})),
        "check_references: api.json:26 #/paths/~1things/post/responses/204/$ref: \
         `#/components/responses/gone` does not exist in the document; \
         only references within the document are followed; add the component or mend the $ref in the overlay"
    );
}

#[test]
fn a_reference_out_of_the_document() {
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name", json!({"$ref": "other.json#/a"})),
        "check_references: api.json:68 #/components/schemas/thing/properties/name/$ref: \
         `other.json#/a` does not exist in the document; \
         only references within the document are followed; add the component or mend the $ref in the overlay"
    );
}

#[test]
fn a_reference_to_something_of_another_kind() {
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name", json!({"$ref": "#/paths/~1things"})),
        "check_schemas: api.json:68 #/components/schemas/thing/properties/name/$ref: \
         `#/paths/~1things` is no component schema; the $ref of a schema leads to #/components/schemas/NAME"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"$ref": "#/components/schemas/thing"})),
        "inline_components: api.json:39 #/paths/~1things~1{id}/get/parameters/0/$ref: \
         `#/components/schemas/thing` does not lead to one of the parameters; \
         the $ref leads to #/components/parameters/NAME, and not in a circle"
    );
}

#[test]
fn references_in_a_circle() {
    assert_eq!(
        refusal_with("/components/schemas/thing", json!({"$ref": "#/components/schemas/thing"})),
        "check_schemas: api.json:19 #/paths/~1things/post/requestBody/content/application~1json/schema/$ref: \
         `#/components/schemas/thing` leads back to itself; \
         a schema must say something of its own: break the circle of $ref"
    );
    let message = refusal(|document| {
        document["components"]["parameters"] = json!({"id": {"$ref": "#/components/parameters/id"}});
        document["paths"]["/things/{id}"]["get"]["parameters"] = json!([{"$ref": "#/components/parameters/id"}]);
    });
    assert_eq!(
        message,
        "inline_components: api.json:39 #/paths/~1things~1{id}/get/parameters/0/$ref: \
         `#/components/parameters/id` does not lead to one of the parameters; \
         the $ref leads to #/components/parameters/NAME, and not in a circle"
    );
}

#[test]
fn a_path_given_by_reference() {
    assert_eq!(
        refusal_with("/paths/~1things", json!({"$ref": "#/paths/~1things~1{id}"})),
        "check_ready: api.json:8 #/paths/~1things: a path given by reference is not supported; \
         write the operations out"
    );
}

#[test]
fn a_schema_that_says_what_something_is_not() {
    assert_eq!(
        refusal_with("/components/schemas/thing", json!({"not": {"type": "string"}})),
        "check_schemas: api.json:65 #/components/schemas/thing/not: `not` is not supported; \
         no Rust type says what something is not"
    );
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name", json!({"not": {"type": "string"}})),
        "check_schemas: api.json:68 #/components/schemas/thing/properties/name/not: `not` is not supported; \
         no Rust type says what something is not"
    );
}

#[test]
fn all_of_something_that_is_no_object() {
    let message = refusal_with("/components/schemas/thing", json!({"allOf": [{"type": "object"}, {"type": "string"}]}));
    assert_eq!(
        message,
        "flatten_all_of: api.json:64 #/components/schemas/thing: allOf of something that is no object; \
         only objects can be merged; mend the composition in the overlay"
    );
}

#[test]
fn all_of_in_a_circle() {
    let message = refusal(|document| {
        document["components"]["schemas"]["thing"] = json!({"allOf": [{"$ref": "#/components/schemas/part"}, {}]});
        document["components"]["schemas"]["part"] = json!({"allOf": [{"$ref": "#/components/schemas/thing"}, {}]});
    });
    assert_eq!(
        message,
        "flatten_all_of: api.json:72 #/components/schemas/part: `thing` extends itself; \
         break the circle of allOf"
    );
}

#[test]
fn a_type_that_openapi_does_not_know() {
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name/type", json!("text")),
        "check_schemas: api.json:68 #/components/schemas/thing/properties/name/type: `text` is no type; \
         OpenAPI 3.0 knows array, boolean, integer, number, object and string"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0/schema", json!({"type": "uuid"})),
        "check_schemas: api.json:43 #/paths/~1things~1{id}/get/parameters/0/schema/type: `uuid` is no type; \
         OpenAPI 3.0 knows array, boolean, integer, number, object and string"
    );
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

#[test]
fn an_enum_whose_values_give_no_names() {
    for values in [json!(["a-b", "a_b"]), json!(["asc", "ASC"]), json!(["", "full"]), json!(["+1", "-1"])] {
        let mut document = minimal();
        document["components"]["schemas"]["thing"]["properties"]["name"]["enum"] = values;
        let given = Given::document(&document);
        let message = given.refusal();
        assert!(message.starts_with("check_ready: api.json:"), "{message}");
        let end = "two values of the enum, or an empty one, give no name of their own; \
                   each value becomes a variant: take the enum out in the overlay";
        assert!(message.ends_with(&format!("#/components/schemas/thing/properties/name: {end}")), "{message}");
        // Where nobody makes entries, it is text.
        let types =
            Given { strict: false, ..given }.generate().unwrap().package["src/generated/types/things.rs"].clone();
        assert!(types.contains("pub name: Option<String>"), "{types}");
    }
}

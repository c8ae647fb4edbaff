//! Operations that cannot become methods.

use serde_json::{Value, json};

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn two_operations_with_one_id() {
    assert_eq!(refusal_with("/paths/~1things/post/operationId", json!("get_thing")), "");
}

#[test]
fn two_operations_whose_ids_are_one_in_snake_case() {
    assert_eq!(refusal_with("/paths/~1things/post/operationId", json!("getThing")), "");
}

#[test]
fn an_id_that_is_no_method_name() {
    for id in ["", "9lives", "$", "self", "type", "größe"] {
        assert_eq!(
            refusal_with("/paths/~1things/post/operationId", json!(id)),
            format!(
                "assign_operation_ids: api.json:10 #/paths/~1things/post/operationId: `{id}` is no name for a method; \
                 give it another operationId in the overlay"
            )
        );
    }
}

#[test]
fn an_id_that_the_generated_code_has_taken() {
    // `Things` is the handle of the group, `Request` is imported, `new` makes the handle.
    for id in ["things", "request", "new"] {
        assert_eq!(
            refusal_with("/paths/~1things/post/operationId", json!(id)),
            format!(
                "assign_operation_ids: api.json:10 #/paths/~1things/post/operationId: \
                 the name `{id}` is taken by the generated code; give it another operationId in the overlay"
            )
        );
    }
}

#[test]
fn a_tag_that_is_no_module_name_gets_one() {
    for (tag, module) in [("", "group_"), ("type", "group_type"), ("Shared", "group_shared"), ("3D", "group_3d")] {
        let mut document = minimal();
        document["paths"]["/things"]["post"]["tags"] = json!([tag]);
        let output = Given::document(&document).generate().unwrap();
        let file = format!("src/generated/groups/{module}.rs");
        assert!(output.package.contains_key(&file), "{tag}: {:?}", output.package.keys());
    }
}

#[test]
fn a_body_of_a_type_that_cannot_be_sent() {
    let message =
        refusal_with("/paths/~1things/post/requestBody/content", json!({"text/csv": {"schema": {"type": "string"}}}));
    assert_eq!(message, "");
}

#[test]
fn a_body_without_content_or_schema() {
    assert_eq!(refusal_with("/paths/~1things/post/requestBody/content", json!({})), "");
    assert_eq!(refusal_with("/paths/~1things/post/requestBody/content/application~1json", json!({})), "");
}

#[test]
fn two_successes_with_different_bodies() {
    let message = refusal_with(
        "/paths/~1things/post/responses",
        json!({
            "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}},
            "201": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}
        }),
    );
    assert_eq!(message, "");
}

#[test]
fn a_path_parameter_that_is_not_declared() {
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters", json!([])), "");
}

#[test]
fn a_path_parameter_that_is_not_in_the_path() {
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0/name", json!("key")), "");
}

#[test]
fn a_path_parameter_that_is_declared_or_written_twice() {
    let parameter = minimal()["paths"]["/things/{id}"]["get"]["parameters"][0].clone();
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters", json!([parameter, parameter])), "");
    let mut document = minimal();
    let item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    document["paths"]["/things/{id}/{id}"] = item;
    assert_eq!(Given::document(&document).refusal(), "");
}

#[test]
fn a_path_parameter_that_may_be_left_out() {
    assert_eq!(refusal_with("/paths/~1things~1{id}/get/parameters/0/required", json!(false)), "");
}

#[test]
fn the_place_of_a_parameter_is_that_of_the_document_whatever_the_passes_have_moved() {
    let message = refusal(|document| {
        document["components"]["parameters"] = json!({
            "session": {"name": "session", "in": "cookie", "schema": {"type": "string"}}
        });
        document["paths"]["/things"]["parameters"] = json!([
            {"name": "zone", "in": "query", "schema": {"type": "string"}},
            {"$ref": "#/components/parameters/session"}
        ]);
    });
    assert_eq!(message, "");
}

#[test]
fn two_parameters_that_would_be_one_argument() {
    let message = refusal(|document| {
        document["paths"]["/things/{id}"]["get"]["parameters"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "ID", "in": "query", "schema": {"type": "string"}}));
    });
    assert_eq!(message, "");
    assert_eq!(
        refusal(|document| add(document, json!({"name": "body", "in": "query", "schema": {"type": "string"}}))),
        ""
    );
}

#[test]
fn a_path_with_an_open_brace() {
    let mut document = minimal();
    let item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    document["paths"]["/things/{id"] = item;
    assert_eq!(Given::document(&document).refusal(), "");
}

#[test]
fn parameters_that_cannot_be_sent() {
    assert_eq!(
        refusal(|document| add(document, json!({"name": "session", "in": "cookie", "schema": {"type": "string"}}))),
        ""
    );
    assert_eq!(
        refusal(|document| add(
            document,
            json!({"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}})
        )),
        ""
    );
    assert_eq!(
        refusal(|document| add(
            document,
            json!({"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "string"}}}})
        )),
        ""
    );
}

#[test]
fn verbs_that_are_not_supported() {
    let operation = json!({"responses": {"200": {"description": ""}}});
    assert_eq!(refusal(|document| document["paths"]["/things"]["options"] = operation.clone()), "");
    assert_eq!(refusal(|document| document["paths"]["/things"]["trace"] = operation), "");
}

fn add(document: &mut Value, parameter: Value) {
    document["paths"]["/things"]["post"]["parameters"] = json!([parameter]);
}

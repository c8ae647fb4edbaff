//! Operations that cannot become methods.

use serde_json::{Value, json};

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn two_operations_with_one_id() {
    assert_eq!(
        refusal_with("/paths/~1things/post/operationId", json!("get_thing")),
        "identify_operations: api.json:33 #/paths/~1things~1{id}/get/operationId: \
         two operations are called `get_thing`; \
         the other is POST /things; operation ids must be distinct also in snake case: rename one in the overlay \
         or in spec/operations.toml"
    );
}

#[test]
fn two_operations_whose_ids_are_one_in_snake_case() {
    assert_eq!(
        refusal_with("/paths/~1things/post/operationId", json!("getThing")),
        "identify_operations: api.json:33 #/paths/~1things~1{id}/get/operationId: \
         two operations are called `get_thing`; \
         the other is POST /things; operation ids must be distinct also in snake case: rename one in the overlay \
         or in spec/operations.toml"
    );
}

#[test]
fn an_id_that_is_no_method_name() {
    for id in ["", "9lives", "$", "self", "type", "größe"] {
        assert_eq!(
            refusal_with("/paths/~1things/post/operationId", json!(id)),
            format!(
                "identify_operations: api.json:10 #/paths/~1things/post/operationId: \
                 `{id}` is no id for an operation; \
                 it is letters, digits and underscores, and no word of Rust: correct it in the overlay"
            )
        );
    }
}

#[test]
fn an_id_that_is_no_name_anywhere_is_free() {
    // `Things` is the handle of the group, `Request` is imported, `new` makes the handle: methods are not named after ids.
    for id in ["things", "request", "new"] {
        let mut document = minimal();
        document["paths"]["/things"]["post"]["operationId"] = json!(id);
        let output = Given::document(&document).generate().unwrap_or_else(|error| panic!("{error}"));
        assert!(output.package["src/generated/groups/things.rs"].contains("pub fn create("), "{id}");
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
    assert_eq!(
        message,
        "read_request_bodies: api.json:17 #/paths/~1things/post/requestBody/content/text~1csv: \
         a body of type `text/csv` cannot be sent; \
         supported are application/json, application/x-www-form-urlencoded, application/octet-stream and \
         multipart/form-data; mend it in the overlay"
    );
}

#[test]
fn a_body_without_content_or_schema() {
    assert_eq!(
        refusal_with("/paths/~1things/post/requestBody/content", json!({})),
        "read_request_bodies: api.json:14 #/paths/~1things/post/requestBody: the body has no content; \
         add a media type in the overlay"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/requestBody/content/application~1json", json!({})),
        "read_request_bodies: api.json:17 #/paths/~1things/post/requestBody/content/application~1json: \
         the body has no schema; add one in the overlay"
    );
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
    assert_eq!(
        message,
        "unify_responses: api.json:35 #/paths/~1things/post/responses/201: the bodies of 200 and 201 differ; \
         one success type per operation: remove or unify one of them in the overlay"
    );
}

#[test]
fn a_path_parameter_that_is_not_declared() {
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters", json!([])),
        "check_ready: api.json:32 #/paths/~1things~1{id}/get: \
         path parameter `id` is in the path but not declared; \
         path and parameters must agree; mend it in the overlay"
    );
}

#[test]
fn a_path_parameter_that_is_not_in_the_path() {
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0/name", json!("key")),
        "check_ready: api.json:32 #/paths/~1things~1{id}/get: \
         path parameter `id` is in the path but not declared; \
         path and parameters must agree; mend it in the overlay"
    );
}

#[test]
fn a_path_parameter_that_is_declared_or_written_twice() {
    let parameter = minimal()["paths"]["/things/{id}"]["get"]["parameters"][0].clone();
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters", json!([parameter, parameter])),
        "check_ready: api.json:38 #/paths/~1things~1{id}/get/parameters/0: \
         another argument is called `id` as well; \
         a parameter becomes an argument, and body, form and request are taken: rename or remove one"
    );
    let mut document = minimal();
    let item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    document["paths"]["/things/{id}/{id}"] = item;
    assert_eq!(
        Given::document(&document).refusal(),
        "check_ready: api.json:32 #/paths/~1things~1{id}~1{id}/get: a path parameter is in the path twice; \
         each parameter of a path needs a name of its own"
    );
}

#[test]
fn a_path_parameter_that_may_be_left_out() {
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0/required", json!(false)),
        "check_ready: api.json:38 #/paths/~1things~1{id}/get/parameters/0: \
         path parameter `id` is not required; say `required: true`; nothing can be left out of a path"
    );
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
    assert_eq!(
        message,
        "check_ready: api.json:38 #/paths/~1things/parameters/1: `session` is a cookie parameter; \
         cookies are not sent; remove it"
    );
}

#[test]
fn two_parameters_that_would_be_one_argument() {
    let message = refusal(|document| {
        document["paths"]["/things/{id}"]["get"]["parameters"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "ID", "in": "query", "schema": {"type": "string"}}));
    });
    assert_eq!(
        message,
        "check_ready: api.json:38 #/paths/~1things~1{id}/get/parameters/0: \
         another argument is called `id` as well; \
         a parameter becomes an argument, and body, form and request are taken: rename or remove one"
    );
    assert_eq!(
        refusal(|document| add(document, &json!({"name": "body", "in": "query", "schema": {"type": "string"}}))),
        "check_ready: api.json:30 #/paths/~1things/post/parameters/0: \
         another argument is called `body` as well; \
         a parameter becomes an argument, and body, form and request are taken: rename or remove one"
    );
}

#[test]
fn a_path_with_an_open_brace() {
    let mut document = minimal();
    let item = document["paths"].as_object_mut().unwrap().remove("/things/{id}").unwrap();
    document["paths"]["/things/{id"] = item;
    assert_eq!(
        Given::document(&document).refusal(),
        "check_ready: api.json:32 #/paths/~1things~1{id/get: \
         path parameter `id` is declared but not in the path; \
         path and parameters must agree; mend it in the overlay"
    );
}

#[test]
fn parameters_that_cannot_be_sent() {
    assert_eq!(
        refusal(|document| add(document, &json!({"name": "session", "in": "cookie", "schema": {"type": "string"}}))),
        "check_ready: api.json:30 #/paths/~1things/post/parameters/0: `session` is a cookie parameter; \
         cookies are not sent; remove it"
    );
    assert_eq!(
        refusal(|document| add(
            document,
            &json!({"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}})
        )),
        "check_ready: api.json:30 #/paths/~1things/post/parameters/0: \
         `filter` has an unsupported query style; only style `form` is sent"
    );
    assert_eq!(
        refusal(|document| add(
            document,
            &json!({"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "string"}}}})
        )),
        "check_ready: api.json:30 #/paths/~1things/post/parameters/0: `filter` is described by content; \
         give it a schema instead of content"
    );
}

#[test]
fn verbs_that_are_not_supported() {
    let operation = json!({"responses": {"200": {"description": ""}}});
    assert_eq!(
        refusal(|document| document["paths"]["/things"]["options"] = operation.clone()),
        "check_ready: api.json:30 #/paths/~1things/options: OPTIONS operations are not supported; \
         remove it in the overlay"
    );
    assert_eq!(
        refusal(|document| document["paths"]["/things"]["trace"] = operation),
        "check_ready: api.json:30 #/paths/~1things/trace: TRACE operations are not supported; \
         remove it in the overlay"
    );
}

fn add(document: &mut Value, parameter: &Value) {
    document["paths"]["/things"]["post"]["parameters"] = json!([parameter]);
}

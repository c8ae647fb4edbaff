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
    for media_type in ["text/*", "multipart/mixed", "*/*"] {
        let message = refusal_with(
            "/paths/~1things/post/requestBody/content",
            json!({media_type: {"schema": {"type": "string"}}}),
        );
        assert_eq!(
            message,
            format!(
                "read_request_bodies: api.json:17 #/paths/~1things/post/requestBody/content/{}: \
                 a body of type `{media_type}` cannot be sent; \
                 a range of types, and parts other than those of a form, are unsupported; name one type in the overlay",
                media_type.replace('/', "~1")
            )
        );
    }
}

/// The methods and requests of the group, from the minimal document after one change.
fn generated(change: impl FnOnce(&mut Value)) -> String {
    let mut document = minimal();
    change(&mut document);
    let output = Given::document(&document).generate().unwrap_or_else(|error| panic!("{error}"));
    let files = ["src/generated/groups/things.rs", "src/generated/groups/things/requests.rs"];
    let text: String = files.iter().map(|file| output.package[*file].as_str()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_body_of_another_type_is_sent_under_its_name() {
    let sent = |media_type: &str| {
        let schema = json!({"$ref": "#/components/schemas/thing"});
        generated(|document| {
            document["paths"]["/things"]["post"]["requestBody"]["content"] = json!({media_type: {"schema": schema}});
        })
    };
    let json = sent("application/vnd.acme.thing.v1+json");
    assert!(json.contains("body: &types::Thing"), "{json}");
    let header = r#".with_json(body) .with_header("content-type", "application/vnd.acme.thing.v1+json")"#;
    assert!(json.contains(header), "{json}");
    let text = sent("text/csv; charset=utf-8");
    assert!(text.contains("body: impl Into<crate::Bytes>") && text.contains(r#".bytes("text/csv", body)"#), "{text}");
}

#[test]
fn json_of_a_type_of_its_own_is_asked_for_by_name() {
    let answered = |content: Value| {
        generated(|document| document["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"] = content)
    };
    let thing = json!({"schema": {"$ref": "#/components/schemas/thing"}});
    let vendor = answered(json!({"text/html": {}, "application/vnd.acme+json; v=1": thing}));
    assert!(vendor.contains(r#".with_header("accept", "application/vnd.acme+json")"#), "{vendor}");
    assert!(vendor.contains("answer : Json(types::Thing)"), "{vendor}");
    let both = answered(json!({"application/vnd.acme+json": {}, "application/json": thing}));
    assert!(both.contains("answer : Json(types::Thing)") && !both.contains("accept"), "{both}");
    let text = answered(json!({"text/plain": {"schema": {"type": "string"}}}));
    assert!(text.contains("answer : Stream"), "{text}");
}

#[test]
fn an_operation_that_opens_a_websocket() {
    let hint = "only HTTP is spoken: remove it in the overlay";
    let place = |end: &str| format!("#/paths/~1things/post/{end}: the operation opens a websocket; {hint}");
    let extension = refusal(|document| document["paths"]["/things"]["post"]["x-dropshot-websocket"] = json!({}));
    assert_eq!(extension, format!("unify_responses: api.json:29 {}", place("x-dropshot-websocket")));
    let status = refusal(|document| {
        document["paths"]["/things"]["post"]["responses"] = json!({"101": {"description": ""}});
    });
    assert_eq!(status, format!("unify_responses: api.json:25 {}", place("responses/101")));
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
fn values_that_parameters_cannot_hold() {
    let refused = |parameter: Value| {
        refusal(|document| {
            document["components"]["schemas"]["pair"] =
                json!({"type": "object", "properties": {"a": {"type": "string"}}});
            add(document, &parameter);
        })
    };
    let pair = json!({"$ref": "#/components/schemas/pair"});
    for (place, schema) in [
        ("query", json!({"type": "object", "properties": {"a": {"type": "string"}}})),
        ("query", json!({"type": "object", "additionalProperties": {"type": "string"}})),
        ("query", pair.clone()),
        ("query", json!({"type": "array", "items": pair})),
        ("query", json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}})),
        ("query", json!({"oneOf": [{"type": "string"}, pair]})),
        ("query", json!({"allOf": [pair, {"description": "A pair."}]})),
        ("header", pair.clone()),
    ] {
        let message = refused(json!({"name": "x", "in": place, "schema": schema}));
        assert_eq!(
            message.split_once(" #").unwrap().1,
            "/paths/~1things/post/parameters/0: `x` is neither a value nor a list of values; text, numbers, truth values, \
             enums and lists of them are sent: describe it so in the overlay, or remove it",
            "{schema}"
        );
        assert!(message.starts_with("check_ready: api.json:"), "{message}");
    }
    let list = json!({"type": "array", "items": {"type": "string"}});
    for schema in [list.clone(), json!({"oneOf": [{"type": "string"}, list]})] {
        let message = refused(json!({"name": "x", "in": "header", "schema": schema}));
        let end = "`x` is a list, which only a query takes; give it one value, or remove it in the overlay";
        assert!(message.ends_with(end), "{message}");
    }
    let message = refusal(|document| {
        document["paths"]["/things/{id}"]["get"]["parameters"][0]["style"] = json!("matrix");
    });
    assert!(message.ends_with("`id` has an unsupported path style; only style `simple` is sent"), "{message}");
}

#[test]
fn unions_of_values_are_what_they_share_or_text() {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let named = json!({"allOf": [{"$ref": "#/components/schemas/key"}], "title": "id"});
    for (schema, argument) in [
        (json!({"oneOf": [text, number]}), "x: impl Into<String>"),
        (json!({"anyOf": [number, number]}), "x: i64"),
        (json!({"oneOf": [named, {"title": "name", "allOf": [text]}]}), "x: impl Into<String>"),
        (json!({"$ref": "#/components/schemas/key_or_number"}), "x: impl Into<String>"),
        (json!({"$ref": "#/components/schemas/key"}), "x: impl Into<String>"),
        (json!({"oneOf": [text, {"type": "array", "items": text}]}), "x: impl IntoIterator<Item = impl Into<String>>"),
        (
            json!({"type": "array", "items": {"oneOf": [text, number]}}),
            "x: impl IntoIterator<Item = impl Into<String>>",
        ),
        (json!({}), "x: impl Into<String>"),
        (json!({"type": "boolean"}), "x: bool"),
    ] {
        let code = generated(|document| {
            document["components"]["schemas"]["key"] = json!({"type": "string", "format": "uuid"});
            document["components"]["schemas"]["key_or_number"] =
                json!({"oneOf": [{"$ref": "#/components/schemas/key"}, {"type": "integer"}]});
            add(document, &json!({"name": "x", "in": "query", "schema": schema}));
        });
        assert!(code.contains(&format!("pub fn x(self, {argument}) -> Self")), "{schema}: {code}");
    }
}

#[test]
fn headers_hold_numbers_truth_values_and_enums_and_ignored_ones_are_left_out() {
    let code = generated(|document| {
        document["paths"]["/things"]["post"]["parameters"] = json!([
            {"name": "X-Count", "in": "header", "schema": {"type": "integer"}},
            {"name": "X-Dry", "in": "header", "schema": {"type": "boolean"}},
            {"name": "X-Mode", "in": "header", "schema": {"type": "string", "enum": ["fast", "slow"]}},
            {"name": "Accept", "in": "header", "schema": {"type": "string"}},
            {"name": "content-type", "in": "header", "required": true, "schema": {"type": "string"}},
            {"name": "Authorization", "in": "header", "schema": {"type": "string"}}
        ]);
    });
    for part in ["x_count: i64", "x_dry: bool", "x_mode: impl Into<types::ThingXMode>"] {
        assert!(code.contains(&format!("(self, {part}) -> Self")), "{part}: {code}");
    }
    assert!(!code.contains("accept") && !code.contains("authorization") && !code.contains("content_type"), "{code}");
}

#[test]
fn a_list_whose_values_stand_in_one_has_commas() {
    let code = generated(|document| {
        let list = json!({"type": "array", "items": {"type": "integer"}});
        add(document, &json!({"name": "ids", "in": "query", "explode": false, "schema": list}));
    });
    let put = r#".with_query( "ids", ids .into_iter() .map(|value| Into::<i64>::into(value).to_string()) .collect::<Vec<_>>() .join(","), )"#;
    assert!(code.contains(put), "{code}");
}

#[test]
fn what_looks_like_a_reference_in_data_is_none() {
    let lost = json!({"$ref": "#/lost"});
    let code = generated(|document| {
        let operation = &mut document["paths"]["/things/{id}"]["get"];
        operation["x-notes"] = lost.clone();
        operation["responses"]["200"]["content"]["application/json"]["example"] = json!({"a": [lost]});
        operation["responses"]["200"]["content"]["application/json"]["examples"] = json!({"one": {"value": lost}});
        document["components"]["schemas"]["thing"]["example"] = lost.clone();
        document["components"]["schemas"]["thing"]["default"] = lost.clone();
        // A member of this name is a schema all the same.
        document["components"]["schemas"]["thing"]["properties"]["example"] = json!({"type": "string"});
    });
    assert!(code.contains("pub fn create"), "{code}");
    for name in ["example", "x-notes", "default"] {
        let message = refusal(|document| {
            document["components"]["schemas"]["thing"]["properties"][name] =
                json!({"$ref": "#/components/schemas/gone"});
        });
        assert!(
            message.contains(&format!("/properties/{name}/$ref: `#/components/schemas/gone` does not exist")),
            "{message}"
        );
    }
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

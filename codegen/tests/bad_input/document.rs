//! Texts that are no OpenAPI 3.0 document.

use serde_json::json;

use crate::given::{Given, minimal, refusal, refusal_with};

#[test]
fn a_text_that_is_not_json() {
    let cut = Given::text("{\n  \"openapi\": \"3.0.3\",\n");
    assert_eq!(
        cut.refusal(),
        "read: api.json:3: not JSON: EOF while parsing a value, column 0; \
         the document must be OpenAPI 3.0 as JSON; convert YAML first"
    );
    let yaml = Given::text("openapi: 3.0.3\ninfo: {}\n");
    assert_eq!(
        yaml.refusal(),
        "read: api.json:1: not JSON: expected value, column 1; \
         the document must be OpenAPI 3.0 as JSON; convert YAML first"
    );
    let empty = Given::text("");
    assert_eq!(
        empty.refusal(),
        "read: api.json:1: not JSON: EOF while parsing a value, column 0; \
         the document must be OpenAPI 3.0 as JSON; convert YAML first"
    );
}

#[test]
fn a_text_that_is_nested_too_deeply() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        Given::text(text).refusal(),
        "read: api.json:1: not JSON: recursion limit exceeded, column 128; \
         the document must be OpenAPI 3.0 as JSON; convert YAML first"
    );
}

#[test]
fn a_json_text_that_is_no_document() {
    assert_eq!(
        Given::text("[]").refusal(),
        "read: api.json:1 #/openapi: `openapi` is missing or no text; \
         the document must be OpenAPI 3.0 as JSON, with a version such as \"3.0.3\""
    );
    assert_eq!(
        Given::text("null").refusal(),
        "read: api.json:1 #/openapi: `openapi` is missing or no text; \
         the document must be OpenAPI 3.0 as JSON, with a version such as \"3.0.3\""
    );
}

#[test]
fn a_byte_order_mark() {
    let text = format!("\u{feff}{}", minimal());
    assert_eq!(
        Given::text(text).refusal(),
        "read: api.json:1: the text begins with a byte order mark; save it as UTF-8 without one"
    );
}

#[test]
fn a_swagger_document() {
    let message = refusal(|document| {
        document.as_object_mut().unwrap().remove("openapi");
        document["swagger"] = json!("2.0");
    });
    assert_eq!(
        message,
        "read: api.json:73 #/swagger: this is a Swagger 2.0 document; \
         Bitbucket publishes an OpenAPI 3.0 document as well: use swagger.v3.json"
    );
}

#[test]
fn another_version_of_openapi() {
    assert_eq!(
        refusal_with("/openapi", json!("3.1.0")),
        "read: api.json:2 #/openapi: OpenAPI 3.1.0 is not supported; \
         only 3.0.x is read: convert it, or ask its owner for the version in 3.0"
    );
    assert_eq!(
        refusal_with("/openapi", json!(3.0)),
        "read: api.json:2 #/openapi: `openapi` is missing or no text; \
         the document must be OpenAPI 3.0 as JSON, with a version such as \"3.0.3\""
    );
}

#[test]
fn a_document_without_paths() {
    let message = refusal(|document| {
        document.as_object_mut().unwrap().remove("paths");
    });
    assert_eq!(message, "read: api.json:1 #/paths: `paths` is missing or no object; an API has paths");
    assert_eq!(
        refusal_with("/paths", json!([])),
        "read: api.json:7 #/paths: `paths` is missing or no object; an API has paths"
    );
    assert_eq!(
        refusal_with("/paths/~1things", json!("none")),
        "read: api.json:8 #/paths/~1things: a path item must be an object; see Path Item Object"
    );
}

#[test]
fn a_document_without_operations() {
    assert_eq!(
        refusal_with("/paths", json!({})),
        "read: api.json:7 #/paths: `paths` has no operation; there is nothing to generate"
    );
}

#[test]
fn an_operation_without_responses() {
    let message = refusal(|document| {
        document["paths"]["/things"]["post"].as_object_mut().unwrap().remove("responses");
    });
    assert_eq!(
        message,
        "read: api.json:9 #/paths/~1things/post: the operation has no responses; \
         OpenAPI requires at least one"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/responses", json!({})),
        "read: api.json:9 #/paths/~1things/post: the operation has no responses; \
         OpenAPI requires at least one"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/responses", json!({"ok": {"description": ""}})),
        "read: api.json:25 #/paths/~1things/post/responses/ok: `ok` is no status code; \
         responses are listed by a code such as 200, a range such as 2XX, or default"
    );
}

#[test]
fn a_member_of_the_wrong_type_deep_inside() {
    assert_eq!(
        refusal_with("/components/schemas/thing/properties", json!([])),
        "read: api.json:66 #/components/schemas/thing/properties: \
         not OpenAPI 3.0: invalid type: sequence, expected a map; see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/components/schemas/thing/properties/name/type", json!(7)),
        "read: api.json:68 #/components/schemas/thing/properties/name/type: \
         not OpenAPI 3.0: invalid type: integer `7`, expected a string; see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0/required", json!("yes")),
        "read: api.json:41 #/paths/~1things~1{id}/get/parameters/0/required: \
         not OpenAPI 3.0: invalid type: string \"yes\", expected a boolean; see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0/in", json!("body")),
        "read: api.json:40 #/paths/~1things~1{id}/get/parameters/0/in: \
         not OpenAPI 3.0: unknown variant `body`, expected one of `query`, `header`, `path`, `cookie`; \
         see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/tags", json!("Things")),
        "read: api.json:11 #/paths/~1things/post/tags: \
         not OpenAPI 3.0: invalid type: string \"Things\", expected a sequence; \
         see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/paths/~1things/post/requestBody/content", json!("application/json")),
        "read: api.json:16 #/paths/~1things/post/requestBody/content: \
         not OpenAPI 3.0: invalid type: string \"application/json\", expected a map; \
         see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/info", json!({})),
        "read: api.json:3 #/info: not OpenAPI 3.0: missing field `title`; see the OpenAPI 3.0 specification"
    );
    assert_eq!(
        refusal_with("/paths/~1things~1{id}/get/parameters/0", json!({"name": "id", "in": "path"})),
        "read: api.json:38 #/paths/~1things~1{id}/get/parameters/0: \
         not OpenAPI 3.0: no variant of enum ParameterSchemaOrContent found in flattened data; \
         see the OpenAPI 3.0 specification"
    );
}

#[test]
fn a_member_that_is_there_twice() {
    let text = serde_json::to_string_pretty(&minimal()).unwrap();
    let twice = text.replacen("\"paths\": {", "\"paths\": {\n    \"/things\": {},", 1);
    let line = 1 + twice.lines().collect::<Vec<_>>().iter().rposition(|line| line.contains("\"/things\":")).unwrap();
    assert_eq!(
        Given::text(twice).refusal(),
        format!(
            "read: api.json:{line}: an object has `/things` twice; only the last one would count: remove or rename one"
        )
    );
}

#[test]
fn a_path_without_a_slash_is_not_left_out_in_silence() {
    let message = refusal(|document| {
        let item = document["paths"]["/things"].take();
        document["paths"].as_object_mut().unwrap().remove("/things");
        document["paths"]["things"] = item;
    });
    assert_eq!(
        message,
        "read: api.json:38 #/paths/things: a path begins with a slash; openapiv3 leaves out any other: correct it"
    );
}

#[test]
fn a_brace_of_a_path_that_stands_alone() {
    for path in ["/a}", "/a/{", "/{}", "/{a}}"] {
        let message = refusal(|document| {
            document["paths"][path] = json!({"get": {"operationId": "odd", "responses": {"204": {"description": "x"}},
            "parameters": if path == "/{a}}" {
                json!([{"name": "a", "in": "path", "required": true, "schema": {"type": "string"}}])
            } else if path == "/{}" {
                json!([{"name": "", "in": "path", "required": true, "schema": {"type": "string"}}])
            } else {
                json!([])
            }}});
        });
        assert!(message.starts_with("check_ready: api.json:"), "{path}: {message}");
        assert!(
            message.ends_with("holds no name; a parameter is `{name}`, without a slash in it"),
            "{path}: {message}"
        );
    }
}

#[test]
fn a_path_with_a_server_of_its_own() {
    for pointer in ["/paths/~1things", "/paths/~1things/post"] {
        let mut document = minimal();
        document.pointer_mut(pointer).unwrap()["servers"] = json!([{"url": "https://uploads.example"}]);
        let message = Given::document(&document).refusal();
        assert!(message.starts_with("check_ready: api.json:"), "{message}");
        let rest = "/servers: servers of a single path are not supported; \
                    a client has one, which gets its credentials: remove them, or the operation, in the overlay";
        assert!(message.ends_with(&format!("#{pointer}{rest}")), "{message}");
        // Of a foreign document they are ignored, and listed.
        let given = Given { strict: false, ..Given::document(&document) };
        let report = given.generate().unwrap().report;
        assert!(format!("{report:?}").contains("/things: its own servers are ignored"), "{report:?}");
    }
}

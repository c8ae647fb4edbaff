//! What the document says and the crate does not depend on, or not yet: it is told, and its class says what it means.

use serde_json::{Value, json};

use crate::fixture::{Spec, back, between, compare, lines, there};

const THINGS: &str = "/paths/~1boxes~1{box}~1things";
const ONE: &str = "/paths/~1boxes~1{box}~1things~1{thing_id}";

fn header(schema: Value) -> impl FnOnce(&mut Spec) {
    move |spec| {
        for place in ["get", "put", "delete"].map(|verb| format!("{ONE}/{verb}/responses")) {
            let responses = spec.at(&place).as_object_mut().unwrap();
            for response in responses.values_mut() {
                response["headers"] = json!({"X-RateLimit-Limit": {"description": "How many.", "schema": schema}});
            }
        }
    }
}

#[test]
fn headers_of_answers() {
    let integer = || json!({"type": "integer"});
    let (old, mut new) = (Spec::new(), Spec::new());
    header(integer())(&mut new);
    let comparison = compare(&old, &new);
    assert_eq!(lines(&comparison), ["none resp-header-added header x-ratelimit-limit: – → type integer"]);
    let finding = &comparison.findings[0];
    assert_eq!(finding.reached_by, ["things.delete", "things.get", "things.update"]);
    assert_eq!(finding.note, "in 5 answers");
    assert!(finding.pointer.as_ref().unwrap().ends_with("/headers/X-RateLimit-Limit"), "{finding:#?}");
    assert!(finding.new_spot.as_ref().is_some_and(|spot| !spot.parent && spot.line > 1), "{finding:#?}");
    assert_eq!(back(header(integer())), ["none resp-header-removed header x-ratelimit-limit: type integer → –"]);
    assert_eq!(
        between(header(integer()), header(json!({"type": "string", "maxLength": 9}))),
        ["none resp-header-changed header x-ratelimit-limit: type integer → maxLength 9, type string"]
    );
    // Spelled otherwise, or moved to the components, it is the same header.
    let shared = |spec: &mut Spec| {
        header(integer())(spec);
        let own = spec.at(&format!("{ONE}/delete/responses/204/headers")).as_object_mut().unwrap();
        let header = own.remove("X-RateLimit-Limit").unwrap();
        own.insert("X-Ratelimit-LIMIT".to_owned(), json!({"$ref": "#/components/headers/limit"}));
        spec.at("/components")["headers"] = json!({"limit": header});
    };
    assert_eq!(between(header(integer()), shared), [""; 0]);
}

#[test]
fn deprecated_parameters() {
    let deprecated = |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["deprecated"] = json!(true);
    assert_eq!(there(deprecated), ["none param-deprecated things().list().since(): in use → deprecated"]);
    assert_eq!(back(deprecated), ["none param-undeprecated things().list().since(): deprecated → in use"]);
    // One line for all operations of a path.
    let shared = |spec: &mut Spec| spec.at(&format!("{ONE}/parameters/1"))["deprecated"] = json!(true);
    assert_eq!(
        there(shared),
        ["none param-deprecated parameter thing_id of /boxes/{box}/things/{thing_id}: in use → deprecated"]
    );
    assert_eq!(there(|spec| spec.at(&format!("{THINGS}/get/parameters/1"))["deprecated"] = json!(false)), [""; 0]);
}

#[test]
fn the_form_of_lists() {
    let list = |explode: bool| {
        move |spec: &mut Spec| {
            let parameter = spec.at(&format!("{THINGS}/get/parameters/1"));
            parameter["schema"] = json!({"type": "array", "items": {"type": "string"}});
            parameter["explode"] = json!(explode);
        }
    };
    assert_eq!(
        between(list(true), list(false)),
        ["runtime param-form-changed things().list().since(): one by one → joined by commas"]
    );
}

#[test]
fn credentials() {
    let all = |value: Value| move |spec: &mut Spec| spec.document["security"] = value;
    // `listThings` has requirements of its own.
    assert_eq!(there(all(json!([{"oauth2": ["box"]}]))), ["runtime scope-added scope box: none → 5 operations"]);
    assert_eq!(back(all(json!([{"oauth2": ["box"]}]))), ["none scope-removed scope box: 5 operations → none"]);
    assert_eq!(
        there(all(json!([{"oauth2": []}]))),
        ["runtime security-changed credentials of 5 operations: none → oauth2"]
    );
    // Nothing needs no credentials: the same, said twice.
    assert_eq!(there(all(json!([{}]))), ["none document-changed security of the document: none → [{}]"]);
    let both = || all(json!([{"oauth2": []}, {"basic": [], "key": []}]));
    assert_eq!(
        between(both(), all(json!([{"oauth2": []}]))),
        ["runtime security-changed credentials of 5 operations: basic with key, oauth2 → oauth2"]
    );
    assert_eq!(
        between(all(json!([{"oauth2": []}])), both()),
        ["none security-changed credentials of 5 operations: oauth2 → basic with key, oauth2"]
    );
    // Written at each operation, it is the same.
    let own = |spec: &mut Spec| {
        for path in spec.at("/paths").as_object_mut().unwrap().values_mut() {
            for (verb, operation) in path.as_object_mut().unwrap() {
                if verb != "parameters" && operation.get("security").is_none() {
                    operation["security"] = json!([{"basic": [], "key": []}, {"oauth2": []}]);
                }
            }
        }
    };
    assert_eq!(
        between(both(), own),
        ["none document-changed security of the document: [{\"oauth2\":[]},{\"basic\":[],\"key\":[]}] → none"]
    );
}

#[test]
fn kinds_of_credentials() {
    let scheme =
        |name: &'static str, value: Value| move |spec: &mut Spec| spec.at("/components/securitySchemes")[name] = value;
    let basic = || scheme("basic", json!({"type": "http", "scheme": "basic", "description": "By token."}));
    assert_eq!(there(basic()), ["none scheme-added credentials basic: – → http"]);
    assert_eq!(back(basic()), ["none scheme-removed credentials basic: http → –"]);
    assert_eq!(
        between(basic(), scheme("basic", json!({"type": "apiKey", "in": "header", "name": "Key"}))),
        ["runtime scheme-changed credentials basic: scheme basic, type http → in header, name Key, type apiKey"]
    );
    let flows = |token: &str, scopes: Value| {
        let code = json!({"authorizationUrl": "https://example.org/a", "tokenUrl": token, "scopes": scopes});
        scheme("oauth2", json!({"type": "oauth2", "flows": {"authorizationCode": code}}))
    };
    let old = || flows("https://example.org/t", json!({"box": "Reads boxes."}));
    assert_eq!(
        between(old(), flows("https://example.org/u", json!({"box": "Reads boxes."}))),
        ["runtime scheme-changed credentials oauth2: flows.authorizationCode.tokenUrl https://example.org/t → \
             flows.authorizationCode.tokenUrl https://example.org/u"]
    );
    assert_eq!(
        between(old(), flows("https://example.org/t", json!({"box": "Reads any box.", "thing": ""}))),
        ["none scheme-changed credentials oauth2: none → flows.authorizationCode.scopes.thing"]
    );
}

#[test]
fn discriminators() {
    let told = |value: Value| move |spec: &mut Spec| spec.at("/components/schemas/shape")["discriminator"] = value;
    let by = |name: &str| json!({"propertyName": name});
    assert_eq!(
        there(told(by("type"))),
        ["none discriminator-documented discriminator of a schema: none → {\"propertyName\":\"type\"}"]
    );
    assert_eq!(
        between(told(by("type")), told(by("colour"))),
        ["none discriminator-documented propertyName of a discriminator: type → colour"]
    );
    let mapped = json!({"propertyName": "type", "mapping": {"round": "#/components/schemas/circle"}});
    assert_eq!(
        between(told(by("type")), told(mapped)),
        ["none discriminator-documented mapping of a discriminator: none → \
             {\"round\":\"#/components/schemas/circle\"}"]
    );
}

#[test]
fn further_members() {
    let further =
        |value: Value| move |spec: &mut Spec| spec.at("/components/schemas/owner")["additionalProperties"] = value;
    let text = || json!({"type": "string"});
    assert_eq!(there(further(json!(false))), ["none type-closed types::Owner: open → closed"]);
    assert_eq!(back(further(json!(false))), ["none type-closed types::Owner: closed → open"]);
    assert_eq!(between(further(text()), further(json!(false))), ["none type-closed types::Owner: open → closed"]);
    assert_eq!(there(further(json!(true))), [""; 0]);
    assert_eq!(
        there(further(text())),
        ["none type-closed additionalProperties of a schema: none → {\"type\":\"string\"}"]
    );
    // Where a type extends another one as well.
    let part = |spec: &mut Spec| spec.at("/components/schemas/circle/allOf/1")["additionalProperties"] = json!(false);
    assert_eq!(there(part), ["none type-closed additionalProperties of a schema: none → false"]);
    // The values of a map are the type of a member.
    let map = |value: Value| {
        move |spec: &mut Spec| {
            spec.at("/components/schemas/owner/properties")["labels"] =
                json!({"type": "object", "additionalProperties": value});
        }
    };
    assert_eq!(
        between(map(text()), map(json!({"type": "integer"}))),
        ["compile field-type-changed types::Owner.labels: Option<BTreeMap<String, String>> → \
             Option<BTreeMap<String, i64>>"]
    );
}

#[test]
fn servers() {
    let servers = |value: Value| move |spec: &mut Spec| spec.document["servers"] = value;
    let first = || json!({"url": "https://api.example.org/2.0"});
    let second = json!({"url": "https://eu.example.org/2.0"});
    assert_eq!(
        there(servers(json!([first(), second]))),
        ["none server-changed servers: https://api.example.org/2.0 → \
             https://api.example.org/2.0, https://eu.example.org/2.0"]
    );
    assert_eq!(
        there(servers(json!([second]))),
        ["runtime server-changed servers: https://api.example.org/2.0 → https://eu.example.org/2.0"]
    );
    assert_eq!(there(servers(json!([]))), ["runtime server-changed servers: https://api.example.org/2.0 → none"]);
    let of_host = |host: &str, also: &str| {
        let variables = json!({"host": {"default": host, "enum": ["api", "eu", also]}});
        servers(json!([{"url": "https://{host}.example.org/2.0", "variables": variables}]))
    };
    assert_eq!(
        between(of_host("api", "us"), of_host("eu", "us")),
        ["runtime server-changed servers: https://api.example.org/2.0 → https://eu.example.org/2.0"]
    );
    assert_eq!(
        between(of_host("api", "us"), of_host("api", "au")),
        ["none document-changed enum of a server variable: us → au"]
    );
}

#[test]
fn what_nothing_depends_on() {
    assert_eq!(
        there(|spec| spec.at(&format!("{ONE}/get"))["externalDocs"] = json!({"url": "https://example.org"})),
        ["none document-changed externalDocs of an operation: none → {\"url\":\"https://example.org\"}"]
    );
    // One line for each keyword, however many places there are, and beside what is told of the same operation.
    assert_eq!(
        there(|spec| {
            spec.at(&format!("{ONE}/get"))["deprecated"] = json!(true);
            for verb in ["get", "put", "delete"] {
                spec.at(&format!("{ONE}/{verb}"))["externalDocs"] = json!({"url": "https://example.org"});
            }
        }),
        [
            "lint op-deprecated things().get: in use → deprecated",
            "none document-changed externalDocs of an operation: – → 3 places",
        ]
    );
    // The body of an error has no type.
    let error = |text: &str| {
        let body = json!({"description": "", "content": {"application/json": {"schema": {"type": text}}}});
        move |spec: &mut Spec| spec.at(&format!("{ONE}/get/responses"))["404"] = body
    };
    assert_eq!(
        between(error("string"), error("integer")),
        ["none document-changed type of a schema: string → integer"]
    );
    assert_eq!(
        back(|spec| spec.at("/components/schemas")["spare"] = json!({"type": "string"})),
        ["none document-changed schemas of the components: {\"type\":\"string\"} → none"]
    );
}

#[test]
fn another_media_type_is_asked_for() {
    let vendor = |spec: &mut Spec| {
        let content = spec.at(&format!("{ONE}/get/responses/200/content"));
        let json = content["application/json"].take();
        *content = json!({"application/vnd.boxes+json": json});
    };
    let told = there(vendor);
    assert!(
        told.contains(
            &"runtime resp-media-changed things().get: application/json → application/vnd.boxes+json".to_owned()
        ),
        "{told:#?}"
    );
}

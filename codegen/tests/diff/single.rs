//! One change each: which findings it gives, and what they do.

use serde_json::{Value, json};

use crate::fixture::{Spec, check, compare, lines};

const THING: &str = "/components/schemas/thing/properties";
const THINGS: &str = "/paths/~1boxes~1{box}~1things";
const ONE: &str = "/paths/~1boxes~1{box}~1things~1{thing_id}";

fn changed(change: impl FnOnce(&mut Spec)) -> Vec<String> {
    let (old, mut new) = (Spec::new(), Spec::new());
    change(&mut new);
    let comparison = compare(&old, &new);
    check(&comparison);
    lines(&comparison)
}

fn member(name: &'static str, schema: Value) -> impl FnOnce(&mut Spec) {
    move |spec| spec.at(THING)[name] = schema
}

fn without(pointer: &'static str, key: &'static str) -> impl FnOnce(&mut Spec) {
    move |spec| drop(spec.at(pointer).as_object_mut().unwrap().remove(key))
}

macro_rules! cases {
    ($($name:ident: $change:expr => [$($line:expr),* $(,)?];)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(changed($change), [$($line),*] as [&str; count!($($line)*)]);
            }
        )*
    };
}

macro_rules! count {
    ($($line:expr)*) => { 0 $(+ { let _ = $line; 1 })* };
}

cases! {
    an_optional_property_is_added: member("weight", json!({"type": "integer"})) =>
        ["extends field-added types::Thing.weight: – → Option<i64>"];
    a_required_property_is_added: |spec: &mut Spec| {
        spec.at(THING)["weight"] = json!({"type": "integer"});
        spec.at("/components/schemas/thing")["required"] = json!(["weight"]);
    } => ["runtime field-added-required types::Thing.weight: – → Option<i64>"];
    a_property_becomes_required: |spec: &mut Spec| {
        spec.at("/components/schemas/thing")["required"] = json!(["note", "created_on"]);
    } => [
        "runtime field-became-required types::Thing.note: optional → required",
        "none field-became-required types::Thing.created_on: optional → required",
    ];
    a_property_becomes_nullable: member("note", json!({"type": "string", "nullable": true})) =>
        ["none field-spelling-only types::Thing.note: none → nullable true"];
    a_property_is_removed: without(THING, "note") => ["compile field-removed types::Thing.note: Option<String> → –"];
    an_integer_gets_64_bits: member("size", json!({"type": "integer", "format": "int64"})) =>
        ["none field-spelling-only types::Thing.size: none → format int64"];
    an_integer_gets_bounds: member("size", json!({"type": "integer", "minimum": 1})) =>
        ["runtime field-bounds-changed types::Thing.size: none → minimum 1"];
    a_text_becomes_a_time: member("note", json!({"type": "string", "format": "date-time"})) =>
        ["compile field-type-changed types::Thing.note: Option<String> → Option<Timestamp>"];
    a_text_becomes_a_number: member("note", json!({"type": "number"})) =>
        ["compile field-type-changed types::Thing.note: Option<String> → Option<f64>"];
    a_limit_changes: member("name", json!({"type": "string", "maxLength": 20})) =>
        ["runtime field-bounds-changed types::Thing.name: maxLength 10 → maxLength 20"];
    a_limit_of_what_is_received_changes: member("created_on", json!({"type": "string", "format": "date-time", "maxLength": 30})) =>
        ["none field-bounds-changed types::Thing.created_on: none → maxLength 30"];
    a_default_appears: member("size", json!({"type": "integer", "default": 3})) =>
        ["none field-default-changed types::Thing.size: none → 3"];
    a_property_is_deprecated: member("note", json!({"type": "string", "deprecated": true})) =>
        ["lint field-deprecated types::Thing.note: in use → deprecated"];
    an_enum_gains_a_value: member("state", json!({"type": "string", "enum": ["NEW", "OLD", "GONE", "LOST"]})) =>
        ["extends enum-value-added types::ThingState::Lost: – → LOST"];
    an_enum_loses_a_value: member("state", json!({"type": "string", "enum": ["NEW", "OLD"]})) =>
        ["compile enum-value-removed types::ThingState::Gone: GONE → –"];
    an_enum_is_respelled: member("state", json!({"type": "string", "enum": ["new", "OLD", "GONE"]})) =>
        ["runtime enum-value-respelled types::ThingState::New: NEW → new"];
    an_enum_is_reordered: member("state", json!({"type": "string", "enum": ["OLD", "NEW", "GONE"]})) =>
        ["none enum-reordered types::ThingState: NEW, OLD, GONE → OLD, NEW, GONE"];
    an_enum_gains_the_word_unknown: member("state", json!({"type": "string", "enum": ["NEW", "OLD", "GONE", "UNKNOWN"]})) => [
        "compile enum-fallback-renamed types::ThingState::Unrecognized: Unknown → Unrecognized",
        "extends enum-value-added types::ThingState::Unknown: – → UNKNOWN",
    ];
    an_enum_becomes_text: member("state", json!({"type": "string"})) => [
        "compile type-removed types::ThingState: enum → –",
        "compile enum-opened types::Thing.state: Option<ThingState> → Option<String>",
    ];
    text_becomes_an_enum: member("note", json!({"type": "string", "enum": ["LONG", "SHORT"]})) => [
        "compile enum-closed types::Thing.note: Option<String> → Option<ThingNote>",
        "extends type-added types::ThingNote: – → enum",
    ];
    a_property_is_respelled: |spec: &mut Spec| {
        let note = spec.at(THING).as_object_mut().unwrap().remove("note").unwrap();
        spec.at(THING)["Note"] = note;
    } => ["runtime field-wire-renamed types::Thing.note: note → Note"];
    a_property_is_renamed: |spec: &mut Spec| {
        let note = spec.at(THING).as_object_mut().unwrap().remove("note").unwrap();
        spec.at(THING)["remark"] = note;
    } => [
        "compile field-removed types::Thing.note: Option<String> → –",
        "extends field-added types::Thing.remark: – → Option<String>",
    ];
    an_inline_object_is_extracted: |spec: &mut Spec| {
        let measures = std::mem::replace(&mut spec.at(THING)["measures"], json!({"$ref": "#/components/schemas/extent"}));
        spec.at("/components/schemas")["extent"] = measures;
    } => [
        "compile type-renamed types::Extent: ThingMeasures → Extent",
        "none type-wire-renamed types::Extent: thing_measures → extent",
    ];
    a_component_is_renamed: |spec: &mut Spec| {
        let owner = spec.at("/components/schemas").as_object_mut().unwrap().remove("owner").unwrap();
        spec.at("/components/schemas")["keeper"] = owner;
        spec.at(THING)["owner"]["$ref"] = json!("#/components/schemas/keeper");
    } => [
        "compile type-renamed types::Keeper: Owner → Keeper",
        "none type-wire-renamed types::Keeper: owner → keeper",
    ];
    additional_properties_are_closed: |spec: &mut Spec| spec.at("/components/schemas/owner")["additionalProperties"] = json!(false) =>
        ["none type-closed types::Owner: open → closed"];
    a_union_gains_a_variant: |spec: &mut Spec| {
        spec.at("/components/schemas")["star"] = json!({"allOf": [{"$ref": "#/components/schemas/shape"}, {"type": "object", "properties": {"points": {"type": "integer"}}}]});
    } => [
        "extends union-branch-added types::Shape::Star: – → star",
        "extends type-added types::Star: – → struct",
    ];
    a_union_loses_a_variant: without("/components/schemas", "square") => [
        "compile union-branch-removed types::Shape::Square: square → –",
        "compile type-removed types::Square: struct → –",
    ];
    a_base_gains_a_property: |spec: &mut Spec| spec.at("/components/schemas/shape/allOf/1/properties")["border"] = json!({"type": "integer"}) =>
        ["extends field-added types::ShapeBase.border: – → Option<i64>"];
    an_optional_parameter_is_added: |spec: &mut Spec| push(spec, &format!("{THINGS}/get/parameters"), query("until", false)) =>
        ["extends param-added-optional things().list().until(): – → query: String"];
    a_required_parameter_is_added: |spec: &mut Spec| push(spec, &format!("{THINGS}/get/parameters"), query("until", true)) =>
        ["compile param-added-required things().list(until): – → query: String"];
    a_parameter_becomes_required: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["required"] = json!(true) =>
        ["compile param-became-required things().list(since): setter → argument"];
    a_parameter_is_removed: |spec: &mut Spec| drop(spec.at(&format!("{THINGS}/get/parameters")).as_array_mut().unwrap().remove(1)) =>
        ["compile param-removed things().list().since(): query: String → –"];
    a_parameter_moves_to_a_header: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["in"] = json!("header") =>
        ["runtime param-place-changed things().list().since(): query → header"];
    a_parameter_takes_a_number: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["schema"]["type"] = json!("integer") =>
        ["compile param-type-changed things().list().since(): String → i64"];
    a_parameter_gets_a_format: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["schema"]["format"] = json!("email") =>
        ["none param-spelling-only things().list().since(): none → format email"];
    a_parameter_gets_another_default: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["schema"]["default"] = json!("today") =>
        ["none param-default-changed things().list().since(): yesterday → today"];
    a_parameter_has_a_limit: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters/1"))["schema"]["maxLength"] = json!(10) =>
        ["runtime param-bounds-changed things().list().since(): none → maxLength 10"];
    parameters_are_reordered: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/parameters")).as_array_mut().unwrap().reverse() => [];
    an_operation_is_added: |spec: &mut Spec| {
        let get = spec.at(&format!("{ONE}/get")).clone();
        spec.at("/paths")["/boxes/{box}/spare"] = json!({"get": get, "parameters": [{"name": "box", "in": "path", "required": true, "schema": {"type": "string"}}]});
        spec.at("/paths/~1boxes~1{box}~1spare/get")["operationId"] = json!("getSpare");
    } => [
        "extends op-added things().get_spare: – → GET /boxes/{box}/spare",
        "none gen-name-new things().get_spare: – → get_spare",
    ];
    an_operation_is_removed: without(ONE, "delete") =>
        ["compile op-removed things().delete: DELETE /boxes/{box}/things/{thing_id} → –"];
    an_operation_is_deprecated: |spec: &mut Spec| spec.at(&format!("{ONE}/get"))["deprecated"] = json!(true) =>
        ["lint op-deprecated things().get: in use → deprecated"];
    an_operation_id_changes: |spec: &mut Spec| spec.at(&format!("{ONE}/get"))["operationId"] = json!("fetchThing") =>
        ["none op-id-changed things().get: getThing → fetchThing"];
    a_tag_changes: |spec: &mut Spec| spec.at(&format!("{ONE}/put"))["tags"] = json!(["Logs"]) => [
        "compile op-group-changed logs().update_thing: things().update → logs().update_thing",
        "extends features-gained feature logs: not with this feature → 8 types",
    ];
    a_tag_is_respelled: |spec: &mut Spec| spec.at(&format!("{ONE}/delete"))["tags"] = json!(["Things", "Things", "Things"]) =>
        ["none op-group-respelled things().delete: Things → Things, Things, Things"];
    a_path_parameter_is_renamed: |spec: &mut Spec| {
        let text = spec.document.to_string().replace("{thing_id}", "{number}").replace("\"thing_id\"", "\"number\"");
        spec.document = serde_json::from_str(&text).unwrap();
        spec.identifiers = spec.identifiers.replace("thing_id", "number");
    } => [
        "none param-renamed logs().get_thing(number): thing_id (sent as thing_id) → number (sent as number)",
        "none param-renamed parameter number of /boxes/{box}/things/{number}: thing_id (sent as thing_id) → number (sent as number)",
    ];
    a_body_becomes_optional: |spec: &mut Spec| spec.at(&format!("{ONE}/put/requestBody"))["required"] = json!(false) =>
        ["compile body-became-optional things().update(body): argument → setter"];
    a_body_is_removed: without("/paths/~1boxes~1{box}~1things~1{thing_id}/put", "requestBody") =>
        ["compile body-removed things().update(body): &Thing → –"];
    a_body_is_added: |spec: &mut Spec| {
        let body = spec.at(&format!("{ONE}/put/requestBody")).clone();
        spec.at(&format!("{ONE}/delete"))["requestBody"] = body;
    } => ["compile body-added things().delete(body): – → &Thing"];
    a_body_has_another_type: |spec: &mut Spec| {
        spec.at(&format!("{ONE}/put/requestBody/content/application~1json/schema"))["$ref"] = json!("#/components/schemas/owner");
    } => ["compile body-type-changed things().update(body): &Thing → &Owner"];
    a_body_becomes_a_form: |spec: &mut Spec| {
        let content = spec.at(&format!("{ONE}/put/requestBody/content"));
        let json = content["application/json"].take();
        *content = json!({"application/x-www-form-urlencoded": json});
    } => ["runtime body-media-changed things().update(body): application/json → application/x-www-form-urlencoded"];
    a_body_is_json_of_a_type_of_its_own: |spec: &mut Spec| {
        let content = spec.at(&format!("{ONE}/put/requestBody/content"));
        let json = content["application/json"].take();
        *content = json!({"application/merge-patch+json": json});
    } => ["runtime body-media-changed things().update(body): application/json → application/merge-patch+json"];
    a_body_becomes_multipart: |spec: &mut Spec| {
        let content = spec.at(&format!("{ONE}/put/requestBody/content"));
        let json = content["application/json"].take();
        *content = json!({"multipart/form-data": json});
    } => ["compile body-media-changed things().update(body): application/json → multipart/form-data"];
    an_answer_becomes_empty: |spec: &mut Spec| spec.at(&format!("{ONE}/put"))["responses"] = json!({"204": {"description": ""}}) => [
        "compile resp-became-empty things().update: Thing → ()",
        "none resp-error-documented things().update: 404 → none",
        "none resp-status-changed things().update: 200 → 204",
    ];
    an_answer_gets_a_body: |spec: &mut Spec| {
        let responses = spec.at(&format!("{ONE}/get/responses")).clone();
        spec.at(&format!("{ONE}/delete"))["responses"] = responses;
    } => [
        "compile resp-became-body things().delete: () → Thing",
        "none resp-error-documented things().delete: none → 404",
        "none resp-status-changed things().delete: 204 → 200",
    ];
    an_answer_has_another_type: |spec: &mut Spec| {
        spec.at(&format!("{ONE}/get/responses/200/content/application~1json/schema"))["$ref"] = json!("#/components/schemas/owner");
    } => ["compile resp-type-changed things().get: Thing → Owner"];
    an_answer_becomes_bytes: |spec: &mut Spec| spec.at(&format!("{ONE}/get/responses/200"))["content"] = json!({"application/octet-stream": {}}) =>
        ["compile resp-stream-changed things().get: Thing → ByteStream"];
    an_answer_becomes_a_page: |spec: &mut Spec| {
        spec.at(&format!("{ONE}/get/responses/200/content/application~1json/schema"))["$ref"] = json!("#/components/schemas/paginated_things");
    } => [
        "compile op-became-paged things().list_2: Thing → Page<Thing>",
        "compile op-renamed things().list_2: get → list_2",
        "extends param-added-optional things().list_2().page(): – → query: i64",
    ];
    a_second_success_status_is_documented: |spec: &mut Spec| {
        let ok = spec.at(&format!("{ONE}/put/responses/200")).clone();
        spec.at(&format!("{ONE}/put/responses"))["201"] = ok;
    } => ["none resp-status-changed things().update: 200 → 200, 201"];
    a_redirect_is_documented: |spec: &mut Spec| {
        spec.at("/paths/~1boxes~1{box}~1things~1{thing_id}~1log/get/responses")["307"] = json!({"description": ""});
    } => ["none resp-redirect-documented logs().get_thing: none → 307"];
    an_error_is_documented: |spec: &mut Spec| spec.at(&format!("{ONE}/get/responses"))["409"] = json!({"description": ""}) =>
        ["none resp-error-documented things().get: 404 → 404, 409"];
    texts_change: |spec: &mut Spec| spec.at(&format!("{THINGS}/get"))["summary"] = json!("Lists all things") => [];
    the_revision_changes: |spec: &mut Spec| spec.at("/info")["version"] = json!("2") =>
        ["none version-changed Client::api_revision(): 1 → 2"];
    the_server_changes: |spec: &mut Spec| spec.at("/servers/0")["url"] = json!("https://api.example.org/3.0") =>
        ["runtime server-changed servers: https://api.example.org/2.0 → https://api.example.org/3.0"];
    a_scope_is_added: |spec: &mut Spec| spec.at(&format!("{THINGS}/get/security/0"))["oauth2"] = json!(["thing", "box"]) =>
        ["runtime scope-added scope box: none → 1 operation"];
    a_vendor_extension_changes: |spec: &mut Spec| spec.at(&format!("{THINGS}/get"))["x-atlassian-auth-types"] = json!(["oauth"]) =>
        ["none auth-kinds-changed x-atlassian-auth-types: – → 1 operation"];
    a_schema_is_no_longer_reached: |spec: &mut Spec| {
        spec.at(THING).as_object_mut().unwrap().remove("owner");
        spec.shortcuts.clear();
    } => [
        "compile type-removed types::Owner: struct → –",
        "compile field-removed types::Thing.owner: Option<Owner> → –",
        "compile accessor-removed types::Thing::owner_name: String by owner.name → –",
        "none gen-orphan-schema schema owner: – → not reached",
    ];
}

fn query(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}})
}

fn push(spec: &mut Spec, pointer: &str, value: Value) {
    spec.at(pointer).as_array_mut().unwrap().push(value);
}

//! Edits composed at random: each effect has exactly one cause, whatever comes together.

use serde_json::{Value, json};

use crate::fixture::{Spec, check, compare};

/// A change of the fixture; what it needs may be gone already, and then it does nothing.
pub(crate) type Edit = fn(&mut Spec);

const SCHEMAS: &str = "/components/schemas";
const THING: &str = "/components/schemas/thing/properties";
const LIST: &str = "/paths/~1boxes~1{box}~1things/get";
const ONE: &str = "/paths/~1boxes~1{box}~1things~1{thing_id}";

fn set(spec: &mut Spec, pointer: &str, key: &str, value: Value) {
    if let Some(object) = spec.document.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(key.to_owned(), value);
    }
}

fn take(spec: &mut Spec, pointer: &str, key: &str) -> Option<Value> {
    spec.document.pointer_mut(pointer)?.as_object_mut()?.remove(key)
}

macro_rules! edits {
    ($($name:literal: $edit:expr;)*) => {
        /// Every edit, by name.
        pub(crate) fn edits() -> Vec<(&'static str, Edit)> {
            vec![$(($name, $edit as Edit)),*]
        }
    };
}

edits! {
    "a member is added": |spec| set(spec, THING, "weight", json!({"type": "integer"}));
    "a member is removed": |spec| drop(take(spec, THING, "note"));
    "a member is respelled": |spec| {
        if let Some(note) = take(spec, THING, "size") {
            set(spec, THING, "Size", note);
        }
    };
    "a member has another type": |spec| set(spec, THING, "size", json!({"type": "array", "items": {"type": "string"}}));
    "a member becomes an object": |spec| set(spec, THING, "note", json!({"type": "object", "properties": {"raw": {"type": "string"}, "html": {"type": "string"}}}));
    "a member becomes a map": |spec| set(spec, THING, "note", json!({"type": "object", "additionalProperties": {"type": "integer"}}));
    "a member becomes an enum": |spec| set(spec, THING, "note", json!({"type": "string", "enum": ["A", "B"]}));
    "a member is deprecated": |spec| set(spec, &format!("{THING}/size"), "deprecated", json!(true));
    "a member is required": |spec| set(spec, "/components/schemas/thing", "required", json!(["size"]));
    "a member is secret": |spec| set(spec, &format!("{SCHEMAS}/owner/properties/mail"), "format", json!("password"));
    "a base gains a member": |spec| set(spec, "/components/schemas/shape/allOf/1/properties", "border", json!({"type": "string"}));
    "a base loses a member": |spec| drop(take(spec, "/components/schemas/shape/allOf/1/properties", "colour"));
    "a variant is added": |spec| set(spec, SCHEMAS, "star", json!({"allOf": [{"$ref": "#/components/schemas/shape"}, {"type": "object", "properties": {"points": {"type": "integer"}}}]}));
    "a variant is gone": |spec| drop(take(spec, SCHEMAS, "circle"));
    "a variant grows": |spec| {
        for index in 0..12 {
            set(spec, "/components/schemas/square/allOf/1/properties", &format!("part_{index}"), json!({"type": "string"}));
        }
    };
    "a struct grows": |spec| {
        for index in 0..12 {
            set(spec, &format!("{SCHEMAS}/owner/properties"), &format!("part_{index}"), json!({"type": "string"}));
        }
    };
    "a struct holds itself": |spec| set(spec, &format!("{SCHEMAS}/owner/properties"), "boss", json!({"$ref": "#/components/schemas/owner"}));
    "a value is added": |spec| {
        if let Some(values) = spec.document.pointer_mut(&format!("{THING}/state/enum")).and_then(Value::as_array_mut) {
            values.retain(|value| value != "LOST");
            values.push(json!("LOST"));
        }
    };
    "a value is gone": |spec| {
        if let Some(values) = spec.document.pointer_mut(&format!("{THING}/state/enum")).and_then(Value::as_array_mut) {
            values.remove(0);
        }
    };
    "values are reordered": |spec| {
        if let Some(values) = spec.document.pointer_mut(&format!("{THING}/state/enum")).and_then(Value::as_array_mut) {
            values.reverse();
        }
    };
    "a component is renamed": |spec| {
        if let Some(owner) = take(spec, SCHEMAS, "owner") {
            set(spec, SCHEMAS, "keeper", owner);
            set(spec, THING, "owner", json!({"$ref": "#/components/schemas/keeper"}));
        }
    };
    "an inline object gets a name": |spec| {
        if let Some(measures) = take(spec, THING, "measures") {
            set(spec, SCHEMAS, "extent", measures);
            set(spec, THING, "measures", json!({"$ref": "#/components/schemas/extent"}));
        }
    };
    "a type is renamed": |spec| {
        if spec.types.is_empty() {
            spec.types.push_str("[rename]\nThing = \"Item\"\n");
            spec.shortcuts = spec.shortcuts.replace("\"Thing\"", "\"Item\"");
            spec.identifiers = spec.identifiers.replace("Thing.", "Item.");
        }
    };
    "a parameter is added": |spec| push(spec, json!({"name": "until", "in": "query", "schema": {"type": "string"}}));
    "an argument is added": |spec| push(spec, json!({"name": "kind", "in": "query", "required": true, "schema": {"type": "string"}}));
    "a parameter is removed": |spec| {
        if let Some(parameters) = spec.document.pointer_mut(&format!("{LIST}/parameters")).and_then(Value::as_array_mut) {
            parameters.remove(0);
        }
    };
    "a parameter becomes an argument": |spec| set(spec, &format!("{LIST}/parameters/0"), "required", json!(true));
    "a parameter becomes a list": |spec| set(spec, &format!("{LIST}/parameters/0"), "schema", json!({"type": "array", "items": {"type": "string", "enum": ["OPEN", "SHUT"]}}));
    "an operation is added": |spec| set(spec, ONE, "patch", json!({"operationId": "patchThing", "tags": ["Things"], "responses": {"204": {"description": ""}}}));
    "an operation is removed": |spec| drop(take(spec, ONE, "delete"));
    "the only operation of a group is removed": |spec| {
        take(spec, "/paths", "/boxes/{box}/things/{thing_id}/log");
        let end = spec.groups.rfind("[[group]]").unwrap_or_default();
        spec.groups.truncate(end.max(1));
    };
    "a group is added": |spec| set(spec, "/paths", "/boxes/{box}/spare", json!({"get": {"operationId": "getSpare", "tags": ["Spares"], "parameters": [{"name": "box", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/owner"}}}}}}}));
    "an operation changes its group": |spec| set(spec, &format!("{ONE}/put"), "tags", json!(["Logs"]));
    "an operation is deprecated": |spec| set(spec, &format!("{ONE}/get"), "deprecated", json!(true));
    "a body is removed": |spec| drop(take(spec, &format!("{ONE}/put"), "requestBody"));
    "a body is optional": |spec| set(spec, &format!("{ONE}/put/requestBody"), "required", json!(false));
    "a body has another type": |spec| set(spec, "/paths/~1boxes~1{box}~1things/post/requestBody/content/application~1json/schema", "$ref", json!("#/components/schemas/shape"));
    "an answer is empty": |spec| set(spec, &format!("{ONE}/put"), "responses", json!({"204": {"description": ""}}));
    "an answer has another type": |spec| set(spec, &format!("{ONE}/put/responses/200/content/application~1json/schema"), "$ref", json!("#/components/schemas/shape"));
    "an answer is bytes": |spec| set(spec, &format!("{ONE}/get/responses/200"), "content", json!({"text/plain": {}}));
    "a list has a larger page": |spec| spec.facts = spec.facts.replace("page_len = 100", "page_len = 50");
    "a fact is added": |spec| spec.facts.push_str("\n[[parameter]]\nname = \"q\"\nin = \"query\"\ntype = \"string\"\ndoc = \"Filter.\"\nwhere = { answers = \"page\" }\nreason = \"tried\"\n");
    "members are only received": |spec| spec.facts = spec.facts.replace("[\"created_on\"]", "[\"created_on\", \"state\"]");
    "a constructor asks for more": |spec| spec.overlay = spec.overlay.replace("[name]", "[name, size]");
    "shortcuts are gone": |spec| spec.shortcuts.clear();
    "identifiers are gone": |spec| spec.identifiers.clear();
    "a parameter is deprecated": |spec| set(spec, &format!("{ONE}/parameters/0"), "deprecated", json!(true));
    "an answer has a header": |spec| set(spec, &format!("{ONE}/get/responses/404"), "headers", json!({"X-Why": {"schema": {"type": "string"}}}));
    "every operation needs credentials": |spec| spec.document["security"] = json!([{"oauth2": ["box"]}, {"key": []}]);
    "a kind of credentials is added": |spec| set(spec, "/components/securitySchemes", "key", json!({"type": "apiKey", "in": "header", "name": "Key"}));
    "a discriminator is documented": |spec| set(spec, "/components/schemas/shape", "discriminator", json!({"propertyName": "type"}));
    "a keyword that nothing depends on": |spec| set(spec, &format!("{THING}/size"), "xml", json!({"attribute": true}));
    "the server moves": |spec| set(spec, "/servers/0", "url", json!("https://api.example.org/3.0"));
}

fn push(spec: &mut Spec, parameter: Value) {
    if let Some(parameters) = spec.document.pointer_mut(&format!("{LIST}/parameters")).and_then(Value::as_array_mut) {
        parameters.push(parameter);
    }
}

/// The fixture before and after some edits.
pub(crate) fn composed(edits: &[Edit]) -> (Spec, Spec) {
    let old = Spec::new();
    let mut new = old.clone();
    edits.iter().for_each(|edit| edit(&mut new));
    (old, new)
}

#[test]
fn each_edit_alone_has_a_cause_for_each_effect() {
    for (name, edit) in edits() {
        println!("{name}");
        let (old, new) = composed(&[edit]);
        let comparison = compare(&old, &new);
        assert!(!comparison.findings.is_empty(), "{name} does nothing");
        check(&comparison);
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

#[test]
fn composed_edits_are_never_unexplained() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let all = edits();
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..40 {
        let pick = |numbers: &mut Numbers| -> Vec<usize> {
            let count = 2 + numbers.below(5);
            (0..count).map(|_| numbers.below(all.len())).collect()
        };
        let sides = [pick(&mut numbers), pick(&mut numbers)].map(|picked| {
            let mut spec = Spec::new();
            for index in &picked {
                all[*index].1(&mut spec);
            }
            (picked.iter().map(|index| all[*index].0).collect::<Vec<_>>(), spec)
        });
        let [(before, old), (after, new)] = &sides;
        // What two edits make of a document together may be refused; that is another test's business.
        if old.side("old", |side| side.is_err()) || new.side("new", |side| side.is_err()) {
            refused += 1;
            continue;
        }
        println!("{before:?}\n{after:?}");
        check(&compare(old, new));
        compared += 1;
    }
    assert!(compared > 20, "{compared} compared, {refused} refused");
}

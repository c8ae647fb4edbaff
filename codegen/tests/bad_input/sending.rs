//! What the overlay says of objects that are sent, and the schemas do not bear out.

use serde_json::{Value, json};

use crate::given::{Given, minimal};

fn with(key: &str, value: Value) -> Given {
    let mut document = minimal();
    document["components"]["schemas"]["thing"]["properties"]["other"] = json!({"$ref": "#/components/schemas/part"});
    document["components"]["schemas"]["part"] = json!({"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
        "x-read-only": ["size"]});
    document["components"]["schemas"]["thing"][key] = value;
    Given::document(&document)
}

/// What is said, behind the place of the schema.
fn refusal(key: &str, value: Value) -> String {
    let given = with(key, value);
    let line = given.document.lines().position(|line| line.contains("\"thing\": {")).unwrap() + 1;
    let message = given.refusal();
    let place = format!("api.json:{line} #/components/schemas/thing: ");
    let (pass, rest) = message.split_once(&place).unwrap_or_else(|| panic!("{message}"));
    format!("{pass}{rest}")
}

#[test]
fn the_members_that_the_tests_change_are_fine() {
    let output = with("x-required-on-send", json!(["name", "other.name as other"])).generate();
    let types = output.unwrap_or_else(|error| panic!("{error}")).package["src/generated/types/things.rs"].clone();
    assert!(types.contains("pub fn new(name: impl Into<String>, other: impl Into<String>) -> Self"), "{types}");
}

#[test]
fn an_argument_of_a_constructor_that_is_none() {
    let hint = "name members as JSON does, with dots between them, and the argument after `as`";
    let cases = [
        ("gone", "`Thing` has no member `gone`"),
        ("other.gone", "`Part` has no member `gone`"),
        ("other.size", "`size` of `Part` has no setter"),
        ("name.first", "`name` has no members"),
        ("other.name as other name", "`other name` is no name for an argument"),
        ("name as type", "`type` is no name for an argument"),
    ];
    for (entry, problem) in cases {
        assert_eq!(
            refusal("x-required-on-send", json!([entry])),
            format!("constructors: `x-required-on-send` lists `{entry}`: {problem}; {hint}")
        );
    }
    for entry in ["other.name", "other as name"] {
        assert_eq!(
            refusal("x-required-on-send", json!(["name", entry])),
            format!("constructors: `x-required-on-send` lists `{entry}`: two arguments are called `name`; {hint}")
        );
    }
    for (first, second) in [("name", "name as again"), ("other", "other.name as part"), ("other.name as part", "other")]
    {
        assert_eq!(
            refusal("x-required-on-send", json!([first, second])),
            format!(
                "constructors: `x-required-on-send` lists `{second}`: another entry sets the same member, or one within it; {hint}"
            )
        );
    }
}

#[test]
fn a_constructor_of_what_is_not_sent() {
    let mut document = minimal();
    document["paths"]["/things"]["post"].as_object_mut().unwrap().remove("requestBody");
    document["components"]["schemas"]["thing"]["x-required-on-send"] = json!(["name"]);
    let given = Given::document(&document);
    let message = given.refusal();
    assert!(message.starts_with("constructors: api.json:"), "{message}");
    assert!(
        message.ends_with(
            " #/components/schemas/thing: `x-required-on-send` stands on what no request sends; \
             only structs that are sent get a constructor: delete it in the overlay"
        ),
        "{message}"
    );
    assert_eq!(Given { strict: false, ..given }.generate().unwrap().report.operations, 2);
}

#[test]
fn a_rule_of_the_overlay_is_refused_at_its_line() {
    let within = |document: &Value, target: &str, rule: &str| {
        let lines = [
            "overlay: 1.1.0",
            "info: {title: t, version: '1'}",
            "actions:",
            "- x-name: other",
            "  x-reason: r",
            "  target: $.components.schemas.thing",
            "  x-expect: {description: null}",
            "  update: {description: A thing.}",
            "- x-name: rule",
            "  x-reason: r",
            &format!("  target: $.components.schemas.thing{target}"),
            "  x-expect: {type: object}",
            "  update:",
            rule,
        ];
        Given { overlay: Some(lines.join("\n")), ..Given::document(document) }.refusal()
    };
    let overlay = |rule: &str| within(&minimal(), "", rule);
    let hint = "correct the action of the overlay that says so";
    for (rule, problem) in [
        ("    x-read-only: [gone]", "`x-read-only` lists `gone`, which is no property"),
        ("    x-required-on-send: name", "`x-required-on-send` is no list of texts"),
        ("    x-type-on-send: no", "`x-type-on-send` is \"no\", and can only be \"refused\""),
    ] {
        assert_eq!(overlay(rule), format!("read_send_rules: overlay.yaml:14 action `rule`: {problem}; {hint}"));
    }
    assert_eq!(
        overlay("    x-required-on-send: [gone]"),
        "constructors: overlay.yaml:14 action `rule`: `x-required-on-send` lists `gone`: `Thing` has no member `gone`; \
         name members as JSON does, with dots between them, and the argument after `as`"
    );
    let mut composed = minimal();
    let thing = &mut composed["components"]["schemas"]["thing"];
    *thing = json!({"allOf": [thing.clone()]});
    let message = within(&composed, ".allOf[0]", "    x-read-only: [gone]");
    assert!(message.starts_with("read_send_rules: overlay.yaml:14 action `rule`: "), "{message}");
}

#[test]
fn a_rule_of_the_wrong_form() {
    let hint = "correct the action of the overlay that says so";
    let cases = [
        ("x-required-on-send", json!("name"), "`x-required-on-send` is no list of texts"),
        ("x-required-on-send", json!([7]), "`x-required-on-send` is no list of texts"),
        ("x-read-only", json!(true), "`x-read-only` is no list of texts"),
        ("x-read-only", json!(["gone"]), "`x-read-only` lists `gone`, which is no property"),
        ("x-type-on-send", json!("no"), "`x-type-on-send` is \"no\", and can only be \"refused\""),
    ];
    for (key, value, problem) in cases {
        assert_eq!(refusal(key, value), format!("read_send_rules: {problem}; {hint}"));
    }
}

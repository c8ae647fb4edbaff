//! Shortcuts that lead nowhere.

use serde_json::{Value, json};

use crate::given::{Given, minimal};

/// A thing with links, an owner, and a state that is a union.
fn document() -> Value {
    let mut document = minimal();
    let text = json!({"type": "string"});
    let schemas = &mut document["components"]["schemas"];
    let link = json!({"type": "object", "properties": {"href": text, "name": text}});
    schemas["thing"]["properties"]["links"] = json!({"type": "object", "properties": {"html": link}});
    schemas["thing"]["properties"]["owner"] = json!({"$ref": "#/components/schemas/owner"});
    schemas["thing"]["properties"]["state"] = json!({"$ref": "#/components/schemas/state"});
    schemas["owner"] = json!({"type": "object", "properties": {"full_name": text, "age": {"type": "integer"}}});
    schemas["state"] = json!({"type": "object", "properties": {"type": text}});
    for word in ["open", "closed"] {
        schemas[format!("state_{word}")] = json!({"allOf": [
            {"$ref": "#/components/schemas/state"},
            {"type": "object", "properties": {"since": text}}
        ]});
    }
    document
}

const OWNER_NAME: &str = r#"
[[shortcut]]
type = "Thing"
name = "owner_name"
doc = "Name of the owner."
path = "owner.full_name"
"#;

const PATH: &str = "path = \"owner.full_name\"";

fn with(shortcuts: &str) -> Given {
    Given { shortcuts: shortcuts.to_owned(), ..Given::document(&document()) }
}

fn refusal(from: &str, to: &str) -> String {
    assert!(OWNER_NAME.contains(from), "{from}");
    with(&OWNER_NAME.replace(from, to)).refusal()
}

#[test]
fn the_shortcut_that_the_tests_change_is_fine() {
    let paths = [
        PATH,
        "path = \"links.html.href\"",
        "path = \"links.clone[kind].href\"",
        "path = \"state.open.since\"",
        "path = \"state.open\"\nis = true",
        "path = [{ path = \"owner.full_name\", when = \"name\", is = [\"a\", \"b\"] }, \"name\"]",
    ];
    for path in paths {
        let output = with(&OWNER_NAME.replace(PATH, path)).generate().unwrap_or_else(|error| panic!("{error}"));
        let types = &output.package["src/generated/types/things.rs"];
        assert!(types.contains("pub fn owner_name(&self"), "{path}: {types}");
    }
}

#[test]
fn a_shortcut_that_leads_nowhere() {
    let hint = "name types, members and variants as the SDK does; a relation of links ends with `href`";
    let cases = [
        ("path = \"owner.fullname\"", "`fullname` in `owner.fullname` is no field of `Owner`"),
        ("path = \"name.first\"", "`first` in `name.first` is no member of what comes before it"),
        ("path = \"links.html.title\"", "`title` in `links.html.title` is no member of what comes before it"),
        (
            "path = \"state.shut.since\"",
            "`shut` in `state.shut.since` is no variant of `State`, nor a member that all its variants have",
        ),
        ("path = \"state.open\"", "`state.open` ends at a variant: say `is = true`, or go on to a member"),
        ("path = \"owner\"\nis = true", "`owner` does not end at a variant, so `is` cannot be asked"),
        ("path = [\"name\", \"owner.age\"]", "`owner.age` leads to another type than the first path"),
        ("path = { path = \"name\", when = \"colour\", is = \"red\" }", "`colour` in `colour` is no field of `Thing`"),
        (
            "path = { path = \"name\", when = \"owner.age\", is = \"7\" }",
            "`owner.age` leads to no text or open enum, so its value cannot be compared",
        ),
    ];
    for (path, problem) in cases {
        assert_eq!(
            refusal(PATH, path),
            format!("shortcuts: shortcuts.toml:4 shortcut `Thing.owner_name`: {problem}; {hint}")
        );
    }
    assert_eq!(
        refusal("\"Thing\"", "\"Stuff\""),
        format!("shortcuts: shortcuts.toml:4 shortcut `Stuff.owner_name`: there is no type `Stuff`; {hint}")
    );
    let foreign = Given { strict: false, ..with(&OWNER_NAME.replace("full_name", "gone")) };
    assert_eq!(foreign.generate().unwrap().report.operations, 2);
}

#[test]
fn a_shortcut_with_a_name_that_is_taken() {
    assert_eq!(
        refusal("\"owner_name\"", "\"name\""),
        "shortcuts: shortcuts.toml:4 shortcut `Thing.name`: a field has this name; \
         name types, members and variants as the SDK does; a relation of links ends with `href`"
    );
    for name in ["with_name", "new"] {
        assert_eq!(
            refusal("\"owner_name\"", &format!("\"{name}\"")),
            format!(
                "shortcuts: shortcuts.toml:4 shortcut `Thing.{name}`: the type has a method of this name already; \
                 choose another name"
            )
        );
    }
}

#[test]
fn a_shortcut_of_the_wrong_form() {
    let message = with(&format!("{OWNER_NAME}{OWNER_NAME}")).refusal();
    assert!(message.starts_with("read decisions: shortcuts.toml:"), "{message}");
    assert!(message.ends_with(" shortcut `Thing.owner_name`: it is there twice; keep one entry"), "{message}");
    assert_eq!(
        refusal("\"owner_name\"", "\"owner name\""),
        "read decisions: shortcuts.toml:4 shortcut `Thing.owner name`: its name is no name for an accessor; \
         use lower-case letters, digits and underscores, and no word of Rust"
    );
    assert_eq!(
        refusal("\"Name of the owner.\"", "\"\""),
        "read decisions: shortcuts.toml:4 shortcut `Thing.owner_name`: the doc is empty; \
         say what it gives, and when nothing"
    );
    assert_eq!(
        refusal(PATH, "path = []"),
        "read decisions: shortcuts.toml:4 shortcut `Thing.owner_name`: there is no path; give at least one"
    );
    assert_eq!(
        refusal("doc", "docs"),
        "read decisions: shortcuts.toml:5: unknown field `docs`, expected one of `type`, `name`, `doc`, `path`, `is`; \
         spec/README.md describes the fields"
    );
}

#[test]
fn an_accessor_that_the_union_has_already() {
    for name in ["is_open", "as_closed", "is_unknown", "type_name"] {
        let shortcut =
            format!("[[shortcut]]\ntype = \"State\"\nname = \"{name}\"\ndoc = \"Taken.\"\npath = \"open.since\"\n");
        assert_eq!(
            with(&shortcut).refusal(),
            format!(
                "shortcuts: shortcuts.toml:3 shortcut `State.{name}`: the type has a method of this name already; \
                 choose another name"
            )
        );
    }
}

#[test]
fn a_relation_whose_bracket_is_not_closed() {
    let shortcut = OWNER_NAME.replace(PATH, "path = \"links.html[name.href\"");
    let refusal = with(&shortcut).refusal();
    assert!(refusal.contains("`html[name` in `links.html[name.href`"), "{refusal}");
}

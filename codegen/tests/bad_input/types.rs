//! Entries of `types.toml` that do not fit the schemas.

use serde_json::{Value, json};

use crate::given::{Given, minimal};

/// The minimal document with more schemas, each a member of `thing`.
fn with(schemas: &Value, types: &str) -> Given {
    let mut document = minimal();
    for (name, schema) in schemas.as_object().unwrap() {
        document["components"]["schemas"][name] = schema.clone();
        document["components"]["schemas"]["thing"]["properties"][name] =
            json!({"$ref": format!("#/components/schemas/{name}")});
    }
    Given { types: types.to_owned(), ..Given::document(&document) }
}

#[track_caller]
fn assert_refused(schemas: &Value, types: &str, expected: &str) {
    let given = with(schemas, types);
    assert_eq!(given.refusal(), expected);
    // What does not fit a foreign document is left, and reported.
    let foreign = Given { strict: false, ..given }.generate().unwrap_or_else(|error| panic!("{error}"));
    assert!(types.starts_with("[variant]") || !foreign.report.derived.is_empty(), "nothing is reported");
}

#[test]
fn a_rename_a_variant_or_a_collapse_of_a_type_that_is_not_there() {
    for table in ["rename", "collapse"] {
        assert_refused(
            &json!({}),
            &format!("[{table}]\nGone = \"Thing\"\n"),
            &format!(
                "collapse: types.toml:2 [{table}] `Gone`: no type of the document has this name; \
                 upstream dropped it or the name is misspelt: delete or correct the entry; \
                 `cargo xtask passes --verbose` lists the names"
            ),
        );
    }
    assert_refused(
        &json!({}),
        "[variant]\n\"Gone::Open\" = \"Opened\"\n",
        "unions: types.toml:2 [variant] `Gone::Open`: no union or enum has a variant of this name; \
         write `Union::Variant` with the names that the rules give, or delete the entry",
    );
    assert_refused(
        &json!({"part": {"type": "object", "properties": {"name": {"type": "string"}}}}),
        "[collapse]\nPart = \"Gone\"\n",
        "collapse: types.toml:2 [collapse] `Part`: `Gone` is no type of the document; \
         only what has the same members or values is one type: delete the entry, or mend the schema in the overlay",
    );
}

const HINT: &str =
    "only what has the same members or values is one type: delete the entry, or mend the schema in the overlay";

#[test]
fn a_collapse_into_a_struct_that_differs() {
    let whole = json!({"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}});
    let cases = [
        (
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            "the member `size` is only in one of them",
        ),
        (
            json!({"type": "object", "properties": {
                "name": {"type": "string"}, "size": {"type": "integer"}, "kind": {"type": "string"}
            }}),
            "the member `kind` is only in one of them",
        ),
        (
            json!({"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "number"}}}),
            "the member `size` is of another type",
        ),
        (json!({"type": "string", "enum": ["name", "size"]}), "they are not of the same kind"),
    ];
    for (part, problem) in cases {
        assert_refused(
            &json!({"whole": whole, "part": part}),
            "[collapse]\nPart = \"Whole\"\n",
            &format!("collapse: types.toml:2 [collapse] `Part`: {problem}; {HINT}"),
        );
    }
    let same = with(&json!({"whole": whole, "part": whole}), "[collapse]\nPart = \"Whole\"\n");
    assert_eq!(same.generate().unwrap().report.types, 2);
}

#[test]
fn a_collapse_into_an_enum_that_differs() {
    let state = json!({"type": "string", "enum": ["open", "closed"]});
    for (phase, value) in [(json!(["open"]), "closed"), (json!(["open", "closed", "gone"]), "gone")] {
        assert_refused(
            &json!({"state": state, "phase": {"type": "string", "enum": phase}}),
            "[collapse]\nPhase = \"State\"\n",
            &format!("collapse: types.toml:2 [collapse] `Phase`: the value `{value}` is only in one of them; {HINT}"),
        );
    }
    let same = with(&json!({"state": state, "phase": state}), "[collapse]\nPhase = \"State\"\n");
    assert_eq!(same.generate().unwrap().report.types, 2);
}

#[test]
fn a_collapse_into_what_is_written_by_hand() {
    let hint = "delete the entry, and give the type a name of its own where the rules give none that reads well";
    let text = json!({"type": "string"});
    let link = json!({"type": "object", "properties": {"href": text, "name": text}});
    let items = json!({"type": "array", "items": {"$ref": "#/components/schemas/thing"}});
    let cases = [
        (
            json!({"type": "object", "properties": {"next": text, "values": items, "more": text}}),
            "Page<Thing>",
            "it has members that no page has, or no list of values; only an envelope can be `Page`",
        ),
        (
            json!({"type": "object", "properties": {"next": text, "values": items}}),
            "Page<Part>",
            "its items are of another type",
        ),
        (
            json!({"type": "object", "properties": {"html": link, "note": text}}),
            "Links",
            "it has members that are no links; only an object of relations can be `Links`",
        ),
        (
            json!({"type": "object", "properties": {"href": text, "rel": text}}),
            "Link",
            "it has other members than `href` and `name`; only such an object can be `Link`",
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            "String",
            "it is no enum of exactly one value; only such a one can be text",
        ),
    ];
    for (schema, target, problem) in cases {
        assert_refused(
            &json!({"odd": schema, "part": {"type": "object", "properties": {"size": {"type": "integer"}}}}),
            &format!("[collapse]\nOdd = \"{target}\"\n"),
            &format!("collapse: types.toml:2 [collapse] `Odd`: {problem}; {hint}"),
        );
    }
    let fitting = [
        (json!({"type": "object", "properties": {"next": text, "values": items}}), "Page<Thing>"),
        (json!({"type": "object", "properties": {"html": link}}), "Links"),
        (link.clone(), "Link"),
        (json!({"type": "string", "enum": ["a"]}), "String"),
    ];
    for (schema, target) in fitting {
        let given = with(&json!({"odd": schema}), &format!("[collapse]\nOdd = \"{target}\"\n"));
        assert_eq!(given.generate().unwrap_or_else(|error| panic!("{target}: {error}")).report.types, 1, "{target}");
    }
}

#[test]
fn two_types_of_one_name() {
    let part = json!({"type": "object", "properties": {"size": {"type": "integer"}}});
    let given = with(&json!({"part": part}), "[rename]\nPart = \"Thing\"\n");
    let message = given.refusal();
    assert!(message.starts_with("collapse: api.json:"), "{message}");
    assert!(message.contains("`thing` and `part` would both become the type `Thing`"), "{message}");
    let message = with(&json!({"part": part}), "[rename]\nPart = \"Timestamp\"\n").refusal();
    assert!(message.contains("`part` would become the type `Timestamp`, which is written by hand"), "{message}");
}

//! Locked names of methods that break a rule.

use serde_json::{Value, json};

use crate::given::{Given, WORDS, minimal};

/// An entry of the lock; its id stands on the fifth line.
fn locked(method: &str, path: &str, id: &str, name: &str) -> String {
    format!(
        "\n[[operation]]\nmethod = \"{method}\"\npath = \"{path}\"\nid = \"{id}\"\ngroup = \"things\"\nname = \"{name}\"\n"
    )
}

fn given(document: &Value, entries: &str) -> Given {
    Given { operations: format!("{entries}{WORDS}"), ..Given::document(document) }
}

/// What is said to `GET /things/{id}` under this name.
fn refusal_of(name: &str) -> String {
    let message = given(&minimal(), &locked("GET", "/things/{id}", "get_thing", name)).refusal();
    let start = "name operations: operations.toml:5 operation `get_thing`: ";
    message.strip_prefix(start).unwrap_or_else(|| panic!("{message}")).to_owned()
}

#[test]
fn a_name_that_breaks_a_rule() {
    let cases = [
        ("list", "`list` promises a page, and this is none; use `get`"),
        (
            "fetch",
            "`fetch` is no verb of the SDK; [verbs] in operations.toml is closed; docs/naming.md says when it grows",
        ),
        ("create", "`create` is no verb of a GET; use `list`, `get` or `is`"),
        ("is", "`is` is answered by the status alone, and this has a body; use `get`"),
        ("clone", "`clone` is taken: handles or generated modules have it already; choose another verb, or add a noun"),
        ("get_part_parts", "`part` is said twice; say it once"),
        ("get_thing", "the accessor `things` says `thing` already; leave it out"),
        (
            "get_for_repository",
            "`repository` is whom methods of `things` are about anyway; leave `_for_repository` out",
        ),
        ("get_for_nobody", "`nobody` is no owner; [owners] in operations.toml lists the words that follow `_for_`"),
        (
            "get_part_of_whole",
            "`of` is part of no noun; \
             only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order",
        ),
        (
            "getThing",
            "`getThing` is no name for a method; \
             use lower-case letters, digits and single underscores, and no word of Rust",
        ),
        (
            "get_a_part_that_is_much_too_long_for_it",
            "`get_a_part_that_is_much_too_long_for_it` has 39 letters, the maximum is 35; \
             leave out what the accessor or the owner says",
        ),
    ];
    for (name, expected) in cases {
        assert_eq!(refusal_of(name), expected);
    }
}

#[test]
fn a_page_that_is_not_called_list() {
    let mut document = minimal();
    document["components"]["schemas"]["page"] = json!({"type": "object", "properties": {
        "next": {"type": "string"},
        "values": {"type": "array", "items": {"$ref": "#/components/schemas/thing"}}
    }});
    document["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
        json!({"$ref": "#/components/schemas/page"});
    let entry = locked("GET", "/things/{id}", "get_thing", "get");
    assert_eq!(
        given(&document, &entry).refusal(),
        "name operations: operations.toml:5 operation `get_thing`: \
         it answers with a page, which `get` does not say; use `list`"
    );
    let named = given(&document, &entry.replace("\"get\"", "\"list\""));
    assert!(named.generate().unwrap().package["src/generated/groups/things.rs"].contains("pub fn list("));
}

#[test]
fn a_name_that_an_extension_trait_has() {
    let plain = given(&minimal(), &locked("POST", "/things", "create_thing", "create"));
    let taken = Given { groups: format!("{}\ntaken = [\"create\"]\n", plain.groups), ..plain };
    assert_eq!(
        taken.refusal(),
        "name operations: operations.toml:5 operation `create_thing`: \
         `create` is taken: handles or generated modules have it already; choose another verb, or add a noun"
    );
}

#[test]
fn set_beside_create() {
    let mut document = minimal();
    let mut put = document["paths"]["/things/{id}"]["get"].clone();
    put["operationId"] = json!("put_thing");
    document["paths"]["/things/{id}"]["put"] = put;
    let entry = locked("PUT", "/things/{id}", "put_thing", "set");
    assert_eq!(
        given(&document, &entry).refusal(),
        "name operations: operations.toml:5 operation `put_thing`: `set` stands beside `create`; \
         what `create` makes is changed by `update`; `set` is for what nothing else creates"
    );
    assert_eq!(given(&document, &entry.replace("\"set\"", "\"update\"")).generate().unwrap().report.operations, 3);
}

#[test]
fn two_operations_of_one_name_in_a_group() {
    let mut document = minimal();
    let mut parts = document["paths"]["/things/{id}"].clone();
    parts["get"]["operationId"] = json!("get_parts");
    document["paths"]["/things/{id}/parts"] = parts;
    let thing = locked("GET", "/things/{id}", "get_thing", "get");
    let parts = locked("GET", "/things/{id}/parts", "get_parts", "get");
    assert_eq!(
        given(&document, &format!("{thing}{parts}")).refusal(),
        "name operations: operations.toml:12 operation `get_parts`: two operations are called `get`, a GET and a GET; \
         tell them apart by noun or owner in operations.toml"
    );
    // A derived name steps aside instead.
    assert_eq!(given(&document, &thing).generate().unwrap().report.operations, 3);
}

#[test]
fn a_reason_where_the_name_follows_the_rules() {
    let entry = locked("GET", "/things/{id}", "get_thing", "get");
    assert_eq!(
        given(&minimal(), &format!("{entry}name_reason = \"It is nicer.\"\n")).refusal(),
        "name operations: operations.toml:5 operation `get_thing`: \
         the name follows the rules, so it needs no reason; delete `name_reason`"
    );
    let odd = entry.replace("\"get\"", "\"fetch\"");
    let with_reason = given(&minimal(), &format!("{odd}name_reason = \"It is the service's own word.\"\n"));
    assert_eq!(with_reason.generate().unwrap().report.operations, 2);
    let without = given(&minimal(), &format!("{odd}name_reason = \" \"\n")).refusal();
    assert!(without.contains("`fetch` is no verb of the SDK"), "{without}");
}

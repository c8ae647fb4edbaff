//! Rules of `facts.toml` that take nothing, or are of the wrong form.

use serde_json::json;

use crate::given::{Given, minimal};

/// A list, a log, a union, and members that rules speak of.
fn document() -> serde_json::Value {
    let mut document = minimal();
    let text = json!({"type": "string"});
    let schemas = &mut document["components"]["schemas"];
    schemas["thing"]["properties"]["links"] = json!({"type": "object", "properties": {"rel": text}});
    schemas["thing"]["properties"]["uuid"] = text.clone();
    schemas["thing"]["properties"]["state"] = json!({"$ref": "#/components/schemas/state"});
    let state = |word: &str| json!({"type": "object", "properties": {"type": text, "name": {"type": "string", "enum": [word]}}});
    schemas["state"] = json!({"type": "object", "properties": {"type": text, "name": text}});
    for word in ["open", "closed"] {
        schemas[format!("state_{word}")] = json!({"allOf": [{"$ref": "#/components/schemas/state"}, state(word)]});
    }
    schemas["page"] = json!({"type": "object", "properties": {
        "next": text, "values": {"type": "array", "items": {"$ref": "#/components/schemas/thing"}}
    }});
    let answer = |media: &str, schema: serde_json::Value| json!({"tags": ["Things"], "responses": {"200": {"description": "", "content": {media: {"schema": schema}}}}});
    let mut list = answer("application/json", json!({"$ref": "#/components/schemas/page"}));
    let parameter = |name: &str| json!({"name": name, "in": "query", "schema": text});
    list["parameters"] = json!([parameter("q"), parameter("state")]);
    document["paths"]["/things"]["get"] = list;
    document["paths"]["/log"] = json!({"get": answer("text/plain", text)});
    document
}

const FACTS: &str = r#"
[[parameter]]
name = "page"
in = "query"
type = "integer"
doc = "Number of the page."
where = { answers = "page" }
reason = "Lists are paged."

[[list]]
where = { answers = "page" }
page_len = 50
reason = "More is refused."

[[log]]
where = { path_ends = ["/log"] }
reason = "It is one."

[[received]]
members = ["links"]
reason = "The service fills them in."

[[value]]
members = ["uuid"]
type = "Uuid"
reason = "It is one."

[[discriminator]]
members = ["name"]
reason = "Objects came without a type."

[[filter]]
where = { answers = "page" }
parameter = "state"
doc = "It goes along."
reason = "It is ignored beside the filter."
"#;

fn with(facts: &str) -> Given {
    Given { facts: Some(facts.to_owned()), ..Given::document(&document()) }
}

#[test]
fn the_rules_that_the_tests_change_are_fine() {
    let output = with(FACTS).generate().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(output.report.operations, 4);
}

#[test]
fn a_rule_that_takes_nothing() {
    let cases = [
        (
            "where = { answers = \"page\" }\nreason = \"Lists are paged.\"",
            "where = { path_ends = [\"/gone\"] }\nreason = \"Lists are paged.\"",
            "add_parameters: facts.toml:2 parameter `page`: the selector takes no operation of the document; \
             correct the selector, or delete it when the service no longer does so",
        ),
        (
            "reason = \"Lists are paged.\"",
            "reason = \"Lists are paged.\"\n[[parameter.except]]\nwhere = { declares = \"gone\" }\nreason = \"So.\"",
            "add_parameters: facts.toml:2 parameter `page`: an exception takes no operation of the document; \
             correct the selector, or delete it when the service no longer does so",
        ),
        (
            "where = { answers = \"page\" }\npage_len",
            "where = { answers = \"page\", method = \"PUT\" }\npage_len",
            "facts: facts.toml:10 list rule: the selector takes no operation of the document; \
             correct the selector, or delete the rule",
        ),
        (
            "[\"/log\"]",
            "[\"/logs\"]",
            "facts: facts.toml:15 log rule: the selector takes no operation of the document; \
             correct the selector, or delete the rule",
        ),
        (
            "[\"links\"]",
            "[\"link\"]",
            "read_send_rules: facts.toml:19 received `link`: no object of the document has such a member; \
             correct the names, or delete the rule",
        ),
        (
            "[\"uuid\"]",
            "[\"*_uuid\"]",
            "facts: facts.toml:23 value `*_uuid`: no object of the document has such a member; \
             correct the names, or delete the rule",
        ),
        (
            "[\"name\"]",
            "[\"status\", \"kind\"]",
            "find_unions: facts.toml:28 discriminator `status`, `kind`: \
             no union of the document is told apart by it; correct the members, or delete the rule",
        ),
        (
            "parameter = \"state\"",
            "parameter = \"status\"",
            "facts: facts.toml:32 filter rule: the selector takes no operation of the document; \
             correct the selector, or delete the rule",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(FACTS.contains(from), "{from}");
        let given = with(&FACTS.replace(from, to));
        assert_eq!(given.refusal(), expected);
        Given { strict: false, ..given }.generate().unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_file_of_the_wrong_form() {
    let refused = |from: &str, to: &str| {
        assert!(FACTS.contains(from), "{from}");
        with(&FACTS.replace(from, to)).refusal()
    };
    let readme = "spec/README.md describes the fields";
    assert_eq!(
        refused("[[log]]", "[[logs]]"),
        format!(
            "read decisions: facts.toml:15: unknown field `logs`, \
             expected one of `parameter`, `list`, `filter`, `log`, `received`, `value`, `discriminator`; {readme}"
        )
    );
    assert_eq!(
        refused("page_len", "pagelen"),
        format!(
            "read decisions: facts.toml:12: unknown field `pagelen`, \
             expected one of `where`, `page_len`, `size`, `counts_hidden`, `reason`; {readme}"
        )
    );
    assert_eq!(
        refused("path_ends", "path_end"),
        format!(
            "read decisions: facts.toml:16: unknown field `path_end`, \
             expected one of `method`, `answers`, `path_ends`, `declares`; {readme}"
        )
    );
    assert_eq!(
        refused("\"Uuid\"", "\"Guid\""),
        format!("read decisions: facts.toml:25: unknown variant `Guid`, expected `Uuid`; {readme}")
    );
    assert_eq!(
        refused("\"More is refused.\"", "\" \""),
        "read decisions: facts.toml:10 fact: the reason is empty; say how the fact is known"
    );
    assert_eq!(
        refused("\"query\"", "\"path\""),
        "read decisions: facts.toml:2 parameter `page`: `in` is neither `query` nor `header`; \
         parameters can be added to the query and to the headers"
    );
    assert_eq!(
        refused("\"integer\"", "\"array\""),
        "read decisions: facts.toml:2 parameter `page`: `type` is not supported; \
         a parameter that is added is a `string`, an `integer` or a `boolean`"
    );
}

//! Decision files that do not fit the document or their own form.

use crate::given::{Given, WORDS, minimal};

const GET_THING: &str = r#"
[[operation]]
method = "GET"
path = "/things/{id}"
id = "get_thing"
group = "things"
name = "get"
"#;

fn with_operations(operations: &str) -> Given {
    Given { operations: format!("{operations}{WORDS}"), ..Given::document(&minimal()) }
}

fn with_groups(groups: &str) -> Given {
    Given { groups: groups.to_owned(), ..Given::document(&minimal()) }
}

#[test]
fn the_lock_that_the_tests_change_is_fine() {
    assert_eq!(with_operations(GET_THING).generate().unwrap().report.operations, 2);
}

#[test]
fn a_locked_operation_that_the_document_does_not_have() {
    let given = with_operations(&GET_THING.replace("{id}", "{key}"));
    assert_eq!(
        given.refusal(),
        "identify_operations: operations.toml:5 operation `get_thing`: \
         GET /things/{key} is not in the document; \
         upstream removed it or the entry is misspelt: delete or correct the entry"
    );
    let foreign = Given { strict: false, ..given };
    let passes = foreign.generate().unwrap().report.passes;
    let (_, touched) = passes.into_iter().find(|(pass, _)| *pass == "identify_operations").unwrap();
    assert_eq!(touched, ["not in this document: get_thing (GET /things/{key})"]);
}

#[test]
fn an_upstream_id_that_differs_from_the_lock() {
    assert_eq!(
        with_operations(&GET_THING.replace("get_thing", "read_thing")).refusal(),
        "identify_operations: operations.toml:5 operation `read_thing`: upstream calls GET /things/{id} `get_thing`; \
         the id is upstream's: write `id = \"get_thing\"`, the name of the method stays"
    );
}

#[test]
fn a_locked_id_that_another_operation_has() {
    let mut document = minimal();
    document["paths"]["/things/{id}"]["get"].as_object_mut().unwrap().remove("operationId");
    let given = Given {
        document: serde_json::to_string_pretty(&document).unwrap(),
        ..with_operations(&GET_THING.replace("get_thing", "create_thing"))
    };
    assert_eq!(
        given.refusal(),
        "identify_operations: api.json:32 #/paths/~1things~1{id}/get/operationId: \
         two operations are called `create_thing`; \
         the other is POST /things; operation ids must be distinct also in snake case: rename one in the overlay \
         or in spec/operations.toml"
    );
}

#[test]
fn an_operation_that_is_locked_twice() {
    assert_eq!(
        with_operations(&format!("{GET_THING}{GET_THING}")).refusal(),
        "read decisions: operations.toml:12 operation `get_thing`: its method and path are listed twice; \
         keep one entry"
    );
}

#[test]
fn an_operation_in_an_unknown_group() {
    assert_eq!(
        with_operations(&GET_THING.replace("\"things\"", "\"thing\"")).refusal(),
        "read decisions: operations.toml:5 operation `get_thing`: unknown group `thing`; \
         groups.toml lists the module names"
    );
}

#[test]
fn an_unknown_key_in_an_entry() {
    assert_eq!(
        with_operations(&format!("{GET_THING}efect = \"read\"\n")).refusal(),
        "read decisions: operations.toml:8: \
         unknown field `efect`, expected one of `method`, `path`, `id`, `group`, `name`, `name_reason`, `effect`, \
         `effect_reason`, `review`; \
         spec/README.md describes the fields"
    );
}

#[test]
fn an_entry_that_lacks_a_key() {
    assert_eq!(
        with_operations(&GET_THING.replace("group = \"things\"", "")).refusal(),
        "read decisions: operations.toml:2: missing field `group`; spec/README.md describes the fields"
    );
}

#[test]
fn a_table_that_is_misspelt() {
    assert_eq!(
        with_operations(&GET_THING.replace("operation", "operations")).refusal(),
        "read decisions: operations.toml:2: unknown field `operations`, \
         expected one of `verbs`, `arguments`, `owners`, `nouns`, `operation`; \
         spec/README.md describes the fields"
    );
}

#[test]
fn an_effect_without_a_reason() {
    assert_eq!(
        with_operations(&format!("{GET_THING}effect = \"non-idempotent-write\"\n")).refusal(),
        "read decisions: operations.toml:5 operation `get_thing`: \
         effect and effect_reason go together, and a reason is a text; \
         say why the class that follows from the method is wrong"
    );
}

#[test]
fn a_reason_that_is_empty_or_alone() {
    assert_eq!(
        with_operations(&format!("{GET_THING}effect = \"non-idempotent-write\"\neffect_reason = \" \"\n")).refusal(),
        "read decisions: operations.toml:5 operation `get_thing`: \
         effect and effect_reason go together, and a reason is a text; \
         say why the class that follows from the method is wrong"
    );
    assert_eq!(
        with_operations(&format!("{GET_THING}effect_reason = \"it mails\"\n")).refusal(),
        "read decisions: operations.toml:5 operation `get_thing`: \
         effect and effect_reason go together, and a reason is a text; \
         say why the class that follows from the method is wrong"
    );
}

#[test]
fn an_unknown_effect() {
    assert_eq!(
        with_operations(&format!("{GET_THING}effect = \"safe\"\neffect_reason = \"it mails\"\n")).refusal(),
        "read decisions: operations.toml:8: \
         unknown variant `safe`, expected one of `read`, `idempotent-write`, `non-idempotent-write`; \
         spec/README.md describes the fields"
    );
}

#[test]
fn a_text_that_is_no_toml() {
    assert_eq!(
        with_operations("[[operation]\n").refusal(),
        "read decisions: operations.toml:1: unclosed array table, expected `]`; \
         spec/README.md describes the fields"
    );
    assert_eq!(
        with_groups("[[group]]\ntag = \n").refusal(),
        "read decisions: groups.toml:2: string values must be quoted, expected literal string; \
         spec/README.md describes the fields"
    );
}

#[test]
fn a_group_of_the_wrong_form() {
    let groups = Given::document(&minimal()).groups;
    assert_eq!(
        with_groups(&groups.replace("module = \"things\"", "module = \"Things\"")).refusal(),
        "read decisions: groups.toml:3 group `Things`: `Things` is no module name; \
         use lower-case letters, digits and underscores, and no word of Rust"
    );
    assert_eq!(
        with_groups(&groups.replace("module = \"things\"", "module = \"type\"")).refusal(),
        "read decisions: groups.toml:3 group `type`: `type` is no module name; \
         use lower-case letters, digits and underscores, and no word of Rust"
    );
    assert_eq!(
        with_groups(&groups.replace("feature = \"things\"", "feature = \"full\"")).refusal(),
        "print: Cargo.toml:1 [features]: with the features of the groups it is no TOML: duplicate key; \
         a feature of spec/groups.toml has a name that cannot stand there or stands there already"
    );
    assert_eq!(
        with_groups(&groups.replace("feature = \"things\"", "feature = \"a b\"")).refusal(),
        "print: Cargo.toml:1 [features]: \
         with the features of the groups it is no TOML: key with no value, expected `=`; \
         a feature of spec/groups.toml has a name that cannot stand there or stands there already"
    );
    assert_eq!(
        with_groups(&format!("{groups}\ncolour = \"red\"\n")).refusal(),
        "read decisions: groups.toml:8: \
         unknown field `colour`, expected one of `tag`, `module`, `feature`, `page`, `doc`, `owner`, `taken`, `verb`, `example`; \
         spec/README.md describes the fields"
    );
    assert_eq!(
        with_groups(&format!("{groups}\n\n{groups}\n")).refusal(),
        "read decisions: groups.toml:11 group `things`: the tag `Things` is listed twice; keep one entry"
    );
}

#[test]
fn two_tags_of_one_module_must_agree_on_its_feature() {
    let groups = Given::document(&minimal()).groups;
    let second = groups.replace("tag = \"Things\"", "tag = \"Stuff\"");
    let mut document = minimal();
    document["paths"]["/things"]["post"]["tags"] = serde_json::json!(["Stuff"]);
    let both = Given { groups: format!("{groups}\n\n{second}\n"), ..Given::document(&document) };
    assert!(both.generate().is_ok());
    assert_eq!(
        with_groups(&format!("{groups}\n\n{second}\n")).refusal(),
        "names: groups.toml:10 tag `Stuff`: no operation of the document has this tag; \
         correct the entry, or delete it when upstream has dropped what it speaks of"
    );
    let other_feature = second.replace("feature = \"things\"", "feature = \"stuff\"");
    assert_eq!(
        with_groups(&format!("{groups}\n\n{other_feature}\n")).refusal(),
        "read decisions: groups.toml:11 group `things`: \
         the module `things` has another feature, doc, owner, verb, taken list or example under the tag `Things`; \
         one module is one feature: make them equal or choose another module"
    );
}

#[test]
fn a_manifest_without_marker_lines() {
    let with = |manifest: &str| Given { manifest: manifest.to_owned(), ..Given::document(&minimal()) }.refusal();
    let expected = "the marker lines of the generated features are missing; \
                    put `# <generated by cargo xtask generate>` and `# </generated>` into [features]";
    assert_eq!(with("[package]\n[features]\n"), format!("print: Cargo.toml:2 [features]: {expected}"));
    let upside_down = "# </generated>\n# <generated by cargo xtask generate>\n";
    assert_eq!(with(upside_down), format!("print: Cargo.toml [features]: {expected}"));
}

#[test]
fn a_locked_id_that_is_none() {
    let mut document = minimal();
    document["paths"]["/things/{id}"]["get"].as_object_mut().unwrap().remove("operationId");
    let given = Given {
        document: serde_json::to_string_pretty(&document).unwrap(),
        ..with_operations(&GET_THING.replace("get_thing", "try"))
    };
    assert_eq!(
        given.refusal(),
        "identify_operations: operations.toml:5 operation `try`: `try` is no id for an operation; \
         it is letters, digits and underscores, and no word of Rust: correct it"
    );
}

#[test]
fn a_group_of_an_unknown_owner() {
    let groups = Given::document(&minimal()).groups;
    assert_eq!(
        with_groups(&groups.replace("\"repository\"", "\"repo\"")).refusal(),
        "read decisions: groups.toml:7 group `things`: unknown owner `repo`; \
         [owners] in operations.toml lists the words"
    );
}

const HANDLE: &str = r#"
[[handle]]
name = "ThingHandle"
prefix = "Thing"
group = "things"
knows = { id = "id" }
"#;

#[test]
fn a_handle_that_knows_nothing() {
    let with = |text: String| Given { handles: text, ..Given::document(&minimal()) };
    assert_eq!(with(HANDLE.to_owned()).generate().unwrap().report.operations, 2);
    for knows in ["knows = {}", "knows = { id = 7 }"] {
        assert_eq!(
            with(HANDLE.replace("knows = { id = \"id\" }", knows)).refusal(),
            "read decisions: handles.toml:3 handle `ThingHandle`: `knows` says nothing; \
             name the path parameters, each with the method that gives it"
        );
    }
    assert_eq!(
        with(HANDLE.replace("knows = { id = \"id\" }", "")).refusal(),
        "read decisions: handles.toml:2: missing field `knows`; spec/README.md describes the fields"
    );
}

const GONE: &str = r#"
[[operation]]
method = "GET"
path = "/stuff"
since = "2026-10"
instead = "`things().get(..)`"
reason = "The document of October 2026 lacks it."
"#;

#[test]
fn an_operation_that_is_not_withdrawn_or_twice() {
    let with = |text: String| Given { withdrawn: text, ..Given::document(&minimal()) };
    assert_eq!(with(GONE.to_owned()).generate().unwrap().report.operations, 2);
    assert_eq!(
        with(GONE.replace("/stuff", "/things/{id}")).refusal(),
        "withdrawn: withdrawn.toml:4 GET /things/{id}: the document still has it; \
         remove it in the overlay, or delete the entry when the service offers it again"
    );
    assert_eq!(
        with(format!("{GONE}{GONE}")).refusal(),
        "read decisions: withdrawn.toml:11 GET /stuff: it is there twice; keep one entry"
    );
    assert_eq!(
        with(GONE.replace("\"GET\"", "\"GTE\"")).refusal(),
        "read decisions: withdrawn.toml:4 GTE /stuff: it is no method with a path; \
         write the method in capitals and the path as the document did"
    );
    assert_eq!(
        with(GONE.replace("2026-10", "soon")).refusal(),
        "read decisions: withdrawn.toml:4 GET /stuff: `since` is no month; write year and month: `2026-10`"
    );
    assert_eq!(
        with(GONE.replace("`things().get(..)`", " ")).refusal(),
        "read decisions: withdrawn.toml:4 GET /stuff: `since`, `instead` or `reason` is empty; \
         say when, what to use instead, and how it is known"
    );
}

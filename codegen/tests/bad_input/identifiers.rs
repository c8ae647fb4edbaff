//! Entries of `identifiers.toml` that lead nowhere.

use crate::given::{Given, minimal};

const NAME: &str = r#"
[[identifier]]
parameter = "id"
member = "Thing.name"
"#;

fn with(identifiers: &str) -> Given {
    Given { identifiers: identifiers.to_owned(), ..Given::document(&minimal()) }
}

#[test]
fn the_entry_that_the_tests_change_is_fine() {
    let output = with(NAME).generate().unwrap_or_else(|error| panic!("{error}"));
    let group = &output.package["src/generated/groups/things.rs"];
    assert!(group.contains("id: impl Identify<id::Thing>"), "{group}");
}

#[test]
fn a_parameter_or_a_member_that_is_not_there() {
    for (changed, expected) in [
        (
            NAME.replace("\"id\"", "\"ids\""),
            "identifiers: identifiers.toml:2 parameter `ids`: no path has it, or another entry covers more; \
             correct `parameter` or `under`, or delete the entry",
        ),
        (
            NAME.replace("member", "under = \"/stuff/\"\nmember"),
            "identifiers: identifiers.toml:2 parameter `id`: no path has it, or another entry covers more; \
             correct `parameter` or `under`, or delete the entry",
        ),
        (
            NAME.replace("Thing.name", "Thing.title"),
            "identifiers: identifiers.toml:2 parameter `id`: there is no `Thing.title` that could be text; \
             name a struct and its field, or a union and a member that all its variants have",
        ),
        (
            NAME.replace("Thing.name", "Thing"),
            "read decisions: identifiers.toml:2 parameter `id`: `member` is no type with a field; \
             write them with a dot between: `Pipeline.uuid`",
        ),
        (
            format!("{NAME}{NAME}"),
            "read decisions: identifiers.toml:6 parameter `id`: it is there twice; \
             keep one entry, or tell them apart by `under`",
        ),
    ] {
        assert_eq!(with(&changed).refusal(), expected);
    }
}

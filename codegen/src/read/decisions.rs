//! The decisions of maintainers, read from the TOML files of `spec/`.
//!
//! Reading checks each entry on its own. Whether the document has what an entry names is checked later, where the document
//! is known; an entry that matches nothing is an error for the vendored document and a note for a foreign one.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::error::Error;
use crate::inputs::Inputs;
use crate::source::Source;

pub mod facts;
pub mod groups;
pub mod handles;
pub mod identifiers;
pub mod operations;
pub mod shortcuts;
pub mod types;
pub mod withdrawn;

pub use groups::{GroupEntry, Groups};
pub use operations::{Effect, OperationEntry, Operations};
pub use types::TypeNames;

use facts::Facts;
use handles::HandleEntry;
use identifiers::IdentifierEntry;
use shortcuts::ShortcutEntry;
use withdrawn::Withdrawn;

const PASS: &str = "read decisions";

/// All decision files, read.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Ids, groups and names of operations.
    pub operations: Operations,
    /// Groups and their features.
    pub groups: Groups,
    /// Handles that know the beginning of a path.
    pub handles: Vec<HandleEntry>,
    /// Members that identify what path parameters ask for, each with its line.
    pub identifiers: Vec<(IdentifierEntry, usize)>,
    /// Names of types.
    pub types: TypeNames,
    /// Rules about many places at once.
    pub facts: Facts,
    /// Accessors through chains of members.
    pub shortcuts: Vec<ShortcutEntry>,
    /// Operations that are gone.
    pub withdrawn: Vec<Withdrawn>,
    /// Whether an entry that matches nothing is an error.
    pub strict: bool,
}

impl Decisions {
    /// Reads all decision files.
    ///
    /// # Errors
    /// The first entry that is wrong in itself, with its line.
    pub fn read(inputs: &Inputs<'_>) -> Result<Self, Error> {
        let groups = Groups::read(&inputs.groups)?;
        let operations = Operations::read(&inputs.operations, &groups)?;
        check_owners(&groups, &inputs.groups, &operations)?;
        Ok(Self {
            operations,
            groups,
            handles: handles::read(&inputs.handles)?,
            identifiers: identifiers::read(&inputs.identifiers)?,
            types: TypeNames::read(&inputs.types)?,
            facts: inputs.facts.as_ref().map(Facts::read).transpose()?.unwrap_or_default(),
            shortcuts: shortcuts::read(&inputs.shortcuts)?,
            withdrawn: withdrawn::read(&inputs.withdrawn)?,
            strict: inputs.strict,
        })
    }
}

/// A text of a decision file, and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The text.
    pub text: String,
    /// Its line, 1-based.
    pub line: usize,
}

/// A table of texts.
pub type Table = BTreeMap<String, Entry>;

/// Keywords of Rust, reserved ones included: no name of a module, method or argument. typify avoids the same ones.
const KEYWORDS: [&str; 53] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Whether the word is a keyword of Rust.
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether the word is snake case that Rust takes as a name: lower-case letters, digits and single underscores.
#[must_use]
pub fn is_snake_case(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !word.ends_with('_')
        && !word.contains("__")
        && !is_keyword(word)
}

/// Reads a file; unknown fields are errors, by the `deny_unknown_fields` of the type.
fn parse<T: for<'de> Deserialize<'de>>(source: &Source<'_>) -> Result<T, Error> {
    toml::from_str(source.text).map_err(|error| {
        let line = error.span().map(|span| source.line_of_offset(span.start));
        Error::in_line(
            PASS,
            source,
            line,
            "",
            error.message().replace('\n', " "),
            "spec/README.md describes the fields",
        )
    })
}

/// A table with the lines of its values; neither a key nor a text may be empty.
fn table(name: &str, raw: BTreeMap<String, Spanned<String>>, source: &Source<'_>) -> Result<Table, Error> {
    let mut table = Table::new();
    for (key, value) in raw {
        let entry = Entry { line: source.line_of_offset(value.span().start), text: value.into_inner() };
        if key.trim().is_empty() || entry.text.trim().is_empty() {
            let (subject, hint) = (format!("[{name}] `{key}`"), "write both sides, or delete the line");
            return Err(Error::in_line(PASS, source, Some(entry.line), subject, "a side of the line is empty", hint));
        }
        table.insert(key, entry);
    }
    Ok(table)
}

/// Checks that `operations.toml` knows the owner of each group.
fn check_owners(groups: &Groups, source: &Source<'_>, operations: &Operations) -> Result<(), Error> {
    let unknown = groups.0.iter().find(|group| !operations.owners.values().any(|owner| owner.text == group.owner));
    unknown.map_or(Ok(()), |group| {
        let line = source.line_containing(&format!("module = \"{}\"", group.module));
        let line = line.map(|line| field_line(source, line, "owner"));
        let problem = format!("unknown owner `{}`", group.owner);
        let hint = "[owners] in operations.toml lists the words";
        Err(Error::in_line(PASS, source, line, format!("group `{}`", group.module), problem, hint))
    })
}

/// The line of a field of the entry that begins on `line`; that line itself where the field is not written plainly.
fn field_line(source: &Source<'_>, line: usize, field: &str) -> usize {
    let of_entry = source.text.lines().enumerate().skip(line.saturating_sub(1));
    let mut of_entry = of_entry.take_while(|(index, text)| index + 1 == line || !text.starts_with('['));
    let found = of_entry
        .find(|(_, text)| text.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('=')));
    found.map_or(line, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: &str = include_str!("../../../spec/groups.toml");
    const OPERATIONS: &str = include_str!("../../../spec/operations.toml");
    const TYPES: &str = include_str!("../../../spec/types.toml");

    fn groups(text: &str) -> Result<Groups, String> {
        Groups::read(&Source { name: "groups.toml", text }).map_err(|error| error.to_string())
    }

    fn operations(text: &str) -> Result<Operations, String> {
        let known = groups(GROUPS)?;
        Operations::read(&Source { name: "operations.toml", text }, &known).map_err(|error| error.to_string())
    }

    fn types(text: &str) -> Result<TypeNames, String> {
        TypeNames::read(&Source { name: "types.toml", text }).map_err(|error| error.to_string())
    }

    #[test]
    fn the_files_of_names_in_spec_are_read() -> Result<(), String> {
        let (groups, operations, types) = (groups(GROUPS)?, operations(OPERATIONS)?, types(TYPES)?);
        check_owners(&groups, &Source { name: "groups.toml", text: GROUPS }, &operations).map_err(|e| e.to_string())?;
        assert_eq!((groups.0.len(), operations.entries.len()), (24, 294));
        assert_eq!(groups.by_tag("SSH").map(|group| group.module.as_str()), Some("ssh_keys"));
        assert_eq!(groups.by_module("current_user").and_then(|group| group.tag.as_deref()), None);
        assert!(groups.by_module("search").is_some_and(|group| group.verb));
        let silent: Vec<_> = groups.0.iter().filter(|group| group.example.is_none()).collect();
        assert!(silent.is_empty(), "without an example: {silent:?}");
        let key = ("GET".to_owned(), "/repositories/{workspace}/{repo_slug}/pipelines".to_owned());
        let list = &operations.entries[&key];
        assert_eq!((list.group.as_str(), list.name.as_str()), ("pipelines", "list"));
        let line = OPERATIONS.lines().position(|line| line == format!("id = \"{}\"", list.id));
        assert_eq!(Some(list.line), line.map(|index| index + 1));
        let line = TYPES.lines().position(|line| line.starts_with("GpgAccountKey ="));
        assert_eq!(types.rename.get("GpgAccountKey").map(|entry| entry.line), line.map(|index| index + 1));
        Ok(())
    }

    fn an_operation(change: &str) -> String {
        format!("[owners]\n\"/addon\" = \"addon\"\n\n[[operation]]\nmethod = \"PUT\"\npath = \"/addon\"\n{change}\n")
    }

    #[test]
    fn a_mistake_in_a_file_of_names_is_one_line_with_place_and_hint() {
        let group =
            "[[group]]\nmodule = \"addon\"\nfeature = \"addon\"\npage = \"addon\"\ndoc = \"D.\"\nowner = \"addon\"\n";
        let refused = |result: Result<Groups, String>| result.err().unwrap_or_default();
        let cases = [
            (
                refused(groups(&group.replace("module = \"addon\"", "module = \"crate\""))),
                "read decisions: groups.toml:2 group `crate`: `crate` is no module name; use lower-case letters, digits and underscores, and no word of Rust",
            ),
            (
                refused(groups(&format!("{group}{group}"))),
                "read decisions: groups.toml:8 group `addon`: the group is listed twice; keep one entry, or give each its tag",
            ),
            (
                refused(groups(&format!("{group}tag = \"A\"\n{group}tag = \"A\"\n"))),
                "read decisions: groups.toml:9 group `addon`: the tag `A` is listed twice; keep one entry",
            ),
            (
                refused(groups(&format!("{group}tag = \"A\"\n{}tag = \"B\"\n", group.replace("D.", "E.")))),
                "read decisions: groups.toml:9 group `addon`: the module `addon` has another feature, doc, owner, verb, taken list or example under the tag `A`; one module is one feature: make them equal or choose another module",
            ),
            (
                refused(groups(&format!("{group}owners = \"addon\"\n"))),
                "read decisions: groups.toml:7: unknown field `owners`, expected one of `tag`, `module`, `feature`, `page`, `doc`, `owner`, `taken`, `verb`, `example`; spec/README.md describes the fields",
            ),
            (
                refused(groups(&format!("{group}example = '''\n# let hidden = 1;\n\n'''\n"))),
                "read decisions: groups.toml:2 group `addon`: the example shows nothing; show a task in lines of at most 88 characters; the function around it is generated",
            ),
            (
                refused(groups(&format!("{group}example = \"{}\"\n", "long".repeat(23)))),
                &format!(
                    "read decisions: groups.toml:2 group `addon`: a line of the example has 92 characters: `{}`; show a task in lines of at most 88 characters; the function around it is generated",
                    "long".repeat(23)
                ),
            ),
            (
                refused(groups(&group.replace("\"D.\"", "\" \""))),
                "read decisions: groups.toml:2 group `addon`: `doc` is empty; every field has a text",
            ),
        ];
        for (message, expected) in cases {
            assert_eq!(message, expected);
        }

        let entry = "id = \"update_addon\"\ngroup = \"addon\"\nname = \"update\"";
        let refused = |text: String| operations(&text).err().unwrap_or_default();
        let cases = [
            (
                refused(an_operation(&entry.replace("group = \"addon\"", "group = \"addons\""))),
                "read decisions: operations.toml:7 operation `update_addon`: unknown group `addons`; groups.toml lists the module names",
            ),
            (
                refused(an_operation(&format!("{entry}\neffect = \"non-idempotent-write\""))),
                "read decisions: operations.toml:7 operation `update_addon`: effect and effect_reason go together, and a reason is a text; say why the class that follows from the method is wrong",
            ),
            (
                refused(an_operation(&entry.replace("\"update\"", "\"\""))),
                "read decisions: operations.toml:7 operation `update_addon`: `name` is empty; every field has a text",
            ),
            (
                refused(format!(
                    "{}\n[[operation]]\nmethod = \"PUT\"\npath = \"/addon\"\n{entry}\n",
                    an_operation(entry)
                )),
                "read decisions: operations.toml:14 operation `update_addon`: its method and path are listed twice; keep one entry",
            ),
            (
                refused("[verbs]\nlist = \"a\"\nlist = \"b\"\n".to_owned()),
                "read decisions: operations.toml:3: duplicate key; spec/README.md describes the fields",
            ),
            (
                refused("[owners]\n\"addon\" = \"addon\"\n".to_owned()),
                "read decisions: operations.toml:2 [owners] `addon`: it is no beginning of a path; begin with a slash, and end without one",
            ),
            (
                refused("[arguments]\nencoded_id = \"\"\n".to_owned()),
                "read decisions: operations.toml:2 [arguments] `encoded_id`: a side of the line is empty; write both sides, or delete the line",
            ),
            (
                refused("[nouns]\nFile = \"x\"\n".to_owned()),
                "read decisions: operations.toml:2 [nouns] `File`: `File` is no word in snake case; use lower-case letters, digits and underscores, and no word of Rust",
            ),
        ];
        for (message, expected) in cases {
            assert_eq!(message, expected);
        }

        let refused = |text: &str| types(text).err().unwrap_or_default();
        let cases = [
            (
                "[words]\npagelen = \"page_length\"\n",
                "read decisions: types.toml:2 [words] `pagelen`: `page_length` does not join to `pagelen`; the right side is the left one with underscores or capitals",
            ),
            (
                "[rename]\nA = \"C\"\nB = \"C\"\n",
                "read decisions: types.toml:3 [rename] `B`: `C` is the new name of `A` too; give them two names, or move one of them to [collapse]",
            ),
            (
                "[rename]\nA = \"a_b\"\n",
                "read decisions: types.toml:2 [rename] `A`: `a_b` is no name of a type; write words with capitals: `PullRequest`",
            ),
            (
                "[variant]\nTreeEntry = \"File\"\n",
                "read decisions: types.toml:2 [variant] `TreeEntry`: it names no variant; write `Union::Variant`",
            ),
            (
                "[collapse]\nA = \"B\"\nB = \"C\"\n",
                "read decisions: types.toml:2 [collapse] `A`: `B` is collapsed itself; name the type that stays",
            ),
            (
                "[rename]\nB = \"C\"\n[collapse]\nA = \"B\"\n",
                "read decisions: types.toml:4 [collapse] `A`: `B` is renamed to `C`; write the new name",
            ),
            (
                "[collapse]\nA = \"Page<B>\"\nB = \"C\"\n",
                "read decisions: types.toml:2 [collapse] `A`: `B` is collapsed itself; name the type that stays",
            ),
            (
                "[rename]\nA = \"B\"\n[collapse]\nA = \"C\"\n",
                "read decisions: types.toml:4 [collapse] `A`: it is renamed to `B` as well; a type that disappears needs no name: keep one line",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(refused(text), expected);
        }
    }
}

//! The paths in `sdk/api.txt`: of items with their kind, of members without.

use std::collections::{BTreeMap, BTreeSet};

/// What the list says.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// `struct types::Pipeline`, `types::Pipeline.uuid`, `types::Pipeline::new`.
    pub(crate) items: BTreeSet<String>,
    /// Methods that a macro names after its arguments: each word of a call may be one.
    pub(crate) possible: BTreeSet<String>,
}

/// What one macro declares.
#[derive(Debug, Default)]
struct Macro {
    /// Methods with names of their own.
    methods: Vec<String>,
    /// Whether it has methods that are named by arguments.
    named: bool,
}

/// Reads the list.
pub(crate) fn read(text: &str) -> Listed {
    let (mut listed, mut macros, mut aliases) = (Listed::default(), BTreeMap::<&str, Macro>::new(), Vec::new());
    // What begins with `&` is an `impl` for a reference.
    let lines = || text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '&']));
    for (name, declared) in lines().filter_map(|line| line.split_once("! ")).filter(|(name, _)| !name.contains(' ')) {
        let (path, rest) = split(declared);
        let found = macros.entry(name).or_default();
        let method = path.rsplit("::").next().unwrap_or(path);
        match rest.bytes().next() {
            Some(b'(' | b'<') if method.to_uppercase() == method => found.named = true,
            _ if path.contains("::") && !rest.starts_with(" impl") => found.methods.push(method.to_owned()),
            _ => {}
        }
    }
    for line in lines() {
        let (path, rest) = split(line);
        let mut words = rest.split_whitespace();
        let word = words.next().unwrap_or_default();
        let kind: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
        match (rest.bytes().next(), kind.as_str()) {
            (Some(b' '), "struct" | "enum" | "trait" | "mod") => {
                listed.items.insert(format!("{kind} {path}"));
            }
            (Some(b' '), "use") => aliases.extend(words.next().map(|target| (path, target))),
            (Some(b' '), "impl") | (Some(b'!'), _) => {}
            (Some(b'.'), _) => {
                let field = rest.split(':').next().unwrap_or_default();
                listed.items.insert(format!("{path}{field}"));
            }
            (Some(b' '), _) if word.ends_with('!') => {
                let Some(called) = macros.get(word.trim_end_matches('!')) else { continue };
                listed.items.extend(called.methods.iter().map(|method| format!("{path}::{method}")));
                let words = rest.split(|character: char| !character.is_alphanumeric() && character != '_');
                listed.possible.extend(words.filter(|_| called.named).map(|word| format!("{path}::{word}")));
            }
            // `Type<T> impl …`: another crate's type.
            (Some(b'<'), _) if rest.contains("> impl") && !rest.contains('(') => {}
            _ => {
                listed.items.insert(path.to_owned());
            }
        }
    }
    // The second round is for what a re-exported module re-exports.
    for _ in 0..2 {
        for (alias, target) in &aliases {
            let moved = listed.items.iter().filter_map(|item| moved(item, target, alias)).collect::<Vec<_>>();
            listed.items.extend(moved);
        }
    }
    listed
}

/// The path at the beginning of a line, and the rest.
fn split(line: &str) -> (&str, &str) {
    let end = line.find(|character: char| !character.is_alphanumeric() && !"_:".contains(character));
    let (path, rest) = line.split_at(end.unwrap_or(line.len()));
    let bare = path.trim_end_matches(':');
    (bare, if bare.len() == path.len() { rest } else { &line[bare.len()..] })
}

/// An item below `target` as it is called below `alias`.
fn moved(item: &str, target: &str, alias: &str) -> Option<String> {
    let (kind, path) = item.split_once(' ').map_or(("", item), |(kind, path)| (kind, path));
    let rest =
        path.strip_prefix(target).filter(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('.'))?;
    Some(if kind.is_empty() { format!("{alias}{rest}") } else { format!("{kind} {alias}{rest}") })
}

//! The phases of the generator import in one direction: read, document, model, emit, then the
//! comparison, and the crate's root above all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

/// From the bottom to the top; what one row has may import from the rows before it, and from its own name.
const PHASES: [&[&str]; 5] =
    [&["english", "error", "inputs", "source"], &["read"], &["document"], &["model"], &["emit"]];

/// Reads the crate rather than the document, so it stands beside the phases.
const BESIDE: (&str, &[&str]) = ("surface", &["error", "source"]);

/// Use the phases as a whole, and stand above them.
const ABOVE: [&str; 2] = ["diff", "update"];

/// Tokens in these macros are what the generated crate says, not what the generator does.
const QUOTES: [&str; 4] = ["quote", "quote_spanned", "parse_quote", "format_ident"];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// First words of the paths that lead through the root of the crate, whichever way they are written: `crate::a::b`,
/// `crate::{a, b}`, `super::super::a`.
fn imports(tokens: TokenStream, module: &[String], found: &mut BTreeSet<String>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let word = |index: usize| match trees.get(index) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    let is =
        |index: usize, sign: char| matches!(trees.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let colons = |index: usize| is(index, ':') && is(index + 1, ':');
    let mut index = 0;
    while index < trees.len() {
        let here = word(index);
        let begins_path = index < 2 || !colons(index - 2);
        let mut at = match here.as_str() {
            "crate" if begins_path && colons(index + 1) => Some((Vec::new(), index + 3)),
            "super" if begins_path && colons(index + 1) => Some((module.to_vec(), index)),
            _ => None,
        };
        while let Some((path, next)) = at.as_mut().filter(|(_, next)| word(*next) == "super") {
            assert!(path.pop().is_some(), "super leads out of the crate");
            *next += 3;
        }
        if let Some((path, next)) = at {
            if let Some(first) = path.first() {
                found.insert(first.clone());
            } else {
                match trees.get(next) {
                    Some(TokenTree::Ident(first)) => drop(found.insert(first.to_string())),
                    Some(TokenTree::Group(group)) => first_words(group.stream(), found),
                    other => panic!("a path that this test does not understand: {other:?}"),
                }
            }
        }
        if let Some(TokenTree::Group(group)) = trees.get(index) {
            let quoted = index >= 2 && is(index - 1, '!') && QUOTES.contains(&word(index - 2).as_str());
            if index >= 2 && word(index - 2) == "mod" {
                let inner = [module, &[word(index - 1)]].concat();
                imports(group.stream(), &inner, found);
            } else if !quoted {
                imports(group.stream(), module, found);
            }
        }
        index += 1;
    }
}

/// `{a::b, c}` names `a` and `c`.
fn first_words(group: TokenStream, found: &mut BTreeSet<String>) {
    let mut begins = true;
    for tree in group {
        match tree {
            TokenTree::Ident(ident) if begins => {
                found.insert(ident.to_string());
                begins = false;
            }
            TokenTree::Punct(punct) => begins = punct.as_char() == ',',
            _ => {}
        }
    }
}

/// What a file may import from the root: nothing is said of the root itself.
fn allowed(phase: &str) -> Option<Vec<&'static str>> {
    if phase == BESIDE.0 {
        return Some([&[BESIDE.0], BESIDE.1].concat());
    }
    if ABOVE.contains(&phase) {
        return Some([&PHASES.concat()[..], &ABOVE, &[BESIDE.0, "prepare"]].concat());
    }
    let row = PHASES.iter().position(|row| row.contains(&phase))?;
    Some(PHASES[..=row].concat())
}

fn imports_of(text: &str, module: &[&str]) -> Vec<String> {
    let module: Vec<String> = module.iter().map(|word| (*word).to_owned()).collect();
    let mut found = BTreeSet::new();
    imports(TokenStream::from_str(text).unwrap(), &module, &mut found);
    found.into_iter().collect()
}

#[test]
fn imports_are_found_however_they_are_written() {
    assert_eq!(imports_of("use crate::{a::{x, y}, b}; fn f(x: &crate::c::D) {}", &["m"]), ["a", "b", "c"]);
    assert_eq!(imports_of("use super::super::a; use super::x; pub(super) use super::{y};", &["m", "n"]), ["a", "m"]);
    assert_eq!(imports_of("mod tests { use super::x; use super::super::{a, b}; }", &["m"]), ["a", "b", "m"]);
    assert_eq!(imports_of("quote!(crate::model::x!()); pub(crate) fn f() { g(quote!(crate::b)) }", &["m"]), [""; 0]);
}

#[test]
fn phases_import_in_one_direction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    assert!(files.len() > 60, "{}", files.len());
    let (mut seen, mut upwards) = (BTreeSet::new(), Vec::new());
    for path in files {
        let relative = path.strip_prefix(&root).unwrap().with_extension("");
        let module: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        let phase = module[0];
        if phase == "lib" {
            continue;
        }
        let Some(allowed) = allowed(phase) else { panic!("`{phase}` is no phase that this test knows") };
        seen.insert(phase.to_owned());
        let text = fs::read_to_string(&path).unwrap();
        let wrong = imports_of(&text, &module).into_iter().filter(|import| !allowed.contains(&import.as_str()));
        upwards.extend(wrong.map(|import| format!("{}: {import}", relative.display())));
    }
    assert_eq!(seen.len(), PHASES.concat().len() + 1 + ABOVE.len(), "{seen:?}");
    assert!(upwards.is_empty(), "imports against the direction:\n{}", upwards.join("\n"));
}

//! How the modules of a crate import each other, and what types they declare, read from the sources as text.
//!
//! Left out is what is not the crate's own code at that place: comments, strings, what is only built for tests, the bodies
//! of `macro_rules!`, which expand elsewhere, and quoted code, which a generator writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tokens::{Token, close, code, group};

/// Macros whose arguments are code that is written, not run.
const QUOTES: [&str; 4] = ["quote", "quote_spanned", "parse_quote", "format_ident"];

/// The modules of a crate that are files.
pub(crate) struct Modules(Vec<Module>);

struct Module {
    /// Path of the file, relative to the sources.
    file: String,
    /// Path of the module; empty for the root of the crate.
    path: Vec<String>,
    tokens: Vec<Token>,
}

/// The modules below others that one imports from, by name, each with a file and the path that it writes.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

impl Modules {
    /// Reads a folder of sources, except folders and files that begin with one of `left_out`.
    pub(crate) fn read(source: &Path, left_out: &[&str]) -> Self {
        let files = crate::files_below(source).into_iter().filter_map(|path| {
            let file = path.strip_prefix(source).expect("a path below the sources").to_str()?.replace('\\', "/");
            let wanted = file.ends_with(".rs") && !left_out.iter().any(|beginning| file.starts_with(beginning));
            wanted.then(|| (file, crate::read(&path)))
        });
        Self::new(files.collect())
    }

    /// The modules in texts with their file names.
    fn new(files: Vec<(String, String)>) -> Self {
        let mut modules: Vec<Module> = files
            .into_iter()
            .map(|(file, text)| {
                let path = file.trim_end_matches(".rs").split('/').map(str::to_owned);
                let path = path.filter(|part| !matches!(part.as_str(), "lib" | "main" | "mod")).collect();
                Module { file, path, tokens: code(&text) }
            })
            .collect();
        let tests: BTreeSet<Vec<String>> = modules.iter_mut().flat_map(Module::leave_out_tests).collect();
        modules.retain(|module| !tests.iter().any(|test| module.path.starts_with(test)));
        Self(modules)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A circle of imports among the modules directly below `parent`, an import per line; the root is `""`.
    pub(crate) fn circle(&self, parent: &str) -> Option<String> {
        let parent: Vec<String> = parent.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let imports = self.imports(&parent);
        imports.keys().find_map(|start| circle_through(start, &imports))
    }

    /// Imports of a module at the top from one that stands before it in the order, an import per line; modules that the
    /// order does not name as well.
    pub(crate) fn upward(&self, order: &[&str]) -> Vec<String> {
        let rank = |name: &str| order.iter().position(|known| *known == name);
        let mut found = Vec::new();
        for (module, imports) in &self.imports(&[]) {
            if rank(module).is_none() {
                found.push(format!("{module} has no place in the order"));
            }
            let wrong = imports.iter().filter(|(target, _)| rank(target) < rank(module));
            found.extend(wrong.map(|(_, text)| text.clone()));
        }
        found
    }

    /// The modules directly below `parent`, and what each imports from the others.
    fn imports(&self, parent: &[String]) -> Imports {
        let below = |path: &[String]| path.strip_prefix(parent).and_then(|rest| rest.first()).cloned();
        let nodes: BTreeSet<String> = self.0.iter().filter_map(|module| below(&module.path)).collect();
        assert!(nodes.len() > 1, "`{}` has no modules that could form a circle", parent.join("::"));
        let given = self.given(parent, &nodes);
        let mut imports: Imports = nodes.iter().map(|node| (node.clone(), BTreeMap::new())).collect();
        for module in &self.0 {
            let Some(node) = below(&module.path) else { continue };
            for path in module.paths() {
                let Some(first) = below(&path) else { continue };
                let target = if nodes.contains(&first) { Some(&first) } else { given.get(&first) };
                if let Some(target) = target.filter(|target| **target != node) {
                    let text = format!("{}: crate::{}", module.file, path.join("::"));
                    imports.entry(node.clone()).or_default().entry(target.clone()).or_insert(text);
                }
            }
        }
        imports
    }

    /// The names that a module takes from those below it, such as a type that the root of a crate re-exports.
    fn given(&self, parent: &[String], nodes: &BTreeSet<String>) -> BTreeMap<String, String> {
        let Some(module) = self.0.iter().find(|module| module.path == parent) else { return BTreeMap::new() };
        let mut given = BTreeMap::new();
        for (index, token) in module.tokens.iter().enumerate() {
            if !token.is("use") {
                continue;
            }
            for (path, name) in tree(&module.tokens, index + 1) {
                let path = match path.first().map(String::as_str) {
                    Some("self") => &path[1..],
                    Some("crate") => path[1..].strip_prefix(parent).unwrap_or(&path[1..]),
                    _ => &path[..],
                };
                if let Some(node) = path.first().filter(|first| nodes.contains(*first)) {
                    given.insert(name, node.clone());
                }
            }
        }
        given
    }

    /// Names under which modules declare more than one type, each with the files.
    pub(crate) fn doubled_types(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for module in &self.0 {
            for name in module.types() {
                types.entry(name).or_default().push(&module.file);
            }
        }
        types.retain(|_, files| files.len() > 1);
        types
    }
}

impl Module {
    /// Removes what is only built for tests, and gives the paths of modules that are so and stand in files.
    fn leave_out_tests(&mut self) -> Vec<Vec<String>> {
        let (mut rest, mut modules) = (Vec::new(), Vec::new());
        let mut index = 0;
        while index < self.tokens.len() {
            let attribute = self.tokens[index].is("#") && self.tokens.get(index + 1).is_some_and(|next| next.is("["));
            let end = if attribute { close(&self.tokens, index + 1) } else { index };
            let words = &self.tokens[index..=end];
            let tests = words.iter().any(|word| word.is("cfg"))
                && words.iter().any(|word| word.is("test"))
                && !words.iter().any(|word| word.is("not") || word.is("any"));
            if !tests {
                rest.extend_from_slice(words);
                index = end + 1;
                continue;
            }
            let item = &self.tokens[end + 1..];
            if let Some(at) = item.iter().position(|token| token.is("mod") || token.is("{") || token.is(";"))
                && item[at].is("mod")
                && item[at + 2].is(";")
            {
                modules.push([self.path.as_slice(), &[item[at + 1].text.clone()]].concat());
            }
            index = end + 1 + end_of_item(item);
        }
        self.tokens = rest;
        modules
    }

    /// Paths that begin at the root of the crate, at this module or at one around it, from the root on.
    fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        // Modules in braces, each with the index of its closing brace.
        let mut inner: Vec<(String, usize)> = Vec::new();
        let mut index = 0;
        while index < self.tokens.len() {
            inner.retain(|(_, end)| index < *end);
            let is = |at: usize, text: &str| self.tokens.get(at).is_some_and(|token| token.is(text));
            if let Some(end) = self.not_ours(index) {
                index = end + 1;
                continue;
            }
            if is(index, "mod") && is(index + 2, "{") {
                inner.push((self.tokens[index + 1].text.clone(), close(&self.tokens, index + 2)));
            }
            let begins = ["crate", "super", "self"].iter().any(|word| is(index, word)) && is(index + 1, "::");
            // `pub(in crate::a)` says who may import.
            let elsewhere = index > 0 && (is(index - 1, "::") || is(index - 1, "in") || is(index - 1, "$"));
            if begins && !elsewhere {
                let here = self.path.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect::<Vec<_>>();
                paths.extend(tree(&self.tokens, index).into_iter().map(|(path, _)| from_root(&here, &path)));
            }
            index += 1;
        }
        paths
    }

    /// Types that are declared outside of functions and implementations.
    fn types(&self) -> Vec<&str> {
        let mut types = Vec::new();
        let mut index = 0;
        while index < self.tokens.len() {
            let token = &self.tokens[index];
            if let Some(end) = self.not_ours(index) {
                index = end;
            } else if token.is("{") && !(index > 1 && self.tokens[index - 2].is("mod")) {
                index = close(&self.tokens, index);
            } else if ["struct", "enum", "trait", "type"].iter().any(|word| token.is(word)) {
                types.extend(self.tokens.get(index + 1).map(|name| name.text.as_str()));
            }
            index += 1;
        }
        types
    }

    /// The end of a macro's definition or of quoted code that begins at a token.
    fn not_ours(&self, index: usize) -> Option<usize> {
        let token = &self.tokens[index];
        let definition = token.is("macro_rules");
        if !self.tokens.get(index + 1).is_some_and(|next| next.is("!")) {
            return None;
        }
        let begin = if definition { index + 3 } else { index + 2 };
        (definition || QUOTES.iter().any(|name| token.is(name))).then(|| close(&self.tokens, begin))
    }
}

/// The last token of the item that begins a list of tokens, counted from 1: its body, or a semicolon before that.
fn end_of_item(tokens: &[Token]) -> usize {
    let mut index = 0;
    while index < tokens.len() {
        if tokens[index].is(";") {
            return index + 1;
        }
        if let Some(end) = group(tokens, index) {
            if tokens[index].is("{") {
                return end + 1;
            }
            index = end;
        }
        index += 1;
    }
    tokens.len()
}

/// The paths of a tree such as `a::{b, c::D as E}`, each with the name that it gives.
fn tree(tokens: &[Token], mut index: usize) -> Vec<(Vec<String>, String)> {
    let mut path: Vec<String> = Vec::new();
    loop {
        match tokens.get(index) {
            Some(token) if token.is("{") => {
                let end = close(tokens, index);
                let mut all = Vec::new();
                let mut begin = index + 1;
                while begin < end {
                    all.extend(tree(tokens, begin));
                    while begin < end && !tokens[begin].is(",") {
                        begin = group(tokens, begin).unwrap_or(begin) + 1;
                    }
                    begin += 1;
                }
                let within = all.into_iter().map(|(rest, name)| {
                    // `a::{self}` is `a`.
                    let own = rest == ["self"];
                    let name = if own && name == "self" { path.last().cloned().unwrap_or_default() } else { name };
                    let rest = if own { Vec::new() } else { rest };
                    ([path.as_slice(), &rest].concat(), name)
                });
                return within.collect();
            }
            Some(token) if token.is_name() || token.is("*") => path.push(token.text.clone()),
            _ => break,
        }
        if !tokens.get(index + 1).is_some_and(|next| next.is("::")) {
            break;
        }
        index += 2;
    }
    let renamed = tokens.get(index + 1).filter(|next| next.is("as")).and_then(|_| tokens.get(index + 2));
    let name = renamed.map(|name| name.text.clone()).or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(path, name)]
}

/// A path in a module as it is from the root of the crate.
fn from_root(module: &[String], path: &[String]) -> Vec<String> {
    let mut absolute = if path.first().is_some_and(|first| first == "crate") { Vec::new() } else { module.to_vec() };
    for part in path {
        match part.as_str() {
            "crate" | "self" => {}
            "super" => drop(absolute.pop()),
            _ => absolute.push(part.clone()),
        }
    }
    absolute
}

/// The imports along a way from a module back to itself, the shortest one.
fn circle_through(start: &str, imports: &Imports) -> Option<String> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(from) = open.pop_front() {
        for to in imports.get(from).into_iter().flat_map(BTreeMap::keys) {
            if !before.contains_key(to.as_str()) {
                before.insert(to, from);
                open.push_back(to);
            }
        }
    }
    let mut lines = Vec::new();
    let mut to = start;
    loop {
        let from = *before.get(to)?;
        lines.push(format!("{from} -> {to}  ({})", imports[from][to]));
        to = from;
        if to == start {
            break;
        }
    }
    lines.reverse();
    Some(lines.join("\n"))
}

#[test]
fn a_circle_is_found_and_told() {
    let circle = |files: &[(&str, &str)], parent: &str| {
        let files = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        Modules::new(files).circle(parent)
    };
    let lib = ("lib.rs", "mod a; mod b; mod c; pub use c::deep::{Thing, Other as Name};");
    for (b, told) in [
        ("use crate::a::X;", "crate::a::X"),
        ("use crate::{c, a::{self, X}};", "crate::a"),
        ("fn f(x: Vec<crate::a::X>) {}", "crate::a::X"),
        ("mod inner { use super::super::a; }", "crate::a"),
    ] {
        let found = circle(&[lib, ("a.rs", "use super::b;"), ("b.rs", b), ("c/deep.rs", "")], "");
        assert_eq!(found, Some(format!("a -> b  (a.rs: crate::b)\nb -> a  (b.rs: {told})")), "{b}");
    }
    for b in [
        "// crate::a",
        "const TEXT: &str = \"crate::a\";",
        "#[cfg(test)]\nmod tests { use crate::a; }",
        "pub(in crate::a) struct X;",
        "macro_rules! m { () => { $crate::a::X } }",
        "fn f() { quote!(crate::a::X) }",
        "use other::a; use self::a;",
    ] {
        assert_eq!(circle(&[lib, ("a.rs", "use crate::b;"), ("b.rs", b)], ""), None, "{b}");
    }
    let through_root = [lib, ("a.rs", "use crate::Name;"), ("c.rs", ""), ("c/deep.rs", "use crate::a::X;")];
    let told = "a -> c  (a.rs: crate::Name)\nc -> a  (c/deep.rs: crate::a::X)";
    assert_eq!(circle(&through_root, "").as_deref(), Some(told));
    let below = [("a.rs", "pub use b::B;"), ("a/b.rs", "use super::c;"), ("a/c.rs", "use crate::a::B;")];
    let told = "b -> c  (a/b.rs: crate::a::c)\nc -> b  (a/c.rs: crate::a::B)";
    assert_eq!(circle(&below, "a").as_deref(), Some(told));
    let tested =
        [("lib.rs", "#[cfg(test)] mod b;"), ("a.rs", "use crate::b;"), ("b.rs", "use crate::a;"), ("c.rs", "")];
    assert_eq!(circle(&tested, ""), None);
}

#[test]
fn types_of_one_name_are_found() {
    let files = [
        ("a.rs", "pub struct X<'a>(&'a str); enum Y {} impl Z for X<'_> { type T = u8; }"),
        ("b.rs", "type X = u8; fn f() { struct Y; } // struct Y\nquote!(pub struct Y;);"),
        ("c.rs", "mod inner { trait Z {} } #[cfg(test)] mod tests { struct X; }"),
        ("d.rs", "macro_rules! m { () => { struct Y; } } const C: char = '\"'; trait Z: 'static {}"),
    ];
    let modules = Modules::new(files.map(|(file, text)| (file.to_owned(), text.to_owned())).into());
    let expected = BTreeMap::from([("X", vec!["a.rs", "b.rs"]), ("Z", vec!["c.rs", "d.rs"])]);
    assert_eq!(modules.doubled_types(), expected);
}

//! The public surface of the crate as a list: what users can name, one line per item.
//!
//! It is read from the sources by syn, on stable Rust, generated and hand-written files alike. A construct that it does not
//! understand is an error: a list with holes would be worse than none.

use std::collections::BTreeMap;

use crate::error::{Error, Location};

mod cfg;
mod format;
mod lines;
mod macros;
mod parse;
mod resolve;
mod tree;

/// The explanation at the top of the list.
const HEADER: &str = "\
# Public surface of the crate. Written by `cargo xtask generate`. A line is one of these:
#   PATH struct               also enum, trait, mod, const, static, type, macro: an item, under the path of its declaration
#                             or, where that is private, of a module around it that re-exports it
#   PATH use OTHER            another path to an item, or an item of another crate
#   PATH.field: Type          also PATH::Variant(Type), PATH::method(argument: Type) -> Type: a member; in a trait,
#                             `{ .. }` stands for a body that comes with it
#   PATH impl Trait           written by hand; what derives make is left out
#   PATH name! arguments      what the macro makes of them stands at the end; `\"…\"` is documentation
# Features come last: [a | b], [a & b]; with a member only those that its type does not need.
";

/// The heading of the part about macros.
const MACROS: &str = "\n# What the macros make, once for all their calls: `NAME` is the argument `$name`.\n";

/// Lists the public surface of a crate, from the texts of its files by path (`src/lib.rs`).
///
/// # Errors
/// A construct whose items are not known, with its place.
pub fn list(handwritten: &BTreeMap<String, String>, generated: &BTreeMap<String, String>) -> Result<String, Error> {
    let texts = handwritten.iter().chain(generated).map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let tree = tree::read(&texts)?;
    let macros = macros::definitions(&tree);
    let resolver = resolve::Resolver::new(&tree)?;
    let mut lines = lines::Lines { resolver: &resolver, lines: Default::default(), prefix: String::new() };
    let place = |id: tree::ModuleId, problem: &syn::Error| error(&tree.modules[id].file, None, "", problem.to_string());
    for seen in resolver.paths.values() {
        lines.item(seen).map_err(|problem| place(seen.module, &problem))?;
    }
    for (path, other, cfg) in &resolver.others {
        lines.add(&format!("{path} use {other}"), cfg);
    }
    for (id, module) in tree.modules.iter().enumerate() {
        for (item, cfg) in &module.impls {
            lines.implementation(id, item, cfg).map_err(|problem| place(id, &problem))?;
        }
    }
    let used = macros::list_calls(&tree, &texts, &macros, &mut lines)?;
    let items = std::mem::take(&mut lines.lines);
    for (name, found) in macros.iter().filter(|(name, _)| used.contains(*name)) {
        macros::list_expansion(name, *found, &macros, &mut lines).map_err(|problem| place(found.0, &problem))?;
    }
    let mut text = HEADER.to_owned();
    text.extend(items.iter().flat_map(|line| [line, "\n"]));
    if !lines.lines.is_empty() {
        text.push_str(MACROS);
        text.extend(lines.lines.iter().flat_map(|line| [line, "\n"]));
    }
    Ok(text)
}

/// A refusal, with the place in a file of the crate.
fn error(file: &str, line: Option<usize>, subject: &str, problem: impl Into<String>) -> Error {
    Error {
        pass: "surface".to_owned(),
        place: Box::new(Location { file: format!("sdk/{file}"), line, pointer: subject.to_owned() }),
        problem: problem.into(),
        hint: "write it in a form that codegen/src/surface reads, or teach it the new one".to_owned(),
    }
}

//! Names and paths: what a path means in a module, and under which paths users see an item.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proc_macro2::{Ident, Span};
use syn::Item;
use syn::visit_mut::{self, VisitMut};

use super::cfg::Cfg;
use super::tree::{Definition, ModuleId, NamedItem, Tree};
use super::{Error, error};

/// Maximum length of a chain of imports; a longer one is a circle.
const MAX_DEPTH: usize = 12;

/// Something with a name, by its address; the address is where its declaration stands.
pub(super) type Address = *const NamedItem;

/// The items that paths lead to, by module and segments.
type Cache = BTreeMap<(ModuleId, Vec<String>), Option<Address>>;

/// Resolves paths, and knows which items users can name.
#[derive(Debug)]
pub(super) struct Resolver<'t> {
    tree: &'t Tree,
    /// Every name that is declared or given in the crate: what is not among them need not be looked for.
    known: BTreeSet<&'t str>,
    /// What has been resolved before.
    cache: RefCell<Cache>,
    /// The path by which the listing calls it.
    pub(super) paths: BTreeMap<Address, PublicItem<'t>>,
    /// Other paths, with the path they stand for, and what that needs.
    pub(super) others: BTreeSet<(String, String, Cfg)>,
}

/// A public item under the path that users write.
#[derive(Debug)]
pub(super) struct PublicItem<'t> {
    pub(super) path: String,
    /// The same, to be put into other pieces of Rust.
    written: syn::Path,
    pub(super) cfg: Cfg,
    pub(super) named: &'t NamedItem,
    /// Where it is declared.
    pub(super) module: ModuleId,
}

/// One of the paths under which an item is seen.
struct Candidate<'t> {
    distance: u8,
    path: String,
    cfg: Cfg,
    named: &'t NamedItem,
    module: ModuleId,
}

/// A name in a module: what it stands for, and where that is declared.
type Resolved<'t> = (&'t NamedItem, ModuleId);

impl<'t> Resolver<'t> {
    /// Walks over everything public, modules with short paths first. An item is called by the path of its declaration
    /// where that is public, else by the shortest re-export of a module around it, else by the shortest of all.
    pub(super) fn new(tree: &'t Tree) -> Result<Self, Error> {
        let declared = tree.modules.iter().flat_map(|module| module.names.keys());
        let given = tree
            .modules
            .iter()
            .flat_map(|module| &module.imports)
            .filter(|import| import.path.last() != import.name.as_ref());
        let known = declared.chain(given.filter_map(|import| import.name.as_ref())).map(String::as_str).collect();
        let (cache, paths, others) = Default::default();
        let mut resolver = Self { tree, known, cache, paths, others };
        let mut found: BTreeMap<Address, Vec<Candidate<'t>>> = BTreeMap::new();
        let mut queue = VecDeque::from([(0, String::new(), Cfg::default())]);
        let mut modules = BTreeSet::from([0]);
        while let Some((id, prefix, cfg)) = queue.pop_front() {
            for (name, own, target) in resolver.public_names(id, 0)? {
                let path = format!("{prefix}{name}");
                let Some((named, declared_in)) = target.found else {
                    resolver.others.insert((path, target.text, cfg.and(&own)));
                    continue;
                };
                let cfg = cfg.and(&own).and(&named.cfg);
                if let Definition::Module(module) = named.what
                    && modules.insert(module)
                {
                    queue.push_back((module, format!("{path}::"), cfg.clone()));
                }
                let distance = match named.what {
                    Definition::Module(_) => 0,
                    Definition::Item(_) => resolver.distance(id, declared_in),
                };
                found.entry(named).or_default().push(Candidate { distance, path, cfg, named, module: declared_in });
            }
        }
        for (address, mut candidates) in found {
            candidates.sort_by_cached_key(|one| (one.distance, one.path.matches("::").count(), one.path.clone()));
            let mut candidates = candidates.into_iter();
            let Some(Candidate { path, cfg, named, module, .. }) = candidates.next() else { continue };
            for other in candidates.filter(|other| other.path != path) {
                resolver.others.insert((other.path, path.clone(), other.cfg));
            }
            let written = syn::Path { leading_colon: None, segments: path.split("::").map(segment).collect() };
            resolver.paths.insert(address, PublicItem { path, written, cfg, named, module });
        }
        Ok(resolver)
    }

    /// 0 for the module of a declaration, 1 for those around it, 2 for others.
    fn distance(&self, id: ModuleId, declared_in: ModuleId) -> u8 {
        let mut around = std::iter::successors(Some(declared_in), |module| self.tree.modules[*module].parent);
        match around.position(|module| module == id) {
            Some(0) => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    /// Names that a module offers to all.
    fn public_names(&self, id: ModuleId, depth: usize) -> Result<Vec<(String, Cfg, Target<'t>)>, Error> {
        let module = &self.tree.modules[id];
        let mut names = Vec::new();
        for (name, entries) in &module.names {
            for named in entries.iter().filter(|named| named.public) {
                names.push((name.clone(), Cfg::default(), Target { found: Some((named, id)), text: String::new() }));
            }
        }
        for import in module.imports.iter().filter(|import| import.public && depth < MAX_DEPTH) {
            let text = import.path.join("::");
            let targets = self.resolve(id, &import.path, 0);
            let inside = self.is_inside(id, &import.path);
            if targets.is_empty() && inside {
                return Err(error(&module.file, None, "", format!("`pub use {text}` leads nowhere")));
            }
            match &import.name {
                Some(name) if targets.is_empty() => {
                    names.push((name.clone(), import.cfg.clone(), Target { found: None, text }));
                }
                Some(name) => {
                    let public = targets.into_iter().filter(|(named, _)| named.public);
                    names.extend(public.map(|found| {
                        (name.clone(), import.cfg.clone(), Target { found: Some(found), text: String::new() })
                    }));
                }
                None if targets.is_empty() => {
                    let target = Target { found: None, text: format!("{text}::*") };
                    names.push(("*".to_owned(), import.cfg.clone(), target));
                }
                None => {
                    for (named, _) in targets {
                        if let Definition::Module(module) = named.what {
                            let below = self.public_names(module, depth + 1)?;
                            names.extend(
                                below.into_iter().map(|(name, cfg, target)| (name, cfg.and(&import.cfg), target)),
                            );
                        }
                    }
                }
            }
        }
        Ok(names)
    }

    /// Whether a path begins within the crate.
    fn is_inside(&self, id: ModuleId, path: &[String]) -> bool {
        let Some(first) = path.first() else { return false };
        matches!(first.as_str(), "crate" | "self" | "super") || self.tree.modules[id].names.contains_key(first)
    }

    /// The items that a path leads to from a module; none where it leads out of the crate.
    pub(super) fn resolve(&self, id: ModuleId, path: &[String], depth: usize) -> Vec<Resolved<'t>> {
        let Some((first, rest)) = path.split_first().filter(|_| depth < MAX_DEPTH) else { return Vec::new() };
        let parent = self.tree.modules[id].parent;
        let start = match first.as_str() {
            "crate" => Some(0),
            "self" => Some(id),
            "super" => parent,
            _ => None,
        };
        if let Some(start) = start {
            return self.resolve_below(start, rest, depth);
        }
        let found = self.lookup(id, first, depth, false);
        if rest.is_empty() {
            return found;
        }
        let below = found.iter().filter_map(|(named, _)| match named.what {
            Definition::Module(module) => Some(self.resolve_below(module, rest, depth)),
            Definition::Item(_) => None,
        });
        below.flatten().collect()
    }

    /// As [`Self::resolve`], where the first segment may not be the name of another crate.
    fn resolve_below(&self, id: ModuleId, path: &[String], depth: usize) -> Vec<Resolved<'t>> {
        if path.first().is_some_and(|first| first == "super") {
            return self.resolve(id, path, depth);
        }
        self.resolve(id, path, depth + 1)
    }

    /// The items that a single name means in a module: its own items and imports, then globs.
    fn lookup(&self, id: ModuleId, name: &str, depth: usize, from_outside: bool) -> Vec<Resolved<'t>> {
        if !self.known.contains(name) {
            return Vec::new();
        }
        let module = &self.tree.modules[id];
        let imports = || module.imports.iter().filter(|import| import.shared || !from_outside);
        let own = module.names.get(name).into_iter().flatten().map(|named| (named, id));
        let mut found: Vec<_> = own.collect();
        for import in imports().filter(|import| import.name.as_deref() == Some(name)) {
            // `use self::name` would ask for itself.
            if import.path.as_slice() != [name] {
                found.extend(self.resolve(id, &import.path, depth + 1));
            }
        }
        if found.is_empty() {
            for import in imports().filter(|import| import.name.is_none()) {
                for (named, _) in self.resolve(id, &import.path, depth + 1) {
                    if let Definition::Module(module) = named.what {
                        found.extend(self.lookup(module, name, depth + 1, true));
                    }
                }
            }
        }
        found
    }

    /// The type or trait that a path means in a module, if it is of this crate.
    pub(super) fn item(&self, id: ModuleId, path: &syn::Path) -> Option<Address> {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let key = (id, segments);
        if let Some(known) = self.cache.borrow().get(&key) {
            return *known;
        }
        let found = self.resolve(id, &key.1, 0).into_iter().find(|(named, _)| is_type(named));
        let address = found.map(|(named, _)| named as Address);
        self.cache.borrow_mut().insert(key, address);
        address
    }

    /// How users write a type or trait of this crate, if they can.
    pub(super) fn seen(&self, id: ModuleId, path: &syn::Path) -> Option<&PublicItem<'t>> {
        self.paths.get(&self.item(id, path)?)
    }

    /// Writes the paths in a piece of Rust as users would.
    pub(super) fn rewriter(&self, id: ModuleId) -> Rewriter<'_, 't> {
        Rewriter { resolver: self, module: id }
    }
}

/// What a public name leads to.
struct Target<'t> {
    /// None for another crate's.
    found: Option<Resolved<'t>>,
    text: String,
}

fn is_type(named: &NamedItem) -> bool {
    matches!(&named.what, Definition::Item(item)
        if matches!(**item, Item::Struct(_) | Item::Enum(_) | Item::Trait(_) | Item::Type(_)))
}

fn segment(name: &str) -> syn::PathSegment {
    let ident = match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    };
    ident.into()
}

/// Replaces paths of the crate by those of the listing, so that the imports of a file do not show.
pub(super) struct Rewriter<'r, 't> {
    resolver: &'r Resolver<'t>,
    module: ModuleId,
}

impl VisitMut for Rewriter<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        path.leading_colon = None;
        let Some(seen) = self.resolver.seen(self.module, path) else { return };
        let mut written = seen.written.clone();
        if let (Some(last), Some(given)) = (written.segments.last_mut(), path.segments.pop()) {
            last.arguments = given.arguments;
        }
        *path = written;
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.clear();
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.clear();
    }
}

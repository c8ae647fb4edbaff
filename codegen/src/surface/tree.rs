//! The modules of the crate with what they declare, private ones too: the path to a public item may lead through them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, UseTree, Visibility};

use super::cfg::Cfg;
use super::{Error, error, parse};

/// Macros of other crates that expand to nothing public.
const WITHOUT_PUBLIC_ITEMS: [&str; 2] = ["compile_error", "thread_local"];

/// Number of a module in [`Tree::modules`].
pub(super) type ModuleId = usize;

/// Every module of the crate; the first one is the root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
}

/// A module.
#[derive(Debug)]
pub(super) struct Module {
    /// File it stands in.
    pub(super) file: String,
    pub(super) parent: Option<ModuleId>,
    pub(super) cfg: Cfg,
    /// Its items by name; a name may be a module, a function and a macro at once.
    pub(super) names: BTreeMap<String, Vec<NamedItem>>,
    pub(super) imports: Vec<Import>,
    pub(super) impls: Vec<(syn::ItemImpl, Cfg)>,
    pub(super) calls: Vec<MacroCall>,
}

/// An item with a name.
#[derive(Debug)]
pub(super) struct NamedItem {
    pub(super) public: bool,
    pub(super) cfg: Cfg,
    pub(super) what: Definition,
}

/// What a name is defined as.
#[derive(Debug)]
pub(super) enum Definition {
    Module(ModuleId),
    Item(Box<Item>),
}

/// One name, or all of a module, that `use` brings.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// Its name here; none for a glob.
    pub(super) name: Option<String>,
    pub(super) public: bool,
    /// Whether others may use the name, users or modules of the crate.
    pub(super) shared: bool,
    pub(super) cfg: Cfg,
}

/// A call of a macro where items stand.
#[derive(Debug)]
pub(super) struct MacroCall {
    pub(super) name: String,
    pub(super) arguments: TokenStream,
    pub(super) cfg: Cfg,
    /// The type of the `impl` around it.
    pub(super) owner: Option<syn::Type>,
}

/// Parses the files, from `src/lib.rs` on.
pub(super) fn read(files: &BTreeMap<&str, &str>) -> Result<Tree, Error> {
    let mut reader = Reader { files, tree: Tree::default() };
    reader.file("src/lib.rs", "src", None, Cfg::default())?;
    Ok(reader.tree)
}

struct Reader<'a> {
    files: &'a BTreeMap<&'a str, &'a str>,
    tree: Tree,
}

impl Reader<'_> {
    /// Reads a module that is a file; modules below it are files of `folder`.
    fn file(&mut self, file: &str, folder: &str, parent: Option<ModuleId>, cfg: Cfg) -> Result<ModuleId, Error> {
        let text = self.files.get(file).copied().ok_or_else(|| error(file, None, "", "there is no such file"))?;
        let parsed = parse::file(text).map_err(|problem| error(file, None, "", format!("not Rust: {problem}")))?;
        self.module(file, folder, parent, cfg, parsed.items)
    }

    fn module(
        &mut self,
        file: &str,
        folder: &str,
        parent: Option<ModuleId>,
        cfg: Cfg,
        items: Vec<Item>,
    ) -> Result<ModuleId, Error> {
        let id = self.tree.modules.len();
        self.tree.modules.push(Module {
            file: file.to_owned(),
            parent,
            cfg,
            names: BTreeMap::new(),
            imports: Vec::new(),
            impls: Vec::new(),
            calls: Vec::new(),
        });
        for item in items {
            self.item(id, folder, item)?;
        }
        Ok(id)
    }

    fn item(&mut self, id: ModuleId, folder: &str, item: Item) -> Result<(), Error> {
        let file = self.tree.modules[id].file.clone();
        let refuse = |problem: String| error(&file, None, "", problem);
        let attributes = attributes(&item);
        let own = Cfg::of(attributes).map_err(|problem| refuse(problem.to_string()))?;
        let Some(cfg) = own.filter(|_| !hidden(attributes)).map(|own| self.tree.modules[id].cfg.and(&own)) else {
            return Ok(());
        };
        let (name, visibility) = match &item {
            Item::Mod(item) => (item.ident.to_string(), &item.vis),
            Item::Struct(item) => (item.ident.to_string(), &item.vis),
            Item::Enum(item) => (item.ident.to_string(), &item.vis),
            Item::Trait(item) => (item.ident.to_string(), &item.vis),
            Item::Fn(item) => (item.sig.ident.to_string(), &item.vis),
            Item::Const(item) => (item.ident.to_string(), &item.vis),
            Item::Static(item) => (item.ident.to_string(), &item.vis),
            Item::Type(item) => (item.ident.to_string(), &item.vis),
            Item::Use(item) => {
                let public = matches!(item.vis, Visibility::Public(_));
                let shared = !matches!(item.vis, Visibility::Inherited);
                let mut found = Vec::new();
                imports(&item.tree, &mut Vec::new(), &mut found);
                let import = |(path, name)| Import { path, name, public, shared, cfg: cfg.clone() };
                self.tree.modules[id].imports.extend(found.into_iter().map(import));
                return Ok(());
            }
            Item::Impl(_) | Item::Macro(_) => return self.unnamed(id, item, cfg),
            other => {
                let text: String = other.to_token_stream().to_string().chars().take(60).collect();
                return Err(refuse(format!("an item that this reader does not know: {text}")));
            }
        };
        let public = matches!(visibility, Visibility::Public(_));
        let what = match item {
            Item::Mod(item) => {
                let folder = format!("{folder}/{name}");
                Definition::Module(match item.content {
                    Some((_, items)) => self.module(&file, &folder, Some(id), cfg.clone(), items)?,
                    None => self.file(&format!("{folder}.rs"), &folder, Some(id), cfg.clone())?,
                })
            }
            other => Definition::Item(Box::new(other)),
        };
        self.tree.modules[id].names.entry(name).or_default().push(NamedItem { public, cfg, what });
        Ok(())
    }

    /// Implementations, macros and their calls.
    fn unnamed(&mut self, id: ModuleId, item: Item, cfg: Cfg) -> Result<(), Error> {
        match item {
            Item::Impl(item) => {
                // What a macro makes in the implementation of a trait, the trait declares.
                for inner in item.items.iter().filter(|_| item.trait_.is_none()) {
                    if let ImplItem::Macro(call) = inner {
                        let owner = Some((*item.self_ty).clone());
                        self.call(id, &call.mac, cfg.clone(), owner);
                    }
                }
                self.tree.modules[id].impls.push((item, cfg));
            }
            Item::Macro(item) => match &item.ident {
                Some(name) => {
                    let public = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                    let (name, what) = (name.to_string(), Definition::Item(Box::new(Item::Macro(item))));
                    // An exported macro is at the root, wherever it is declared.
                    let id = if public { 0 } else { id };
                    self.tree.modules[id].names.entry(name).or_default().push(NamedItem { public, cfg, what });
                }
                None => self.call(id, &item.mac, cfg, None),
            },
            _ => {}
        }
        Ok(())
    }

    fn call(&mut self, id: ModuleId, call: &syn::Macro, cfg: Cfg, owner: Option<syn::Type>) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !WITHOUT_PUBLIC_ITEMS.contains(&name.as_str()) {
            let arguments = call.tokens.clone();
            self.tree.modules[id].calls.push(MacroCall { name, arguments, cfg, owner });
        }
    }
}

/// Whether `#[doc(hidden)]` is among the attributes.
pub(super) fn hidden(attributes: &[Attribute]) -> bool {
    let is_hidden = |attribute: &Attribute| {
        attribute.path().is_ident("doc")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "hidden")
    };
    attributes.iter().any(is_hidden)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn imports(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Option<String>)>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            imports(&part.tree, path, found);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| imports(item, path, found)),
        UseTree::Glob(_) => found.push((path.clone(), None)),
        UseTree::Name(part) if part.ident == "self" => found.push((path.clone(), path.last().cloned())),
        UseTree::Name(part) => {
            found.push(([path.as_slice(), &[part.ident.to_string()]].concat(), Some(part.ident.to_string())));
        }
        UseTree::Rename(part) => {
            let mut whole = path.clone();
            if part.ident != "self" {
                whole.push(part.ident.to_string());
            }
            found.push((whole, Some(part.rename.to_string())));
        }
    }
}

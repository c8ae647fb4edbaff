//! From items to lines: `PATH struct`, `PATH.field: Type`, `PATH::method(argument: Type) -> Type`, `PATH impl Trait`.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Fields, FnArg, Generics, ImplItem, Item, ItemEnum, ItemImpl, ItemTrait, Pat, Path, Signature, Token,
    TraitItem, Type, TypeParamBound, Visibility,
};

use super::cfg::Cfg;
use super::format::line;
use super::resolve::{PublicItem, Resolver};
use super::tree::{Definition, ModuleId, hidden};

/// Collects lines; each call adds those of one declaration.
pub(super) struct Lines<'r, 't> {
    pub(super) resolver: &'r Resolver<'t>,
    pub(super) lines: BTreeSet<String>,
    /// Stands before each line.
    pub(super) prefix: String,
}

impl Lines<'_, '_> {
    /// A line, with the features that it needs.
    pub(super) fn add(&mut self, text: &str, cfg: &Cfg) {
        self.lines.insert(format!("{}{text}{}", self.prefix, cfg.text()));
    }

    /// A public item: a line, and those of its members.
    pub(super) fn item(&mut self, seen: &PublicItem<'_>) -> syn::Result<()> {
        let (path, id, cfg) = (&seen.path, seen.module, &seen.cfg);
        let item = match &seen.named.what {
            Definition::Module(_) => {
                self.add(&format!("{path} mod"), cfg);
                return Ok(());
            }
            Definition::Item(item) => &**item,
        };
        match item {
            Item::Struct(item) => {
                self.add(&format!("{path} struct{}", self.generics(id, &item.generics)), cfg);
                self.fields(path, id, &item.fields, cfg, false)?;
            }
            Item::Enum(item) => self.enumeration(path, id, item, cfg)?,
            Item::Trait(item) => self.declared_trait(path, id, item, cfg)?,
            Item::Fn(item) => self.add(&format!("{path}{}", self.signature(id, &item.sig)), cfg),
            Item::Const(item) => self.add(&format!("{path} const: {}", self.ty(id, &item.ty)), cfg),
            Item::Static(item) => self.add(&format!("{path} static: {}", self.ty(id, &item.ty)), cfg),
            Item::Type(item) => {
                let generics = self.generics(id, &item.generics);
                self.add(&format!("{path} type{generics} = {}", self.ty(id, &item.ty)), cfg);
            }
            Item::Macro(_) => self.add(&format!("{path} macro"), cfg),
            _ => {}
        }
        Ok(())
    }

    /// Members for all to see; those of a variant are always so.
    fn fields(&mut self, path: &str, id: ModuleId, fields: &Fields, known: &Cfg, of_variant: bool) -> syn::Result<()> {
        for (index, field) in fields.iter().enumerate() {
            let Some(cfg) = shown(&field.attrs)? else { continue };
            if of_variant || matches!(field.vis, Visibility::Public(_)) {
                let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
                self.add(&format!("{path}.{name}: {}", self.ty(id, &field.ty)), &cfg.beyond(known));
            }
        }
        Ok(())
    }

    fn enumeration(&mut self, path: &str, id: ModuleId, item: &ItemEnum, known: &Cfg) -> syn::Result<()> {
        self.add(&format!("{path} enum{}", self.generics(id, &item.generics)), known);
        for variant in &item.variants {
            let Some(cfg) = shown(&variant.attrs)?.map(|own| own.beyond(known)) else { continue };
            let path = format!("{path}::{}", variant.ident);
            match &variant.fields {
                Fields::Unit => self.add(&path, &cfg),
                Fields::Unnamed(fields) => {
                    let types: Vec<_> = fields.unnamed.iter().map(|field| self.ty(id, &field.ty)).collect();
                    self.add(&format!("{path}({})", types.join(", ")), &cfg);
                }
                named @ Fields::Named(_) => {
                    self.add(&format!("{path} {{ .. }}"), &cfg);
                    self.fields(&path, id, named, &known.and(&cfg), true)?;
                }
            }
        }
        Ok(())
    }

    fn declared_trait(&mut self, path: &str, id: ModuleId, item: &ItemTrait, cfg: &Cfg) -> syn::Result<()> {
        let (generics, bounds) = (self.generics(id, &bare(&item.generics)), self.bounds(id, &item.supertraits));
        let conditions = self.conditions(id, &item.generics);
        self.add(&format!("{path} trait{generics}{bounds}{conditions}"), cfg);
        for inner in &item.items {
            let (attributes, text) = match inner {
                TraitItem::Fn(inner) => {
                    let provided = if inner.default.is_some() { " { .. }" } else { "" };
                    (&inner.attrs, format!("{}{}{provided}", inner.sig.ident, self.signature(id, &inner.sig)))
                }
                TraitItem::Type(inner) => {
                    let (generics, bounds) = (self.generics(id, &inner.generics), self.bounds(id, &inner.bounds));
                    (&inner.attrs, format!("{} type{generics}{bounds}", inner.ident))
                }
                TraitItem::Const(inner) => (&inner.attrs, format!("{} const: {}", inner.ident, self.ty(id, &inner.ty))),
                other => {
                    return Err(syn::Error::new_spanned(other, "an item of a trait that this reader does not know"));
                }
            };
            if let Some(own) = shown(attributes)? {
                self.add(&format!("{path}::{text}"), &own.beyond(cfg));
            }
        }
        Ok(())
    }

    /// An `impl`, if users can name its type and its trait.
    pub(super) fn implementation(&mut self, id: ModuleId, item: &ItemImpl, cfg: &Cfg) -> syn::Result<()> {
        let Some((owner, known)) = self.owner(id, &item.self_ty) else { return Ok(()) };
        let Some((path, _)) = &item.trait_ else { return self.members(&owner, &known, id, item, cfg) };
        if self.is_internal(id, path) {
            return Ok(());
        }
        let mut path = path.clone();
        self.resolver.rewriter(id).visit_path_mut(&mut path);
        let target = self.ty(id, &item.self_ty);
        let target = if target == owner { String::new() } else { format!(" for {target}") };
        let types = item.items.iter().filter_map(|inner| match inner {
            ImplItem::Type(inner) => Some(format!("{} = {}", inner.ident, self.ty(id, &inner.ty))),
            _ => None,
        });
        let types: Vec<_> = types.collect();
        let types = if types.is_empty() { String::new() } else { format!(" {{ {} }}", types.join(", ")) };
        let (generics, conditions) = (self.generics(id, &bare(&item.generics)), self.conditions(id, &item.generics));
        self.add(&format!("{owner} impl{generics} {}{target}{conditions}{types}", line(&path)), &cfg.beyond(&known));
        Ok(())
    }

    /// Public members of an inherent `impl`.
    fn members(&mut self, owner: &str, known: &Cfg, id: ModuleId, item: &ItemImpl, cfg: &Cfg) -> syn::Result<()> {
        for inner in &item.items {
            let (attributes, visibility) = match inner {
                ImplItem::Fn(inner) => (&inner.attrs, &inner.vis),
                ImplItem::Const(inner) => (&inner.attrs, &inner.vis),
                // Read with the calls of macros.
                ImplItem::Macro(_) => continue,
                other => {
                    return Err(syn::Error::new_spanned(other, "an item of an impl that this reader does not know"));
                }
            };
            let Some(own) = shown(attributes)?.filter(|_| matches!(visibility, Visibility::Public(_))) else {
                continue;
            };
            let text = match inner {
                ImplItem::Fn(inner) => format!("{owner}::{}{}", inner.sig.ident, self.signature(id, &inner.sig)),
                ImplItem::Const(inner) => format!("{owner}::{} const: {}", inner.ident, self.ty(id, &inner.ty)),
                _ => continue,
            };
            self.add(&text, &cfg.and(&own).beyond(known));
        }
        Ok(())
    }

    /// How the type of an `impl` is called, and what it asks for itself; `None` where users cannot name it.
    pub(super) fn owner(&self, id: ModuleId, ty: &Type) -> Option<(String, Cfg)> {
        if let Type::Path(path) = ty {
            if let Some(seen) = self.resolver.seen(id, &path.path) {
                return Some((seen.path.clone(), seen.cfg.clone()));
            }
            if self.is_internal(id, &path.path) {
                return None;
            }
        }
        Some((self.ty(id, ty), Cfg::default()))
    }

    /// Whether a path means something of the crate that users cannot name.
    pub(super) fn is_internal(&self, id: ModuleId, path: &Path) -> bool {
        self.resolver.item(id, path).is_some_and(|item| !self.resolver.paths.contains_key(&item))
    }

    fn ty(&self, id: ModuleId, ty: &Type) -> String {
        let mut ty = ty.clone();
        self.resolver.rewriter(id).visit_type_mut(&mut ty);
        line(&ty)
    }

    /// Parameters of a type or an `impl`, with its conditions.
    fn generics(&self, id: ModuleId, generics: &Generics) -> String {
        if generics.params.is_empty() && generics.where_clause.is_none() {
            return String::new();
        }
        let mut generics = generics.clone();
        self.resolver.rewriter(id).visit_generics_mut(&mut generics);
        format!("{}{}", line(&generics), conditions(&generics))
    }

    /// `: Bound + Bound`, or nothing.
    fn bounds(&self, id: ModuleId, bounds: &Punctuated<TypeParamBound, Token![+]>) -> String {
        let mut bounds = bounds.clone();
        bounds.iter_mut().for_each(|bound| self.resolver.rewriter(id).visit_type_param_bound_mut(bound));
        if bounds.is_empty() { String::new() } else { format!(": {}", line(&bounds)) }
    }

    fn conditions(&self, id: ModuleId, generics: &Generics) -> String {
        if generics.where_clause.is_none() {
            return String::new();
        }
        let mut generics = generics.clone();
        self.resolver.rewriter(id).visit_generics_mut(&mut generics);
        conditions(&generics)
    }

    /// Everything of a function behind its name.
    pub(super) fn signature(&self, id: ModuleId, signature: &Signature) -> String {
        let mut signature = signature.clone();
        self.resolver.rewriter(id).visit_signature_mut(&mut signature);
        for argument in &mut signature.inputs {
            match argument {
                FnArg::Receiver(receiver) => receiver.mutability = None,
                FnArg::Typed(argument) => {
                    if let Pat::Ident(name) = &mut *argument.pat {
                        name.mutability = None;
                    }
                }
            }
        }
        let arguments: Vec<_> = signature.inputs.iter().map(line).collect();
        let output = match &signature.output {
            syn::ReturnType::Default => String::new(),
            output => format!(" {}", line(output)),
        };
        let kind = [(signature.constness.is_some(), " const"), (signature.asyncness.is_some(), " async")];
        let kind: String = kind.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        let (generics, conditions) = (line(&signature.generics), conditions(&signature.generics));
        format!("{generics}({}){output}{conditions}{kind}", arguments.join(", "))
    }
}

/// The condition of a member; `None` if users do not have it or are not to see it.
fn shown(attributes: &[Attribute]) -> syn::Result<Option<Cfg>> {
    Ok(Cfg::of(attributes)?.filter(|_| !hidden(attributes)))
}

fn bare(generics: &Generics) -> Generics {
    Generics { where_clause: None, ..generics.clone() }
}

fn conditions(generics: &Generics) -> String {
    match &generics.where_clause {
        Some(clause) if !clause.predicates.is_empty() => format!(" {}", line(clause).trim_end_matches(',')),
        _ => String::new(),
    }
}

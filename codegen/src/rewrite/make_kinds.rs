//! Turns bases into enums over their kinds. What all kinds share stays reachable: through accessors on the enum, and in a
//! struct called after the base for objects of unknown kind.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::Context;
use super::box_large::{LARGE, Sizes};
use super::read_calls::generic_of;
use super::read_types::TypeItem;
use crate::document::{Graph, Kinds};
use crate::emit::{docs, type_name};
use crate::error::Error;

type Structs = BTreeMap<String, ItemStruct>;

pub(super) fn make_kinds(types: &mut Vec<TypeItem>, context: &Context<'_>) -> Result<(), Error> {
    let document = context.document;
    let structs: Structs = types
        .iter()
        .filter_map(|item| match &item.item {
            Item::Struct(definition) => Some((item.name.clone(), definition.clone())),
            _ => None,
        })
        .collect();
    let graph = Graph::of(document);
    let mut sizes = Sizes::of(types, context);
    for (base, kinds) in &document.kinds {
        let name = type_name(base);
        let Some(definition) = structs.get(&name) else { continue };
        let Some(position) = types.iter().position(|item| item.name == name) else { continue };
        let boxed = kinds.subtypes.iter().any(|kind| {
            let recursive = graph.reach(BTreeSet::from([kind.clone()])).contains(base);
            recursive || sizes.of_struct(&type_name(kind)) > LARGE
        });
        let enumeration = Enumeration::new(base, definition, kinds, boxed, &structs, context);
        let item = TypeItem { item: enumeration.definition(), impls: enumeration.impls(), ..types.remove(position) };
        types.insert(position, item);
        if let Some(base) = &enumeration.base {
            let mut definition = definition.clone();
            definition.ident = base.clone();
            let text = format!("What every [`{name}`] has, of whatever kind it is.");
            definition.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            definition.attrs.splice(0..0, docs::attributes(&text));
            let item = Item::Struct(definition);
            types.insert(position + 1, TypeItem { name: base.to_string(), schema: name, item, impls: Vec::new() });
        }
    }
    Ok(())
}

/// What is left of a kind's name when the words it shares with the base are taken from both ends.
#[must_use]
pub fn variant_names(base: &str, subtypes: &[String]) -> Vec<String> {
    let base: Vec<&str> = base.split('_').collect();
    let mut names: Vec<String> = Vec::new();
    for subtype in subtypes {
        let words: Vec<&str> = subtype.split('_').collect();
        let head = words.iter().zip(&base).take_while(|(one, other)| one == other).count();
        let (rest, left) = (&words[head..], &base[head..]);
        let tail = rest.iter().rev().zip(left.iter().rev()).take_while(|(one, other)| one == other).count();
        let short = rest[..rest.len() - tail].join("_").to_upper_camel_case();
        let fits = short.starts_with(|first: char| first.is_ascii_alphabetic())
            && short != "Unknown"
            && !names.contains(&short);
        names.push(if fits { short } else { subtype.to_upper_camel_case() });
    }
    names
}

struct Variant<'d> {
    name: Ident,
    /// Value of `type`.
    wire: &'d str,
    model: Ident,
    /// The member that tells the kind without `type`, if it has that.
    told: Option<Ident>,
}

struct Enumeration<'d> {
    name: Ident,
    wire: &'d str,
    doc: Vec<syn::Attribute>,
    /// The struct of shared members, where there are any.
    base: Option<Ident>,
    variants: Vec<Variant<'d>>,
    told_by: TokenStream,
    /// Whether the kinds are kept in boxes, so that the enum stays small.
    boxed: bool,
    accessors: Vec<TokenStream>,
}

impl<'d> Enumeration<'d> {
    fn new(
        base: &'d str,
        definition: &ItemStruct,
        kinds: &'d Kinds,
        boxed: bool,
        structs: &Structs,
        context: &Context<'d>,
    ) -> Self {
        let document = context.document;
        let shared = shared(definition);
        let is_kind = document.kinds.values().any(|kinds| kinds.subtypes.iter().any(|kind| kind == base));
        let models = kinds.subtypes.iter().map(|kind| match document.kinds.contains_key(kind) {
            true => base_name(&type_name(kind), structs),
            false => format_ident!("{}", type_name(kind)),
        });
        let variants: Vec<_> = variant_names(base, &kinds.subtypes)
            .into_iter()
            .zip(&kinds.subtypes)
            .zip(models)
            .map(|((name, kind), model)| {
                let told = kinds.told_by.as_ref().map(|(member, _)| format_ident!("{}", member.to_snake_case()));
                let told = told.filter(|told| structs.get(&type_name(kind)).is_some_and(|kind| has_member(kind, told)));
                Variant { name: format_ident!("{name}"), wire: document.wire_type(kind), model, told }
            })
            .collect();
        let kinds_of = |name: &String| structs.get(&type_name(name));
        let told_by = match &kinds.told_by {
            Some((member, words)) => {
                let words = words.iter().map(|(word, index)| quote!((#word, #index)));
                quote!(Some((#member, &[#(#words),*])))
            }
            None => quote!(None),
        };
        let mut accessors: Vec<_> = shared
            .iter()
            .filter(|(ident, ty)| kinds.subtypes.iter().filter_map(kinds_of).all(|kind| has(kind, ident, ty)))
            .map(|(ident, ty)| accessor(ident, ty, &variants))
            .collect();
        if let Some((member, _)) = &kinds.told_by {
            let ident = format_ident!("{}", member.to_snake_case());
            if !shared.iter().any(|(shared, _)| *shared == ident) {
                accessors.push(telling_accessor(&ident, member, &variants));
            }
        }
        Self {
            name: definition.ident.clone(),
            wire: document.wire_type(base),
            doc: definition.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
            base: (!shared.is_empty() || is_kind).then(|| base_name(&definition.ident.to_string(), structs)),
            variants,
            told_by,
            boxed,
            accessors,
        }
    }

    fn base(&self) -> TokenStream {
        self.base.as_ref().map_or_else(|| quote!(()), |base| quote!(#base))
    }

    fn definition(&self) -> Item {
        let (name, base, doc) = (&self.name, self.base(), &self.doc);
        let variants = self.variants.iter().map(|Variant { name, wire, model, .. }| {
            let doc = docs::attributes(&format!("`{wire}`"));
            let model = if self.boxed { quote!(Box<#model>) } else { quote!(#model) };
            quote!(#(#doc)* #name(#model),)
        });
        parse_quote! {
            #(#doc)*
            #[derive(Clone, Debug)]
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// Another kind, or an object that does not say its kind, as it was sent.
                Unknown(Box<Unknown<#base>>),
            }
        }
    }

    fn impls(&self) -> Vec<Item> {
        let (name, wire, base, told_by) = (&self.name, self.wire, self.base(), &self.told_by);
        let variants = self.variants.iter().map(|Variant { name, wire, model, told }| {
            let snake = name.to_string().to_snake_case();
            let (accessor, question) = (format_ident!("as_{snake}"), format_ident!("is_{snake}"));
            quote!(#wire #name #model #accessor #question #told)
        });
        let mut impls = vec![parse_quote!(crate::model::variants!(#name, #wire, #base, #told_by, { #(#variants),* });)];
        if !self.accessors.is_empty() {
            let accessors = &self.accessors;
            impls.push(parse_quote!(impl #name { #(#accessors)* }));
        }
        impls
    }
}

/// Name of the struct of shared members.
fn base_name(name: &str, structs: &Structs) -> Ident {
    let mut base = format!("{name}Base");
    while structs.contains_key(&base) {
        base.push_str("Object");
    }
    format_ident!("{base}")
}

/// The members that all kinds share, other than `type`.
fn shared(definition: &ItemStruct) -> Vec<(Ident, Type)> {
    let Fields::Named(fields) = &definition.fields else { return Vec::new() };
    let members = fields.named.iter().filter_map(|field| Some((field.ident.clone()?, field.ty.clone())));
    members.filter(|(ident, _)| ident != "type_").collect()
}

fn has(definition: &ItemStruct, ident: &Ident, ty: &Type) -> bool {
    definition.fields.iter().any(|field| field.ident.as_ref() == Some(ident) && field.ty == *ty)
}

fn has_member(definition: &ItemStruct, ident: &Ident) -> bool {
    definition.fields.iter().any(|field| field.ident.as_ref() == Some(ident))
}

fn accessor(ident: &Ident, ty: &Type, variants: &[Variant<'_>]) -> TokenStream {
    let inner = generic_of(ty, "Option").unwrap_or(ty);
    let is = |name: &str| matches!(inner, Type::Path(path) if path.path.is_ident(name));
    let (result, value) = if is("String") {
        (quote!(&str), quote!(as_deref))
    } else if let Some(item) = generic_of(inner, "Vec") {
        (quote!(&[#item]), quote!(as_deref))
    } else if let Some(inner) = generic_of(inner, "Box") {
        (quote!(&#inner), quote!(as_deref))
    } else {
        (quote!(&#inner), quote!(as_ref))
    };
    let names = variants.iter().map(|variant| &variant.name);
    let doc = format!(" The member `{}`, which every kind has.", ident.to_string().trim_end_matches('_'));
    quote! {
        #[doc = #doc]
        #[must_use]
        #[inline]
        pub fn #ident(&self) -> Option<#result> {
            match self {
                #(Self::#names(object) => object.#ident.#value(),)*
                Self::Unknown(object) => object.base().#ident.#value(),
            }
        }
    }
}

/// The member that tells the kind, as text: its words are another type in each kind.
fn telling_accessor(ident: &Ident, member: &str, variants: &[Variant<'_>]) -> TokenStream {
    let arms = variants.iter().map(|Variant { name, told, .. }| match told {
        Some(told) => quote!(Self::#name(object) => object.#told.as_ref().map(AsRef::as_ref),),
        None => quote!(Self::#name(_) => None,),
    });
    let doc = format!(" The member `{member}` as text.");
    quote! {
        #[doc = #doc]
        #[must_use]
        #[inline]
        pub fn #ident(&self) -> Option<&str> {
            match self {
                #(#arms)*
                Self::Unknown(object) => object.object().get(#member).and_then(|value| value.as_str()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::variant_names;

    #[test]
    fn variants_are_named_after_what_the_base_does_not_say() {
        let names = |base, kinds: &[&str]| {
            variant_names(base, &kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names("pipeline_state", &["pipeline_state_completed"]), ["Completed"]);
        assert_eq!(names("pipeline_state_completed_result", &["pipeline_state_completed_failed"]), ["Failed"]);
        assert_eq!(names("pipeline_target", &["pipeline_merge_queue_ref_target"]), ["MergeQueueRef"]);
        assert_eq!(names("base_commit", &["commit", "snippet_commit"]), ["Commit", "Snippet"]);
        assert_eq!(names("ref", &["branch", "named_branch"]), ["Branch", "NamedBranch"]);
        assert_eq!(names("a", &["a_unknown", "b_a", "a_b"]), ["AUnknown", "B", "AB"]);
    }
}

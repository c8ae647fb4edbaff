//! Builds unions: a base that other schemas extend becomes an enum over them. Members that all variants share get
//! accessors, and stand in a struct of their own for objects of an unknown variant.

use std::collections::{BTreeMap, BTreeSet};

use super::names::types::{member, union_variants};
use super::type_mapping::TypeMapping;
use super::{FallbackDiscriminator, Field, Shape, Struct, Type, TypeRef, Union, Variant};
use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "unions";

/// Turns the structs of bases into unions.
pub(super) fn build(
    types: &mut BTreeMap<String, Type>,
    document: &Document,
    mapping: &TypeMapping,
    context: &Context<'_>,
) -> Result<(), Error> {
    let name_of = |schema: &str| match mapping.reference(schema) {
        TypeRef::Named(name) => Some(name),
        _ => None,
    };
    let structs: BTreeMap<String, Struct> = types
        .iter()
        .filter_map(|(name, ty)| match &ty.shape {
            Shape::Struct(shape) => Some((name.clone(), shape.clone())),
            _ => None,
        })
        .collect();
    let taken: BTreeSet<String> = types.keys().cloned().collect();
    let base_name = |union: &str| {
        let mut name = format!("{union}Base");
        while taken.contains(&name) {
            name.push_str("Object");
        }
        name
    };
    for (base, union) in &document.unions {
        let Some(name) = name_of(base) else { continue };
        let Some(shape) = structs.get(&name) else { continue };
        let shared: Vec<Field> = shape.fields.iter().filter(|field| field.wire != "type").cloned().collect();
        let is_variant = document.unions.values().any(|union| union.subtypes.contains(base));
        let has_base = !shared.is_empty() || is_variant;
        let payload = |schema: &String| {
            let name = name_of(schema)?;
            Some(if document.unions.contains_key(schema) { base_name(&name) } else { name })
        };
        let payloads: Vec<String> = union.subtypes.iter().filter_map(payload).collect();
        let duplicate = payloads.iter().enumerate().find(|(index, name)| payloads[..*index].contains(name));
        if payloads.len() < union.subtypes.len() || duplicate.is_some() {
            let problem = "two variants of the union would hold the same type, or one of them none".to_owned();
            let hint = "a subtype must stay a type of its own: correct [collapse] in spec/types.toml";
            return Err(Error::at(PASS, context.source, document.pointer_of(base), problem, hint));
        }
        let subtypes: Vec<&str> = union.subtypes.iter().map(String::as_str).collect();
        let variants: Vec<Variant> = union_variants(&name, base, &subtypes, &context.decisions.types)
            .into_iter()
            .zip(&subtypes)
            .zip(payloads)
            .map(|((name, schema), payload)| Variant { name, wire: document.wire_type(schema).to_owned(), payload })
            .collect();
        let members = |schema: &String| structs.get(&name_of(schema)?);
        let on_all = |field: &Field| {
            let same = |shape: &Struct| shape.field(&field.name).is_some_and(|other| other.ty == field.ty);
            union.subtypes.iter().filter_map(members).all(same)
        };
        let fallback = union.fallback.as_ref().map(|(wire, values)| FallbackDiscriminator {
            wire: wire.clone(),
            field: member(wire, &context.decisions.types.words),
            values: values.clone(),
        });
        let union_type = Union {
            discriminator: "type",
            base: has_base.then(|| base_name(&name)),
            variants,
            fallback,
            boxed: false,
            shared: shared.iter().filter(|field| on_all(field)).cloned().collect(),
            shortcuts: Vec::new(),
        };
        let Some(ty) = types.get_mut(&name) else { continue };
        let base_type = union_type.base.clone().map(|base| Type {
            name: base,
            aliases: Vec::new(),
            docs: format!("What every `{name}` has, whatever its variant."),
            shape: Shape::Struct(shape.clone()),
            ..ty.clone()
        });
        ty.shape = Shape::Union(union_type);
        types.extend(base_type.map(|base| (base.name.clone(), base)));
    }
    check_distinct(types, document, context)?;
    check_entries(types, context)
}

/// Refuses two variants of one name.
fn check_distinct(types: &BTreeMap<String, Type>, document: &Document, context: &Context<'_>) -> Result<(), Error> {
    for ty in types.values() {
        let Shape::Union(union) = &ty.shape else { continue };
        let mut names = BTreeSet::from(["Unknown"]);
        if let Some(variant) = union.variants.iter().find(|variant| !names.insert(variant.name.as_str())) {
            let problem = format!("two variants of `{}` are called `{}`", ty.name, variant.name);
            let hint = "give one of them another name in [variant] of spec/types.toml";
            return Err(Error::at(PASS, context.source, document.pointer_of(&ty.schema), problem, hint));
        }
    }
    Ok(())
}

/// An entry of `[variant]` must have named a variant of a union, or of an open enum.
fn check_entries(types: &BTreeMap<String, Type>, context: &Context<'_>) -> Result<(), Error> {
    let used = |key: &str, name: &str| {
        let owner = key.split("::").next().and_then(|owner| types.get(owner));
        owner.is_some_and(|owner| match &owner.shape {
            Shape::Union(union) => union.variants.iter().any(|variant| variant.name == name),
            Shape::Enum(open_enum) => open_enum.values.iter().any(|value| value.variant == name),
            Shape::Struct(_) | Shape::Alias(_) => false,
        })
    };
    let mut unused = context.decisions.types.variant.iter().filter(|(key, entry)| !used(key, &entry.text));
    match unused.next().filter(|_| context.decisions.strict) {
        Some((key, entry)) => Err(Error::in_line(
            PASS,
            &context.inputs.types,
            Some(entry.line),
            format!("[variant] `{key}`"),
            "no union or enum has a variant of this name",
            "write `Union::Variant` with the names that the rules give, or delete the entry",
        )),
        None => Ok(()),
    }
}

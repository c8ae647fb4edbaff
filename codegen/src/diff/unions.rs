//! Unions: their variants, and what tells these apart.

use heck::ToSnakeCase;

use super::comparing::Comparing;
use super::finding::Finding;
use super::rule::EffectClass as Class;
use super::{keys, pointers};
use crate::model::{FallbackDiscriminator, Type, Union, Variant};

/// Compares the variants of a union.
pub(super) fn compare(all: &mut Comparing<'_>, (old, was): (&Type, &Union), (new, is): (&Type, &Union)) {
    let old_place = pointers::schema(all.old, old);
    let place = pointers::schema(all.new, new);
    let schema = |name: &str| format!("#/components/schemas/{}", crate::source::escape(name));
    let begin = |rule, class, ty: &Type, variant: &Variant| {
        let name = variant.name.to_snake_case();
        Finding::new(rule, class, format!("types::{}::{}", ty.name, variant.name)).of_type(new).explains([
            keys::member(&ty.name, &variant.name),
            keys::member(&ty.name, &name),
            keys::shape(&ty.name),
        ])
    };
    let find = |union: &Union, wire: &str| union.variants.iter().find(|known| known.wire == wire).cloned();
    let mut found = Vec::new();
    for variant in &is.variants {
        let payload = |variant: &Variant| format!("{}({})", variant.name, variant.payload);
        match find(was, &variant.wire) {
            None => found.push(
                begin("union-branch-added", Class::Extends, new, variant)
                    .is(variant.wire.clone())
                    .at(schema(&variant.wire)),
            ),
            Some(known) => {
                let renamed = all.pairs.renamed.get(&known.payload).unwrap_or(&known.payload);
                if known.name != variant.name || *renamed != variant.payload {
                    found.push(
                        begin("union-branch-changed", Class::Compile, new, variant)
                            .was(payload(&known))
                            .is(payload(variant))
                            .was_at(old_place.clone())
                            .at(schema(&variant.wire))
                            .explains([
                                keys::member(&old.name, &known.name),
                                keys::member(&old.name, &known.name.to_snake_case()),
                            ]),
                    );
                }
            }
        }
    }
    for variant in was.variants.iter().filter(|variant| find(is, &variant.wire).is_none()) {
        found.push(
            begin("union-branch-removed", Class::Compile, old, variant)
                .was(variant.wire.clone())
                .at(schema(&variant.wire)),
        );
    }
    let whole = |rule, class| {
        Finding::new(rule, class, format!("types::{}", new.name))
            .of_type(new)
            .was_at(old_place.clone())
            .at(place.clone())
            .explains([keys::shape(&new.name)])
    };
    if was.boxed != is.boxed {
        let say = |boxed: bool| if boxed { "boxed" } else { "not boxed" };
        let variants = was.variants.iter().map(|variant| keys::member(&old.name, &variant.name));
        let variants = variants.chain(is.variants.iter().map(|variant| keys::member(&new.name, &variant.name)));
        let finding = whole("union-boxing-changed", Class::Compile).was(say(was.boxed)).is(say(is.boxed));
        found.push(finding.explains(variants));
    }
    let (told, tells) = (fallback(was.fallback.as_ref(), was), fallback(is.fallback.as_ref(), is));
    // A variant that came or went brings or takes its values.
    let same_variants = was.variants.iter().map(|known| &known.wire).eq(is.variants.iter().map(|known| &known.wire));
    if was.discriminator != is.discriminator || (told != tells && (same_variants || told.0 != tells.0)) {
        let finding = whole("discriminator-changed", Class::Runtime).was(told.1).is(tells.1);
        let member = [&told.0, &tells.0].map(|name| keys::member(&new.name, name));
        found.push(finding.explains(member));
    }
    found.into_iter().for_each(|finding| all.add(finding));
    base(all, (old, was), (new, is));
}

/// What the variants share came with its first member, or went with its last one: then the union has another unknown variant.
fn base(all: &mut Comparing<'_>, (old, was): (&Type, &Union), (new, is): (&Type, &Union)) {
    let name = match (&was.base, &is.base) {
        (Some(base), None) | (None, Some(base)) => keys::ty(base),
        _ => return,
    };
    let names = [&old.name, &new.name];
    if let Some(finding) = all.findings.iter_mut().find(|finding| finding.keys.contains(&name)) {
        finding.keys.extend(names.iter().flat_map(|name| [keys::member(name, "Unknown"), keys::shape(name)]));
    }
}

/// The member that decides where `type` is absent, and what of it leads where.
fn fallback(fallback: Option<&FallbackDiscriminator>, union: &Union) -> (String, String) {
    let Some(fallback) = fallback else { return (String::new(), "`type` alone".to_owned()) };
    let values = fallback.values.iter().map(|(value, index)| {
        format!("{value} = {}", union.variants.get(*index).map_or("?", |variant| variant.name.as_str()))
    });
    let values: Vec<String> = values.collect();
    (fallback.field.clone(), format!("`type`, else `{}`: {}", fallback.wire, values.join(", ")))
}

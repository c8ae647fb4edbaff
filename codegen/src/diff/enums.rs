//! Open enums.

use super::comparing::Comparing;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::{keys, pointers};
use crate::model::{EnumValue, OpenEnum, Type};

/// Compares the values of an enum.
pub(super) fn compare(all: &mut Comparing<'_>, (old, was): (&Type, &OpenEnum), (new, is): (&Type, &OpenEnum)) {
    let old_place = format!("{}/enum", pointers::schema(all.old, old));
    let place = format!("{}/enum", pointers::schema(all.new, new));
    let begin = |rule, class, ty: &Type, variant: &str| {
        Finding::new(rule, class, format!("types::{}::{variant}", ty.name))
            .of_type(new)
            .was_at(old_place.clone())
            .at(place.clone())
            .explains([keys::member(&ty.name, variant), keys::shape(&ty.name)])
    };
    let mut removed: Vec<&EnumValue> = was.values.iter().filter(|value| !has(is, value)).collect();
    let mut found = Vec::new();
    for (index, value) in is.values.iter().enumerate() {
        let at = format!("{place}/{index}");
        let index_of = |wire: &str| was.values.iter().position(|known| known.wire == wire).unwrap_or_default();
        if let Some(known) = was.values.iter().find(|known| known.wire == value.wire) {
            if known.variant != value.variant {
                let entry = |value: &EnumValue| Some(format!("= \"{}\"", value.variant));
                found.push(
                    begin("enum-variant-renamed", Class::Compile, new, &value.variant)
                        .was(known.variant.clone())
                        .is(value.variant.clone())
                        .explains([keys::member(&old.name, &known.variant)])
                        .decided(DecisionFile::Types, entry(known), entry(value))
                        .was_at(format!("{old_place}/{}", index_of(&known.wire)))
                        .at(at),
                );
            }
        } else if let Some(gone) = removed.iter().position(|known| known.variant == value.variant) {
            let known = removed.remove(gone);
            found.push(
                begin("enum-value-respelled", Class::Runtime, new, &value.variant)
                    .was(known.wire.clone())
                    .is(value.wire.clone())
                    .was_at(format!("{old_place}/{}", index_of(&known.wire)))
                    .at(at),
            );
        } else {
            found.push(begin("enum-value-added", Class::Extends, new, &value.variant).is(value.wire.clone()).at(at));
        }
    }
    for value in removed {
        let index = was.values.iter().position(|known| known.wire == value.wire).unwrap_or_default();
        found.push(
            begin("enum-value-removed", Class::Compile, old, &value.variant)
                .was(value.wire.clone())
                .at(format!("{old_place}/{index}")),
        );
    }
    if was.fallback != is.fallback {
        found.push(
            begin("enum-fallback-renamed", Class::Compile, new, &is.fallback)
                .was(was.fallback.clone())
                .is(is.fallback.clone())
                .explains([keys::member(&old.name, &was.fallback)]),
        );
    }
    let kept = |these: &OpenEnum, those: &OpenEnum| -> Vec<String> {
        these.values.iter().filter(|value| has(those, value)).map(|value| value.wire.clone()).collect()
    };
    let (was_order, is_order) = (kept(was, is), kept(is, was));
    if was_order != is_order {
        found.push(
            Finding::new("enum-reordered", Class::None, format!("types::{}", new.name))
                .of_type(new)
                .was(was_order.join(", "))
                .is(is_order.join(", "))
                .was_at(old_place.clone())
                .at(place.clone())
                .explains([keys::shape(&new.name)]),
        );
    }
    found.into_iter().for_each(|finding| all.add(finding));
}

fn has(words: &OpenEnum, value: &EnumValue) -> bool {
    words.values.iter().any(|known| known.wire == value.wire)
}

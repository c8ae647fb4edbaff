//! Types: which came, went or are called otherwise, and what their members are.

use super::comparing::Comparing;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{enums, fields, keys, pointers, unions};
use crate::model::{Shape, Type};

/// Compares all types.
pub(super) fn compare(all: &mut Comparing<'_>) {
    for ty in all.pairs.types_removed.clone() {
        let finding = Finding::new("type-removed", Class::Compile, format!("types::{}", ty.name))
            .of_type(ty)
            .was(kind(&ty.shape))
            .at(pointers::schema(all.old, ty))
            .explains([keys::ty(&ty.name)]);
        all.add(finding);
    }
    for ty in all.pairs.types_added.clone() {
        let finding = Finding::new("type-added", Class::Extends, format!("types::{}", ty.name))
            .of_type(ty)
            .is(kind(&ty.shape))
            .at(pointers::schema(all.new, ty))
            .explains([keys::ty(&ty.name)]);
        all.add(finding);
    }
    for (old, new) in all.pairs.types.clone() {
        one(all, old, new);
    }
    identifiers(all);
}

/// What kind of type it is.
fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Struct(_) => "struct",
        Shape::Enum(_) => "enum",
        Shape::Union(_) => "union",
        Shape::Alias(_) => "alias",
    }
}

fn one(all: &mut Comparing<'_>, old: &Type, new: &Type) {
    let begin = |rule, class| {
        Finding::new(rule, class, format!("types::{}", new.name))
            .of_type(new)
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new))
    };
    let mut found = Vec::new();
    if old.name != new.name {
        let mut finding = begin("type-renamed", Class::Compile).was(old.name.clone()).is(new.name.clone()).explains([
            format!("renamed:{}", old.name),
            keys::ty(&old.name),
            keys::ty(&new.name),
        ]);
        if all.pairs.alike.contains(&new.name) {
            finding = finding.note("of equal structure: if it means something else, it is another type");
        } else if old.schema == new.schema {
            let entry = |ty: &Type| Some(format!("= \"{}\"", ty.name));
            finding = finding.decided(DecisionFile::Types, entry(old), entry(new));
        }
        found.push(finding);
    }
    if old.schema != new.schema {
        found.push(
            begin("type-wire-renamed", Class::None)
                .was(old.schema.clone())
                .is(new.schema.clone())
                .explains([keys::ty(&new.name)]),
        );
    }
    if kind(&old.shape) == kind(&new.shape) && old.sent != new.sent {
        let (rule, class) =
            if new.sent { ("type-became-sent", Class::Extends) } else { ("type-no-longer-sent", Class::Compile) };
        let say = |sent: bool| if sent { "sent" } else { "received only" };
        let finding = begin(rule, class).was(say(old.sent)).is(say(new.sent));
        // An enum or a union has no setters to gain or lose.
        found.push(match new.shape {
            Shape::Struct(_) => finding.explains([keys::ty(&new.name)]),
            _ => Finding { class: Class::None, ..finding },
        });
    }
    found.into_iter().for_each(|finding| all.add(finding));
    match (&old.shape, &new.shape) {
        (Shape::Struct(was), Shape::Struct(is)) => fields::compare(all, (old, was), (new, is)),
        (Shape::Enum(was), Shape::Enum(is)) => enums::compare(all, (old, was), (new, is)),
        (Shape::Union(was), Shape::Union(is)) => unions::compare(all, (old, was), (new, is)),
        (Shape::Alias(was), Shape::Alias(is)) if all.pairs.rename(was) == *is => {}
        (was, is) => {
            let say = |shape: &Shape| match shape {
                Shape::Alias(of) => format!("alias of {}", super::rust_text::rust_type(of)),
                other => kind(other).to_owned(),
            };
            let finding = Finding::new("type-kind-changed", Class::Compile, format!("types::{}", new.name))
                .of_type(new)
                .was(say(was))
                .is(say(is))
                .was_at(pointers::schema(all.old, old))
                .at(pointers::schema(all.new, new))
                .explains([keys::ty(&old.name), keys::ty(&new.name), keys::mention(&new.name)]);
            all.add(finding);
        }
    }
}

/// Types whose objects stand for themselves in paths.
fn identifiers(all: &mut Comparing<'_>) {
    let of = |side: &Side<'_>, name: &str| {
        side.model.identifiers.iter().find(|(owner, _)| owner == name).map(|(_, member)| member.clone())
    };
    for (old, new) in all.pairs.types.clone() {
        let (was, is) = (of(all.old, &old.name), of(all.new, &new.name));
        if was == is {
            continue;
        }
        let (rule, class) = match (&was, &is) {
            (None, Some(_)) => ("type-trait-gained", Class::Extends),
            (Some(_), Some(_)) => ("type-trait-gained", Class::Runtime),
            _ => ("type-trait-lost", Class::Compile),
        };
        let say = |member: Option<String>| member.map_or("none".to_owned(), |member| format!("Identify by {member}"));
        let entry = |ty: &Type| Some(format!("member = \"{}.", ty.name));
        let finding = Finding::new(rule, class, format!("types::{}", new.name))
            .of_type(new)
            .was(say(was))
            .is(say(is))
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new))
            .explains([format!("identified:{}", old.name), format!("identified:{}", new.name), keys::ty(&new.name)])
            .decided(DecisionFile::Identifiers, entry(old), entry(new));
        all.add(finding);
    }
}

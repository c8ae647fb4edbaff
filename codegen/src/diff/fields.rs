//! Members of structs, and the constructors and accessors that rest on them.

use openapiv3::{SchemaKind, Type as SchemaType};

use super::comparing::Comparing;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{keys, pointers, regular, rust_text};
use crate::model::{ConstructorArgument, Field, Model, PathStep, Shape, Shortcut, Struct, Type, TypeRef};

/// Compares the members of a struct.
pub(super) fn compare(all: &mut Comparing<'_>, (old, was): (&Type, &Struct), (new, is): (&Type, &Struct)) {
    let mut removed: Vec<&Field> = was.fields.iter().filter(|field| !has(is, field)).collect();
    let mut added: Vec<&Field> = is.fields.iter().filter(|field| !has(was, field)).collect();
    let mut pairs: Vec<(&Field, &Field)> = Vec::new();
    for field in &is.fields {
        if let Some(known) = was.fields.iter().find(|known| known.wire == field.wire) {
            pairs.push((known, field));
        }
    }
    added.retain(|field| match removed.iter().position(|known| known.name == field.name) {
        Some(index) => {
            let known = removed.remove(index);
            let finding = begin(all, new, field, "field-wire-renamed", Class::Runtime)
                .was(known.wire.clone())
                .is(field.wire.clone())
                .was_at(pointers::member(all.old, old, &known.wire));
            all.add(finding);
            pairs.push((known, field));
            false
        }
        None => true,
    });
    for field in removed {
        let finding = Finding::new("field-removed", Class::Compile, format!("types::{}.{}", old.name, field.name))
            .of_type(old)
            .was(rust_text::field_type(&field.ty, field.boxed))
            .at(pointers::member(all.old, old, &field.wire))
            .explains(keys::field(&old.name, &field.name));
        all.add(Finding { of_type: Some(new.name.clone()), ..finding });
    }
    for field in added {
        let insisted = new.sent && field.sent && is_required(all.new, new, &field.wire);
        let (rule, class) = match (insisted, field.required_on_send) {
            // The constructor asks for it, which is told there.
            (_, true) => ("field-added-required", Class::Compile),
            (true, false) => ("field-added-required", Class::Runtime),
            (false, false) => ("field-added", Class::Extends),
        };
        let finding = begin(all, new, field, rule, class).is(rust_text::field_type(&field.ty, field.boxed));
        all.add(finding);
    }
    for (known, field) in pairs {
        one(all, (old, known), (new, field));
    }
    if was.writes_type != is.writes_type {
        let say = |writes: bool| if writes { "`type` is filled in" } else { "`type` is left to the caller" };
        let finding = Finding::new("type-writes-type-changed", Class::Runtime, format!("types::{}", new.name))
            .of_type(new)
            .was(say(was.writes_type))
            .is(say(is.writes_type))
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new))
            .explains([keys::shape(&new.name)]);
        all.add(finding);
    }
}

fn has(shape: &Struct, field: &Field) -> bool {
    shape.fields.iter().any(|known| known.wire == field.wire)
}

fn begin(all: &Comparing<'_>, ty: &Type, field: &Field, rule: &'static str, class: Class) -> Finding {
    Finding::new(rule, class, format!("types::{}.{}", ty.name, field.name))
        .of_type(ty)
        .at(pointers::member(all.new, ty, &field.wire))
        .explains(keys::field(&ty.name, &field.name))
}

fn one(all: &mut Comparing<'_>, (old, known): (&Type, &Field), (new, field): (&Type, &Field)) {
    let place = pointers::member(all.old, old, &known.wire);
    let begin = |all: &Comparing<'_>, rule, class| {
        begin(all, new, field, rule, class).was_at(place.clone()).explains(keys::field(&old.name, &known.name))
    };
    if known.name != field.name {
        let finding = begin(all, "field-renamed", Class::Compile)
            .was(known.name.clone())
            .is(field.name.clone())
            .decided(DecisionFile::Types, Some(known.name.clone()), Some(field.name.clone()));
        all.add(finding);
    }
    let was = all.pairs.rename(&known.ty);
    if was == field.ty {
        if known.boxed != field.boxed {
            let finding = begin(all, "field-boxing-changed", Class::Compile)
                .was(rust_text::field_type(&was, known.boxed))
                .is(rust_text::field_type(&field.ty, field.boxed))
                .note("the type that it holds grew, shrank or became recursive");
            all.add(finding);
        }
    } else {
        let is_enum = |model: &Model, ty: &TypeRef| {
            let ty = ty.named().and_then(|name| model.type_named(name));
            ty.is_some_and(|ty| matches!(ty.shape, Shape::Enum(_)))
        };
        let is_text =
            |ty: &TypeRef| matches!(ty, TypeRef::Text) || matches!(ty, TypeRef::List(item) if **item == TypeRef::Text);
        let rule = if is_enum(&all.old.model, &known.ty) && is_text(&field.ty) {
            "enum-opened"
        } else if is_text(&known.ty) && is_enum(&all.new.model, &field.ty) {
            "enum-closed"
        } else {
            "field-type-changed"
        };
        let entry = Some(field.wire.clone());
        let finding = begin(all, rule, Class::Compile)
            .was(rust_text::field_type(&was, known.boxed))
            .is(rust_text::field_type(&field.ty, field.boxed))
            .decided(DecisionFile::Facts, entry.clone(), entry);
        all.add(finding);
    }
    if known.sent != field.sent && old.sent == new.sent {
        let (rule, class) = if field.sent {
            ("field-became-writable", Class::Extends)
        } else {
            ("field-became-read-only", Class::Compile)
        };
        let say = |sent: bool| if sent { "has a setter" } else { "has no setter" };
        let entry = Some(field.wire.clone());
        let finding = begin(all, rule, class).was(say(known.sent)).is(say(field.sent)).decided(
            DecisionFile::Facts,
            entry.clone(),
            entry,
        );
        all.add(finding);
    }
    if known.secret != field.secret {
        let say = |secret: bool| if secret { "hidden" } else { "shown" };
        let finding = begin(all, "field-secret-changed", Class::Runtime)
            .was(say(known.secret))
            .is(say(field.secret))
            .explains([format!("debug:{}", new.name)]);
        all.add(finding);
    }
    if known.deprecated != field.deprecated {
        let (rule, class) =
            if field.deprecated { ("field-deprecated", Class::Lint) } else { ("field-undeprecated", Class::None) };
        let say = |deprecated: bool| if deprecated { "deprecated" } else { "in use" };
        all.add(begin(all, rule, class).was(say(known.deprecated)).is(say(field.deprecated)));
    }
}

/// Whether the regular document requires a member.
fn is_required(side: &Side<'_>, ty: &Type, wire: &str) -> bool {
    let mut schemas = regular::schemas(side).filter(|(name, _)| side.document.wire_type(name) == ty.schema);
    schemas.any(|(_, schema)| match &schema.schema_kind {
        SchemaKind::Type(SchemaType::Object(object)) => object.required.iter().any(|known| known == wire),
        _ => false,
    })
}

/// Compares what rests on members: it is told on its own only where no member explains it.
pub(super) fn compare_what_rests_on_members(all: &mut Comparing<'_>) {
    for (old, new) in all.pairs.types.clone() {
        if let (Shape::Struct(was), Shape::Struct(is)) = (&old.shape, &new.shape) {
            constructors(all, (old, was), (new, is));
        }
        accessors(all, old, new);
        shared(all, old, new);
    }
}

fn constructors(all: &mut Comparing<'_>, (old, was): (&Type, &Struct), (new, is): (&Type, &Struct)) {
    let say = |all: &Comparing<'_>, arguments: &[ConstructorArgument], of_old: bool| {
        let one = |argument: &ConstructorArgument| {
            let ty = argument.path.last().map(|step| if of_old { all.pairs.rename(&step.ty) } else { step.ty.clone() });
            let path: Vec<&str> = argument.path.iter().map(|step| step.field.as_str()).collect();
            let path = if path.last() == Some(&argument.name.as_str()) && path.len() == 1 {
                String::new()
            } else {
                format!(" ({})", path.join("."))
            };
            format!("{}: {}{path}", argument.name, ty.as_ref().map(rust_text::rust_type).unwrap_or_default())
        };
        let arguments: Vec<String> = arguments.iter().map(one).collect();
        if arguments.is_empty() { "none".to_owned() } else { format!("new({})", arguments.join(", ")) }
    };
    let (was_text, is_text) = (say(all, &was.constructor, true), say(all, &is.constructor, false));
    // A type that is sent no longer loses it with its setters.
    if was_text == is_text || old.sent != new.sent {
        return;
    }
    let class = if was.constructor.is_empty() { Class::Extends } else { Class::Compile };
    let finding = Finding::new("constructor-changed", class, format!("types::{}::new", new.name))
        .of_type(new)
        .was(was_text)
        .is(is_text)
        .was_at(format!("{}/x-required-on-send", pointers::schema(all.old, old)))
        .at(format!("{}/x-required-on-send", pointers::schema(all.new, new)))
        .explains([keys::member(&new.name, "new")]);
    all.add(finding);
}

fn shortcuts(ty: &Type) -> &[Shortcut] {
    match &ty.shape {
        Shape::Struct(shape) => &shape.shortcuts,
        Shape::Union(union) => &union.shortcuts,
        Shape::Enum(_) | Shape::Alias(_) => &[],
    }
}

/// Accessors of `shortcuts.toml`.
fn accessors(all: &mut Comparing<'_>, old: &Type, new: &Type) {
    let find = |ty: &Type, name: &str| shortcuts(ty).iter().find(|known| known.name == name).cloned();
    let mut names: Vec<&str> = shortcuts(old).iter().chain(shortcuts(new)).map(|known| known.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (was, is) = (find(old, name), find(new, name));
        let say = |shortcut: &Shortcut, all: &Comparing<'_>, of_old: bool| {
            let ty = shortcut.ty.as_ref().map_or("bool".to_owned(), |ty| {
                rust_text::rust_type(&if of_old { all.pairs.rename(ty) } else { ty.clone() })
            });
            format!("{ty} by {}", paths(shortcut))
        };
        let texts = (was.as_ref().map(|was| say(was, all, true)), is.as_ref().map(|is| say(is, all, false)));
        if texts.0 == texts.1 {
            continue;
        }
        let (rule, class) = match texts {
            (None, _) => ("accessor-added", Class::Extends),
            (Some(_), None) => ("accessor-removed", Class::Compile),
            _ if was.as_ref().and_then(|was| was.ty.as_ref()).map(|ty| all.pairs.rename(ty))
                == is.as_ref().and_then(|is| is.ty.clone()) =>
            {
                ("accessor-changed", Class::Runtime)
            }
            _ => ("accessor-changed", Class::Compile),
        };
        let entry = Some(format!("name = \"{name}\""));
        let mut finding = Finding::new(rule, class, format!("types::{}::{name}", new.name))
            .of_type(new)
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new))
            .explains([keys::member(&new.name, name), keys::member(&old.name, name)])
            .decided(DecisionFile::Shortcuts, entry.clone(), entry);
        (finding.old, finding.new) = texts;
        all.add(finding);
    }
}

fn paths(shortcut: &Shortcut) -> String {
    let steps = |steps: &[PathStep]| {
        let names: Vec<&str> = steps
            .iter()
            .map(|step| match step {
                PathStep::Field(name, _)
                | PathStep::Shared(name, _)
                | PathStep::Variant(name)
                | PathStep::Relation(name)
                | PathStep::NamedRelation(name) => name.as_str(),
                PathStep::Href => "href",
            })
            .collect();
        names.join(".")
    };
    let one = |path: &crate::model::MemberPath| match &path.when {
        Some((when, is)) => format!("{} when {} is {}", steps(&path.steps), steps(when), is.join(" or ")),
        None => steps(&path.steps),
    };
    shortcut.paths.iter().map(one).collect::<Vec<_>>().join(", else ")
}

/// Members that all variants of a union share, and so are methods of the union.
fn shared(all: &mut Comparing<'_>, old: &Type, new: &Type) {
    let (Shape::Union(was), Shape::Union(is)) = (&old.shape, &new.shape) else { return };
    let mut names: Vec<&str> = was.shared.iter().chain(&is.shared).map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let find = |fields: &[Field]| fields.iter().find(|field| field.name == name).map(|field| field.ty.clone());
        let (known, own) = (find(&was.shared).map(|ty| all.pairs.rename(&ty)), find(&is.shared));
        if known == own {
            continue;
        }
        let key = keys::member(&new.name, name);
        let base = is.base.as_ref().or(was.base.as_ref()).map(|base| keys::member(base, name));
        let finding = base
            .filter(|base| all.explains(base))
            .and_then(|base| all.findings.iter_mut().find(|finding| finding.keys.contains(&base)));
        if let Some(finding) = finding {
            // The member of the base is the cause.
            finding.keys.push(key);
            continue;
        }
        let (rule, class) = match (&known, &own) {
            (None, _) => ("accessor-added", Class::Extends),
            (_, None) => ("accessor-removed", Class::Compile),
            _ => ("accessor-changed", Class::Compile),
        };
        let mut finding = Finding::new(rule, class, format!("types::{}::{name}", new.name))
            .of_type(new)
            .note("a member that all variants share")
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new))
            .explains([key, keys::member(&old.name, name)]);
        (finding.old, finding.new) = (known.as_ref().map(rust_text::rust_type), own.as_ref().map(rust_text::rust_type));
        all.add(finding);
    }
}

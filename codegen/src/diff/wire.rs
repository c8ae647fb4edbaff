//! What the document says of schemas and Rust does not show: limits, defaults, what is required.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type as SchemaType};
use serde_json::Value;

use super::comparing::Comparing;
use super::finding::Finding;
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{facets, keys, pointers, regular};
use crate::model::{Shape, Type};

/// Compares the schemas of the regular documents, as far as the types do not tell.
pub(super) fn compare(all: &mut Comparing<'_>) {
    let named = |side: &'_ Side<'_>| -> BTreeMap<String, Schema> {
        let schemas = regular::schemas(side);
        schemas.map(|(name, schema)| (side.document.wire_type(name).to_owned(), schema.clone())).collect()
    };
    let (old, new) = (named(all.old), named(all.new));
    let types: BTreeMap<String, (&Type, &Type)> =
        all.pairs.types.iter().map(|(known, ty)| (ty.schema.clone(), (*known, *ty))).collect();
    let gone = |side: &Side<'_>| side.document.dropped.keys().cloned().collect::<BTreeSet<_>>();
    let (was_dropped, is_dropped) = (gone(all.old), gone(all.new));
    for (name, schema) in &new {
        let Some(known) = old.get(name) else { continue };
        match types.get(name) {
            Some((was, is)) => typed(all, (was, known), (is, schema)),
            None if known != schema && without_prose(known) != without_prose(schema) && !is_dropped.contains(name) => {
                let place = pointer(name);
                let finding = Finding::new("schema-changed", Class::None, format!("schema {name}"))
                    .was_at(place.clone())
                    .at(place);
                all.add(finding);
            }
            None => {}
        }
    }
    let written = |name: &&String| !all.new.document.inline.contains_key(*name);
    let orphans: Vec<String> = is_dropped.difference(&was_dropped).filter(written).cloned().collect();
    for name in orphans {
        let reason = all.new.document.dropped.get(&name).cloned().unwrap_or_default();
        let finding = Finding::new("gen-orphan-schema", Class::None, format!("schema {name}"))
            .is("not reached")
            .note(reason)
            .at(pointer(&name));
        all.add(finding);
    }
}

fn pointer(name: &str) -> String {
    format!("#/components/schemas/{}", crate::source::escape(name))
}

/// A schema without texts and extensions.
fn without_prose(schema: &Schema) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.retain(|key, value| {
                    let is_prose = value.is_string() && matches!(key.as_str(), "description" | "title");
                    !is_prose && !key.starts_with("x-")
                });
                object.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    strip(&mut value);
    value
}

fn typed(all: &mut Comparing<'_>, (old, was): (&Type, &Schema), (new, is): (&Type, &Schema)) {
    let (SchemaKind::Type(SchemaType::Object(was)), SchemaKind::Type(SchemaType::Object(is))) =
        (&was.schema_kind, &is.schema_kind)
    else {
        return;
    };
    let is_closed = |object: &openapiv3::ObjectType| {
        matches!(object.additional_properties, Some(openapiv3::AdditionalProperties::Any(false)))
    };
    if is_closed(was) != is_closed(is) {
        let say = |closed: bool| if closed { "closed" } else { "open" };
        let finding = Finding::new("type-closed", Class::None, format!("types::{}", new.name))
            .of_type(new)
            .was(say(is_closed(was)))
            .is(say(is_closed(is)))
            .was_at(pointers::schema(all.old, old))
            .at(pointers::schema(all.new, new));
        all.add(finding);
    }
    let Shape::Struct(shape) = &new.shape else { return };
    let direction = all.new_reach.direction(&new.name);
    for field in &shape.fields {
        let wire = field.wire.as_str();
        let (Some(known), Some(own)) = (was.properties.get(wire), is.properties.get(wire)) else { continue };
        let sent = field.sent && direction.is_some_and(super::finding::Direction::is_sent);
        let begin = |all: &Comparing<'_>, rule, class| {
            Finding::new(rule, class, format!("types::{}.{}", new.name, field.name))
                .of_type(new)
                .was_at(pointers::member(all.old, old, wire))
                .at(pointers::member(all.new, new, wire))
        };
        let requires = |object: &openapiv3::ObjectType| object.required.iter().any(|name| name == wire);
        match (requires(was), requires(is)) {
            (false, true) => {
                let class = if sent { Class::Runtime } else { Class::None };
                all.add(begin(all, "field-became-required", class).was("optional").is("required"));
            }
            (true, false) => {
                all.add(begin(all, "field-became-optional", Class::None).was("required").is("optional"));
            }
            _ => {}
        }
        let json = |property: &ReferenceOr<Box<Schema>>| serde_json::to_value(property).unwrap_or_default();
        let (known, own) = (json(known), json(own));
        let (was, is) = (known.get("default"), own.get("default"));
        if was != is {
            let (was, is) = (facets::short(was), facets::short(is));
            all.add(begin(all, "field-default-changed", Class::None).was(was).is(is));
        }
        let (was, is) = (facets::bounds(&known), facets::bounds(&own));
        if was != is {
            // The service checks what is sent; what is received is read as it comes.
            let class = if sent { Class::Runtime } else { Class::None };
            let (was, is) = facets::difference(&was, &is);
            all.add(begin(all, "field-bounds-changed", class).was(was).is(is));
        }
        let (was, is) = (facets::form(&known), facets::form(&own));
        if was != is && !all.explains(&keys::member(&new.name, &field.name)) {
            let (was, is) = facets::difference(&was, &is);
            all.add(begin(all, "field-spelling-only", Class::None).was(was).is(is));
        }
    }
}

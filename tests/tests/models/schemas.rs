//! The document as the generator sees it after its passes, and values made by it.

use std::sync::OnceLock;

use bitbucket_codegen::document::Document;
use bitbucket_codegen::{Inputs, Source};
use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, Type, VariantOrUnknownOrEmpty};
use serde_json::{Map, Value, json};

/// How deep objects go; deeper ones are empty.
const DEEPEST: usize = 5;
/// The forms of points in time that recorded bodies have.
const TIMES: [&str; 6] = [
    "2026-05-27T10:48:43.022330137Z",
    "2023-02-20T09:38:47.20339Z",
    "2015-06-01T23:07:09.549003+00:00",
    "2017-05-14T17:04:26+00:00",
    "2020-10-28T12:00:00.0+00:00",
    "2021-04-02T14:20:48.179",
];

/// The vendored document, corrected and after all passes.
pub(crate) fn document() -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let read = |path: &str| {
            let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let texts = Inputs::FILES.map(|path| (path, read(path)));
        let inputs = Inputs::vendored(texts.each_ref().map(|(name, text)| Source { name, text }));
        let prepared = bitbucket_codegen::prepare(&inputs, None, &mut |_| {});
        prepared.map(|prepared| prepared.document).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// The name in the passes of a schema of the published document.
pub(crate) fn schema_named(wire: &str) -> &str {
    let renamed = document().renamed.iter().find(|(_, upstream)| *upstream == wire);
    renamed.map_or(wire, |(name, _)| name)
}

/// The schema behind one reference, alone or in an `allOf`.
pub(crate) fn target(schema: &ReferenceOr<Box<Schema>>) -> Option<&str> {
    let reference = match schema {
        ReferenceOr::Reference { reference } => reference,
        ReferenceOr::Item(schema) => match &schema.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.first()? {
                ReferenceOr::Reference { reference } => reference,
                ReferenceOr::Item(_) => return None,
            },
            _ => return None,
        },
    };
    reference.rsplit('/').next()
}

/// The words of a string schema.
pub(crate) fn words(schema: &Schema) -> Vec<&str> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => text.enumeration.iter().flatten().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Decisions taken from bytes; when they run out, everything is as small as it can be.
pub(crate) struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    pub(crate) fn next(&mut self) -> usize {
        self.bytes.next().copied().map_or(0, usize::from)
    }

    fn of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        let index = self.next() % values.len().max(1);
        values.get(index)
    }
}

/// A value of a component schema; a base is one of its kinds.
pub(crate) fn value_of(name: &str, choices: &mut Choices<'_>, depth: usize) -> Value {
    let document = document();
    let variant = document.unions.get(name).and_then(|union| choices.of(&union.subtypes));
    let variant = variant.map_or(name, String::as_str);
    let Some(schema) = document.schema(variant) else { return json!({}) };
    let mut value = value(schema, choices, depth);
    if let (true, Value::Object(members)) = (document.unions.contains_key(name), &mut value) {
        members.insert("type".to_owned(), json!(document.wire_type(variant)));
    }
    value
}

fn value(schema: &Schema, choices: &mut Choices<'_>, depth: usize) -> Value {
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => {
            let mut words = words(schema);
            if !words.is_empty() {
                words.push("BRAND_NEW");
                return json!(choices.of(&words));
            }
            let format = serde_json::to_value(&text.format).unwrap_or_default();
            if format == "date-time" {
                return json!(choices.of(&TIMES));
            }
            json!(choices.of(&[
                "text",
                "",
                "ä \"quoted\" \\ \u{1f680}",
                "{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}",
                "NULL"
            ]))
        }
        SchemaKind::Type(Type::Integer(_)) => json!(choices.of(&[0, -1, 4_294_967_301_i64, i64::MAX])),
        SchemaKind::Type(Type::Number(_)) => json!(choices.of(&[0.5, -2.25, 1e20])),
        SchemaKind::Type(Type::Boolean(_)) => json!(choices.next() % 2 == 1),
        SchemaKind::Type(Type::Array(array)) => {
            let count = choices.next() % 3;
            let item = array.items.as_ref();
            json!((0..count).filter_map(|_| Some(member(item?, choices, depth))).collect::<Vec<_>>())
        }
        SchemaKind::Type(Type::Object(object)) => {
            let mut members = Map::new();
            for (name, property) in &object.properties {
                if depth < DEEPEST && !choices.next().is_multiple_of(3) {
                    members.insert(name.clone(), member(property, choices, depth + 1));
                }
            }
            if let (Some(AdditionalProperties::Any(true)), true) =
                (&object.additional_properties, choices.next() % 2 == 1)
            {
                members.insert("anything".to_owned(), json!([1, { "a": null }]));
            }
            // The order of members means nothing.
            let turn = choices.next() % members.len().max(1);
            let mut members: Vec<_> = members.into_iter().collect();
            members.rotate_left(turn);
            members.into_iter().collect()
        }
        SchemaKind::Any(_) => json!("anything"),
        _ => json!({}),
    }
}

fn member(schema: &ReferenceOr<Box<Schema>>, choices: &mut Choices<'_>, depth: usize) -> Value {
    match (target(schema), schema) {
        (Some(name), _) => value_of(name, choices, depth),
        (None, ReferenceOr::Item(schema)) => value(schema, choices, depth),
        (None, ReferenceOr::Reference { .. }) => json!({}),
    }
}

/// Calls `visit` with schema, member and value for every member of an object that the document describes.
pub(crate) fn each_member<'v>(name: &str, value: &'v Value, visit: &mut dyn FnMut(&str, &str, &Schema, &'v Value)) {
    let document = document();
    let says = value.get("type").and_then(Value::as_str);
    let subtypes = document.unions.get(name).into_iter().flat_map(|union| &union.subtypes);
    let variant =
        subtypes.into_iter().find(|schema| Some(document.wire_type(schema)) == says).map_or(name, String::as_str);
    let Some(SchemaKind::Type(Type::Object(object))) = document.schema(variant).map(|schema| &schema.schema_kind)
    else {
        return;
    };
    for (member, value) in value.as_object().into_iter().flatten() {
        let Some(property) = object.properties.get(member) else { continue };
        let named = target(property).and_then(|name| document.schema(name));
        if let Some(schema) = named.or_else(|| property.as_item().map(|schema| &**schema)) {
            visit(variant, member, schema, value);
            let item = match &schema.schema_kind {
                SchemaKind::Type(Type::Array(array)) => array.items.as_ref().and_then(target),
                _ => None,
            };
            for value in value.as_array().into_iter().flatten() {
                if let Some(item) = item {
                    each_member(item, value, visit);
                }
            }
        }
        if let Some(inner) = target(property) {
            each_member(inner, value, visit);
        }
    }
}

/// Whether a string is written as a point in time.
pub(crate) fn is_time(schema: &Schema) -> bool {
    matches!(
        &schema.schema_kind,
        SchemaKind::Type(Type::String(text))
            if matches!(text.format, VariantOrUnknownOrEmpty::Item(openapiv3::StringFormat::DateTime))
    )
}

//! Decides which Rust type each schema becomes.
//!
//! Page envelopes are `Page<T>`, maps of links are `Links`, objects of `href` and `name` are `Link`, inline enums of one value
//! are text: by their form, so that it holds for next month's document too. `types.toml` holds what is decided, also where
//! two schemas mean the same; each of its entries is checked.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};

use super::TypeRef;
use super::method_names::MethodNames;
use super::names::types::{resource, type_name};
use super::type_mapping::{MappedType, TypeMapping, target, type_space_name};
use crate::document::{Context, Document};
use crate::error::Error;
use crate::read::decisions::Entry;
use crate::read::decisions::types::page_item;

const PASS: &str = "collapse";

/// Types that are written by hand, and what the generated code calls by its short name.
const TAKEN: [&str; 20] = [
    "AsRef",
    "Default",
    "Into",
    "IntoIterator",
    "Result",
    "Vec",
    "Box",
    "Err",
    "Link",
    "Links",
    "None",
    "Ok",
    "Option",
    "Page",
    "Some",
    "String",
    "Timestamp",
    "TypeName",
    "Unknown",
    "Uuid",
];

/// Decides the Rust type of every schema; also returns what was decided without an entry.
pub(super) fn decide(
    document: &Document,
    operations: &MethodNames,
    context: &Context<'_>,
) -> Result<(TypeMapping, Vec<String>), Error> {
    let names = &context.decisions.types;
    let schemas: Vec<(&str, &Schema)> = (document.api.components.iter())
        .flat_map(|components| &components.schemas)
        .filter_map(|(name, schema)| Some((name.as_str(), schema.as_item()?)))
        .collect();
    let by_type_space_name: BTreeMap<String, String> =
        schemas.iter().map(|(schema, _)| (type_space_name(schema), (*schema).to_owned())).collect();
    let mut mapper = Mapper { document, context, mapping: BTreeMap::new(), report: Vec::new() };
    mapper.check_entries(&by_type_space_name)?;
    for (name, schema) in schemas {
        let typed = type_space_name(name);
        let mapped = match names.collapse.get(&typed) {
            Some(entry) => mapper.listed(name, schema, &typed, entry)?,
            None => mapper.by_form(name, schema),
        };
        let mapped = mapped.unwrap_or_else(|| MappedType::Own(own_name(document, name, &typed, operations, context)));
        mapper.mapping.insert(name.to_owned(), mapped);
    }
    mapper.disambiguate()?;
    let Mapper { mapping: by_schema, report, .. } = mapper;
    Ok((TypeMapping::new(by_schema), report))
}

/// The name of a type of its own. The values of a parameter are called after the resource and the parameter, not after the
/// method.
fn own_name(document: &Document, schema: &str, typed: &str, operations: &MethodNames, context: &Context<'_>) -> String {
    let names = &context.decisions.types;
    let inline = document.inline.get(document.wire_type(schema)).filter(|_| !names.rename.contains_key(typed));
    let of_parameter = inline.and_then(|inline| {
        let (id, parameter) = inline.parameter.as_ref()?;
        let named = operations.of(document.operations.iter().find(|known| known.id == *id)?)?;
        Some(format!("{}_{}", resource(&named.group, &named.name), parameter.to_snake_case()))
    });
    match of_parameter {
        Some(name) => type_name(&name.to_upper_camel_case(), names),
        None => type_name(typed, names),
    }
}

struct Mapper<'a> {
    document: &'a Document,
    context: &'a Context<'a>,
    mapping: BTreeMap<String, MappedType>,
    report: Vec<String>,
}

impl Mapper<'_> {
    /// Entries must speak of schemas that are there.
    fn check_entries(&mut self, by_type_space_name: &BTreeMap<String, String>) -> Result<(), Error> {
        let names = &self.context.decisions.types;
        for (table, entries) in [("rename", &names.rename), ("collapse", &names.collapse)] {
            for (key, entry) in entries.iter().filter(|(key, _)| !by_type_space_name.contains_key(*key)) {
                if self.context.decisions.strict {
                    let hint = "upstream dropped it or the name is misspelt: delete or correct the entry; `cargo xtask passes --verbose` lists the names";
                    return Err(refuse(self.context, table, key, entry, "no type of the document has this name", hint));
                }
                self.report.push(format!("not in this document: [{table}] {key}"));
            }
        }
        Ok(())
    }

    /// What an entry of `[collapse]` says, if the form of the schema allows it.
    fn listed(&mut self, name: &str, schema: &Schema, typed: &str, entry: &Entry) -> Result<Option<MappedType>, Error> {
        let document = self.document;
        let (mapped, problem) = match entry.text.as_str() {
            "Links" => (
                relations(document, schema).then_some(MappedType::Handwritten(TypeRef::Links)),
                "it has members that are no links; only an object of relations can be `Links`",
            ),
            "Link" => (
                is_link(schema).then_some(MappedType::Handwritten(TypeRef::Link)),
                "it has other members than `href` and `name`; only such an object can be `Link`",
            ),
            "String" => (
                (enum_values(schema).len() == 1).then_some(MappedType::Handwritten(TypeRef::Text)),
                "it is no enum of exactly one value; only such a one can be text",
            ),
            target => match page_item(target) {
                Some(item) => {
                    let items = self.items(name, schema);
                    let fits = |items: &String| match self.mapping.get(items) {
                        Some(MappedType::Own(name) | MappedType::SameAs(name)) => name == item,
                        _ => type_name(&type_space_name(items), &self.context.decisions.types) == item,
                    };
                    let problem = match &items {
                        Some(items) if !fits(items) => "its items are of another type",
                        _ => "it has members that no page has, or no list of values; only an envelope can be `Page`",
                    };
                    (items.filter(fits).map(MappedType::Page), problem)
                }
                None => (Some(MappedType::SameAs(target.to_owned())), ""),
            },
        };
        match mapped {
            Some(mapped) => Ok(Some(mapped)),
            None if self.context.decisions.strict => {
                let hint =
                    "delete the entry, and give the type a name of its own where the rules give none that reads well";
                Err(refuse(self.context, "collapse", typed, entry, problem, hint))
            }
            None => {
                self.report.push(format!("not applied: [collapse] {typed}: {problem}"));
                Ok(self.by_form(name, schema))
            }
        }
    }

    /// What the form alone says.
    fn by_form(&mut self, name: &str, schema: &Schema) -> Option<MappedType> {
        let document = self.document;
        let is_union = document.unions.contains_key(name);
        let renamed = self.context.decisions.types.rename.contains_key(&type_space_name(name));
        if is_union || renamed {
            return None;
        }
        let mapped = if let Some(items) = self.items(name, schema) {
            MappedType::Page(items)
        } else if is_link(schema) {
            MappedType::Handwritten(TypeRef::Link)
        } else if relations(document, schema) {
            MappedType::Handwritten(TypeRef::Links)
        } else if enum_values(schema).len() == 1 && document.inline.contains_key(document.wire_type(name)) {
            MappedType::Handwritten(TypeRef::Text)
        } else {
            return None;
        };
        match &mapped {
            MappedType::Page(items) => self.report.push(format!("by its form: {name} is a page of {items}")),
            MappedType::Handwritten(ty) if *ty != TypeRef::Link => {
                self.report.push(format!("by its form: {name} is {ty}"));
            }
            MappedType::Handwritten(_) | MappedType::Own(_) | MappedType::SameAs(_) => {}
        }
        Some(mapped)
    }

    /// The schema of the items, if this is an envelope whose items are no envelopes without end.
    fn items(&self, name: &str, schema: &Schema) -> Option<String> {
        let items = envelope(schema)?;
        let mut seen = BTreeSet::from([name.to_owned()]);
        let mut next = Some(items.clone());
        while let Some(name) = next {
            if !seen.insert(name.clone()) {
                return None;
            }
            next = self.document.schema(&name).and_then(envelope);
        }
        Some(items)
    }

    /// No two schemas may become types of one name.
    fn disambiguate(&mut self) -> Result<(), Error> {
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        let schemas: Vec<String> = self.mapping.keys().cloned().collect();
        for schema in schemas {
            let Some(MappedType::Own(name)) = self.mapping.get(&schema) else { continue };
            let other = taken.get(name).cloned();
            let by_hand = TAKEN.contains(&name.as_str());
            if other.is_none() && !by_hand {
                taken.insert(name.clone(), schema);
                continue;
            }
            if self.context.decisions.strict {
                let problem = match other {
                    Some(other) => format!("`{schema}` and `{other}` would both become the type `{name}`"),
                    None => format!("`{schema}` would become the type `{name}`, which is written by hand"),
                };
                let hint =
                    "give it another name in [rename] of spec/types.toml, or say in [collapse] that they are one";
                let pointer = self.document.pointer_of(&schema);
                return Err(Error::at(PASS, self.context.source, pointer, problem, hint));
            }
            let free = (2..).map(|number| format!("{name}{number}")).find(|free| !taken.contains_key(free));
            let free = free.unwrap_or_default();
            self.report.push(format!("`{name}` is taken: {schema} is {free}"));
            taken.insert(free.clone(), schema.clone());
            self.mapping.insert(schema, MappedType::Own(free));
        }
        Ok(())
    }
}

/// An error at an entry of `types.toml`.
pub(super) fn refuse(context: &Context<'_>, table: &str, key: &str, entry: &Entry, problem: &str, hint: &str) -> Error {
    Error::in_line(PASS, &context.inputs.types, Some(entry.line), format!("[{table}] `{key}`"), problem, hint)
}

/// The schema of the items, if this is an envelope and nothing more.
fn envelope(schema: &Schema) -> Option<String> {
    const MEMBERS: [&str; 7] = ["next", "page", "pagelen", "previous", "size", "type", "values"];
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { return None };
    let only = object.properties.keys().all(|member| MEMBERS.contains(&member.as_str()));
    let paged = object.properties.contains_key("next") || object.properties.contains_key("pagelen");
    if !only || !paged {
        return None;
    }
    let values = object.properties.get("values")?.as_item()?;
    let SchemaKind::Type(Type::Array(values)) = &values.schema_kind else { return None };
    target(&values.items.clone()?.unbox()).map(str::to_owned)
}

/// Whether every member is a link or a list of links.
fn relations(document: &Document, schema: &Schema) -> bool {
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { return false };
    let is_relation = |property: &ReferenceOr<Box<Schema>>| {
        let property = property.clone().unbox();
        if let Some(name) = target(&property) {
            return document.schema(name).is_some_and(is_link);
        }
        match &property {
            ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::Array(list)), .. }) => {
                let items = list.items.clone().map(ReferenceOr::unbox);
                items.as_ref().and_then(target).and_then(|name| document.schema(name)).is_some_and(is_link)
            }
            ReferenceOr::Item(schema) => is_link(schema),
            ReferenceOr::Reference { .. } => false,
        }
    };
    !object.properties.is_empty() && object.properties.values().all(is_relation)
}

/// Whether it is an object of an `href` and, perhaps, a `name`.
fn is_link(schema: &Schema) -> bool {
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { return false };
    let is_text = |property: &ReferenceOr<Box<Schema>>| {
        let kind = property.as_item().map(|schema| &schema.schema_kind);
        matches!(kind, Some(SchemaKind::Type(Type::String(text))) if text.enumeration.is_empty())
    };
    object.properties.contains_key("href")
        && object
            .properties
            .iter()
            .all(|(name, property)| matches!(name.as_str(), "href" | "name") && is_text(property))
}

/// The values of an enum of strings.
pub(super) fn enum_values(schema: &Schema) -> Vec<&str> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => text.enumeration.iter().flatten().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

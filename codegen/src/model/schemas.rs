//! Builds the types of the model: the type space has the Rust type of each member, the document its name and its
//! documentation. The two are joined by schema and member; what only one of them has is an error.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, Schema, SchemaKind, StringFormat, Type as SchemaType, VariantOrUnknownOrEmpty};

use super::collapse::{enum_values, refuse};
use super::names::types::{enum_variant, member, type_space_field};
use super::type_mapping::{MappedType, TypeMapping, type_space_name};
use super::type_space::{Member, ProgenitorOutput, SpaceType};
use super::{EnumValue, Field, OpenEnum, Shape, Struct, Type, TypeRef};
use crate::document::{Context, Document};
use crate::error::Error;
use crate::read::decisions::facts::TextType;

const PASS: &str = "join types";

/// Every type that a schema becomes, by its Rust name; bases of unions are still structs.
pub(super) fn types(
    document: &Document,
    progenitor: &ProgenitorOutput,
    mapping: &TypeMapping,
    context: &Context<'_>,
) -> Result<BTreeMap<String, Type>, Error> {
    let join = Join { document, progenitor, mapping, context };
    let mut types = BTreeMap::new();
    for (schema, mapped) in mapping.iter() {
        if let MappedType::Own(name) = mapped {
            types.insert(name.clone(), join.one(schema, name)?);
        }
    }
    join.check_values(&types)?;
    Ok(types)
}

/// Checks that what collapses into another type has its members or values; of a foreign document, gives those that differ
/// types of their own.
pub(super) fn check_collapses(
    document: &Document,
    progenitor: &ProgenitorOutput,
    mapping: &mut TypeMapping,
    context: &Context<'_>,
) -> Result<Vec<String>, Error> {
    let mut report = Vec::new();
    loop {
        let join = Join { document, progenitor, mapping, context };
        let mut differing = Vec::new();
        for (schema, mapped) in mapping.iter() {
            let MappedType::SameAs(name) = mapped else { continue };
            let problem = match mapping.schema_of(name) {
                Some(other) => join.difference(schema, other)?,
                None => Some(format!("`{name}` is no type of the document")),
            };
            if let Some(problem) = problem {
                let typed = type_space_name(schema);
                if let (true, Some(entry)) = (context.decisions.strict, context.decisions.types.collapse.get(&typed)) {
                    let hint = "only what has the same members or values is one type: delete the entry, or mend the schema in the overlay";
                    return Err(refuse(context, "collapse", &typed, entry, &problem, hint));
                }
                differing.push((schema.to_owned(), problem));
            }
        }
        if differing.is_empty() {
            return Ok(report);
        }
        for (schema, problem) in differing {
            report.push(format!("not applied: [collapse] {}: {problem}", type_space_name(&schema)));
            let wanted = super::names::types::type_name(&type_space_name(&schema), &context.decisions.types);
            let free = (1..)
                .map(|number| if number == 1 { wanted.clone() } else { format!("{wanted}{number}") })
                .find(|free| mapping.schema_of(free).is_none());
            mapping.insert_own(&schema, free.unwrap_or(wanted));
        }
    }
}

struct Join<'a> {
    document: &'a Document,
    progenitor: &'a ProgenitorOutput,
    mapping: &'a TypeMapping,
    context: &'a Context<'a>,
}

impl Join<'_> {
    fn refuse<T>(&self, schema: &str, problem: String) -> Result<T, Error> {
        let hint = "the type space and the document must agree: report this as a bug";
        Err(Error::at(PASS, self.context.source, self.document.pointer_of(schema), problem, hint))
    }

    fn one(&self, schema: &str, name: &str) -> Result<Type, Error> {
        let document = self.document;
        let Some(described) = document.schema(schema) else {
            return self.refuse(schema, "it is no schema that is written out".to_owned());
        };
        let shape = self.shape(schema, described)?;
        let sent_name = document.wire_type(schema).to_owned();
        let upstream = type_space_name(schema);
        let aliases = if upstream == name { Vec::new() } else { vec![upstream] };
        Ok(Type {
            name: name.to_owned(),
            schema: sent_name,
            origin: document.origin_of(&document.pointer_of(schema)),
            aliases,
            sent: false,
            groups: Default::default(),
            home: String::new(),
            docs: described.schema_data.description.clone().unwrap_or_default(),
            shape,
        })
    }

    fn shape(&self, schema: &str, described: &Schema) -> Result<Shape, Error> {
        let typed = self.progenitor.types.get(&type_space_name(schema));
        match (&described.schema_kind, typed) {
            (_, None) => self.refuse(schema, "the type space has no type of it".to_owned()),
            (SchemaKind::Type(SchemaType::Object(object)), Some(SpaceType::Struct(members))) => {
                let mut left: BTreeMap<&str, &Member> =
                    members.iter().map(|(name, member)| (name.as_str(), member)).collect();
                let mut fields: Vec<Field> = Vec::new();
                for (wire, property) in &object.properties {
                    let name = member(wire, &self.context.decisions.types.words);
                    if let Some(other) = fields
                        .iter()
                        .find(|other| other.name == name || type_space_field(&other.wire) == type_space_field(wire))
                    {
                        let problem = format!("`{wire}` and `{}` would both become the field `{name}`", other.wire);
                        let hint = "a field has one name: take one of them out in the overlay";
                        let place = self.document.pointer_of(schema);
                        return Err(Error::at(PASS, self.context.source, place, problem, hint));
                    }
                    let Some(known) = left.remove(type_space_field(wire).as_str()) else {
                        return self.refuse(schema, format!("the type space has no member for `{wire}`"));
                    };
                    fields.push(self.field(schema, wire, property, known));
                }
                fields.sort_by(|one, other| one.wire.cmp(&other.wire));
                match left.keys().next() {
                    Some(extra) => self.refuse(schema, format!("the document has no member for `{extra}`")),
                    None => Ok(Shape::Struct(Struct { fields, ..Struct::default() })),
                }
            }
            (_, Some(SpaceType::Enum(Some(variants)))) => {
                let values = enum_values(described);
                if values.len() != variants.len() {
                    let problem = format!("{} values are {} variants in the type space", values.len(), variants.len());
                    return self.refuse(schema, problem);
                }
                self.open_enum(schema, &values)
            }
            // Alternatives without a common base have no discriminator: they are any JSON.
            (_, Some(SpaceType::Newtype(inner))) => Ok(Shape::Alias(self.mapping.resolve(&inner.ty))),
            (_, Some(SpaceType::Enum(None) | SpaceType::Struct(_))) => Ok(Shape::Alias(TypeRef::Json)),
        }
    }

    fn open_enum(&self, schema: &str, values: &[&str]) -> Result<Shape, Error> {
        let names = &self.context.decisions.types;
        let own = match self.mapping.reference(schema) {
            TypeRef::Named(name) => name,
            _ => type_space_name(schema),
        };
        let mut known: Vec<EnumValue> = Vec::new();
        for wire in values {
            let variant = enum_variant(&own, wire, names);
            if let Some(other) = known.iter().find(|other| other.variant == variant) {
                let problem = format!("`{wire}` and `{}` would both become the variant `{variant}`", other.wire);
                return self.refuse(schema, problem);
            }
            known.push(EnumValue { variant, wire: (*wire).to_owned() });
        }
        let free = |name: &&str| known.iter().all(|value| value.variant != *name);
        let fallback = ["Unknown", "Unrecognized", "OtherThanKnown"].into_iter().find(free).unwrap_or("Unknown");
        Ok(Shape::Enum(OpenEnum { values: known, fallback: fallback.to_owned() }))
    }

    fn field(&self, schema: &str, wire: &str, property: &ReferenceOr<Box<Schema>>, known: &Member) -> Field {
        let document = self.document;
        let described = property.as_item().map(|schema| &**schema);
        let listed = document.required_on_send.get(schema);
        let key = (schema.to_owned(), wire.to_owned());
        Field {
            wire: wire.to_owned(),
            name: member(wire, &self.context.decisions.types.words),
            ty: self.value(wire, self.mapping.resolve(&known.ty)),
            boxed: known.boxed,
            sent: !document.received_only.contains(&key),
            required_on_send: listed.is_some_and(|members| members.iter().any(|entry| first_segment(entry) == wire)),
            secret: described.is_some_and(is_secret),
            deprecated: described.is_some_and(|schema| schema.schema_data.deprecated),
            docs: described.and_then(|schema| schema.schema_data.description.clone()).unwrap_or_default(),
        }
    }

    /// Text with a type of its own: `type`, the discriminator of unions, and the members that `facts.toml` names.
    fn value(&self, wire: &str, ty: TypeRef) -> TypeRef {
        match ty {
            TypeRef::Text if wire == "type" => TypeRef::TypeName,
            TypeRef::Text => {
                match self.context.decisions.facts.value.iter().find(|rule| covers(&rule.get_ref().members, wire)) {
                    Some(rule) => match rule.get_ref().ty {
                        TextType::Uuid => TypeRef::Uuid,
                    },
                    None => TypeRef::Text,
                }
            }
            TypeRef::List(inner) => TypeRef::List(Box::new(self.value(wire, *inner))),
            other => other,
        }
    }

    fn check_values(&self, types: &BTreeMap<String, Type>) -> Result<(), Error> {
        let Some(source) = self.context.inputs.facts.filter(|_| self.context.decisions.strict) else { return Ok(()) };
        let fields = || {
            types
                .values()
                .filter_map(|ty| if let Shape::Struct(shape) = &ty.shape { Some(shape) } else { None })
                .flat_map(|shape| &shape.fields)
        };
        for rule in &self.context.decisions.facts.value {
            if !fields().any(|field| covers(&rule.get_ref().members, &field.wire)) {
                return Err(Error::in_line(
                    "facts",
                    &source,
                    Some(source.line_of_offset(rule.span().start)),
                    format!("value `{}`", rule.get_ref().members.join("`, `")),
                    "no object of the document has such a member",
                    "correct the names, or delete the rule",
                ));
            }
        }
        Ok(())
    }

    /// The first difference between two schemas, if there is one.
    fn difference(&self, schema: &str, other: &str) -> Result<Option<String>, Error> {
        let shape_of = |schema: &str| match self.document.schema(schema) {
            Some(described) => self.shape(schema, described).map(Some),
            None => Ok(None),
        };
        Ok(match (shape_of(schema)?, shape_of(other)?) {
            (Some(Shape::Struct(one)), Some(Shape::Struct(other))) => {
                let differs = |left: &Struct, right: &Struct| {
                    left.fields.iter().find_map(|field| match right.field(&field.name) {
                        Some(same) if same.ty == field.ty && same.wire == field.wire => None,
                        Some(_) => Some(format!("the member `{}` is of another type", field.wire)),
                        None => Some(format!("the member `{}` is only in one of them", field.wire)),
                    })
                };
                differs(&one, &other).or_else(|| differs(&other, &one))
            }
            (Some(Shape::Enum(one)), Some(Shape::Enum(other))) => {
                let differs = |left: &OpenEnum, right: &OpenEnum| {
                    let lone = left.values.iter().find(|value| !right.values.contains(value));
                    lone.map(|value| format!("the value `{}` is only in one of them", value.wire))
                };
                differs(&one, &other).or_else(|| differs(&other, &one))
            }
            (Some(Shape::Alias(one)), Some(Shape::Alias(other))) if one == other => None,
            _ => Some("they are not of the same kind".to_owned()),
        })
    }
}

/// The first member of a path such as `source.branch.name as source_branch`.
pub(super) fn first_segment(entry: &str) -> &str {
    entry.split([' ', '.']).next().unwrap_or(entry)
}

/// Whether a list of names, or of ends with a `*` in front, has this one.
fn covers(members: &[String], wire: &str) -> bool {
    members.iter().any(|member| match member.strip_prefix('*') {
        Some(end) => wire.ends_with(end),
        None => member == wire,
    })
}

fn is_secret(schema: &Schema) -> bool {
    matches!(
        &schema.schema_kind,
        SchemaKind::Type(SchemaType::String(text)) if matches!(text.format, VariantOrUnknownOrEmpty::Item(StringFormat::Password))
    )
}

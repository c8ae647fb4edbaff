//! Constructors: the members without which the service refuses an object become the arguments of `new`.
//!
//! The overlay lists it in `x-required-on-send`: members, paths through members, and names for the arguments where the last
//! member says too little.

use std::collections::BTreeMap;

use super::type_mapping::TypeMapping;
use super::{ConstructorArgument, Shape, Step, Type, TypeRef};
use crate::document::{Context, Document};
use crate::error::Error;
use crate::read::decisions::is_snake_case;

const PASS: &str = "constructors";

/// Fills in the arguments of `new` of every type that is sent.
pub(super) fn set(
    types: &mut BTreeMap<String, Type>,
    document: &Document,
    mapping: &TypeMapping,
    context: &Context<'_>,
) -> Result<(), Error> {
    for (schema, entries) in &document.required_on_send {
        let refuse = |problem: String, hint: &str| {
            let (key, problem) = ("x-required-on-send", format!("`x-required-on-send` {problem}"));
            Err(document.extension_error(PASS, context, (schema, key), problem, hint))
        };
        let name = match mapping.reference(schema) {
            TypeRef::Named(name) if types.get(&name).is_some_and(is_sent) => name,
            _ if context.decisions.strict => {
                let hint = "only structs that are sent get a constructor: delete it in the overlay";
                return refuse("stands on what no request sends".to_owned(), hint);
            }
            _ => continue,
        };
        let mut arguments: Vec<ConstructorArgument> = Vec::new();
        for entry in entries {
            let argument = argument(types, &name, entry).and_then(|argument| {
                let within = |one: &ConstructorArgument, other: &ConstructorArgument| {
                    one.path.iter().zip(&other.path).all(|(one, other)| one.field == other.field)
                };
                if arguments.iter().any(|other| other.name == argument.name) {
                    Err(format!("two arguments are called `{}`", argument.name))
                } else if arguments.iter().any(|other| within(other, &argument)) {
                    Err("another entry sets the same member, or one within it".to_owned())
                } else {
                    Ok(argument)
                }
            });
            match argument {
                Ok(argument) => arguments.push(argument),
                Err(problem) if context.decisions.strict => {
                    let hint = "name members as JSON does, with dots between them, and the argument after `as`";
                    return refuse(format!("lists `{entry}`: {problem}"), hint);
                }
                Err(_) => {}
            }
        }
        if let Some(Shape::Struct(shape)) = types.get_mut(&name).map(|ty| &mut ty.shape) {
            shape.constructor = arguments;
        }
    }
    Ok(())
}

fn is_sent(ty: &Type) -> bool {
    ty.sent && matches!(ty.shape, Shape::Struct(_))
}

fn argument(types: &BTreeMap<String, Type>, owner: &str, entry: &str) -> Result<ConstructorArgument, String> {
    let (path, name) = entry.split_once(" as ").map_or((entry, None), |(path, name)| (path.trim(), Some(name.trim())));
    if let Some(name) = name.filter(|name| !is_snake_case(name)) {
        return Err(format!("`{name}` is no name for an argument"));
    }
    let mut at = owner.to_owned();
    let mut steps = Vec::new();
    let mut docs = String::new();
    let segments: Vec<&str> = path.split('.').collect();
    for (index, segment) in segments.iter().enumerate() {
        let Some(Shape::Struct(shape)) = types.get(&at).map(|ty| &ty.shape) else {
            return Err(format!("`{at}` has no members that could be set"));
        };
        let Some(field) = shape.fields.iter().find(|field| field.wire == *segment) else {
            return Err(format!("`{at}` has no member `{segment}`"));
        };
        if !field.sent {
            return Err(format!("`{segment}` of `{at}` has no setter"));
        }
        steps.push(Step { field: field.name.clone(), ty: field.ty.clone() });
        docs.clone_from(&field.docs);
        match &field.ty {
            TypeRef::Named(next) => at.clone_from(next),
            _ if index + 1 < segments.len() => return Err(format!("`{segment}` has no members")),
            _ => {}
        }
    }
    let last = steps.last().map(|step| step.field.clone()).unwrap_or_default();
    let name = name.map_or(last, str::to_owned);
    Ok(ConstructorArgument { name, path: steps, docs })
}

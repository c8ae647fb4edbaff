//! Which model's objects identify what a path parameter asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Operation, Place, Shape, Type, TypeRef};
use crate::document::Context;
use crate::error::Error;

/// Marks the parameters, and gives type and field of all that identify something.
pub(super) fn set(
    operations: &mut [Operation],
    types: &BTreeMap<String, Type>,
    context: &Context<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    let entries = &context.decisions.identifiers;
    let mut used = vec![false; entries.len()];
    for operation in operations {
        let path = operation.path.clone();
        for parameter in operation.parameters.iter_mut().filter(|parameter| parameter.place == Place::Path) {
            let covering = entries.iter().enumerate().filter(|(_, (entry, _))| entry.covers(&parameter.wire, &path));
            let Some((index, (entry, _))) =
                covering.max_by_key(|(_, (entry, _))| entry.under.as_ref().map(String::len))
            else {
                continue;
            };
            used[index] = true;
            let (ty, field) = entry.type_and_field();
            if has_member(types, ty, field) {
                parameter.identifies = Some(ty.to_owned());
                found.insert((ty.to_owned(), field.to_owned()));
            }
        }
    }
    for (index, (entry, line)) in entries.iter().enumerate().filter(|_| context.decisions.strict) {
        let refuse = |problem: &str, hint: &str| {
            let subject = format!("parameter `{}`", entry.parameter);
            Err(Error::in_line("identifiers", &context.inputs.identifiers, Some(*line), subject, problem, hint))
        };
        let (ty, field) = entry.type_and_field();
        if !used[index] {
            return refuse(
                "no path has it, or another entry covers more",
                "correct `parameter` or `under`, or delete the entry",
            );
        }
        if !has_member(types, ty, field) {
            let hint = "name a struct and its field, or a union and a member that all its variants have";
            return refuse(&format!("there is no `{}` that could be text", entry.member), hint);
        }
        if found.iter().any(|(other, member)| other == ty && member != field) {
            return refuse(
                "its type is identified by another member as well",
                "one type has one member that identifies it",
            );
        }
    }
    Ok(found.into_iter().collect())
}

/// Whether a type has a member that can stand in a path.
fn has_member(types: &BTreeMap<String, Type>, ty: &str, field: &str) -> bool {
    let fits = |ty: &TypeRef| matches!(ty, TypeRef::Text | TypeRef::Uuid | TypeRef::Integer);
    match types.get(ty).map(|ty| &ty.shape) {
        Some(Shape::Struct(shape)) => shape.field(field).is_some_and(|field| fits(&field.ty)),
        Some(Shape::Union(union)) => union.shared.iter().any(|known| known.name == field && fits(&known.ty)),
        _ => false,
    }
}

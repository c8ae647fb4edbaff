//! Shortcuts: accessors through chains of optional members, resolved against the types of the model.

use std::collections::BTreeMap;

use super::{MemberPath, PathStep, Shape, Shortcut, Type, TypeRef};
use crate::document::Context;
use crate::error::Error;
use crate::read::decisions::is_snake_case;
use crate::read::decisions::shortcuts::{self, Path};
use heck::ToSnakeCase;

const PASS: &str = "shortcuts";

/// Gives each type its accessors.
pub(super) fn set(types: &mut BTreeMap<String, Type>, context: &Context<'_>) -> Result<(), Error> {
    for entry in &context.decisions.shortcuts {
        let resolved = if types.contains_key(&entry.owner) {
            resolve(types, entry)
        } else {
            Err(format!("there is no type `{}`", entry.owner))
        };
        let shortcut = match resolved {
            Ok(shortcut) => shortcut,
            Err(problem) if context.decisions.strict => {
                let source = &context.inputs.shortcuts;
                let subject = format!("shortcut `{}.{}`", entry.owner, entry.name);
                let hint = "name types, members and variants as the SDK does; a relation of links ends with `href`";
                return Err(Error::in_line(PASS, source, entry.line(source), subject, problem, hint));
            }
            Err(_) => continue,
        };
        match types.get_mut(&entry.owner).map(|ty| &mut ty.shape) {
            Some(Shape::Struct(shape)) => shape.shortcuts.push(shortcut),
            Some(Shape::Union(union)) => union.shortcuts.push(shortcut),
            _ => {}
        }
    }
    Ok(())
}

fn resolve(types: &BTreeMap<String, Type>, entry: &shortcuts::ShortcutEntry) -> Result<Shortcut, String> {
    if let Some(Shape::Struct(shape)) = types.get(&entry.owner).map(|ty| &ty.shape)
        && entry.paths().len() == 1
        && shape.field(&entry.name).is_some()
        && !entry.is
    {
        return Err("a field has this name".to_owned());
    }
    let mut member_paths = Vec::new();
    let mut argument = None;
    let mut found: Option<TypeRef> = None;
    for path in entry.paths() {
        let (text, condition) = match path {
            Path::Plain(text) => (text, None),
            Path::Conditional(path) => (&path.path, Some((&path.when, path.is.all()))),
        };
        let (steps, ty, chooses) = walk(types, &entry.owner, text)?;
        argument = argument.or(chooses);
        let ends_at_variant = matches!(steps.last(), Some(PathStep::Variant(_)));
        if entry.is != ends_at_variant {
            return Err(match entry.is {
                true => format!("`{text}` does not end at a variant, so `is` cannot be asked"),
                false => format!("`{text}` ends at a variant: say `is = true`, or go on to a member"),
            });
        }
        match &found {
            Some(other) if *other != ty => return Err(format!("`{text}` leads to another type than the first path")),
            _ => found = Some(ty),
        }
        let when = match condition {
            Some((when, values)) => {
                let (steps, ty, _) = walk(types, &entry.owner, when)?;
                let is_text = match &ty {
                    TypeRef::Text | TypeRef::TypeName => true,
                    TypeRef::Named(name) => matches!(types.get(name).map(|ty| &ty.shape), Some(Shape::Enum(_))),
                    _ => false,
                };
                if !is_text {
                    return Err(format!("`{when}` leads to no text or open enum, so its value cannot be compared"));
                }
                Some((steps, values.to_vec()))
            }
            None => None,
        };
        member_paths.push(MemberPath { steps, when });
    }
    let ty = found.filter(|_| !entry.is);
    Ok(Shortcut { name: entry.name.clone(), argument, paths: member_paths, ty, docs: entry.doc.clone() })
}

/// The steps of a path, the type at its end, and the name of the argument that it needs.
fn walk(
    types: &BTreeMap<String, Type>,
    owner: &str,
    path: &str,
) -> Result<(Vec<PathStep>, TypeRef, Option<String>), String> {
    let mut at = TypeRef::Named(owner.to_owned());
    let mut steps = Vec::new();
    let mut argument = None;
    for segment in path.split('.') {
        let missing = |what: &str| Err(format!("`{segment}` in `{path}` is no {what}"));
        let (step, next) = match &at {
            TypeRef::Links => match segment.split_once('[') {
                Some((relation, rest)) => {
                    let Some(name) = rest.strip_suffix(']').filter(|name| is_snake_case(name)) else {
                        return missing("relation with the name of an argument in brackets");
                    };
                    argument = Some(name.to_owned());
                    (PathStep::NamedRelation(relation.to_owned()), TypeRef::Link)
                }
                None => (PathStep::Relation(segment.to_owned()), TypeRef::Link),
            },
            TypeRef::Link if segment == "href" => (PathStep::Href, TypeRef::Text),
            TypeRef::Named(name) => match types.get(name).map(|ty| &ty.shape) {
                Some(Shape::Struct(shape)) => match shape.field(segment) {
                    Some(field) => (PathStep::Field(field.name.clone(), field.ty.clone()), field.ty.clone()),
                    None => return missing(&format!("field of `{name}`")),
                },
                Some(Shape::Union(union)) => {
                    let variant = union.variants.iter().find(|variant| variant.name.to_snake_case() == segment);
                    let shared = union.shared.iter().find(|field| field.name == segment);
                    let decides = union.fallback.as_ref().filter(|fallback| fallback.field == segment);
                    match (variant, shared, decides) {
                        (Some(variant), _, _) => {
                            (PathStep::Variant(variant.name.clone()), TypeRef::Named(variant.payload.clone()))
                        }
                        (None, Some(field), _) => {
                            (PathStep::Shared(field.name.clone(), field.ty.clone()), field.ty.clone())
                        }
                        (None, None, Some(fallback)) => {
                            (PathStep::Shared(fallback.field.clone(), TypeRef::Text), TypeRef::Text)
                        }
                        (None, None, None) => {
                            return missing(&format!("variant of `{name}`, nor a member that all its variants have"));
                        }
                    }
                }
                _ => return missing(&format!("member of `{name}`")),
            },
            _ => return missing("member of what comes before it"),
        };
        steps.push(step);
        at = next;
    }
    Ok((steps, at, argument))
}

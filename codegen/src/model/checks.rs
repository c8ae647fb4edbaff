//! Checks decisions against the whole API: no withdrawn operation is in the document, handles and accessors name what
//! exists and collide with nothing, and no entry of the files of names is unused.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use openapiv3::{ReferenceOr, SchemaKind, Type as SchemaType};

use super::names::types::setter;
use super::{Operation, Shape, Type};
use crate::document::{Context, Document};
use crate::error::Error;
use crate::source::Source;

/// All checks.
pub(super) fn run(
    types: &BTreeMap<String, Type>,
    operations: &[Operation],
    document: &Document,
    context: &Context<'_>,
) -> Result<(), Error> {
    withdrawn(operations, context)?;
    handles(operations, context)?;
    accessors(types, context)?;
    group_names(operations, context)?;
    if context.decisions.strict { unused(operations, document, context) } else { Ok(()) }
}

/// What the document does not describe, and its name must stand for: for review.
pub(super) fn undescribed(types: &BTreeMap<String, Type>, operations: &[Operation]) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |docs: &str, what: String| {
        if docs.trim().is_empty() {
            found.push(format!("no description of {what}"));
        }
    };
    for ty in types.values() {
        look(&ty.docs, format!("`{}`", ty.name));
        let fields = if let Shape::Struct(shape) = &ty.shape { shape.fields.as_slice() } else { &[] };
        fields.iter().for_each(|field| look(&field.docs, format!("`{}.{}`", ty.name, field.name)));
    }
    for operation in operations {
        let name = operation.qualified_name();
        operation.parameters.iter().for_each(|known| look(&known.docs, format!("`{}` of `{name}`", known.name)));
        operation.body.iter().for_each(|body| look(&body.docs, format!("the body of `{name}`")));
    }
    found
}

/// A withdrawn operation must not be in the document.
fn withdrawn(operations: &[Operation], context: &Context<'_>) -> Result<(), Error> {
    let gone =
        context.decisions.withdrawn.iter().find(|gone| {
            operations.iter().any(|operation| operation.method == gone.method && operation.path == gone.path)
        });
    match gone.filter(|_| context.decisions.strict) {
        Some(gone) => {
            let source = &context.inputs.withdrawn;
            Err(Error::in_line(
                "withdrawn",
                source,
                source.line_containing(&format!("path = \"{}\"", gone.path)),
                format!("{} {}", gone.method, gone.path),
                "the document still has it",
                "remove it in the overlay, or delete the entry when the service offers it again",
            ))
        }
        None => Ok(()),
    }
}

/// Groups and path parameters of a handle must exist.
fn handles(operations: &[Operation], context: &Context<'_>) -> Result<(), Error> {
    for handle in context.decisions.handles.iter().filter(|_| context.decisions.strict) {
        let refuse = |problem: String| {
            let source = &context.inputs.handles;
            let line = source.line_containing(&format!("name = \"{}\"", handle.name));
            let hint = "write groups and path parameters as the document and groups.toml do";
            Err(Error::in_line("handles", source, line, format!("handle `{}`", handle.name), problem, hint))
        };
        if !operations.iter().any(|operation| operation.group == handle.group) {
            return refuse(format!("the group `{}` has no operation", handle.group));
        }
        let in_a_path = |name: &str| operations.iter().any(|operation| operation.path.contains(&format!("{{{name}}}")));
        let mut parameters =
            handle.knows().map(|(parameter, _)| parameter).chain(handle.leaves.iter().map(String::as_str));
        if let Some(unknown) = parameters.find(|parameter| !in_a_path(parameter)) {
            return refuse(format!("no path has the parameter `{unknown}`"));
        }
    }
    Ok(())
}

/// The struct of a group must not have the name of one of its requests, or of an import of its file.
fn group_names(operations: &[Operation], context: &Context<'_>) -> Result<(), Error> {
    const IMPORTED: [&str; 9] =
        ["Client", "Display", "Effect", "Identify", "Into", "IntoIterator", "Multipart", "Operation", "Request"];
    for operation in operations {
        let handle = operation.group.to_upper_camel_case();
        if IMPORTED.contains(&handle.as_str()) || handle == operation.name.to_upper_camel_case() {
            let source = &context.inputs.groups;
            return Err(Error::in_line(
                "groups",
                source,
                source.line_containing(&format!("module = \"{}\"", operation.group)),
                format!("group `{}`", operation.group),
                format!("its struct `{handle}` would meet another item of its file"),
                "give the group another module in spec/groups.toml",
            ));
        }
    }
    Ok(())
}

/// Accessors of a type must not have the name of a setter, or of a method that every union has.
fn accessors(types: &BTreeMap<String, Type>, context: &Context<'_>) -> Result<(), Error> {
    for ty in types.values() {
        let (shortcuts, taken): (_, BTreeSet<String>) = match &ty.shape {
            Shape::Struct(shape) => (
                &shape.shortcuts,
                shape.fields.iter().map(|field| setter(&field.name)).chain(["new".to_owned()]).collect(),
            ),
            Shape::Union(union) => {
                let variants = union.variants.iter().map(|variant| variant.name.to_snake_case());
                let questions = variants.flat_map(|name| [format!("as_{name}"), format!("is_{name}")]);
                let shared = union.shared.iter().map(|field| field.name.clone());
                let decides = union.fallback.iter().map(|fallback| fallback.field.clone());
                let always = ["is_unknown", "type_name"].map(str::to_owned);
                (&union.shortcuts, questions.chain(shared).chain(decides).chain(always).collect())
            }
            Shape::Enum(_) | Shape::Alias(_) => continue,
        };
        if let Some(accessor) = shortcuts.iter().find(|shortcut| taken.contains(&shortcut.name)) {
            let source = &context.inputs.shortcuts;
            let entry =
                context.decisions.shortcuts.iter().find(|entry| entry.owner == ty.name && entry.name == accessor.name);
            return Err(Error::in_line(
                "shortcuts",
                source,
                entry.and_then(|entry| entry.line(source)),
                format!("shortcut `{}.{}`", ty.name, accessor.name),
                "the type has a method of this name already",
                "choose another name",
            ));
        }
    }
    Ok(())
}

/// Entries of the files of names that match nothing are typing mistakes, or upstream has moved.
fn unused(operations: &[Operation], document: &Document, context: &Context<'_>) -> Result<(), Error> {
    let (decisions, inputs) = (context.decisions, context.inputs);
    let refuse = |source: &Source<'_>, line: Option<usize>, subject: String, problem: &str| {
        let hint = "correct the entry, or delete it when upstream has dropped what it speaks of";
        Err(Error::in_line("names", source, line, subject, problem, hint))
    };
    let has_parameter = |name: &str| {
        operations.iter().any(|operation| operation.parameters.iter().any(|parameter| parameter.wire == name))
    };
    if let Some((name, entry)) = decisions.operations.arguments.iter().find(|(name, _)| !has_parameter(name)) {
        let subject = format!("[arguments] `{name}`");
        return refuse(&inputs.operations, Some(entry.line), subject, "no operation has a parameter of this name");
    }
    let tags: BTreeSet<&str> = document.operations.iter().flat_map(|known| &known.tags).map(String::as_str).collect();
    let tag = decisions.groups.0.iter().filter_map(|group| group.tag.as_deref()).find(|tag| !tags.contains(tag));
    if let Some(tag) = tag {
        let line = inputs.groups.line_containing(&format!("\"{tag}\""));
        return refuse(&inputs.groups, line, format!("tag `{tag}`"), "no operation of the document has this tag");
    }
    let words = words(document);
    if let Some((word, entry)) = decisions.types.words.iter().find(|(word, _)| !words.contains(*word)) {
        return refuse(
            &inputs.types,
            Some(entry.line),
            format!("[words] `{word}`"),
            "no name of the document has this word",
        );
    }
    Ok(())
}

/// The words of all names of the document: schemas, members, parameters, values of enums.
fn words(document: &Document) -> BTreeSet<String> {
    let mut names: Vec<&str> = Vec::new();
    for (name, schema) in document.api.components.iter().flat_map(|components| &components.schemas) {
        names.push(name);
        match schema.as_item().map(|schema| &schema.schema_kind) {
            Some(SchemaKind::Type(SchemaType::Object(object))) => {
                names.extend(object.properties.keys().map(String::as_str));
            }
            Some(SchemaKind::Type(SchemaType::String(text))) => {
                names.extend(text.enumeration.iter().flatten().map(String::as_str));
            }
            _ => {}
        }
    }
    for known in &document.operations {
        let parameters = document.openapi(known).into_iter().flat_map(|openapi| &openapi.parameters);
        let parameters = parameters.filter_map(ReferenceOr::as_item);
        names.extend(parameters.map(|parameter| parameter.parameter_data_ref().name.as_str()));
    }
    names.iter().flat_map(|name| name.to_snake_case().split('_').map(str::to_owned).collect::<Vec<_>>()).collect()
}

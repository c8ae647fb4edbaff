//! Gives every operation its id, group, effect class, scopes and page: from the lock file, else derived from the path.
//!
//! Names never change silently: an operation whose upstream id differs from the locked one is an error, and so is a
//! lock entry that the vendored document does not know.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToKebabCase, ToSnakeCase};
use openapiv3::{ReferenceOr, SchemaKind, Type};

use super::visit;
use crate::decisions::{Effect, OperationEntry};
use crate::document::{Body, Context, Document, Operation, pointer};
use crate::error::Error;
use crate::names;

pub use crate::names::derive_operation_id;

const PASS: &str = "assign_operation_ids";

pub(super) fn assign_operation_ids(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let locked = &context.decisions.operations;
    let mut known = BTreeSet::new();
    let mut named: BTreeMap<String, (String, &'static str)> = BTreeMap::new();
    let mut unnamed = Vec::new();
    let mut operations = Vec::new();
    let tags = tag_sizes(document);
    for (path, verb, operation) in visit::operations(&document.api) {
        let key = (verb.to_owned(), path.to_owned());
        let entry = locked.get(&key);
        if entry.is_some() {
            known.insert(key);
        }
        let id = match (entry, &operation.operation_id) {
            (Some(entry), Some(upstream)) if entry.id != *upstream && context.decisions.strict => {
                return Err(Error::at(
                    PASS,
                    context.source,
                    format!("{}/operationId", pointer(path, verb)),
                    format!("upstream calls it `{upstream}`, the lock `{}`", entry.id),
                    "a name is API: change spec/operations.toml on purpose, or correct the id in the overlay",
                ));
            }
            (Some(entry), _) => Some(entry.id.clone()),
            (None, upstream) => upstream.clone(),
        };
        if let Some(id) = &id {
            check_distinct(&mut named, id, path, verb, context)?;
        } else {
            unnamed.push(operations.len());
        }
        operations.push(describe(id.unwrap_or_default(), path, verb, operation, entry, &tags, context));
    }
    let mut touched = name_the_rest(document, &mut operations, &unnamed, &named);
    operations.iter().try_for_each(|operation| check_usable(operation, context))?;
    for key in locked.keys().filter(|key| !known.contains(*key)) {
        let entry = &locked[key];
        if context.decisions.strict {
            return Err(Error::in_line(
                PASS,
                context.operations_file,
                context.operations_file.line_containing(&format!("id = \"{}\"", entry.id)),
                format!("operation `{}`", entry.id),
                format!("{} {} is not in the document", entry.method, entry.path),
                "upstream removed it or the entry is misspelt: delete or correct the entry",
            ));
        }
        touched.push(format!("not in this document: {} ({} {})", entry.id, entry.method, entry.path));
    }
    document.operations = operations;
    let names: BTreeMap<_, _> = document
        .operations
        .iter()
        .map(|known| ((known.path.clone(), known.method.clone()), known.id.clone()))
        .collect();
    for (path, item) in &mut document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let verbs = [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("DELETE", &mut item.delete),
            ("HEAD", &mut item.head),
            ("PATCH", &mut item.patch),
            ("OPTIONS", &mut item.options),
        ];
        for (verb, operation) in verbs {
            if let Some(operation) = operation {
                operation.operation_id = names.get(&(path.clone(), verb.to_owned())).cloned();
                operation.tags.clear();
            }
        }
    }
    Ok(touched)
}

fn check_distinct(
    named: &mut BTreeMap<String, (String, &'static str)>,
    id: &str,
    path: &str,
    verb: &'static str,
    context: &Context<'_>,
) -> Result<(), Error> {
    match named.insert(id.to_snake_case(), (path.to_owned(), verb)) {
        None => Ok(()),
        Some((other, other_verb)) => Err(Error::at(
            PASS,
            context.source,
            format!("{}/operationId", pointer(path, verb)),
            format!("two operations are called `{id}`; the other is {other_verb} {other}"),
            "operation ids must be distinct also in snake case: rename one in the overlay or in spec/operations.toml",
        )),
    }
}

/// An id becomes a method and, in upper camel case, the type of its request.
fn check_usable(operation: &Operation, context: &Context<'_>) -> Result<(), Error> {
    let name = operation.id.to_snake_case();
    let problem = if !names::is_identifier(&name) {
        format!("`{}` is no name for a method", operation.id)
    } else if names::TAKEN_METHODS.contains(&name.as_str()) || name == operation.group {
        format!("the name `{}` is taken by the generated code", operation.id)
    } else {
        return Ok(());
    };
    let key = (operation.method.clone(), operation.path.clone());
    if context.decisions.operations.contains_key(&key) {
        let file = context.operations_file;
        let line = file.line_containing(&format!("id = \"{}\"", operation.id));
        return Err(Error::in_line(
            PASS,
            file,
            line,
            format!("operation `{}`", operation.id),
            problem,
            "choose another id",
        ));
    }
    let pointer = format!("{}/operationId", operation.pointer());
    Err(Error::at(PASS, context.source, pointer, problem, "give it another operationId in the overlay"))
}

/// Derives the missing names; a name that several would get is told apart by the scope, then by a number.
fn name_the_rest(
    document: &Document,
    operations: &mut [Operation],
    unnamed: &[usize],
    named: &BTreeMap<String, (String, &'static str)>,
) -> Vec<String> {
    let derive = |operation: &Operation, scoped: bool| {
        let lists = document.openapi(operation).is_some_and(|openapi| answers_with_page(document, openapi));
        derive_operation_id(&operation.method, &operation.path, lists, scoped)
    };
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for index in unnamed {
        *wanted.entry(derive(&operations[*index], false)).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = named.keys().cloned().collect();
    let mut touched = Vec::new();
    let mut order = unnamed.to_vec();
    order.sort_by_key(|index| (operations[*index].path.clone(), operations[*index].method.clone()));
    for index in order {
        let short = derive(&operations[index], false);
        let base = if wanted[&short] > 1 || taken.contains(&short) { derive(&operations[index], true) } else { short };
        let id = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}_{number}") })
            .find(|id| !taken.contains(id))
            .unwrap_or(base);
        taken.insert(id.clone());
        let operation = &mut operations[index];
        touched.push(format!("derived: {id} ({} {})", operation.method, operation.path));
        operation.id = id;
    }
    touched
}

/// Whether a success of the operation is an object with a list of `values`.
fn answers_with_page(document: &Document, operation: &openapiv3::Operation) -> bool {
    let schemas = operation
        .responses
        .responses
        .values()
        .filter_map(ReferenceOr::as_item)
        .filter_map(|response| response.content.get("application/json")?.schema.as_ref());
    schemas.into_iter().any(|schema| {
        let schema = match schema {
            ReferenceOr::Item(schema) => Some(schema),
            ReferenceOr::Reference { reference } => document.schema(reference.rsplit('/').next().unwrap_or_default()),
        };
        schema.is_some_and(|schema| match &schema.schema_kind {
            SchemaKind::Type(Type::Object(object)) => object.properties.contains_key("values"),
            SchemaKind::AllOf { all_of } => all_of.iter().filter_map(ReferenceOr::as_item).any(|part| {
                matches!(&part.schema_kind, SchemaKind::Type(Type::Object(object)) if object.properties.contains_key("values"))
            }),
            _ => false,
        })
    })
}

fn tag_sizes(document: &Document) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    for (_, _, operation) in visit::operations(&document.api) {
        for tag in &operation.tags {
            *sizes.entry(tag.clone()).or_default() += 1;
        }
    }
    sizes
}

fn describe(
    id: String,
    path: &str,
    verb: &str,
    operation: &openapiv3::Operation,
    entry: Option<&OperationEntry>,
    tags: &BTreeMap<String, usize>,
    context: &Context<'_>,
) -> Operation {
    // The rarest tag says most about the operation: `Reports` rather than `Commits`.
    let tag = operation.tags.iter().min_by_key(|tag| (tags.get(*tag).copied().unwrap_or_default(), tag.as_str()));
    let group = match (entry, tag) {
        (Some(entry), _) => entry.group.clone(),
        (None, Some(tag)) => {
            context.decisions.groups.get(tag).map_or_else(|| names::module(tag), |group| group.module.clone())
        }
        (None, None) => "general".to_owned(),
    };
    let page = operation.tags.first().map_or_else(
        || group.to_kebab_case(),
        |tag| context.decisions.groups.get(tag).map_or_else(|| tag.to_kebab_case(), |group| group.page.clone()),
    );
    let effect = entry.and_then(|entry| entry.effect).unwrap_or(match verb {
        "GET" | "HEAD" | "OPTIONS" | "TRACE" => Effect::Read,
        "PUT" | "DELETE" => Effect::IdempotentWrite,
        _ => Effect::Once,
    });
    let deprecation = operation.deprecated.then(|| {
        let reason = operation.extensions.get("x-deprecation-reason").and_then(|reason| reason.as_str());
        reason.unwrap_or("deprecated by Bitbucket; its page may name a replacement").to_owned()
    });
    Operation {
        method: verb.to_owned(),
        path: path.to_owned(),
        id,
        group,
        effect,
        scopes: scopes(operation),
        deprecation,
        docs: names::docs_url(&page, path, verb),
        items: None,
        body: Body::None,
    }
}

/// The OAuth scopes of the security requirements, in the order of the document.
fn scopes(operation: &openapiv3::Operation) -> Vec<String> {
    let mut scopes = Vec::new();
    for requirement in operation.security.iter().flatten() {
        for scope in requirement.values().flatten() {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
    }
    scopes
}

//! Gives every operation an id of its own: upstream's, the locked one, or one derived from the path.
//!
//! Ids are what upstream and the lock call an operation, and what inline schemas are named after; the names of methods
//! are decided in the model. An operation whose upstream id differs from the locked one is an error, and so is a lock
//! entry that the vendored document does not know.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use openapiv3::ReferenceOr;

use super::visit;
use crate::document::paths::operation_id;
use crate::document::{Context, Document, OperationInfo, RequestBody, pointer};
use crate::error::Error;
use crate::read::decisions::OperationEntry;
use crate::read::decisions::is_snake_case;

const PASS: &str = "identify_operations";

pub(super) fn identify_operations(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let locked = &context.decisions.operations.entries;
    let mut known = BTreeSet::new();
    let mut named: BTreeMap<String, (String, &'static str)> = BTreeMap::new();
    let mut unnamed = Vec::new();
    let mut operations = Vec::new();
    for (path, method, operation) in visit::operations(&document.api) {
        let key = (method.to_owned(), path.to_owned());
        let entry = locked.get(&key);
        if entry.is_some() {
            known.insert(key);
        }
        let upstream = operation.operation_id.clone();
        let id = match (entry, &upstream) {
            (Some(entry), Some(upstream)) if entry.id != *upstream && context.decisions.strict => {
                return Err(Error::in_line(
                    PASS,
                    &context.inputs.operations,
                    Some(entry.line),
                    format!("operation `{}`", entry.id),
                    format!("upstream calls {method} {path} `{upstream}`"),
                    format!("the id is upstream's: write `id = \"{upstream}\"`, the name of the method stays"),
                ));
            }
            (Some(entry), _) => Some(entry.id.clone()),
            (None, upstream) => upstream.clone(),
        };
        if let Some(id) = &id {
            if !is_snake_case(&id.to_snake_case()) {
                return Err(invalid_id(id, entry, path, method, context));
            }
            check_distinct(&mut named, id, path, method, context)?;
        } else {
            unnamed.push(operations.len());
        }
        operations.push(OperationInfo {
            method: method.to_owned(),
            path: path.to_owned(),
            id: id.unwrap_or_default(),
            upstream,
            tags: operation.tags.clone(),
            page: None,
            body: RequestBody::None,
            accept: None,
        });
    }
    let mut touched = derive_missing_ids(&mut operations, &unnamed, &named);
    for (key, entry) in locked.iter().filter(|(key, _)| !known.contains(*key)) {
        if context.decisions.strict {
            return Err(Error::in_line(
                PASS,
                &context.inputs.operations,
                Some(entry.line),
                format!("operation `{}`", entry.id),
                format!("{} {} is not in the document", key.0, key.1),
                "upstream removed it or the entry is misspelt: delete or correct the entry",
            ));
        }
        touched.push(format!("not in this document: {} ({} {})", entry.id, key.0, key.1));
    }
    document.operations = operations;
    let names: BTreeMap<_, _> = document
        .operations
        .iter()
        .map(|known| ((known.path.clone(), known.method.clone()), known.id.clone()))
        .collect();
    for (path, item) in &mut document.api.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let methods = [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("DELETE", &mut item.delete),
            ("HEAD", &mut item.head),
            ("PATCH", &mut item.patch),
            ("OPTIONS", &mut item.options),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = names.get(&(path.clone(), method.to_owned())).cloned();
                operation.tags.clear();
            }
        }
    }
    Ok(touched)
}

/// Ids become names of types and of progenitor's methods.
fn invalid_id(id: &str, entry: Option<&OperationEntry>, path: &str, method: &str, context: &Context<'_>) -> Error {
    let problem = format!("`{id}` is no id for an operation");
    let hint = "it is letters, digits and underscores, and no word of Rust: correct it";
    match entry {
        Some(entry) => {
            let subject = format!("operation `{id}`");
            Error::in_line(PASS, &context.inputs.operations, Some(entry.line), subject, problem, hint)
        }
        None => {
            let pointer = format!("{}/operationId", pointer(path, method));
            Error::at(PASS, context.source, pointer, problem, format!("{hint} in the overlay"))
        }
    }
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

/// Derives the missing ids; of several that would be equal, all but the first get a number.
fn derive_missing_ids(
    operations: &mut [OperationInfo],
    unnamed: &[usize],
    named: &BTreeMap<String, (String, &'static str)>,
) -> Vec<String> {
    let mut taken: BTreeSet<String> = named.keys().cloned().collect();
    let mut touched = Vec::new();
    let mut order = unnamed.to_vec();
    order.sort_by_key(|index| (operations[*index].path.clone(), operations[*index].method.clone()));
    for index in order {
        let operation = &mut operations[index];
        let base = operation_id(&operation.method, &operation.path);
        let id = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}_{number}") })
            .find(|id| !taken.contains(id))
            .unwrap_or(base);
        taken.insert(id.clone());
        touched.push(format!("derived id: {id} ({} {})", operation.method, operation.path));
        operation.id = id;
    }
    touched
}

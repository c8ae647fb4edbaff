//! Reachability: the groups whose operations reach a type, the nearest of them, whether requests send the type, and the
//! secrets that the body of an operation can have.

use std::collections::{BTreeMap, BTreeSet};

use super::sizes::parts;
use super::{Answer, Operation, Shape, Type, TypeRef};

/// Fills in groups, home and `sent`; removes the types that no operation reaches, and returns their names.
pub(super) fn set(types: &mut BTreeMap<String, Type>, operations: &[Operation]) -> Vec<String> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seeds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for operation in operations {
        seeds.entry(operation.group.as_str()).or_default().extend(named_in(operation));
    }
    for (group, seeds) in &seeds {
        for name in reached(types, seeds.iter().copied(), parts) {
            groups.entry(name.to_owned()).or_default().insert((*group).to_owned());
        }
    }
    let homes = homes(types, &seeds);
    let bodies = operations.iter().filter_map(|operation| operation.body.as_ref()?.ty.as_ref()?.named());
    let sent: BTreeSet<String> = reached(types, bodies, sent_parts).into_iter().map(str::to_owned).collect();
    let lost: Vec<String> = types.keys().filter(|name| !groups.contains_key(*name)).cloned().collect();
    types.retain(|name, _| groups.contains_key(name));
    for (name, ty) in types {
        ty.groups = groups.remove(name).unwrap_or_default();
        ty.home = homes.get(name).cloned().unwrap_or_default();
        ty.sent = sent.contains(name);
    }
    lost
}

/// Fills in the names of secret members, wherever they are in the body.
pub(super) fn set_secrets(operations: &mut [Operation], types: &BTreeMap<String, Type>) {
    for operation in operations {
        let body = operation.body.as_ref().and_then(|body| body.ty.as_ref()?.named());
        let sent = reached(types, body.into_iter(), sent_parts);
        let structs = sent.iter().filter_map(|name| match &types.get(*name)?.shape {
            Shape::Struct(shape) => Some(&shape.fields),
            _ => None,
        });
        let names: BTreeSet<String> =
            structs.flatten().filter(|field| field.secret).map(|field| field.wire.clone()).collect();
        operation.secrets = names.into_iter().collect();
    }
}

fn named_in(operation: &Operation) -> Vec<&str> {
    let mut named: Vec<&str> = operation.parameters.iter().filter_map(|parameter| parameter.ty.named()).collect();
    named.extend(operation.body.as_ref().and_then(|body| body.ty.as_ref()?.named()));
    match &operation.answer {
        Answer::Page { item, envelope } => {
            named.extend(item.named());
            named.extend(envelope.as_ref().and_then(TypeRef::named));
        }
        Answer::One(ty) => named.extend(ty.named()),
        Answer::Bytes | Answer::Nothing => {}
    }
    named
}

/// The types that are sent with a type, without members that only the service sets.
fn sent_parts(ty: &Type) -> Vec<&str> {
    match &ty.shape {
        Shape::Struct(shape) => {
            shape.fields.iter().filter(|field| field.sent).filter_map(|field| field.ty.named()).collect()
        }
        _ => parts(ty),
    }
}

fn reached<'t>(
    types: &'t BTreeMap<String, Type>,
    seeds: impl Iterator<Item = &'t str>,
    parts: impl Fn(&'t Type) -> Vec<&'t str>,
) -> BTreeSet<&'t str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = seeds.collect();
    while let Some(name) = open.pop() {
        let Some(ty) = types.get(name) else { continue };
        if found.insert(name) {
            open.extend(parts(ty));
        }
    }
    found
}

/// The nearest group of each type, by breadth-first search from the operations; the first by name where several are
/// equally near.
fn homes(types: &BTreeMap<String, Type>, seeds: &BTreeMap<&str, BTreeSet<&str>>) -> BTreeMap<String, String> {
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    let mut front: Vec<(&str, &str)> =
        seeds.iter().flat_map(|(group, seeds)| seeds.iter().map(|name| (*group, *name))).collect();
    while !front.is_empty() {
        front.sort_unstable();
        let mut next = Vec::new();
        for (group, name) in front {
            let Some(ty) = types.get(name) else { continue };
            if homes.contains_key(name) {
                continue;
            }
            homes.insert(name.to_owned(), group.to_owned());
            next.extend(parts(ty).into_iter().map(|part| (group, part)));
        }
        front = next;
    }
    homes
}

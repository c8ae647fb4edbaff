//! Identity: which operation and which type of one side is which of the other.
//!
//! Operations are the same by method and path with the names of parameters left out, then by their id. Types are the same
//! by their schema, then by their name, then by an equal structure that no other type has.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, Operation, Shape, Type, TypeRef};

/// What is the same on both sides, and what only one has.
#[derive(Debug, Default)]
pub(super) struct Pairs<'s> {
    pub(super) operations: Vec<(&'s Operation, &'s Operation)>,
    pub(super) moved: Vec<(&'s Operation, &'s Operation)>,
    pub(super) operations_removed: Vec<&'s Operation>,
    pub(super) operations_added: Vec<&'s Operation>,
    pub(super) types: Vec<(&'s Type, &'s Type)>,
    /// Of another schema and of equal structure.
    pub(super) alike: BTreeSet<String>,
    pub(super) types_removed: Vec<&'s Type>,
    pub(super) types_added: Vec<&'s Type>,
    /// New name of each type that has another one.
    pub(super) renamed: BTreeMap<String, String>,
}

impl<'s> Pairs<'s> {
    pub(super) fn of(old: &'s Model, new: &'s Model) -> Self {
        let mut pairs = Self::default();
        pairs.match_operations(old, new);
        pairs.match_types(old, new);
        pairs
    }

    /// A type of the old side under the names of the new one.
    pub(super) fn rename(&self, ty: &TypeRef) -> TypeRef {
        let inner = |ty: &TypeRef| Box::new(self.rename(ty));
        match ty {
            TypeRef::Named(name) => TypeRef::Named(self.renamed.get(name).unwrap_or(name).clone()),
            TypeRef::List(item) => TypeRef::List(inner(item)),
            TypeRef::Map(value) => TypeRef::Map(inner(value)),
            TypeRef::Page(item) => TypeRef::Page(inner(item)),
            other => other.clone(),
        }
    }

    fn match_operations(&mut self, old: &'s Model, new: &'s Model) {
        let key = |operation: &Operation| (operation.method.clone(), blanked(&operation.path));
        let mut left: BTreeMap<_, _> = old.operations.iter().map(|operation| (key(operation), operation)).collect();
        let mut added = Vec::new();
        for operation in &new.operations {
            match left.remove(&key(operation)) {
                Some(known) => self.operations.push((known, operation)),
                None => added.push(operation),
            }
        }
        for operation in added {
            let same_id = |known: &&Operation| known.id.is_some() && known.id == operation.id;
            match left.values().copied().find(|known| same_id(known)) {
                Some(known) => {
                    left.remove(&key(known));
                    self.moved.push((known, operation));
                }
                None => self.operations_added.push(operation),
            }
        }
        self.operations_removed = left.into_values().collect();
        self.operations_removed.sort_by_key(|operation| (&operation.group, &operation.name));
    }

    fn match_types(&mut self, old: &'s Model, new: &'s Model) {
        let (old_bases, new_bases) = (bases(old), bases(new));
        let mut left: Vec<&Type> = old.types.iter().collect();
        let mut open: Vec<&Type> = new.types.iter().collect();
        self.pair(&mut left, &mut open, |known, ty| {
            known.schema == ty.schema && old_bases.contains(known.name.as_str()) == new_bases.contains(ty.name.as_str())
        });
        self.pair(&mut left, &mut open, |known, ty| known.name == ty.name);
        let known: BTreeSet<String> = self.types.iter().map(|(_, ty)| ty.name.clone()).collect();
        self.pair_alike(&mut left, &mut open);
        self.alike = self.types.iter().map(|(_, ty)| ty.name.clone()).filter(|name| !known.contains(name)).collect();
        self.types_removed = left;
        self.types_added = open;
        self.types.sort_by(|(_, left), (_, right)| left.name.cmp(&right.name));
        let renamed = self.types.iter().filter(|(known, ty)| known.name != ty.name);
        self.renamed = renamed.map(|(known, ty)| (known.name.clone(), ty.name.clone())).collect();
    }

    fn pair(&mut self, left: &mut Vec<&'s Type>, open: &mut Vec<&'s Type>, same: impl Fn(&Type, &Type) -> bool) {
        open.retain(|ty| {
            let Some(index) = left.iter().position(|known| same(known, ty)) else { return true };
            self.types.push((left.remove(index), ty));
            false
        });
    }

    /// Left-over types whose structure is equal, where there is one of each.
    fn pair_alike(&mut self, left: &mut Vec<&'s Type>, open: &mut Vec<&'s Type>) {
        let mut by_structure: BTreeMap<String, (Vec<&'s Type>, Vec<&'s Type>)> = BTreeMap::new();
        for ty in left.iter() {
            if let Some(structure) = structure(ty) {
                by_structure.entry(structure).or_default().0.push(ty);
            }
        }
        for ty in open.iter() {
            if let Some(structure) = structure(ty) {
                by_structure.entry(structure).or_default().1.push(ty);
            }
        }
        for (known, ty) in by_structure.into_values() {
            if let ([known], [ty]) = (known.as_slice(), ty.as_slice()) {
                self.types.push((known, ty));
                left.retain(|other| other.name != known.name);
                open.retain(|other| other.name != ty.name);
            }
        }
    }
}

/// A path with the names of its parameters left out.
fn blanked(path: &str) -> String {
    let mut text = String::new();
    for piece in path.split_inclusive('}') {
        text.push_str(piece.split_once('{').map_or(piece, |(fixed, _)| fixed));
        if piece.ends_with('}') {
            text.push_str("{}");
        }
    }
    text
}

/// Structs that hold what the variants of a union share.
fn bases(model: &Model) -> BTreeSet<&str> {
    let unions = model.types.iter().filter_map(|ty| match &ty.shape {
        Shape::Union(union) => union.base.as_deref(),
        _ => None,
    });
    unions.collect()
}

/// What a type is made of; `None` where it is too little to know it by.
fn structure(ty: &Type) -> Option<String> {
    match &ty.shape {
        Shape::Struct(shape) if shape.fields.len() > 1 => {
            let fields = shape.fields.iter().filter(|field| field.wire != "type");
            let mut fields: Vec<String> = fields.map(|field| format!("{}: {}", field.wire, field.ty)).collect();
            fields.sort();
            Some(fields.join(", "))
        }
        Shape::Enum(words) if words.values.len() > 1 => {
            let mut values: Vec<&str> = words.values.iter().map(|value| value.wire.as_str()).collect();
            values.sort_unstable();
            Some(values.join("|"))
        }
        _ => None,
    }
}

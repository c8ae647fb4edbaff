//! Reach: which operations send or receive a type.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Direction;
use crate::model::{Model, Shape, Type};

/// The reach of every type of a model.
#[derive(Debug, Default)]
pub(super) struct Reach {
    types: BTreeMap<String, TypeReach>,
}

#[derive(Debug, Default)]
struct TypeReach {
    operations: BTreeSet<String>,
    sent: bool,
    received: bool,
}

impl Reach {
    pub(super) fn of(model: &Model) -> Self {
        let mut reach = Self::default();
        for operation in &model.operations {
            let name = operation.qualified_name();
            let parameters = operation.parameters.iter().filter_map(|parameter| parameter.ty.named());
            let body = operation.body.iter().filter_map(|body| body.ty.as_ref()?.named());
            let decoded = operation.answer.decoded();
            reach.walk(model, parameters.chain(body).collect(), &name, true);
            reach.walk(model, decoded.iter().filter_map(|ty| ty.named()).collect(), &name, false);
        }
        reach
    }

    fn walk<'m>(&mut self, model: &'m Model, mut open: Vec<&'m str>, operation: &str, sent: bool) {
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            let Some(ty) = model.type_named(name).filter(|_| seen.insert(name)) else { continue };
            let known = self.types.entry(name.to_owned()).or_default();
            known.operations.insert(operation.to_owned());
            known.sent |= sent;
            known.received |= !sent;
            open.extend(parts(ty, sent));
        }
    }

    /// Operations that reach a type, as `group.method`.
    pub(super) fn operations(&self, name: &str) -> Vec<String> {
        self.types.get(name).map(|known| known.operations.iter().cloned().collect()).unwrap_or_default()
    }

    /// Which way values of a type travel.
    pub(super) fn direction(&self, name: &str) -> Option<Direction> {
        let known = self.types.get(name)?;
        Some(match (known.sent, known.received) {
            (true, true) => Direction::Both,
            (true, false) => Direction::Sent,
            (false, _) => Direction::Received,
        })
    }
}

/// The types in a type; in a request without those that only the service sets.
fn parts(ty: &Type, sent: bool) -> Vec<&str> {
    match &ty.shape {
        Shape::Struct(shape) => {
            let fields = shape.fields.iter().filter(|field| !sent || field.sent);
            fields.filter_map(|field| field.ty.named()).collect()
        }
        Shape::Union(union) => {
            union.variants.iter().map(|variant| variant.payload.as_str()).chain(union.base.as_deref()).collect()
        }
        Shape::Alias(inner) => inner.named().into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

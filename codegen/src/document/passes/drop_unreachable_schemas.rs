//! Drops the schemas that no operation reaches, after adopting the subtypes of what is reached.

use std::collections::BTreeSet;

use crate::document::{Context, Document, Graph, references};
use crate::error::Error;

pub(super) fn drop_unreachable_schemas(document: &mut Document, _: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut seeds = BTreeSet::new();
    document.each_operation(|_, operation| {
        seeds.extend(references(operation));
        Ok(())
    })?;
    let reached = Graph::of(document).reach(seeds);
    let mut dropped = Vec::new();
    document.schemas().retain(|name, _| {
        let keep = reached.contains(name);
        if !keep {
            dropped.push(name.clone());
        }
        keep
    });
    for name in &dropped {
        let upstream = document.renamed.get(name).unwrap_or(name).clone();
        document.dropped.insert(upstream, "no operation reaches it".to_owned());
    }
    document.subtypes.retain(|base, _| reached.contains(base));
    document.unions.retain(|base, _| reached.contains(base));
    document.struct_bases.retain(|base, _| reached.contains(base));
    for subtypes in document.subtypes.values_mut() {
        subtypes.retain(|name| reached.contains(name));
    }
    Ok(dropped)
}

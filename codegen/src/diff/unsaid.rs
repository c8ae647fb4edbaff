//! What differs between the two documents and no other part tells: each keyword of OpenAPI in one line, so that nothing
//! changes in silence.
//!
//! Both documents are walked side by side as they are after their corrections, operation by operation and schema by schema,
//! with references followed, so that the place of a thing is no difference. What a finding points to has been told.

mod covered;
mod objects;
mod walk;

use std::collections::BTreeMap;

use serde_json::Value;

use super::comparing::Comparing;
use super::facets;
use super::finding::Finding;
use super::rule::EffectClass as Class;
use crate::english;
use objects::ObjectKind;
use walk::Difference;

/// Tells what is left; call it after all other causes are found, and before they are joined.
pub(super) fn compare(all: &mut Comparing<'_>) {
    let mut left = walk::differences(all);
    let told = covered::Told::of(all);
    left.retain(|difference| !told.covers(difference));
    let mut places: BTreeMap<(&'static str, ObjectKind, String), Vec<Difference>> = BTreeMap::new();
    for difference in left {
        let rule = rule_of(&difference);
        places.entry((rule, difference.kind, difference.keyword.clone())).or_default().push(difference);
    }
    for ((rule, kind, keyword), differences) in places {
        let Some(first) = differences.first() else { continue };
        let subject = format!("{keyword} of {}", kind.name());
        let finding = Finding::new(rule, Class::None, subject).was_at(first.old_at.clone()).at(first.new_at.clone());
        let finding = if differences.len() == 1 {
            let (was, is) = texts(first.old.as_ref(), first.new.as_ref());
            finding.was(cut(&was)).is(cut(&is))
        } else {
            finding.is(english::count(differences.len(), "place", "places"))
        };
        all.add(finding);
    }
}

/// Some keywords have a rule of their own, because a reviewer looks for them.
fn rule_of(difference: &Difference) -> &'static str {
    match (difference.kind, difference.keyword.as_str()) {
        (ObjectKind::Schema, "discriminator") | (ObjectKind::Discriminator, _) => "discriminator-documented",
        (ObjectKind::Schema, "additionalProperties") => "type-closed",
        _ => "document-changed",
    }
}

/// What was and what is; of two lists only what the other one lacks.
fn texts(old: Option<&Value>, new: Option<&Value>) -> (String, String) {
    let (Some(Value::Array(was)), Some(Value::Array(is))) = (old, new) else {
        return (facets::short(old), facets::short(new));
    };
    let only = |these: &[Value], those: &[Value]| {
        let own = these.iter().filter(|value| !those.contains(value));
        let own: Vec<String> = own.map(|value| facets::short(Some(value))).collect();
        if own.is_empty() { "none".to_owned() } else { own.join(", ") }
    };
    let texts = (only(was, is), only(is, was));
    if texts.0 == texts.1 { (facets::short(old), facets::short(new)) } else { texts }
}

/// A value that may be a whole object, in one short line.
fn cut(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

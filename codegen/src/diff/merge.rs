//! One line per cause: what a schema passes on to those that extend it is told once, with the base, and what one action of
//! the overlay or one fact does in many places is told once, with the first.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{DecisionFile, Direction, Finding, Spot};
use super::side::Side;
use crate::english;

/// Rule, name, place and values of findings that may have one cause.
type Alike = (&'static str, String, String, Option<String>, Option<String>);

/// Joins findings about a parameter that several operations have from one place: their path, a component, or a fact.
pub(super) fn shared_parameters(findings: &mut Vec<Finding>) {
    let mut alike: BTreeMap<Alike, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let (Some(wire), Some(pointer)) = (&finding.of_parameter, &finding.pointer) else { continue };
        let place = match &finding.decided {
            Some(entry) if entry.file == DecisionFile::Facts => "a fact".to_owned(),
            _ => pointer.clone(),
        };
        let key = (finding.rule, wire.clone(), place, finding.old.clone(), finding.new.clone());
        alike.entry(key).or_default().push(index);
    }
    let mut gone = BTreeSet::new();
    for ((_, wire, ..), group) in alike.iter().filter(|(_, group)| group.len() > 1) {
        let others: Vec<Finding> = group[1..].iter().map(|index| findings[*index].clone()).collect();
        gone.extend(group[1..].iter().copied());
        let first = &mut findings[group[0]];
        others.iter().for_each(|other| first.merge(other));
        let same_path = others.iter().all(|other| other.path == first.path);
        let path = first.path.take().filter(|_| same_path);
        first.subject = path.map_or(format!("parameter {wire}"), |path| format!("parameter {wire} of {path}"));
        first.method = None;
        if others.iter().any(|other| other.group != first.group) {
            first.group.clear();
        }
        for other in others {
            first.class = first.class.min(other.class);
            first.reached_by.extend(other.reached_by);
            first.keys.extend(other.keys);
        }
        first.reached_by.sort();
    }
    let mut index = 0;
    findings.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}

/// Joins findings about one member of a base and of its subtypes.
pub(super) fn inherited(findings: &mut Vec<Finding>, old: &Side<'_>, new: &Side<'_>) {
    let mut alike: BTreeMap<Alike, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if let (true, Some((_, member))) = (finding.rule.starts_with("field-"), finding.subject.rsplit_once('.')) {
            let key = (finding.rule, member.to_owned(), String::new(), finding.old.clone(), finding.new.clone());
            alike.entry(key).or_default().push(index);
        }
    }
    let schema = |finding: &Finding| {
        let name = finding.of_type.as_deref()?;
        let ty = new.model.type_named(name).or_else(|| old.model.type_named(name))?;
        Some(ty.schema.clone())
    };
    let mut into: BTreeMap<usize, usize> = BTreeMap::new();
    for group in alike.values().filter(|group| group.len() > 1) {
        let schemas: Vec<Option<String>> = group.iter().map(|index| schema(&findings[*index])).collect();
        for (position, index) in group.iter().enumerate() {
            let Some(own) = &schemas[position] else { continue };
            let base = group.iter().zip(&schemas).find(|(other, base)| {
                *other != index
                    && base
                        .as_ref()
                        .is_some_and(|base| base != own && (extends(new, own, base) || extends(old, own, base)))
                    && !into.contains_key(*other)
            });
            if let Some((base, _)) = base {
                into.insert(*index, *base);
            }
        }
    }
    let mut names: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (from, to) in &into {
        // The base of a base.
        let mut to = *to;
        while let Some(next) = into.get(&to) {
            to = *next;
        }
        let finding = findings[*from].clone();
        findings[to].merge(&finding);
        findings[to].keys.extend(finding.keys);
        let worst = findings[to].class.min(finding.class);
        findings[to].class = worst;
        names.entry(to).or_default().push(finding.of_type.unwrap_or_default());
    }
    for (to, names) in names {
        let count = english::count(names.len(), "type that extends it", "types that extend it");
        let also = format!("and {count}: {}", names.join(", "));
        let note = &mut findings[to].note;
        *note = if note.is_empty() { also } else { format!("{note}; {also}") };
    }
    let mut index = 0;
    findings.retain(|_| {
        index += 1;
        !into.contains_key(&(index - 1))
    });
}

/// Joins findings that one action of the overlay, or one fact, makes in many places; call it once their places are known.
pub(super) fn of_one_decision(findings: &mut Vec<Finding>, files: &[&str]) {
    let decision = |spot: &Option<Spot>| {
        let spot = spot.as_ref()?;
        files.iter().position(|file| *file == spot.file).map(|file| (file, spot.line))
    };
    let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let decisions = (decision(&finding.old_spot), decision(&finding.new_spot));
        if decisions != (None, None) {
            let key = (finding.rule, decisions, member(finding), finding.old.clone(), finding.new.clone());
            alike.entry(key).or_default().push(index);
        }
    }
    let mut gone = BTreeSet::new();
    for group in alike.values().filter(|group| group.len() > 1) {
        let others: Vec<Finding> = group[1..].iter().map(|index| findings[*index].clone()).collect();
        gone.extend(group[1..].iter().copied());
        let first = &mut findings[group[0]];
        others.iter().for_each(|other| first.merge(other));
        // Of operations, the reach says which.
        if first.method.is_none() {
            let shown: Vec<&str> = others.iter().take(3).map(|other| other.subject.as_str()).collect();
            let more = if others.len() > shown.len() { ", …" } else { "" };
            let also = format!("and {}{more}", shown.join(", "));
            first.note = if first.note.is_empty() { also } else { format!("{}; {also}", first.note) };
        }
        first.subject = format!("{} and {} more", first.subject, others.len());
        (first.method, first.path) = (None, None);
        for other in others {
            first.class = first.class.min(other.class);
            first.relied_on |= other.relied_on;
            if other.group != first.group {
                first.group.clear();
            }
            if other.direction != first.direction {
                first.direction = first.direction.and(other.direction).map(|_| Direction::Both);
            }
            first.reached_by.extend(other.reached_by);
            first.removed.extend(other.removed);
            first.added.extend(other.added);
        }
        first.reached_by.sort();
        first.reached_by.dedup();
    }
    let mut index = 0;
    findings.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}

/// What a finding is about within its place: what writes two members has two causes.
fn member(finding: &Finding) -> String {
    match (&finding.of_parameter, finding.rule.starts_with("field-"), finding.subject.rsplit_once('.')) {
        (Some(parameter), ..) => parameter.clone(),
        (None, true, Some((_, member))) => member.to_owned(),
        _ => String::new(),
    }
}

/// Whether a schema extends another, directly or through others.
fn extends(side: &Side<'_>, schema: &str, base: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![base];
    while let Some(name) = open.pop() {
        for subtype in side.document.subtypes.get(name).into_iter().flatten() {
            if side.document.wire_type(subtype) == schema {
                return true;
            }
            if seen.insert(subtype) {
                open.push(subtype);
            }
        }
    }
    false
}

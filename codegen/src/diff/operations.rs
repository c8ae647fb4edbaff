//! Operations: which came, went, moved or are called otherwise, and what is known of them.

use std::collections::{BTreeMap, BTreeSet};

use super::comparing::Comparing;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{answers, bodies, keys, parameters, pointers, rust_text};
use crate::model::{Answer, List, Operation};

/// Compares all operations, and what each of them takes and answers.
pub(super) fn compare(all: &mut Comparing<'_>) {
    let renamed_groups = groups(all);
    for operation in all.pairs.operations_removed.clone() {
        let announced = if operation.deprecation.is_some() { "it was deprecated" } else { "it was not deprecated" };
        all.add(
            Finding::new("op-removed", Class::Compile, rust_text::method(operation))
                .of_operation(operation)
                .was(signature(operation))
                .note(announced)
                .at(pointers::operation(operation))
                .explains(keys::operation(operation)),
        );
    }
    for operation in all.pairs.operations_added.clone() {
        let finding = Finding::new("op-added", Class::Extends, rust_text::method(operation))
            .of_operation(operation)
            .is(signature(operation))
            .at(pointers::operation(operation))
            .explains(keys::operation(operation));
        all.add(finding);
        name_new(all, operation);
    }
    for (old, new) in all.pairs.moved.clone() {
        let class = if wires(old) == wires(new) { Class::Runtime } else { Class::Compile };
        let finding = Finding::new("op-moved", class, rust_text::method(new))
            .of_operation(new)
            .was(signature(old))
            .is(signature(new))
            .was_at(pointers::operation(old))
            .at(pointers::operation(new))
            .explains(keys::operation(old).into_iter().chain(keys::operation(new)));
        all.add(finding);
        one(all, old, new, &renamed_groups);
    }
    for (old, new) in all.pairs.operations.clone() {
        one(all, old, new, &renamed_groups);
    }
}

/// Method and path, as a reader of the document knows it.
fn signature(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

fn wires(operation: &Operation) -> Vec<&str> {
    operation.parameters.iter().filter(|parameter| parameter.required).map(|known| known.wire.as_str()).collect()
}

/// A new operation whose name nobody has looked at.
fn name_new(all: &mut Comparing<'_>, operation: &Operation) {
    let locked = &all.new.decisions.operations.entries;
    if all.new.given.inputs.strict && !locked.contains_key(&(operation.method.clone(), operation.path.clone())) {
        all.add(
            Finding::new("gen-name-new", Class::None, rust_text::method(operation))
                .of_operation(operation)
                .is(operation.name.clone())
                .note("lock the name in spec/operations.toml before it is released")
                .at(pointers::operation(operation)),
        );
    }
}

/// Groups whose operations are all in another one that is new: one finding instead of one per method.
fn groups(all: &mut Comparing<'_>) -> BTreeMap<String, String> {
    let mut to: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (old, new) in &all.pairs.operations {
        to.entry(&old.group).or_default().insert(&new.group);
    }
    let has = |side: &Side<'_>, module: &str| side.model.groups.iter().any(|group| group.module == module);
    let mut renamed = BTreeMap::new();
    for (old, new) in to {
        let mut new = new.into_iter();
        if let (Some(new), None) = (new.next(), new.next())
            && old != new
            && !has(all.new, old)
            && !has(all.old, new)
        {
            renamed.insert(old.to_owned(), new.to_owned());
        }
    }
    for (old, new) in &renamed {
        let of = |module: &str| vec![keys::group(module)];
        let mut finding = Finding::new("group-renamed", Class::Compile, format!("{new}()"))
            .was(old.clone())
            .is(new.clone())
            .explains(of(old).into_iter().chain(of(new)))
            .decided(DecisionFile::Groups, Some(format!("module = \"{old}\"")), Some(format!("module = \"{new}\"")));
        finding.group.clone_from(new);
        all.add(finding);
    }
    renamed
}

/// Compares an operation with itself on the other side.
fn one(all: &mut Comparing<'_>, old: &Operation, new: &Operation, renamed_groups: &BTreeMap<String, String>) {
    let subject = rust_text::method(new);
    let begin = |rule, class| {
        Finding::new(rule, class, subject.clone())
            .of_operation(new)
            .was_at(pointers::operation(old))
            .at(pointers::operation(new))
    };
    let both = || keys::operation(old).into_iter().chain(keys::operation(new));
    // The lock knows its lines by method and path.
    let lock = || Some(String::new());
    if old.group != new.group && renamed_groups.get(&old.group) != Some(&new.group) {
        let finding = begin("op-group-changed", Class::Compile)
            .was(rust_text::method(old))
            .is(rust_text::method(new))
            .explains(both())
            .decided(DecisionFile::Operations, lock(), lock());
        all.add(finding);
    } else if old.name != new.name {
        let finding = begin("op-renamed", Class::Compile)
            .was(old.name.clone())
            .is(new.name.clone())
            .explains(both())
            .decided(DecisionFile::Operations, lock(), lock());
        all.add(finding);
    }
    let (old_tags, new_tags) = (tags(all.old, old), tags(all.new, new));
    if old_tags != new_tags && old.group == new.group {
        all.add(begin("op-group-respelled", Class::None).was(old_tags).is(new_tags));
    }
    if old.id != new.id && old.name == new.name {
        let id = |operation: &Operation| operation.id.clone().unwrap_or_else(|| "none".to_owned());
        all.add(begin("op-id-changed", Class::None).was(id(old)).is(id(new)));
    }
    match (&old.deprecation, &new.deprecation) {
        (None, Some(reason)) => {
            all.add(begin("op-deprecated", Class::Lint).was("in use").is("deprecated").note(reason.clone()));
        }
        (Some(_), None) => all.add(begin("op-undeprecated", Class::None).was("deprecated").is("in use")),
        _ => {}
    }
    if old.effect != new.effect {
        let finding = begin("op-effect-changed", Class::Runtime)
            .was(old.effect.label())
            .is(new.effect.label())
            .explains(keys::answer(new))
            .decided(DecisionFile::Operations, lock(), lock());
        all.add(finding);
    }
    lists(all, old, new, &begin);
    if old.log != new.log {
        let class = if new.log { Class::Extends } else { Class::Compile };
        let say = |log: bool| if log { "a log" } else { "bytes" };
        let finding = begin("op-log-changed", class)
            .was(say(old.log))
            .is(say(new.log))
            .explains(keys::answer(new))
            .decided(DecisionFile::Facts, Some("[[log]]".to_owned()), Some("[[log]]".to_owned()));
        all.add(finding);
    }
    parameters::compare(all, old, new);
    bodies::compare(all, old, new);
    answers::compare(all, old, new);
}

fn lists(all: &mut Comparing<'_>, old: &Operation, new: &Operation, begin: &dyn Fn(&'static str, Class) -> Finding) {
    let is_page = |operation: &Operation| matches!(operation.answer, Answer::Page { .. });
    match (is_page(old), is_page(new)) {
        (false, true) | (true, false) => {
            let rule = if is_page(new) { "op-became-paged" } else { "op-lost-paging" };
            let (was, is) = (rust_text::answer_type(&old.answer), rust_text::answer_type(&new.answer));
            all.add(begin(rule, Class::Compile).was(was).is(is).explains(keys::answer(new)));
        }
        (true, true) => {
            let (Some(was), Some(is)) = (&old.list, &new.list) else { return };
            // What else a list supports follows from its parameters.
            let told = |list: &List| (list.page_len, list.counts_hidden, list.size);
            if told(was) == told(is) {
                return;
            }
            let same = (was.page_len, was.counts_hidden) == (is.page_len, is.counts_hidden);
            let class = if same { Class::None } else { Class::Runtime };
            let finding = begin("op-list-changed", class)
                .was(list(was))
                .is(list(is))
                .explains(keys::answer(new))
                .decided(DecisionFile::Facts, Some("[[list]]".to_owned()), Some("[[list]]".to_owned()));
            all.add(finding);
        }
        _ => {}
    }
}

/// What a list supports, in words.
fn list(list: &List) -> String {
    let size = if list.size { "with" } else { "without" };
    let hidden = if list.counts_hidden { " that counts hidden items" } else { "" };
    format!("at most {} per page, {size} size{hidden}", list.page_len)
}

fn tags(side: &Side<'_>, operation: &Operation) -> String {
    let known =
        side.document.operations.iter().find(|known| known.method == operation.method && known.path == operation.path);
    known.map(|known| known.tags.join(", ")).unwrap_or_default()
}

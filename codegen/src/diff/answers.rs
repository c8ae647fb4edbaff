//! Answers: the type of a success, and which statuses the document lists.

use std::collections::BTreeSet;

use super::comparing::Comparing;
use super::finding::Finding;
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{keys, pointers, regular, rust_text};
use crate::model::{Answer, Operation};

/// Compares what an operation answers.
pub(super) fn compare(all: &mut Comparing<'_>, old: &Operation, new: &Operation) {
    let place = |operation: &Operation| format!("{}/responses", pointers::operation(operation));
    let begin = |rule, class| {
        Finding::new(rule, class, rust_text::method(new)).of_operation(new).was_at(place(old)).at(place(new))
    };
    let was = match &old.answer {
        Answer::Page { item, envelope } => {
            Answer::Page { item: all.pairs.rename(item), envelope: envelope.as_ref().map(|ty| all.pairs.rename(ty)) }
        }
        Answer::One(ty) => Answer::One(all.pairs.rename(ty)),
        other => other.clone(),
    };
    let is_page = |answer: &Answer| matches!(answer, Answer::Page { .. });
    // Pages that came or went are told with the operation.
    if was != new.answer && is_page(&was) == is_page(&new.answer) {
        let rule = match (&was, &new.answer) {
            (_, Answer::Nothing) => "resp-became-empty",
            (Answer::Nothing, _) => "resp-became-body",
            (Answer::Bytes, _) | (_, Answer::Bytes) => "resp-stream-changed",
            _ => "resp-type-changed",
        };
        let finding = begin(rule, Class::Compile)
            .was(rust_text::answer_type(&was))
            .is(rust_text::answer_type(&new.answer))
            .explains(keys::answer(new));
        all.add(finding);
    }
    if old.accept != new.accept {
        let say = |accept: &Option<String>| accept.clone().unwrap_or_else(|| "application/json".to_owned());
        let finding = begin("resp-media-changed", Class::Runtime).was(say(&old.accept)).is(say(&new.accept));
        all.add(finding.explains(keys::answer(new)));
    }
    let (was, is) = (statuses(all.old, old), statuses(all.new, new));
    let rules = [("resp-status-changed", '2'), ("resp-redirect-documented", '3'), ("resp-error-documented", 'e')];
    for (rule, kind) in rules {
        let of = |all: &BTreeSet<String>| {
            let own = all.iter().filter(|code| kind_of(code) == kind).cloned().collect::<Vec<_>>();
            if own.is_empty() { "none".to_owned() } else { own.join(", ") }
        };
        if of(&was) != of(&is) {
            all.add(begin(rule, Class::None).was(of(&was)).is(of(&is)));
        }
    }
}

fn kind_of(status: &str) -> char {
    match status.chars().next() {
        Some('2') => '2',
        Some('3') => '3',
        _ => 'e',
    }
}

/// The statuses that the document lists.
fn statuses(side: &Side<'_>, operation: &Operation) -> BTreeSet<String> {
    let Some(operation) = regular::operation(side, operation) else { return BTreeSet::new() };
    let codes = operation.responses.responses.keys().map(ToString::to_string);
    codes.chain(operation.responses.default.iter().map(|_| "default".to_owned())).collect()
}

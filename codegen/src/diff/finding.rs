//! A finding: one cause, what it does to the public surface, and where it stands.

use sha2::{Digest as _, Sha256};

use super::rule::{Area, EffectClass, rule};
use crate::model::{Operation, Type};

/// Which way values of a type travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In requests.
    Sent,
    /// In answers.
    Received,
    /// In both.
    Both,
}

impl Direction {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "both",
        }
    }

    /// Whether requests carry it.
    #[must_use]
    pub fn is_sent(self) -> bool {
        self != Self::Received
    }
}

/// A place in a file of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Name of the file.
    pub file: String,
    /// Line, 1-based.
    pub line: usize,
    /// Column, 1-based.
    pub column: usize,
    /// Whether the thing itself is not on this side, and the place is what it stands in.
    pub parent: bool,
}

/// The files of decisions, where a cause may lie in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecisionFile {
    Operations,
    Groups,
    Handles,
    Identifiers,
    Types,
    Facts,
    Shortcuts,
    Withdrawn,
}

/// Where a cause lies in a file of decisions; text that is in its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DecisionEntry {
    pub(super) file: DecisionFile,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// An exception that somebody has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Version of the SDK up to which it holds.
    pub until: String,
}

/// One cause and its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// What it does to users.
    pub class: EffectClass,
    /// Group of operations that it is nearest to; empty where there is none.
    pub group: String,
    /// What it is about, in terms of Rust.
    pub subject: String,
    /// What was.
    pub old: Option<String>,
    /// What is.
    pub new: Option<String>,
    /// What else is worth knowing. No part of the fingerprint.
    pub note: String,
    /// HTTP method, for operations.
    pub method: Option<String>,
    /// Path template, for operations.
    pub path: Option<String>,
    /// JSON pointer into the document of the new side, or of the old one where it is gone.
    pub pointer: Option<String>,
    /// Which way the values travel, for types.
    pub direction: Option<Direction>,
    /// Operations that it reaches, as `group.method`, sorted.
    pub reached_by: Vec<String>,
    /// Where it stood.
    pub old_spot: Option<Spot>,
    /// Where it stands, or where it would.
    pub new_spot: Option<Spot>,
    /// Lines of the public surface that are gone because of it.
    pub removed: Vec<String>,
    /// Lines of the public surface that came because of it.
    pub added: Vec<String>,
    /// Whether the hand-written extensions rely on it.
    pub relied_on: bool,
    /// Stays the same while rule, subjects and values do.
    pub fingerprint: String,
    /// Set where `spec/accepted.toml` accepts it.
    pub accepted: Option<Acceptance>,
    /// The subjects of all findings that were merged into it, its own among them; empty where none was.
    pub(super) merged: Vec<String>,
    /// Pointer on the old side, where it differs.
    pub(super) old_pointer: Option<String>,
    /// What lines of the surface it explains, the most specific first.
    pub(super) keys: Vec<String>,
    /// The type it is about, by its name on the new side, or on the old one where it is gone.
    pub(super) of_type: Option<String>,
    /// The parameter it is about, as it is sent.
    pub(super) of_parameter: Option<String>,
    /// The file of decisions that it may come from.
    pub(super) decided: Option<DecisionEntry>,
}

impl Finding {
    /// A finding without values.
    pub(super) fn new(rule: &'static str, class: EffectClass, subject: impl Into<String>) -> Self {
        Self {
            rule,
            class,
            group: String::new(),
            subject: subject.into(),
            old: None,
            new: None,
            note: String::new(),
            method: None,
            path: None,
            pointer: None,
            direction: None,
            reached_by: Vec::new(),
            old_spot: None,
            new_spot: None,
            removed: Vec::new(),
            added: Vec::new(),
            relied_on: false,
            fingerprint: String::new(),
            accepted: None,
            merged: Vec::new(),
            old_pointer: None,
            keys: Vec::new(),
            of_type: None,
            of_parameter: None,
            decided: None,
        }
    }

    pub(super) fn was(mut self, old: impl Into<String>) -> Self {
        self.old = Some(old.into());
        self
    }

    pub(super) fn is(mut self, new: impl Into<String>) -> Self {
        self.new = Some(new.into());
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(super) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    pub(super) fn was_at(mut self, pointer: impl Into<String>) -> Self {
        self.old_pointer = Some(pointer.into());
        self
    }

    pub(super) fn explains(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.keys.extend(keys);
        self
    }

    pub(super) fn of_operation(mut self, operation: &Operation) -> Self {
        self.group.clone_from(&operation.group);
        self.method = Some(operation.method.clone());
        self.path = Some(operation.path.clone());
        self.reached_by = vec![operation.qualified_name()];
        self
    }

    pub(super) fn of_parameter(mut self, wire: &str) -> Self {
        self.of_parameter = Some(wire.to_owned());
        self
    }

    pub(super) fn of_type(mut self, ty: &Type) -> Self {
        self.group.clone_from(&ty.home);
        self.of_type = Some(ty.name.clone());
        self
    }

    pub(super) fn decided(mut self, file: DecisionFile, old: Option<String>, new: Option<String>) -> Self {
        self.decided = Some(DecisionEntry { file, old, new });
        self
    }

    /// What its rule is about.
    #[must_use]
    pub fn area(&self) -> Area {
        rule(self.rule).map_or(Area::Generator, |rule| rule.area)
    }

    /// Remembers the subject of a finding that is merged into it; call it before the subject changes.
    pub(super) fn merge(&mut self, other: &Self) {
        let subjects = [self.subject.clone(), other.subject.clone()];
        self.merged.extend(subjects.into_iter().chain(other.merged.iter().cloned()));
        self.merged.sort();
        self.merged.dedup();
    }

    /// Sets the fingerprint from rule, subject and values; where findings were merged, from all of their subjects.
    pub(super) fn seal(&mut self) {
        let mut hash = Sha256::new();
        let values = [self.old.as_deref().unwrap_or("-"), self.new.as_deref().unwrap_or("-")];
        let parts = [self.rule, &self.subject].into_iter().chain(values);
        for part in parts.chain(self.merged.iter().map(String::as_str)) {
            hash.update(part.split_whitespace().collect::<Vec<_>>().join(" "));
            hash.update([0]);
        }
        self.fingerprint = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    }
}

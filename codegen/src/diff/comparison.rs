//! The whole comparison, from two sides to sorted findings.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::comparing::Comparing;
use super::finding::Finding;
use super::relied::Relied;
use super::rule::EffectClass;
use super::side::{Side, items};
use super::version::Bump;
use super::{access, effects, fields, headers, merge, operations, places, security, types, unsaid, wire};
use crate::english;

/// What is known beside the two sides.
#[derive(Debug, Clone, Default)]
pub struct Terms<'a> {
    /// The last version that was released.
    pub released: Option<&'a str>,
    /// The version of the manifest.
    pub declared: &'a str,
    /// The committed lists of the public surface, as a second opinion.
    pub lists: Option<[&'a str; 2]>,
    /// What is to be said in front.
    pub notes: Vec<String>,
    /// Why a side could not be generated strictly.
    pub refusals: Vec<Finding>,
}

/// What a report says of a side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideSummary {
    /// Revision or path.
    pub source: String,
    /// Digest of the document.
    pub sha256: String,
    /// Number of operations.
    pub operations: usize,
    /// Number of types.
    pub types: usize,
}

/// A finished comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The old side.
    pub old: SideSummary,
    /// The new side.
    pub new: SideSummary,
    /// All findings, in the order of a report.
    pub findings: Vec<Finding>,
    /// Lines of the public surface that are gone.
    pub removed: usize,
    /// Lines of the public surface that came.
    pub added: usize,
    /// What the version needs; call [`Comparison::judge`] after findings were accepted.
    pub bump: Bump,
    /// What could not be compared, or not in full.
    pub notes: Vec<String>,
    /// Decisions that do not apply, each with the side.
    pub unfit: Vec<String>,
}

/// Compares two sides.
#[must_use]
pub fn compare(old: &Side<'_>, new: &Side<'_>, terms: &Terms<'_>) -> Comparison {
    let mut all = Comparing::new(old, new);
    operations::compare(&mut all);
    types::compare(&mut all);
    wire::compare(&mut all);
    access::compare(&mut all);
    security::compare(&mut all);
    headers::compare(&mut all);
    access::compare_decisions(&mut all);
    unsaid::compare(&mut all);
    merge::shared_parameters(&mut all.findings);
    merge::inherited(&mut all.findings, old, new);
    fields::compare_what_rests_on_members(&mut all);
    reach(&mut all);
    effects::attribute(&mut all);
    let mut findings = std::mem::take(&mut all.findings);
    findings.extend(terms.refusals.iter().cloned());
    let changes = |these: &Side<'_>, those: &Side<'_>| these.surface.difference(&those.surface).cloned().collect();
    let (removed, added): (BTreeSet<String>, BTreeSet<String>) = (changes(old, new), changes(new, old));
    findings.extend(terms.lists.and_then(|lists| second_opinion(lists, &removed, &added)));
    places::locate(&mut findings, old, new);
    Relied::of(new.given.handwritten).mark(&mut findings);
    let files: Vec<&str> = [old, new]
        .iter()
        .flat_map(|side| [side.given.inputs.overlay, side.given.inputs.facts])
        .filter_map(|source| Some(source?.name))
        .collect();
    merge::of_one_decision(&mut findings, &files);
    let mut comparison = Comparison {
        old: summary(old),
        new: summary(new),
        findings,
        removed: removed.len(),
        added: added.len(),
        bump: Bump::of(&[], terms.released, terms.declared),
        notes: terms.notes.clone(),
        unfit: [old, new].iter().flat_map(|side| unfit(side)).collect(),
    };
    comparison.finish();
    comparison
}

/// The decisions that do not apply to a side.
fn unfit(side: &Side<'_>) -> Vec<String> {
    side.unfit.iter().map(|line| format!("{}: {line}", side.given.label)).collect()
}

/// A comparison in which no side but one could be read.
#[must_use]
pub fn blocked(old: &str, new: &str, terms: &Terms<'_>) -> Comparison {
    let side = |label: &str| SideSummary { source: label.to_owned(), ..SideSummary::default() };
    let mut comparison = Comparison {
        old: side(old),
        new: side(new),
        findings: terms.refusals.clone(),
        removed: 0,
        added: 0,
        bump: Bump::of(&[], terms.released, terms.declared),
        notes: terms.notes.clone(),
        unfit: Vec::new(),
    };
    comparison.finish();
    comparison
}

impl Comparison {
    /// Seals and sorts the findings.
    fn finish(&mut self) {
        for finding in &mut self.findings {
            finding.seal();
            finding.removed.sort();
            finding.added.sort();
        }
        self.findings.sort_by(|left, right| rank(left).cmp(&rank(right)));
        self.judge();
    }

    /// Judges the version anew.
    pub fn judge(&mut self) {
        self.bump = Bump::of(&self.findings, self.bump.released.as_deref(), &self.bump.declared.clone());
    }

    /// The worst class of what is not accepted.
    #[must_use]
    pub fn worst(&self) -> Option<EffectClass> {
        self.findings.iter().filter(|finding| finding.accepted.is_none()).map(|finding| finding.class).min()
    }

    /// Number of findings of a class.
    #[must_use]
    pub fn count(&self, class: EffectClass) -> usize {
        self.findings.iter().filter(|finding| finding.class == class).count()
    }
}

/// What blocks, then what the extensions rely on, then the worst; of equals in the order of groups and names.
fn rank(finding: &Finding) -> impl Ord + '_ {
    let blocks = finding.class == EffectClass::Blocks;
    let area = finding.area();
    (
        !blocks,
        !finding.relied_on,
        finding.class,
        area,
        finding.group.as_str(),
        finding.subject.as_str(),
        finding.rule,
        finding.old.as_deref(),
        finding.new.as_deref(),
    )
}

fn summary(side: &Side<'_>) -> SideSummary {
    let digest = Sha256::digest(side.given.original.text);
    SideSummary {
        source: side.given.label.to_owned(),
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        operations: side.model.operations.len(),
        types: side.model.types.len(),
    }
}

/// Fills in the operations and the direction of what is said of types.
fn reach(all: &mut Comparing<'_>) {
    let mut findings = std::mem::take(&mut all.findings);
    for finding in &mut findings {
        let Some(name) = &finding.of_type else { continue };
        let direction = all.new_reach.direction(name).or_else(|| all.old_reach.direction(name));
        let mut operations = all.new_reach.operations(name);
        if operations.is_empty() {
            operations = all.old_reach.operations(name);
        }
        (finding.direction, finding.reached_by) = (direction, operations);
    }
    all.findings = findings;
}

/// What the committed lists of the surface show and the two sides do not: hand-written code, or the generator.
fn second_opinion(lists: [&str; 2], removed: &BTreeSet<String>, added: &BTreeSet<String>) -> Option<Finding> {
    let (old, new) = (items(lists[0]), items(lists[1]));
    let gone: Vec<String> = old.difference(&new).filter(|line| !removed.contains(*line)).cloned().collect();
    let came: Vec<String> = new.difference(&old).filter(|line| !added.contains(*line)).cloned().collect();
    if gone.is_empty() && came.is_empty() {
        return None;
    }
    let class = if gone.is_empty() { EffectClass::Extends } else { EffectClass::Compile };
    let count = |lines: &[String]| english::count(lines.len(), "line", "lines");
    let mut finding = Finding::new("unexplained", class, "sdk/api.txt")
        .was(count(&gone))
        .is(count(&came))
        .note("hand-written code or the generator changed as well: read the difference of sdk/api.txt");
    (finding.removed, finding.added) = (gone, came);
    Some(finding)
}

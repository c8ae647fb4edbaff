//! What every part of a comparison has at hand, and where its findings go.

use super::finding::Finding;
use super::matching::Pairs;
use super::reach::Reach;
use super::side::Side;

/// A comparison that is under way.
#[derive(Debug)]
pub(super) struct Comparing<'s> {
    pub(super) old: &'s Side<'s>,
    pub(super) new: &'s Side<'s>,
    pub(super) pairs: Pairs<'s>,
    pub(super) old_reach: Reach,
    pub(super) new_reach: Reach,
    pub(super) findings: Vec<Finding>,
}

impl<'s> Comparing<'s> {
    pub(super) fn new(old: &'s Side<'s>, new: &'s Side<'s>) -> Self {
        Self {
            old,
            new,
            pairs: Pairs::of(&old.model, &new.model),
            old_reach: Reach::of(&old.model),
            new_reach: Reach::of(&new.model),
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether something explains this line of the surface already.
    pub(super) fn explains(&self, key: &str) -> bool {
        self.findings.iter().any(|finding| finding.keys.iter().any(|known| known == key))
    }
}

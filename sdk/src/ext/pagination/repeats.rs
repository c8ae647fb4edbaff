//! Recognises pages that came before: by their position, their number or, where they have none, their body.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::meta::PageMeta;
use super::token::PagePosition;

/// Bytes at each end of a body that are compared.
const SAMPLE: usize = 16 * 1024;

/// The pages that came, as hashes.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashSet<u64>);

impl Repeats {
    /// Records a page; `false` if it came before, or if its `next` link leads to one that did.
    #[inline]
    pub(super) fn is_new(&mut self, position: &PagePosition, page: &PageMeta, body: &[u8]) -> bool {
        let mut fresh = self.0.insert(hash(&("position", position)));
        if let Some(number) = page.page {
            fresh &= self.0.insert(hash(&("number", number)));
        } else if page.next.is_none() && page.count > 0 {
            // A list that ignores the number of the page would be given again and again.
            let tail = body.len().saturating_sub(SAMPLE);
            let ends = (body.get(..SAMPLE.min(body.len())), body.get(tail..), body.len());
            fresh &= self.0.insert(hash(&("body", ends)));
        }
        if let Some(next) = &page.next {
            fresh &= !self.0.contains(&hash(&("position", PagePosition::Link(next.clone()))));
        }
        fresh
    }
}

#[inline]
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

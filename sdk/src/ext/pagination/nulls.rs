//! Items that are `null`. They are left out, but the service counts them; so the end of a list and its tokens are
//! computed from positions that include them.

/// Positions of the items of a page that are `null`.
#[derive(Debug, Default)]
pub(super) struct NullItems(Vec<u64>);

impl NullItems {
    /// From positions that are 0-based and in ascending order.
    #[inline]
    pub(super) fn new(positions: Vec<u64>) -> Self {
        Self(positions)
    }

    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The index among the items without nulls of a position on the page.
    #[inline]
    pub(super) fn index(&self, position: u64) -> usize {
        let nulls = self.0.iter().take_while(|null| **null < position).count();
        usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(nulls)
    }

    /// The position on the page of an item.
    #[inline]
    pub(super) fn position(&self, index: usize) -> u64 {
        self.0.iter().fold(index as u64, |position, null| if *null <= position { position + 1 } else { position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_nulls_and_indexes_do_not() {
        // Items at 1, 4 and 5.
        let nulls = NullItems(vec![0, 2, 3]);
        let indexes: Vec<_> = (0..8).map(|position| nulls.index(position)).collect();
        assert_eq!(indexes, [0, 0, 1, 1, 1, 2, 3, 4]);
        let positions: Vec<_> = (0..4).map(|index| nulls.position(index)).collect();
        assert_eq!(positions, [1, 4, 5, 6]);
        assert_eq!((NullItems::default().index(7), NullItems::default().position(7)), (7, 7));
        assert_eq!(NullItems::default().index(u64::MAX), usize::MAX);
    }
}

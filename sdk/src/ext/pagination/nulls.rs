//! Items that are `null`. They are not given, but the service counts them, and so places on a page do: pages end, and
//! tokens go on, by places.

/// Places of the items of a page that are `null`.
#[derive(Debug, Default)]
pub(super) struct NullItems(Vec<u64>);

impl NullItems {
    /// Of places that are counted from 0 and ascend.
    #[inline]
    pub(super) fn new(places: Vec<u64>) -> Self {
        Self(places)
    }

    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// How many items stand before a place of the page.
    #[inline]
    pub(super) fn index(&self, place: u64) -> usize {
        let nulls = self.0.iter().take_while(|null| **null < place).count();
        usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(nulls)
    }

    /// The place of an item on the page.
    #[inline]
    pub(super) fn place(&self, index: usize) -> u64 {
        self.0.iter().fold(index as u64, |place, null| if *null <= place { place + 1 } else { place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_items_are_told_apart() {
        // Items at 1, 4 and 5.
        let nulls = NullItems(vec![0, 2, 3]);
        let indexes: Vec<_> = (0..8).map(|place| nulls.index(place)).collect();
        assert_eq!(indexes, [0, 0, 1, 1, 1, 2, 3, 4]);
        let places: Vec<_> = (0..4).map(|index| nulls.place(index)).collect();
        assert_eq!(places, [1, 4, 5, 6]);
        assert_eq!((NullItems::default().index(7), NullItems::default().place(7)), (7, 7));
        assert_eq!(NullItems::default().index(u64::MAX), usize::MAX);
    }
}

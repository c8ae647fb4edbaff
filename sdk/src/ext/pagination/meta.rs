//! What a page tells about itself and its list, apart from its items.

/// What a page tells about itself and the list.
#[derive(Debug, Clone, Default)]
pub(super) struct PageMeta {
    pub(super) next: Option<String>,
    pub(super) page: Option<u64>,
    pub(super) page_len: Option<u64>,
    pub(super) size: Option<u64>,
    /// Items on the page, including those that are `null`.
    pub(super) count: u64,
}

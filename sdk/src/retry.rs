//! When a call is sent again.

mod after;

pub(crate) use after::retry_after;

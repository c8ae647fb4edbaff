//! The vendored document: the same inputs give the same files, nothing gets lost, and each correction is still needed.

mod completeness;
mod corrections;
mod inputs;
mod order;

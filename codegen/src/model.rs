//! The API as the SDK has it: what emitters read.

pub mod names;

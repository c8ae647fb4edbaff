//! The scripts of workflows, run for real: in a repository of its own, with a `gh` that remembers what it was asked for,
//! and a `cargo xtask` that is the built one.

#![cfg(unix)]

mod checks;
mod comment;
mod diff;
mod place;
mod update;

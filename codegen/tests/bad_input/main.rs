//! What the generator says to inputs that it cannot turn into a client: one error, with its place and what to do.
//!
//! Each test changes one thing in a document that is fine otherwise.

mod addresses;
mod decisions;
mod document;
mod facts;
mod given;
mod hostile;
mod identifiers;
mod names;
mod operations;
mod overlay;
mod schemas;
mod sending;
mod shortcuts;
mod types;

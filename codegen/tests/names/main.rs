//! The names that are locked in `spec/`, held to the rules; and the rules, held to the names.

mod method_names;
mod modules;
mod rules;
mod type_names;

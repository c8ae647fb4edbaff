//! The commands as a person runs them: exit codes, messages, and what is on the disk afterwards.

mod check;
mod copy;
mod decisions;
mod documents;
mod foreign;
mod help;
mod model;
mod others_folder;
mod out;
mod passes;
mod refusals;
mod run;
mod spec_diff;
mod terminal;
mod update;

//! The commands as a person runs them: exit codes, messages, and what is on the disk afterwards.

mod check;
mod foreign;
mod help;
mod out;
mod passes;
mod refusals;
mod run;
mod terminal;

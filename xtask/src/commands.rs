//! One file per command.

pub(crate) mod api;
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod generate;
pub(crate) mod model;
pub(crate) mod passes;

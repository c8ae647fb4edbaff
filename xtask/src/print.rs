//! Prints for readers that may leave early: `cargo xtask passes | head` is no mistake.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stderr, stdout};

use anyhow::{Context as _, Result};

/// Writes a line to standard output.
///
/// # Errors
/// A full disk and the like; a reader that has gone is none.
pub(crate) fn line(text: impl Display) -> Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("write: standard output: cannot be written to"),
    }
}

/// Writes a line to standard error, if anybody reads there.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

//! Prints without failing when the reader has gone: `cargo xtask passes | head` is no mistake.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _, stderr, stdout};

use anyhow::{Context as _, Result};

/// Writes a line to standard output.
///
/// # Errors
/// A full disk and the like; a closed pipe is none.
pub(crate) fn line(text: impl Display) -> Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("write: standard output: cannot be written to"),
    }
}

/// Writes a line to standard error; failures are ignored.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

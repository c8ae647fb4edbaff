//! Keeps panic messages off the terminal.
//!
//! progenitor panics on what it does not support; the generator catches that and reports it as an error with its place.
//! Any other panic is a bug of ours and is reported as one line, in the form of every other error.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

static LAST: Mutex<String> = Mutex::new(String::new());

/// Runs `command`; a panic becomes an error.
pub(crate) fn caught<T>(command: impl FnOnce() -> Result<T>) -> Result<T> {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let payload = panic.payload();
        let text =
            payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        let reason = text.and_then(|text| text.lines().next()).unwrap_or("no reason given");
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: panicked: {reason}");
    }));
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        bail!("xtask: {last}; report this as a bug")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_line_with_its_place() {
        let error = caught(|| -> Result<()> { panic!("first\nsecond") }).unwrap_err().to_string();
        // The other tests of this binary print their panics as usual.
        drop(std::panic::take_hook());
        assert!(error.starts_with("xtask: ") && error.contains("panics.rs:"), "{error}");
        assert!(error.ends_with(": panicked: first; report this as a bug"), "{error}");
    }
}

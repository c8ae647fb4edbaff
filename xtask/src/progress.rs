//! Shows at a terminal which phase runs and how long each took.

use std::io::IsTerminal as _;
use std::time::Instant;

use bitbucket_codegen::Phase;

/// Measures phases; silent unless standard error is a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    begun: Instant,
    current: Option<(Phase, Instant)>,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), begun: Instant::now(), current: None }
    }

    /// Notes that a phase begins, and with that the end of the one before.
    pub(crate) fn phase(&mut self, phase: Phase) {
        if let Some((last, since)) = self.current.take() {
            self.line(&format!("{:<10} {:>6.0} ms", label(last), since.elapsed().as_secs_f64() * 1000.0));
        }
        if phase != Phase::Done {
            self.current = Some((phase, Instant::now()));
        }
    }

    /// Prints a line.
    pub(crate) fn line(&self, text: &str) {
        if self.shown {
            crate::print::note(format_args!("  {text}"));
        }
    }

    /// Prints how long everything took.
    pub(crate) fn total(&self) {
        self.line(&format!("{:<10} {:>6.0} ms", "total", self.begun.elapsed().as_secs_f64() * 1000.0));
    }
}

fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::Read => "read",
        Phase::Document => "document",
        Phase::Model => "model",
        Phase::Emit => "emit",
        Phase::Done => "done",
    }
}

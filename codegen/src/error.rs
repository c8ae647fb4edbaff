//! The one error of the generator: which step refused what, where, and what to do about it.
//!
//! The text has the form `pass: place: problem; hint`, so that a maintainer can go straight to the line.

use std::fmt;

use crate::source::Source;

/// Where in an input a problem lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Name of the input, usually a path.
    pub file: String,
    /// Line in that input, 1-based, where it is known.
    pub line: Option<usize>,
    /// JSON pointer into the document, or the name of an action or entry.
    pub pointer: String,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        Ok(())
    }
}

/// A generation that did not happen. Nothing has been written when this is returned.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.line())]
pub struct Error {
    /// The step that refused: a pass, `read`, `overlay`, `progenitor`, `print`.
    pub pass: String,
    /// Where the offending input lies.
    pub place: Box<Location>,
    /// What is wrong.
    pub problem: String,
    /// What the maintainer can do.
    pub hint: String,
}

impl Error {
    /// One line, whatever names the document has: what a terminal obeys is escaped.
    fn line(&self) -> String {
        let text = format!("{}: {}: {}; {}", self.pass, self.place, self.problem, self.hint);
        let mut line = String::with_capacity(text.len());
        for char in text.chars() {
            match char {
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => line.extend(char.escape_unicode()),
                char if char.is_control() => line.extend(char.escape_default()),
                char => line.push(char),
            }
        }
        line
    }

    /// An error at a JSON pointer of the document.
    pub fn at(
        pass: impl Into<String>,
        source: &Source<'_>,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let pointer = pointer.into();
        Self {
            pass: pass.into(),
            place: Box::new(Location { file: source.name.to_owned(), line: source.line_of_pointer(&pointer), pointer }),
            problem: problem.into(),
            hint: hint.into(),
        }
    }

    /// An error at a line of an input that is no JSON document.
    pub fn in_line(
        pass: impl Into<String>,
        source: &Source<'_>,
        line: Option<usize>,
        subject: impl Into<String>,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            pass: pass.into(),
            place: Box::new(Location { file: source.name.to_owned(), line, pointer: subject.into() }),
            problem: problem.into(),
            hint: hint.into(),
        }
    }
}

//! `spec/accepted.toml`: findings that somebody has accepted, with a reason and an end.

use serde::Deserialize;
use toml::Spanned;

use super::finding::{Acceptance, Finding};
use super::version::Version;
use crate::error::Error;
use crate::source::Source;

const PASS: &str = "accepted";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedEntry {
    /// The fingerprint, as the report prints it.
    pub fingerprint: String,
    /// Why it may be.
    pub reason: String,
    /// Version of the SDK up to which it holds.
    pub until: String,
    /// Its line.
    #[serde(skip)]
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptedFile {
    #[serde(default)]
    accepted: Vec<Spanned<AcceptedEntry>>,
}

/// Reads the file.
///
/// # Errors
/// A file of another form, an empty reason, an end that is no version, a fingerprint that is listed twice.
pub fn read(source: &Source<'_>) -> Result<Vec<AcceptedEntry>, Error> {
    let file: AcceptedFile = toml::from_str(source.text).map_err(|error| {
        let line = error.span().map(|span| source.line_of_offset(span.start));
        let hint = "an entry is [[accepted]] with fingerprint, reason and until";
        Error::in_line(PASS, source, line, "", error.message().to_owned(), hint)
    })?;
    let mut entries: Vec<AcceptedEntry> = Vec::new();
    for entry in file.accepted {
        let line = source.line_of_offset(entry.span().start);
        let entry = AcceptedEntry { line, ..entry.into_inner() };
        let refuse = |problem: &str, hint: &str| Err(refusal(source, &entry, problem, hint));
        if entry.reason.trim().is_empty() {
            return refuse("the reason is empty", "say why users can live with it");
        }
        if Version::parse(&entry.until).is_none() {
            return refuse("`until` is no version", "write the version of the SDK up to which it holds, such as 0.4.0");
        }
        if entries.iter().any(|known| known.fingerprint == entry.fingerprint) {
            return refuse("the fingerprint is listed twice", "keep one entry");
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Marks what is accepted. `known` are entries of the old side: they were looked at before, and need not match again.
///
/// # Errors
/// An entry that matches nothing, or has ended.
pub fn apply(
    findings: &mut [Finding],
    source: &Source<'_>,
    entries: &[AcceptedEntry],
    known: &[AcceptedEntry],
    version: &str,
) -> Result<(), Error> {
    for entry in entries {
        let mut matching = findings.iter_mut().filter(|finding| finding.fingerprint == entry.fingerprint).peekable();
        if matching.peek().is_none() {
            if known.iter().any(|old| old.fingerprint == entry.fingerprint) {
                continue;
            }
            let problem = "it matches no finding";
            let hint = "copy the fingerprint from `cargo xtask spec diff --format json`, or delete the entry";
            return Err(refusal(source, entry, problem, hint));
        }
        let ended = match (Version::parse(version), Version::parse(&entry.until)) {
            (Some(version), Some(until)) => version > until,
            _ => false,
        };
        if ended {
            let problem = format!("it held until {}, and this is {version}", entry.until);
            return Err(refusal(source, entry, &problem, "delete it, or accept the finding again"));
        }
        for finding in matching {
            finding.accepted = Some(Acceptance { reason: entry.reason.clone(), until: entry.until.clone() });
        }
    }
    Ok(())
}

fn refusal(source: &Source<'_>, entry: &AcceptedEntry, problem: &str, hint: &str) -> Error {
    Error::in_line(PASS, source, Some(entry.line), format!("`{}`", entry.fingerprint), problem, hint)
}

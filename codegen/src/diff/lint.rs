//! What is due in `spec/`, although everything generates: texts to write, names to look at, dates that are over.

use super::side::Side;
use crate::read::overlay;
use crate::source::Source;

/// Stands where somebody still has to write a text.
pub const TO_WRITE: &str = "[to be written]";

/// Stands before a text whose place has changed.
pub const TO_REVIEW: &str = "[to be reviewed]";

/// The line of an entry whose name was derived and that somebody has to look at.
const REVIEW: &str = "review = true";

/// One thing that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// Stable name of what it is.
    pub kind: &'static str,
    /// File, and line where it is known.
    pub place: String,
    /// What it is about, and what to do.
    pub text: String,
    /// Whether something has to be done; the others are there to be known.
    pub due: bool,
}

/// Everything that is due. `today` is a date such as `2026-08-20`.
#[must_use]
pub fn lint(side: &Side<'_>, today: &str) -> Vec<DueItem> {
    let mut found = Vec::new();
    let mut add = |kind, place: String, text: String, due| found.push(DueItem { kind, place, text, due });
    let document = &side.given.original;
    let line = |pointer: &str| {
        let line = document.line_of_pointer(pointer).map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line}", document.name)
    };
    for operation in &side.model.operations {
        let name = operation.qualified_name();
        let pointer = super::pointers::operation(operation);
        let summary = operation.summary.trim();
        if summary.is_empty() || summary.starts_with(TO_WRITE) {
            add("prose-missing", line(&pointer), format!("`{name}` has no summary; write one"), true);
        }
        let ended = operation.deprecation.as_deref().and_then(|reason| last_date(reason)).filter(|date| *date < today);
        if let Some(date) = ended {
            let text = format!("`{name}` ended on {date}: remove it in the overlay, and list it in withdrawn.toml");
            add("deprecation-over", line(&pointer), text, true);
        }
    }
    for described in side.derived.iter().filter(|line| line.starts_with("no description of")) {
        add("prose-missing", document.name.to_owned(), format!("{described}; write one"), true);
    }
    for derived in side.derived.iter().filter_map(|line| line.strip_prefix("derived: ")) {
        let text = format!("{derived} is not locked; add it to the file");
        add("name-not-locked", side.given.inputs.operations.name.to_owned(), text, true);
    }
    let inputs = &side.given.inputs;
    for (place, name) in marked(&inputs.operations) {
        add("name-to-review", place, format!("`{name}`: it was derived; look at it and take the line away"), true);
    }
    for (mark, kind, what) in [
        (TO_WRITE, "prose-to-write", "write a text of our own"),
        (
            TO_REVIEW,
            "prose-to-review",
            "the facts of its place have changed; see that it is true, and take the mark away",
        ),
    ] {
        let lines = document.text.lines().enumerate().filter(|(_, line)| line.contains(&format!("\"{mark}")));
        for (index, _) in lines {
            add(kind, format!("{}:{}", document.name, index + 1), what.to_owned(), true);
        }
    }
    let overlay_place = |source: &Source<'_>, line: Option<usize>| format!("{}:{}", source.name, line.unwrap_or(1));
    if let Some(source) = &inputs.overlay {
        for name in overlay::absorbed(&side.raw, source) {
            let text = format!("action `{name}`: upstream now says it; delete it");
            add("correction-absorbed", overlay_place(source, source.line_of_action(&name)), text, true);
        }
    }
    for (schema, reason) in &side.document.dropped {
        let pointer = side.document.pointer_of(schema);
        let place = match (side.document.added.get(&pointer), &inputs.overlay) {
            (Some(action), Some(source)) => {
                let entry = format!("{schema}:");
                overlay_place(source, source.line_in_action(action, |line| line.trim() == entry))
            }
            _ => line(&pointer),
        };
        add("schema-unreached", place, format!("`{schema}`: {reason}"), false);
    }
    found
}

/// The names of the lock that are marked for review, each with the place of its mark.
fn marked<'t>(lock: &Source<'t>) -> Vec<(String, &'t str)> {
    let mut name = "";
    let mut found = Vec::new();
    for (index, line) in lock.text.lines().enumerate() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value.trim_matches('"');
        } else if line.trim() == REVIEW {
            found.push((format!("{}:{}", lock.name, index + 1), name));
        }
    }
    found
}

/// The date on which something ends, by its text: `on 2026-08-20`, `until 2026-08-20`.
fn last_date(text: &str) -> Option<&str> {
    let is_date = |word: &&str| {
        let parts: Vec<&str> = word.split('-').collect();
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
    };
    let dates = ["on ", "until "].into_iter().flat_map(|before| text.split(before).skip(1));
    dates.filter_map(|rest| rest.get(..10)).filter(is_date).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_date_of_a_text() {
        assert_eq!(last_date("Announced on 2026-01-31, works until 2026-08-20."), Some("2026-08-20"));
        assert_eq!(last_date("Deprecated from 2026-11-01, without an end."), None);
        assert_eq!(last_date("Ends on 2026-08, or on CHANGE-2770"), None);
    }

    #[test]
    fn marked_names() {
        let text = "[[operation]]\nname = \"get_a\"\n\n[[operation]]\nname = \"get_b\"\nreview = true\n";
        assert_eq!(marked(&Source { name: "a.toml", text }), [("a.toml:6".to_owned(), "get_b")]);
    }
}

//! What lies in `spec/` and wants the eyes of a person, though it generates: for `cargo xtask spec lint`.

use crate::error::{Error, Location};
use crate::inputs::Inputs;
use crate::model::{self, Model};
use crate::source::Source;
use crate::update::{TO_REVIEW, TO_WRITE, misfits};
use crate::{Prepared, document, prepare};

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lint {
    /// Whether it is to be mended; otherwise it is only good to know.
    pub is_open: bool,
    /// Which kind of thing it is.
    pub rule: &'static str,
    /// The place and what to do, as one line.
    pub text: String,
}

/// Looks at the decisions and the document; `today` is a date such as `2026-07-31`.
///
/// # Errors
/// What cannot be generated for another reason than a decision that does not fit.
pub fn lint(inputs: &Inputs<'_>, today: &str) -> Result<Vec<Lint>, Error> {
    let unfit = misfits(inputs)?;
    let mut found: Vec<Lint> = unfit.iter().map(|misfit| open("decision-unfit", misfit.to_string())).collect();
    found.extend(marked(&inputs.document));
    found.extend(under_review(&inputs.operations));
    // What follows is known only of a document that all decisions fit.
    if unfit.is_empty() {
        let Prepared { document, decisions, .. } = prepare(inputs, None, &mut |_| {})?;
        let context = document::Context { source: &inputs.document, inputs, decisions: &decisions };
        let built = model::build(&document, &context)?;
        found.extend(built.derived.iter().map(|note| open("undecided", note.clone())));
        found.extend(document.dropped.iter().map(|(schema, reason)| Lint {
            is_open: false,
            rule: "schema-unreached",
            text: format!("{schema}: {reason}"),
        }));
        found.extend(past(&built.model, today));
        let wordless = built.model.operations.iter().filter(|operation| operation.summary.trim().is_empty());
        found.extend(
            wordless
                .map(|operation| open("prose-missing", format!("{}: it has no summary; write one", operation.origin))),
        );
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn open(rule: &'static str, text: String) -> Lint {
    Lint { is_open: true, rule, text }
}

fn at(source: &Source<'_>, line: usize, subject: &str) -> Location {
    Location { file: source.name.to_owned(), line: Some(line), pointer: subject.to_owned() }
}

/// Texts that an update has left to a person.
fn marked(document: &Source<'_>) -> Vec<Lint> {
    let lines = document.text.lines().enumerate();
    let marked = lines.filter_map(|(index, line)| {
        let (rule, what) = match line {
            line if line.contains(&format!("\"{TO_WRITE}")) => ("prose-placeholder", "write a text of our own"),
            line if line.contains(&format!("\"{TO_REVIEW}")) => (
                "prose-review",
                "the facts of its place have changed: see that the text is true, and take the mark away",
            ),
            _ => return None,
        };
        Some(open(rule, format!("{}: {what}", at(document, index + 1, ""))))
    });
    marked.collect()
}

/// Names that nobody has read yet.
fn under_review(lock: &Source<'_>) -> Vec<Lint> {
    let mut name = "";
    let mut found = Vec::new();
    for (index, line) in lock.text.lines().enumerate() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value.trim_matches('"');
        } else if line.trim() == "review = true" {
            let place = at(lock, index + 1, &format!("`{name}`"));
            found.push(open("name-review", format!("{place}: the name is derived: read it, and take the line away")));
        }
    }
    found
}

/// Deprecated operations whose end, as the reason tells it, is over.
fn past(model: &Model, today: &str) -> Vec<Lint> {
    let ended = model.operations.iter().filter_map(|operation| {
        let reason = operation.deprecation.as_deref()?;
        let end = dates(reason).into_iter().max()?;
        // A month is over when the next has begun.
        (end.as_str() < today.get(..end.len()).unwrap_or(today)).then(|| {
            let text = format!(
                "{}: deprecated until {end}: if the service no longer answers, it goes to spec/withdrawn.toml",
                operation.origin
            );
            open("deprecation-past", text)
        })
    });
    ended.collect()
}

/// The dates in a text: `2026-07` or `2026-07-31`.
fn dates(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_ascii_digit() && sign != '-');
    let is_date = |word: &&str| {
        let parts: Vec<_> = word.split('-').map(str::len).collect();
        parts == [4, 2] || parts == [4, 2, 2]
    };
    words.map(|word| word.trim_matches('-')).filter(is_date).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_in_sentences() {
        assert_eq!(dates("Ends on 2026-08-20; see CHANGE-2770, 1-2."), ["2026-08-20"]);
        assert_eq!(dates("From 2026-04 to 2027-01 in steps."), ["2026-04", "2027-01"]);
        assert!(dates("Use the other one, version 2.0.").is_empty());
    }

    #[test]
    fn marks_are_told_with_their_lines() {
        let text = "{\n  \"description\": \"[to be written]\",\n  \"summary\": \"[to be reviewed] Old.\"\n}";
        let found: Vec<_> =
            marked(&Source { name: "d.json", text }).into_iter().map(|lint| (lint.rule, lint.text)).collect();
        assert!(found[0].0 == "prose-placeholder" && found[0].1.starts_with("d.json:2: write"), "{found:?}");
        assert!(found[1].0 == "prose-review" && found[1].1.starts_with("d.json:3: the facts"), "{found:?}");
        let lock = Source { name: "l.toml", text: "[[operation]]\nname = \"get_x\"\nreview = true\n" };
        assert_eq!(
            under_review(&lock)[0].text,
            "l.toml:3 `get_x`: the name is derived: read it, and take the line away"
        );
    }
}

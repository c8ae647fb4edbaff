//! Finds every decision that no longer fits a document, not only the first.
//!
//! The generator stops at the first one and says where it is and what to do. So each is noted, taken out and the document
//! tried again. What is taken out becomes empty lines, so that the lines of all others stay what they are in the file.

use super::lock;
use crate::document::{Context, Document, OperationInfo};
use crate::error::{Error, Location};
use crate::inputs::Inputs;
use crate::model::Model;
use crate::source::Source;

/// More than these are not looked for: the decisions are then about another document.
const MOST: usize = 400;

/// A decision that no longer fits, in the words of the generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// File, line and name of the entry.
    pub place: Location,
    /// What does not fit.
    pub problem: String,
    /// What to write instead.
    pub hint: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.problem, self.hint)
    }
}

/// Every decision that does not fit the document it is about.
///
/// # Errors
/// What the generator refuses for another reason.
pub fn misfits(inputs: &Inputs<'_>) -> Result<Vec<Misfit>, Error> {
    find(inputs).map(|(misfits, ..)| misfits)
}

/// The misfits, the operations without an entry in the lock, and the lock with entries for them.
type Found = (Vec<Misfit>, Vec<(String, String)>, String);

/// Tries the decisions on a document.
pub(super) fn find(inputs: &Inputs<'_>) -> Result<Found, Error> {
    let mut texts = DecisionTexts::of(inputs);
    let mut misfits = Vec::new();
    loop {
        match build(&texts.inputs(inputs)) {
            Ok((document, model)) => {
                let (named, operations) = lock::extend(inputs.operations.text, &document, &model);
                misfits.iter_mut().for_each(|misfit| say_where_it_went(misfit, inputs, &document));
                misfits.sort_by(|one: &Misfit, other| {
                    (&one.place.file, one.place.line, &one.problem).cmp(&(
                        &other.place.file,
                        other.place.line,
                        &other.problem,
                    ))
                });
                return Ok((misfits, named, operations));
            }
            Err(error) => {
                if misfits.len() == MOST || !texts.take_out(inputs, &error.place) {
                    return Err(error);
                }
                misfits.push(Misfit { place: *error.place, problem: error.problem, hint: error.hint });
            }
        }
    }
}

fn build(inputs: &Inputs<'_>) -> Result<(Document, Model), Error> {
    let prepared = crate::prepare(inputs, None, &mut |_| {})?;
    let context = Context { source: &inputs.document, inputs, decisions: &prepared.decisions };
    let model = crate::model::build(&prepared.document, &context)?.model;
    Ok((prepared.document, model))
}

/// An operation that only moved keeps its entry: its id, or its path but for the names of parameters, is still there.
fn say_where_it_went(misfit: &mut Misfit, inputs: &Inputs<'_>, document: &Document) {
    if misfit.place.file != inputs.operations.name {
        return;
    }
    let Some((id, (method, path))) = misfit.place.line.and_then(|line| lock::entry_at(inputs.operations.text, line))
    else {
        return;
    };
    let known = |moved: &&OperationInfo| {
        let same_path = moved.method == method && blank(&moved.path) == blank(&path);
        same_path || moved.upstream.as_ref().is_some_and(|upstream| *upstream == id)
    };
    let moved = document.operations.iter().filter(|moved| (&moved.method, &moved.path) != (&method, &path)).find(known);
    if let Some(OperationInfo { method, path, .. }) = moved {
        misfit.hint = format!(
            "upstream moved it to {method} {path}: write that into the entry, so that the method keeps its name"
        );
    }
}

/// The path without the names of its parameters.
fn blank(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// The files of decisions, each with entries taken out.
struct DecisionTexts([String; 8]);

impl DecisionTexts {
    fn of(inputs: &Inputs<'_>) -> Self {
        let text = |source: Option<Source<'_>>| source.map(|source| source.text.to_owned()).unwrap_or_default();
        Self(Self::sources(inputs).map(text))
    }

    fn sources<'a>(inputs: &Inputs<'a>) -> [Option<Source<'a>>; 8] {
        let Inputs { overlay, operations, handles, identifiers, types, facts, shortcuts, withdrawn, .. } = *inputs;
        let all = [operations, handles, identifiers, types, shortcuts, withdrawn].map(Some);
        let [operations, handles, identifiers, types, shortcuts, withdrawn] = all;
        [overlay, facts, operations, handles, identifiers, types, shortcuts, withdrawn]
    }

    fn inputs<'a>(&'a self, inputs: &Inputs<'a>) -> Inputs<'a> {
        let [overlay, facts, operations, handles, identifiers, types, shortcuts, withdrawn] = &self.0;
        let with = |source: Source<'a>, text: &'a String| Source { text, ..source };
        Inputs {
            overlay: inputs.overlay.map(|source| with(source, overlay)),
            facts: inputs.facts.map(|source| with(source, facts)),
            operations: with(inputs.operations, operations),
            handles: with(inputs.handles, handles),
            identifiers: with(inputs.identifiers, identifiers),
            types: with(inputs.types, types),
            shortcuts: with(inputs.shortcuts, shortcuts),
            withdrawn: with(inputs.withdrawn, withdrawn),
            ..*inputs
        }
    }

    /// Takes the entry at a place out; `false` if it is none of a file of decisions.
    fn take_out(&mut self, inputs: &Inputs<'_>, place: &Location) -> bool {
        let sources = Self::sources(inputs);
        let file = sources.iter().position(|source| source.is_some_and(|source| source.name == place.file));
        let (Some(file), Some(line)) = (file, place.line) else { return false };
        let lines: Vec<&str> = self.0[file].lines().collect();
        let (begin, end) = if file == 0 { action_at(&lines, line - 1) } else { entry_at(&lines, line - 1) };
        if lines.get(begin..end).is_none_or(|entry| entry.iter().all(|line| line.is_empty())) {
            return false;
        }
        let kept = lines.iter().enumerate().map(|(index, line)| if (begin..end).contains(&index) { "" } else { line });
        self.0[file] = kept.fold(String::new(), |text, line| text + line + "\n");
        true
    }
}

/// The lines of the action of an overlay that has the line at `index`: its list item, up to the next.
fn action_at(lines: &[&str], index: usize) -> (usize, usize) {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let begins = |line: &str| line.trim_start().starts_with("- ");
    let outer = lines.iter().filter(|line| begins(line)).map(|line| indent(line)).min().unwrap_or_default();
    let begins = |line: &str| begins(line) && indent(line) == outer;
    let begin = (0..=index).rev().find(|at| lines.get(*at).is_some_and(|line| begins(line))).unwrap_or(index);
    let end = (begin + 1..lines.len()).find(|at| begins(lines[*at])).unwrap_or(lines.len());
    (begin, end)
}

/// The lines of the TOML entry that has the line at `index`: a table of an array with what belongs to it, or one key.
fn entry_at(lines: &[&str], index: usize) -> (usize, usize) {
    let header = (0..=index).rev().find(|at| lines.get(*at).is_some_and(|line| line.starts_with('[')));
    let Some((begin, name)) = header.and_then(|at| Some((at, lines[at].strip_prefix("[[")?))) else {
        return (index, key_ends(lines, index));
    };
    let name = name.split(']').next().unwrap_or_default();
    let inner = format!("[[{name}.");
    let belongs = |line: &str| !line.starts_with('[') || line.starts_with(&inner);
    let end = (begin + 1..lines.len()).find(|at| !belongs(lines[*at])).unwrap_or(lines.len());
    (begin, end)
}

/// The end of a key whose value may be a list or a table over several lines.
fn key_ends(lines: &[&str], begin: usize) -> usize {
    let mut depth = 0_isize;
    for (index, line) in lines.iter().enumerate().skip(begin) {
        for sign in line.chars() {
            match sign {
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                _ => {}
            }
        }
        if depth <= 0 {
            return index + 1;
        }
    }
    lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_ends_where_the_next_begins() {
        let lines: Vec<_> = "[[a]]\nx = 1\n[[a.b]]\ny = 2\n\n[[a]]\nx = 3\n[t]\nk = [\n 1,\n]\nl = 2".lines().collect();
        assert_eq!(entry_at(&lines, 1), (0, 5));
        assert_eq!(entry_at(&lines, 6), (5, 7));
        assert_eq!(entry_at(&lines, 8), (8, 11));
        assert_eq!(entry_at(&lines, 11), (11, 12));
    }

    #[test]
    fn an_action_ends_where_the_next_begins() {
        let lines: Vec<_> =
            "actions:\n  - x-name: a\n    update:\n      - 1\n  - x-name: b\n    remove: true".lines().collect();
        assert_eq!(action_at(&lines, 3), (1, 4));
        assert_eq!(action_at(&lines, 5), (4, 6));
    }
}

//! Places: the line of a JSON pointer, and whether the cause stands in the document, in an action of the overlay or in an
//! entry of another file.

use jsonc_parser::ast::Value as Node;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::finding::{DecisionEntry, DecisionFile, Finding, Spot};
use super::pointers::at;
use super::side::Side;
use crate::read::overlay::OverlayEntry;
use crate::source::Source;

/// A JSON text whose places can be looked up many times.
struct JsonLines<'t> {
    text: &'t str,
    root: Option<Node<'t>>,
    starts: Vec<usize>,
}

impl<'t> JsonLines<'t> {
    fn of(text: &'t str) -> Self {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, root: parsed.ok().and_then(|parsed| parsed.value), starts }
    }

    /// Line and column of the node, or of the nearest one above it.
    fn find(&self, pointer: &str, file: &str) -> Option<Spot> {
        let mut node = self.root.as_ref()?;
        let (mut offset, mut parent) = (node.range().start, false);
        for token in pointer.trim_start_matches('#').split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let child = match node {
                Node::Object(object) => {
                    let mut properties = object.properties.iter();
                    properties
                        .find(|property| property.name.as_str() == token)
                        .map(|property| (&property.value, property.range.start))
                }
                Node::Array(array) => {
                    let element = token.parse::<usize>().ok().and_then(|index| array.elements.get(index));
                    element.map(|element| (element, element.range().start))
                }
                _ => None,
            };
            let Some((child, start)) = child else {
                parent = true;
                break;
            };
            (node, offset) = (child, start);
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let begin = self.starts.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(begin..offset).map_or(0, |text| text.chars().count()) + 1;
        Some(Spot { file: file.to_owned(), line, column, parent })
    }
}

/// Fills in where each finding stood and stands.
pub(super) fn locate(findings: &mut [Finding], old: &Side<'_>, new: &Side<'_>) {
    let sides = Sides {
        changed: [changed(old, new), changed(new, old)],
        lines: [JsonLines::of(old.given.original.text), JsonLines::of(new.given.original.text)],
        sides: [old, new],
    };
    for finding in findings {
        // A refusal has its place already.
        if finding.pointer.is_none() && finding.decided.is_none() {
            continue;
        }
        let was = finding.old_pointer.clone().or_else(|| finding.pointer.clone());
        let is = finding.pointer.clone();
        let came = finding.old.is_none();
        let gone = finding.new.is_none();
        if !came {
            finding.old_spot = sides.spot(0, was.as_deref(), is.as_deref(), finding);
        }
        finding.new_spot = sides.spot(1, is.as_deref(), was.as_deref(), finding);
        if gone && let Some(spot) = &mut finding.new_spot {
            spot.parent = true;
        }
        if came && finding.old_pointer.is_some() {
            finding.old_spot = sides.spot(0, was.as_deref(), is.as_deref(), finding);
        }
    }
}

/// The actions of one overlay that the other has not, has otherwise, or could not apply.
fn changed<'s>(side: &'s Side<'_>, other: &Side<'_>) -> Vec<&'s OverlayEntry> {
    let known = |action: &OverlayEntry| {
        other.actions.iter().any(|own| own.name == action.name && own.content == action.content)
            && other.applied.iter().any(|applied| applied.name == action.name)
    };
    side.actions.iter().filter(|action| !known(action)).collect()
}

struct Sides<'s> {
    sides: [&'s Side<'s>; 2],
    changed: [Vec<&'s OverlayEntry>; 2],
    lines: [JsonLines<'s>; 2],
}

impl Sides<'_> {
    fn spot(&self, which: usize, pointer: Option<&str>, other: Option<&str>, finding: &Finding) -> Option<Spot> {
        let side = self.sides[which];
        let decided = finding.decided.as_ref().and_then(|entry| decision(side, which, entry, finding));
        let Some(pointer) = pointer else { return decided };
        if let Some(spot) = self.action(which, pointer, true) {
            return Some(spot);
        }
        let raw = |which: usize, pointer: Option<&str>| at(&self.sides[which].raw, pointer?);
        let same = raw(which, Some(pointer)) == raw(1 - which, other);
        if same && let Some(spot) = self.action(which, pointer, false).or(decided) {
            return Some(spot);
        }
        self.lines[which].find(pointer, side.given.original.name)
    }

    /// The changed action that touches a node: `exactly` it or what it is in, else something within it.
    fn action(&self, which: usize, pointer: &str, exactly: bool) -> Option<Spot> {
        let side = self.sides[which];
        let overlay = side.given.inputs.overlay?;
        let within = |inner: &str, outer: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        let touches = |action: &&&OverlayEntry| {
            let Some(applied) = side.applied.iter().find(|applied| applied.name == action.name) else { return false };
            let hit = |node: &str| if exactly { within(pointer, node) } else { within(node, pointer) };
            if applied.added.iter().any(|node| hit(node)) {
                return true;
            }
            applied.pointers.iter().any(|target| match &action.update {
                None => hit(target),
                Some(_) if !exactly => hit(target),
                Some(update) => {
                    let rest = pointer.strip_prefix(target.as_str());
                    rest.is_some_and(|rest| rest.starts_with('/') && changes(update, rest))
                }
            })
        };
        let action = self.changed[which].iter().find(touches)?;
        Some(Spot { file: overlay.name.to_owned(), line: action.line?, column: 1, parent: false })
    }
}

/// Whether an update writes something at a place below its target.
fn changes(update: &Value, rest: &str) -> bool {
    let mut node = update;
    for token in rest.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        match node.get(&token) {
            Some(child) => node = child,
            None => return !node.is_object(),
        }
    }
    true
}

/// The line of an entry in a file of decisions.
fn decision(side: &Side<'_>, which: usize, entry: &DecisionEntry, finding: &Finding) -> Option<Spot> {
    let inputs = &side.given.inputs;
    let source: Source<'_> = match entry.file {
        DecisionFile::Operations => inputs.operations,
        DecisionFile::Groups => inputs.groups,
        DecisionFile::Handles => inputs.handles,
        DecisionFile::Identifiers => inputs.identifiers,
        DecisionFile::Types => inputs.types,
        DecisionFile::Facts => inputs.facts?,
        DecisionFile::Shortcuts => inputs.shortcuts,
        DecisionFile::Withdrawn => inputs.withdrawn,
    };
    let text = if which == 0 { &entry.old } else { &entry.new };
    let text = text.as_deref()?;
    let line = match (entry.file, text) {
        (DecisionFile::Operations, "") => {
            let key = (finding.method.clone()?, finding.path.clone()?);
            side.decisions.operations.entries.get(&key)?.line
        }
        (DecisionFile::Shortcuts, _) => {
            let owner = finding.of_type.as_deref()?;
            let mut entries = side.decisions.shortcuts.iter();
            let name = text.strip_prefix("name = \"")?.strip_suffix('"')?;
            entries.find(|entry| entry.owner == owner && entry.name == name)?.line(&source)?
        }
        _ => source.line_containing(text)?,
    };
    Some(Spot { file: source.name.to_owned(), line, column: 1, parent: false })
}

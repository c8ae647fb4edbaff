//! The mappings of a YAML document. Values and the contents of lists are left out, and an alias is the place that it
//! stands for, so a configuration that repeats itself many times stays as small as its text.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{Event, Parser};

pub(super) struct Outline {
    nodes: Vec<Node>,
    root: usize,
}

enum Node {
    Other,
    List(Vec<usize>),
    Mapping(Vec<(Rc<str>, usize)>),
}

/// Everything that is neither a mapping nor a list.
const OTHER: usize = 0;

impl Outline {
    /// Reads the first document; the error is a line and a column, both 1-based.
    #[inline]
    pub(super) fn read(text: &str) -> Result<Self, (usize, usize)> {
        let mut outline = Self { nodes: vec![Node::Other], root: OTHER };
        // The node of an anchor, and its text if it may be a key.
        let mut anchors: HashMap<_, (usize, Rc<str>)> = HashMap::new();
        // What is open, and the key in it that has no value yet.
        let mut open: Vec<(usize, Option<Rc<str>>)> = Vec::new();
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, _) = event.map_err(|error| (error.marker().line(), error.marker().col() + 1))?;
            let (node, key) = match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    continue;
                }
                Event::Scalar(key, _, anchor, _) => {
                    let scalar = (OTHER, Rc::from(key));
                    anchors.insert(anchor, scalar.clone());
                    scalar
                }
                Event::Alias(anchor) => anchors.get(&anchor).cloned().unwrap_or_default(),
                Event::SequenceStart(_, anchor, _) => {
                    anchors.insert(anchor, (outline.nodes.len(), Rc::default()));
                    open.push((outline.nodes.len(), None));
                    outline.nodes.push(Node::List(Vec::new()));
                    continue;
                }
                Event::MappingStart(_, anchor, _) => {
                    anchors.insert(anchor, (outline.nodes.len(), Rc::default()));
                    open.push((outline.nodes.len(), None));
                    outline.nodes.push(Node::Mapping(Vec::new()));
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some((node, _)) => (node, Rc::default()),
                    None => continue,
                },
                _ => continue,
            };
            outline.add(&mut open, node, key, documents);
        }
        Ok(outline)
    }

    /// Adds a node to what is open, as an item, a key or a value.
    #[inline]
    fn add(&mut self, open: &mut [(usize, Option<Rc<str>>)], node: usize, text: Rc<str>, document: usize) {
        let Some((parent, pending)) = open.last_mut() else {
            if document == 1 {
                self.root = node;
            }
            return;
        };
        match self.nodes.get_mut(*parent) {
            Some(Node::List(items)) => items.push(node),
            Some(Node::Mapping(entries)) => match pending.take() {
                Some(key) => entries.push((key, node)),
                None => *pending = Some(text),
            },
            _ => {}
        }
    }

    /// The document, if it is a mapping.
    #[inline]
    pub(super) fn root(&self) -> Option<usize> {
        matches!(self.nodes.get(self.root), Some(Node::Mapping(_))).then_some(self.root)
    }

    /// The value of a key; of a key that comes twice, the last.
    #[inline]
    pub(super) fn get(&self, mapping: usize, key: &str) -> Option<usize> {
        self.entries(mapping).into_iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The keys of a mapping in alphabetical order; none if it is something else.
    #[inline]
    pub(super) fn keys(&self, mapping: usize) -> Vec<&str> {
        let mut keys: Vec<_> = self.entries(mapping).into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The entries of a mapping, those that count most first: its own from the last on, then what is merged into it.
    #[inline]
    fn entries(&self, mapping: usize) -> Vec<(&str, usize)> {
        // A mapping may be merged into itself.
        let (mut found, mut level, mut seen) = (Vec::new(), vec![mapping], HashSet::new());
        while !level.is_empty() {
            let mut merged = Vec::new();
            for node in level.into_iter().filter(|node| seen.insert(*node)) {
                let Some(Node::Mapping(entries)) = self.nodes.get(node) else { continue };
                for (key, value) in entries.iter().rev() {
                    match (&**key, self.nodes.get(*value)) {
                        ("<<", Some(Node::List(items))) => merged.extend(items),
                        ("<<", _) => merged.push(*value),
                        (key, _) => found.push((key, *value)),
                    }
                }
            }
            level = merged;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_most_is_found() {
        let text = "a: &a {x: [], z: {a: 1}}\nb: &b {x: {b: 1}, y: {}}\nc:\n  y: {c: 1}\n  <<: [*b, *a]\n  y: {d: 1}\n";
        let outline = Outline::read(text).unwrap();
        let c = outline.get(outline.root().unwrap(), "c").unwrap();
        assert_eq!(outline.keys(c), ["x", "y", "z"]);
        for (key, keys) in [("x", "b"), ("y", "d"), ("z", "a")] {
            assert_eq!(outline.keys(outline.get(c, key).unwrap()), [keys], "{key}");
        }
        assert!(outline.get(c, "<<").is_none());
    }

    #[test]
    fn repetition_costs_nothing_and_depth_is_bounded() {
        let mut bomb = "a0: &a0 {x: 1}\n".to_owned();
        for level in 1..64 {
            let below = level - 1;
            bomb += &format!("a{level}: &a{level} {{<<: [*a{below}, *a{below}], y: [*a{below}, *a{below}]}}\n");
        }
        let outline = Outline::read(&bomb).unwrap();
        let last = outline.get(outline.root().unwrap(), "a63").unwrap();
        assert_eq!(outline.keys(last), ["x", "y"]);
        // A long text that is a key again and again.
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "{*a : 1},".repeat(20_000));
        assert!(Outline::read(&text).is_ok());
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
            let _ = Outline::read(&(open.repeat(100_000) + &close.repeat(100_000)));
        }
    }

    #[test]
    fn what_is_no_mapping_has_no_root() {
        for text in ["", "a", "[a: b]", "--- a\n--- {a: b}\n"] {
            assert!(Outline::read(text).is_ok_and(|outline| outline.root().is_none()), "{text}");
        }
    }
}

//! A named input text, and the line of a JSON pointer in it.
//!
//! The text is parsed again to find a line. That is cheap enough, because it happens only when an error is reported.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// A text, and its name in messages.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Usually the path relative to the workspace.
    pub name: &'a str,
    /// The whole text.
    pub text: &'a str,
}

impl Source<'_> {
    /// The line (1-based) on which the value at `pointer` begins; the nearest existing ancestor stands in for a node
    /// that only the overlay added. `None` when the text is not JSON.
    #[must_use]
    pub fn line_of_pointer(&self, pointer: &str) -> Option<usize> {
        let parsed = parse_to_ast(self.text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
        let mut node = parsed.value?;
        let mut offset = start(&node);
        for token in pointer.trim_start_matches('#').split('/').skip(1) {
            let token = unescape(token);
            let child = match node {
                Value::Object(object) => {
                    object.properties.into_iter().find(|property| name(&property.name) == token).map(|property| {
                        offset = property.range.start;
                        property.value
                    })
                }
                Value::Array(array) => token
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| array.elements.into_iter().nth(index))
                    .inspect(|element| offset = start(element)),
                _ => None,
            };
            match child {
                Some(child) => node = child,
                None => break,
            }
        }
        Some(self.line_of_offset(offset))
    }

    /// The line (1-based) of a byte offset.
    #[must_use]
    pub fn line_of_offset(&self, offset: usize) -> usize {
        // The standard library's own search is fast without optimisation of this crate, too.
        self.text.match_indices('\n').take_while(|(at, _)| *at < offset).count() + 1
    }

    /// The line (1-based) of the first line that contains `needle`.
    #[must_use]
    pub fn line_containing(&self, needle: &str) -> Option<usize> {
        self.text.lines().position(|line| line.contains(needle)).map(|index| index + 1)
    }

    /// The line (1-based) of an overlay that names the action.
    #[must_use]
    pub fn line_of_action(&self, action: &str) -> Option<usize> {
        self.text.lines().position(|line| name_of_action(line) == Some(action)).map(|index| index + 1)
    }

    /// The first line of an action for which `is_it` holds, after the one with its name; else that one.
    #[must_use]
    pub fn line_in_action(&self, action: &str, is_it: impl Fn(&str) -> bool) -> Option<usize> {
        let begin = self.line_of_action(action)?;
        let mut lines = self.text.lines().skip(begin).take_while(|line| name_of_action(line).is_none());
        Some(lines.position(is_it).map_or(begin, |index| begin + index + 1))
    }
}

/// The name of an action, whether its mapping has a line for each key or is in braces.
fn name_of_action(line: &str) -> Option<&str> {
    let (_, name) = line.split_once("x-name:")?;
    let name = name.split([',', '}', '#']).next().unwrap_or_default();
    Some(name.trim().trim_matches(['"', '\'']))
}

/// `a/b~c` as one token of a JSON pointer.
#[must_use]
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

fn name<'n>(name: &'n ObjectPropName<'_>) -> &'n str {
    name.as_str()
}

fn start(value: &Value<'_>) -> usize {
    use jsonc_parser::common::Ranged;
    value.range().start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_found_by_its_whole_name() {
        let text = "actions:\n  - target: $.a\n    x-name: ids-of-users\n    update:\n      a: 1\n\n  - x-name: \"ids\"\n    \
                    update:\n      b: 1\n  - {target: $.c, x-name: last, remove: true}\n";
        let source = Source { name: "t.yaml", text };
        let line = |action| source.line_in_action(action, |line| line.trim() == "b: 1");
        assert_eq!((line("ids-of-users"), line("ids"), line("last"), line("id")), (Some(3), Some(9), Some(10), None));
    }

    #[test]
    fn a_pointer_leads_to_its_line() {
        let source =
            Source { name: "t.json", text: "{\n  \"paths\": {\n    \"/a/{b}\": [\n      1,\n      2\n    ]\n  }\n}\n" };
        assert_eq!(source.line_of_pointer("#/paths/~1a~1{b}/1"), Some(5));
        assert_eq!(source.line_of_pointer("#/paths/~1a~1{b}/missing"), Some(3));
        assert_eq!(source.line_of_pointer(""), Some(1));
    }

    #[test]
    fn a_text_that_is_not_json_has_no_lines_to_tell() {
        let source = Source { name: "t", text: "{" };
        assert_eq!(source.line_of_pointer("#/a"), None);
    }
}

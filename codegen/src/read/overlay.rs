//! Applies an OpenAPI Overlay 1.1 to the document, strictly.
//!
//! An action that matches nothing, or that finds another value than its `x-expect` says, is an error that names it:
//! upstream has moved, and a correction that no longer applies must be looked at, not skipped.

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::error::Error;
use crate::source::{Source, escape};
use expect::expect_fits;
use extensions::{nearest, unknown_extension};
use update::{delete, update_node};

mod expect;
mod extensions;
mod update;

const PASS: &str = "overlay";

/// What to do about an action that finds something else than it expects.
const CHANGED: &str =
    "upstream has changed: check whether the correction is still needed, then adapt x-expect or delete the action";
/// The same where the document has all that the action would add.
const ABSORBED: &str = "upstream now says what the action says: delete it";

/// One action as written; the members beyond OpenAPI's are ours and required.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    target: String,
    /// Part of the format; it is for the readers of the file.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
    copy: Option<String>,
    #[serde(rename = "x-name")]
    name: String,
    #[serde(rename = "x-reason")]
    reason: String,
    #[serde(rename = "x-expect")]
    expect: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    overlay: String,
    /// Required by the format.
    #[serde(rename = "info")]
    _info: Value,
    /// The document that is corrected; which one it is, the caller decides.
    #[serde(default, rename = "extends")]
    _extends: Option<String>,
    actions: Vec<Action>,
}

/// What an applied action did, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The action's `x-name`.
    pub name: String,
    /// The action's `x-reason`.
    pub reason: String,
    /// JSON pointers of the nodes it changed.
    pub pointers: Vec<String>,
    /// JSON pointers of the members that are there because of it.
    pub added: Vec<String>,
}

/// An action as a comparison of two overlays needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlayEntry {
    /// The action's `x-name`.
    pub name: String,
    /// Line of its name.
    pub line: Option<usize>,
    /// What it merges into its targets.
    pub update: Option<Value>,
    /// Target, expectation and change as one text: equal for two actions that do the same.
    pub content: String,
}

/// The actions of an overlay, without applying them.
///
/// # Errors
/// A text that is no overlay.
pub fn entries(overlay: &Source<'_>) -> Result<Vec<OverlayEntry>, Error> {
    let entries = parse(overlay)?.actions.into_iter().map(|action| {
        let Action { target, update, remove, copy, name, expect, .. } = action;
        let content = format!("{target} {expect} {update:?} {remove} {copy:?}");
        OverlayEntry { line: overlay.line_of_action(&name), name, update, content }
    });
    Ok(entries.collect())
}

/// Applies every action of `overlay` to `document` in order.
///
/// # Errors
/// The first action that cannot be applied; the document is then in an undefined state and must be dropped.
pub fn apply(document: &mut Value, overlay: &Source<'_>) -> Result<Vec<Applied>, Error> {
    let mut seen = std::collections::BTreeSet::new();
    parse(overlay)?
        .actions
        .into_iter()
        .map(|action| {
            if !seen.insert(action.name.clone()) {
                return Err(refuse(overlay, &action.name, "two actions have this name", "give each its own x-name"));
            }
            apply_action(document, action, overlay)
        })
        .collect()
}

/// Applies the actions that fit; also returns why the others do not.
///
/// # Errors
/// A text that is no overlay.
pub fn apply_fitting(document: &mut Value, overlay: &Source<'_>) -> Result<(Vec<Applied>, Vec<Error>), Error> {
    let (mut applied, mut left_out) = (Vec::new(), Vec::new());
    for action in parse(overlay)?.actions {
        match apply_action(document, action, overlay) {
            Ok(done) => applied.push(done),
            Err(error) => left_out.push(error),
        }
    }
    Ok((applied, left_out))
}

/// Names of the actions whose change the document has already, with the actions before each applied.
#[must_use]
pub fn absorbed(document: &Value, overlay: &Source<'_>) -> Vec<String> {
    let Ok(parsed) = parse(overlay) else { return Vec::new() };
    let mut document = document.clone();
    let mut found = Vec::new();
    for action in parsed.actions {
        let targets = locate(&document, &action.target, &action.name, overlay).unwrap_or_default();
        let is_done = match &action.update {
            Some(update) => {
                let says =
                    |tokens: &Vec<String>| document.pointer(&pointer(tokens)).is_some_and(|node| holds(node, update));
                !targets.is_empty() && targets.iter().all(says)
            }
            None => action.remove && targets.is_empty(),
        };
        if is_done {
            found.push(action.name.clone());
        }
        // What does not fit is another error's business.
        let _ = apply_action(&mut document, action, overlay);
    }
    found
}

/// Whether a node has everything that an update would bring; texts count only where it brings nothing else.
fn holds(node: &Value, update: &Value) -> bool {
    let texts = !has_facts(update);
    has_all(node, update, texts)
}

fn has_all(node: &Value, update: &Value, texts: bool) -> bool {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => update.iter().all(|(key, value)| {
            let own = node.get(key);
            own.is_some_and(|own| (!texts && is_prose(key)) || has_all(own, value, texts))
        }),
        (Value::Array(node), Value::Array(update)) => update.iter().all(|value| node.contains(value)),
        (Value::Array(node), value) => node.iter().any(|own| has_all(own, value, texts)),
        (node, value) => node == value,
    }
}

/// Whether there is anything in it but texts for readers.
fn has_facts(update: &Value) -> bool {
    match update {
        Value::Object(object) => object.iter().any(|(key, value)| !is_prose(key) && has_facts(value)),
        _ => true,
    }
}

fn is_prose(key: &str) -> bool {
    matches!(key, "description" | "summary" | "title")
}

fn parse(overlay: &Source<'_>) -> Result<Overlay, Error> {
    // As in YAML 1.2, `no` and `on` are words: enums are full of them.
    let options = serde_saphyr::options! { strict_booleans: true };
    let parsed: Overlay = serde_saphyr::from_str_with_options(overlay.text, options).map_err(|error| {
        Error::in_line(
            PASS,
            overlay,
            error.location().map(|location| location.line() as usize),
            "",
            format!("not a readable overlay: {}", reason(&error)),
            "every action needs target, x-name, x-reason, x-expect and one of update, remove, copy",
        )
    })?;
    if parsed.overlay != "1.1" && !parsed.overlay.starts_with("1.1.") {
        return Err(Error::in_line(
            PASS,
            overlay,
            overlay.line_containing("overlay:"),
            "",
            format!("overlay version {} is not supported", parsed.overlay),
            "write `overlay: 1.1.0`",
        ));
    }
    Ok(parsed)
}

/// The first line without the position, which stands in front already.
fn reason(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let reason = line.strip_prefix("error: line ").and_then(|rest| Some(rest.split_once(": ")?.1)).unwrap_or(line);
    reason.split(" at line ").next().unwrap_or(reason).to_owned()
}

fn refuse(overlay: &Source<'_>, name: &str, problem: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::in_line(PASS, overlay, overlay.line_of_action(name), format!("action `{name}`"), problem, hint)
}

fn locate(document: &Value, query: &str, name: &str, overlay: &Source<'_>) -> Result<Vec<Vec<String>>, Error> {
    let path = JsonPath::parse(query).map_err(|error| {
        refuse(overlay, name, format!("`{query}` is no JSONPath: {error}"), "RFC 9535 is the grammar")
    })?;
    let found = path.query_located(document);
    Ok(found
        .locations()
        .map(|location| {
            let tokens = location.iter().map(|element| match element {
                PathElement::Name(name) => (*name).to_owned(),
                PathElement::Index(index) => index.to_string(),
            });
            tokens.collect()
        })
        .collect())
}

fn pointer(tokens: &[String]) -> String {
    tokens.iter().fold(String::new(), |text, token| format!("{text}/{}", escape(token)))
}

fn apply_action(document: &mut Value, action: Action, overlay: &Source<'_>) -> Result<Applied, Error> {
    let Action { target, update, remove, copy, name, reason, expect, .. } = action;
    let refuse = |problem: String, hint: &str| refuse(overlay, &name, problem, hint);
    if usize::from(update.is_some()) + usize::from(remove) + usize::from(copy.is_some()) != 1 {
        return Err(refuse(
            "exactly one of update, remove and copy is needed".to_owned(),
            "split it into actions that do one thing each",
        ));
    }
    if reason.trim().is_empty() {
        return Err(refuse("x-reason is empty".to_owned(), "say what is wrong upstream and how that is known"));
    }
    let names = target.ends_with(".properties") || target.ends_with(".headers");
    if let Some(key) = update.as_ref().and_then(|update| unknown_extension(update, names)) {
        let problem = format!("nothing reads the key `{key}`");
        return Err(refuse(problem, &format!("did you mean `{}`?", nearest(key))));
    }
    let mut targets = locate(document, &target, &name, overlay)?;
    if targets.is_empty() {
        return Err(refuse(
            format!("`{target}` matches nothing"),
            "upstream has moved or mended it: adapt the target or delete the action",
        ));
    }
    for tokens in &targets {
        let node = document.pointer(&pointer(tokens)).unwrap_or(&Value::Null);
        expect_fits(&expect, node, &format!("#{}", pointer(tokens))).map_err(|problem| {
            let absorbed = update.as_ref().is_some_and(|update| holds(node, update));
            refuse(problem, if absorbed { ABSORBED } else { CHANGED })
        })?;
    }
    let addition = match (update, copy) {
        (Some(value), _) => Some(value),
        (None, Some(source)) => {
            let sources = locate(document, &source, &name, overlay)?;
            let [only] = sources.as_slice() else {
                return Err(refuse(
                    format!("`{source}` matches {} nodes", sources.len()),
                    "copy takes a path of exactly one node",
                ));
            };
            document.pointer(&pointer(only)).cloned()
        }
        (None, None) => None,
    };
    // Later array elements first, so that removing one does not move the next.
    targets.sort_by_key(|tokens| std::cmp::Reverse(natural(tokens)));
    // A path may select a node twice, as `$.list[0, -1]` does in a list of one.
    targets.dedup();
    let mut added = Vec::new();
    for tokens in &targets {
        let at = pointer(tokens);
        let done = match &addition {
            None => delete(document, tokens),
            Some(value) => document
                .pointer_mut(&at)
                .ok_or_else(|| "is gone".to_owned())
                .and_then(|node| update_node(node, value, &format!("#{at}"), &mut added)),
        };
        done.map_err(|problem| refuse(format!("at #{at}: {problem}"), "see Overlay 1.1, Action Object"))?;
    }
    targets.reverse();
    let pointers = targets.iter().map(|tokens| format!("#{}", pointer(tokens))).collect();
    Ok(Applied { name, reason, pointers, added })
}

/// Tokens with numbers padded, so that index 10 sorts after 9.
fn natural(tokens: &[String]) -> Vec<String> {
    tokens
        .iter()
        .map(|token| token.parse::<u64>().map_or_else(|_| token.clone(), |number| format!("{number:020}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(document: Value, actions: &str) -> Result<Value, String> {
        let text = format!("overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}");
        let mut document = document;
        apply(&mut document, &Source { name: "o.yaml", text: &text }).map_err(|error| error.to_string())?;
        Ok(document)
    }

    #[test]
    fn update_merges_objects_and_concatenates_arrays() {
        let mended = run(
            json!({"a": {"enum": ["x"], "keep": true, "old": 2}}),
            "- {target: $.a, x-name: n, x-reason: r, x-expect: {enum: [x], keep: true, new: null}, update: {enum: [y, no, on], old: 3, new: {b: 1}}}",
        );
        assert_eq!(mended, Ok(json!({"a": {"enum": ["x", "y", "no", "on"], "keep": true, "old": 3, "new": {"b": 1}}})));
    }

    #[test]
    fn remove_takes_every_match_and_copy_takes_one() {
        let mended = run(
            json!({"list": [{"n": 1}, {"n": 2}, {"n": 1}], "from": {"x": 1}, "to": {}}),
            "- {target: '$.list[?@.n==1]', x-name: drop, x-reason: r, x-expect: {n: 1}, remove: true}\n- {target: $.to, x-name: copy, x-reason: r, x-expect: {x: null}, copy: $.from}",
        );
        assert_eq!(mended, Ok(json!({"list": [{"n": 2}], "from": {"x": 1}, "to": {"x": 1}})));
    }

    #[test]
    fn a_member_is_removed_and_the_others_keep_their_order() {
        let mended = run(
            json!({"a": {"x": 1, "y": 2, "z": 3}, "b": [[1, 2], 3]}),
            "- {target: $.a.x, x-name: drop, x-reason: r, x-expect: 1, remove: true}\n- {target: '$.b[0][1]', x-name: entry, x-reason: r, x-expect: 2, remove: true}",
        );
        assert_eq!(mended.map(|value| value.to_string()), Ok(r#"{"a":{"y":2,"z":3},"b":[[1],3]}"#.to_owned()));
    }

    #[test]
    fn a_node_that_is_selected_twice_is_changed_once() {
        let action =
            |change: &str| format!("- {{target: '$.a[0, -3]', x-name: n, x-reason: r, x-expect: {{n: 1}}, {change}}}");
        let document = json!({"a": [{"n": 1, "list": []}, {"n": 2}, {"n": 3}]});
        let removed = run(document.clone(), &action("remove: true"));
        assert_eq!(removed, Ok(json!({"a": [{"n": 2}, {"n": 3}]})));
        let updated = run(document, &action("update: {list: [x]}"));
        assert_eq!(updated, Ok(json!({"a": [{"n": 1, "list": ["x"]}, {"n": 2}, {"n": 3}]})));
    }

    #[test]
    fn members_may_be_called_like_an_extension() {
        let update = |target: &str| {
            let text = format!(
                "- {{target: $.a.{target}, x-name: n, x-reason: r, x-expect: {{}}, update: {{x-limit: {{type: string}}}}}}"
            );
            run(json!({"a": {"properties": {}, "headers": {}, "schema": {}}}), &text)
        };
        for target in ["properties", "headers"] {
            assert!(update(target).is_ok(), "{target}");
        }
        assert!(update("schema").unwrap_err().contains("nothing reads the key `x-limit`"));
    }

    #[test]
    fn entries_are_all_actions_with_their_lines() {
        let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n\
            - x-name: one\n  x-reason: r\n  target: $.a\n  x-expect: {}\n  update: {b: 1}\n\
            - x-name: two\n  x-reason: r\n  target: $.b\n  x-expect: {}\n  remove: true\n";
        let found = entries(&Source { name: "o.yaml", text }).unwrap();
        let found: Vec<_> = found.into_iter().map(|entry| (entry.name, entry.line, entry.update)).collect();
        assert_eq!(found, [("one".to_owned(), Some(4), Some(json!({"b": 1}))), ("two".to_owned(), Some(9), None)]);
    }

    #[test]
    fn actions_that_fit_are_applied_beside_those_that_do_not() {
        let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n\
            - {target: $.a, x-name: fits, x-reason: r, x-expect: {}, update: {b: 1}}\n\
            - {target: $.gone, x-name: late, x-reason: r, x-expect: {}, remove: true}\n\
            - {target: $.a, x-name: also, x-reason: r, x-expect: {b: 1}, update: {c: 2}}\n";
        let mut document = json!({"a": {}});
        let (applied, left_out) = apply_fitting(&mut document, &Source { name: "o.yaml", text }).unwrap();
        assert_eq!(document, json!({"a": {"b": 1, "c": 2}}));
        assert_eq!(applied.iter().map(|done| done.name.as_str()).collect::<Vec<_>>(), ["fits", "also"]);
        assert_eq!(left_out.len(), 1);
        assert!(left_out[0].to_string().contains("action `late`"));
    }

    #[test]
    fn an_action_that_matches_nothing_is_named() {
        let error =
            run(json!({}), "- target: $.a\n  x-name: mend-a\n  x-reason: r\n  x-expect: {b: 1}\n  remove: true");
        assert_eq!(
            error,
            Err("overlay: o.yaml:5 action `mend-a`: `$.a` matches nothing; upstream has moved or mended it: adapt the target or delete the action".to_owned())
        );
    }

    #[test]
    fn what_upstream_says_already_is_absorbed() {
        let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n\
            - {target: $.a, x-name: typed, x-reason: r, x-expect: {type: null}, update: {type: b, description: own}}\n\
            - {target: $.a, x-name: told, x-reason: r, x-expect: {description: x}, update: {description: y}}\n\
            - {target: $.gone, x-name: drop, x-reason: r, x-expect: {}, remove: true}\n\
            - {target: $.a, x-name: stays, x-reason: r, x-expect: {description: z}, remove: true}\n\
            - {target: $.gone, x-name: copied, x-reason: r, x-expect: {}, copy: $.a}\n\
            - {target: $.a, x-name: open, x-reason: r, x-expect: {c: null}, update: {c: 1}}\n";
        let document = json!({"a": {"type": "b", "description": "x"}});
        assert_eq!(absorbed(&document, &Source { name: "o.yaml", text }), ["typed", "drop"]);
    }

    #[test]
    fn an_unexpected_old_value_is_named_with_its_place() {
        let error = run(
            json!({"a": {"b": 2}}),
            "- {target: $.a, x-name: mend-a, x-reason: r, x-expect: {b: 1}, update: {b: 3}}",
        );
        assert!(error.unwrap_err().contains("at #/a/b: 2 where x-expect has 1"));
    }
}

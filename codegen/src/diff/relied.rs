//! What the hand-written extensions rely on, read from their sources: types that they name, members and methods that they
//! use. Nothing has to be listed by hand, so nothing can be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::rule::EffectClass;
use super::rust_text::request;

/// The code of each file of the extensions, without comments, and its words.
#[derive(Debug)]
pub(super) struct Relied<'s> {
    files: Vec<(String, BTreeSet<&'s str>)>,
}

impl<'s> Relied<'s> {
    pub(super) fn of(handwritten: &'s BTreeMap<String, String>) -> Self {
        let ext = handwritten.iter().filter(|(path, _)| path.as_str() == "src/ext.rs" || path.starts_with("src/ext/"));
        let words = |text: &'s str| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect::<BTreeSet<_>>()
        };
        let code = |text: &str| {
            let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
            lines.join("\n")
        };
        Self { files: ext.map(|(_, text)| (code(text), words(text))).collect() }
    }

    /// Whether the extensions rely on what a finding is about.
    pub(super) fn relies_on(&self, finding: &Finding) -> bool {
        if let (Some(_), Some((group, rest))) = (&finding.method, finding.subject.split_once("().")) {
            let name = rest.split(['(', '.']).next().unwrap_or(rest);
            let request = request(name);
            let call = format!(".{name}(");
            let struct_name = super::rust_text::request(group);
            return self.files.iter().any(|(code, words)| {
                let of_group = code.contains(&format!("{group}::"))
                    || code.contains(&format!("{group}()"))
                    || words.iter().any(|word| word.strip_prefix("Repository") == Some(struct_name.as_str()));
                of_group && (code.contains(&call) || words.contains(request.as_str()) && words.contains("requests"))
            });
        }
        let Some(path) = finding.subject.strip_prefix("types::") else { return false };
        let mut parts = path.split([':', '.']).filter(|part| !part.is_empty());
        let (ty, member) = (parts.next().unwrap_or_default(), parts.next());
        let old = (finding.rule == "type-renamed").then_some(finding.old.as_deref()).flatten();
        self.files.iter().any(|(_, words)| {
            let named = words.contains(ty) || old.is_some_and(|old| words.contains(old));
            // What may come as a state or variant is looked at as a whole.
            let whole = finding.rule.starts_with("enum-") || finding.rule.starts_with("union-");
            named && (whole || member.is_none_or(|member| words.contains(member)))
        })
    }

    /// Marks the findings that a reviewer must see first.
    pub(super) fn mark(&self, findings: &mut [Finding]) {
        for finding in findings {
            // What is new breaks nothing, unless it is a value or variant that nobody has looked at yet.
            let matters = match finding.class {
                EffectClass::Extends => matches!(finding.rule, "enum-value-added" | "union-branch-added"),
                EffectClass::None => finding.rule == "resp-redirect-documented",
                _ => true,
            };
            finding.relied_on = matters && self.relies_on(finding);
        }
    }
}

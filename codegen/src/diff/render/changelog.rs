//! The section of a changelog: what users of the crate see, in their words, by group; what breaks with what to write instead.

use std::collections::BTreeMap;

use super::cells;
use crate::diff::comparison::Comparison;
use crate::diff::finding::Finding;
use crate::diff::rule::EffectClass;

/// The section as Markdown; empty where users see no difference.
#[must_use]
pub fn changelog(comparison: &Comparison) -> String {
    let sections = [
        ("Breaking", EffectClass::Compile),
        ("Changed", EffectClass::Runtime),
        ("Added", EffectClass::Extends),
        ("Deprecated", EffectClass::Lint),
    ];
    let mut text = String::new();
    for (title, class) in sections {
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for finding in comparison.findings.iter().filter(|finding| finding.class == class) {
            groups.entry(&finding.group).or_default().push(sentence(finding));
        }
        if groups.is_empty() {
            continue;
        }
        text.push_str(&format!("{}### {title}\n\n", if text.is_empty() { "" } else { "\n" }));
        for (group, sentences) in groups {
            let name = if group.is_empty() { "everywhere" } else { group };
            text.push_str(&format!("- **{name}**\n"));
            text.extend(sentences.iter().map(|sentence| format!("  - {sentence}\n")));
        }
    }
    text
}

/// What happened, and what to write instead.
fn sentence(finding: &Finding) -> String {
    let (old, new) = cells::values(finding);
    let subject = format!("`{}`", finding.subject);
    let (owner, member) = parts(&finding.subject);
    match finding.rule {
        "op-added" => format!("{subject} is new: `{new}`."),
        "op-removed" => format!("{subject} is gone: Bitbucket no longer has `{old}`. Nothing takes its place."),
        "op-renamed" => {
            format!("`{}` is now called {subject}: write `{new}` instead of `{old}`.", renamed(&finding.subject, &old))
        }
        "op-group-changed" | "op-moved" => format!("{subject} was `{old}`: write it instead."),
        "op-deprecated" => format!("{subject}: {}.", finding.note.trim_end_matches('.')),
        "param-added-required" => {
            format!("`{owner}` asks for `{member}`, which is sent in the {new}: add the argument.")
        }
        "param-became-required" => {
            format!("`{owner}` asks for `{member}`: pass it as an argument instead of setting it.")
        }
        "param-became-optional" => {
            format!("`{owner}` no longer asks for `{member}`: set it on the request instead of passing it.")
        }
        "param-removed" => format!("`{owner}` lost `{member}`: take it away; the service ignores it."),
        "param-type-changed" => format!("{subject} takes `{new}` instead of `{old}`."),
        "body-added" => format!("`{owner}` takes a body, `{new}`."),
        "body-removed" => format!("`{owner}` takes no body any more: take the argument away."),
        "body-type-changed" => format!("`{owner}` takes `{new}` instead of `{old}`: build that."),
        "resp-type-changed"
        | "resp-became-empty"
        | "resp-became-body"
        | "resp-stream-changed"
        | "op-became-paged"
        | "op-lost-paging" => format!("{subject} answers with `{new}` instead of `{old}`."),
        "type-added" => format!("{subject} is new."),
        "type-removed" => format!("{subject} is gone: nothing sends or receives it any more."),
        "type-renamed" => format!("`{old}` is now called `{new}`: write that instead."),
        "field-added" | "param-added-optional" => format!("`{owner}` gained `{member}`."),
        "field-added-required" => format!("`{owner}` gained `{member}`, and the service insists on it: set it."),
        "field-removed" => {
            format!("`{owner}` lost `{member}`: Bitbucket no longer describes it. Remove what reads or sets it.")
        }
        "field-type-changed" | "enum-opened" | "enum-closed" | "field-boxing-changed" => {
            format!("{subject} is `{new}` instead of `{old}`.")
        }
        "field-renamed" => format!("`{owner}.{old}` is now called `{new}`: write that instead."),
        "field-became-required" => format!("The service may refuse a `{owner}` without `{member}`: set it."),
        "field-became-read-only" => {
            format!("`{owner}` no longer has a setter for `{member}`: only the service sets it.")
        }
        "enum-value-added" => format!("{subject} is new: `{new}`, which was read as unknown before."),
        "enum-value-removed" => {
            format!("{subject} is gone: `{old}` is read as unknown now; compare with the text instead.")
        }
        "constructor-changed" => format!("{subject} is `{new}` instead of `{old}`: pass what it asks for."),
        "scope-added" => format!("{subject} is needed by {new} more: ask for it with the credentials."),
        _ => format!("{subject}: {} ({old} → {new}).", cells::says(finding)),
    }
}

/// The owner of a member or setter, and its name: `types::Thing` and `note`, `things().list` and `since`.
fn parts(subject: &str) -> (&str, &str) {
    let trimmed = subject.strip_suffix("()").unwrap_or(subject);
    if let Some((owner, argument)) = trimmed.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        return (owner, argument);
    }
    match trimmed.rsplit_once("().").filter(|(owner, _)| owner.contains("().")) {
        Some(parts) => parts,
        None => trimmed.rsplit_once('.').unwrap_or((trimmed, "")),
    }
}

/// A method under its old name.
fn renamed(subject: &str, old: &str) -> String {
    subject.rsplit_once('.').map_or(old.to_owned(), |(group, _)| format!("{group}.{old}"))
}

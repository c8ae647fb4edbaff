//! Pieces that several formats share.

use crate::diff::comparison::Comparison;
use crate::diff::finding::{Finding, Spot};
use crate::diff::rule::rule;
use crate::diff::version::BumpLevel;
use crate::english;

/// Characters of a value that are shown.
const LONGEST: usize = 160;

/// What was and what is.
pub(super) fn values(finding: &Finding) -> (String, String) {
    let show = |value: &Option<String>| value.as_deref().map_or("–".to_owned(), shortened);
    (show(&finding.old), show(&finding.new))
}

/// A text on one line, cut where it is long.
pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("{cut}…")
}

/// How many operations it reaches, and the first three.
pub(super) fn reach(finding: &Finding) -> String {
    let operations = &finding.reached_by;
    if operations.is_empty() || finding.method.is_some() {
        return String::new();
    }
    let direction = finding.direction.map(|direction| format!("{} by ", direction.name())).unwrap_or_default();
    let direction = direction.replace("both by", "sent and received by");
    let first: Vec<&str> = operations.iter().take(3).map(String::as_str).collect();
    let more = if operations.len() > first.len() { ", …" } else { "" };
    let count = english::count(operations.len(), "operation", "operations");
    format!("{direction}{count}: {}{more}", first.join(", "))
}

/// Where it stands.
pub(super) fn place(finding: &Finding) -> String {
    let show = |spot: &Spot| format!("{}:{}", spot.file, spot.line);
    match (&finding.old_spot, &finding.new_spot) {
        (Some(old), Some(new)) if new.parent => format!("was {}", show(old)),
        (_, Some(new)) => show(new),
        (Some(old), None) => format!("was {}", show(old)),
        (None, None) => String::new(),
    }
}

/// What the rule says, and what else is known.
pub(super) fn says(finding: &Finding) -> String {
    let says = rule(finding.rule).map_or("", |rule| rule.says);
    if finding.note.is_empty() { says.to_owned() } else { format!("{says}; {}", shortened(&finding.note)) }
}

/// Whether the version must go further, and whether it does.
pub(super) fn verdict(comparison: &Comparison) -> String {
    let bump = &comparison.bump;
    let lowered = match bump.required {
        BumpLevel::Major => " (before 1.0: minor)",
        BumpLevel::Minor => " (before 1.0: patch)",
        BumpLevel::None | BumpLevel::Patch => "",
    };
    let needs = match bump.required {
        BumpLevel::None => "Needs no new version".to_owned(),
        step => format!("Needs {}{lowered}", step.name()),
    };
    let declared = match &bump.released {
        Some(released) => {
            let enough = if bump.enough { "enough" } else { "not enough" };
            format!("released is {released}, the manifest says {}: {enough}", bump.declared)
        }
        None => format!("nothing is released yet, the manifest says {}", bump.declared),
    };
    format!("{needs}; {declared}.")
}

/// The numbers of both sides.
pub(super) fn sizes(comparison: &Comparison) -> String {
    let (old, new) = (&comparison.old, &comparison.new);
    format!(
        "{} → {} operations, {} → {} types, public items −{} +{}.",
        old.operations, new.operations, old.types, new.types, comparison.removed, comparison.added
    )
}

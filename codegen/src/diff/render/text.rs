//! Text: one line per finding.

use std::collections::BTreeMap;

use super::cells;
use crate::diff::comparison::Comparison;
use crate::diff::finding::Finding;
use crate::diff::rule::EffectClass;

/// The report as lines; findings without an effect only as counts, and decisions that
/// do not apply not at all, unless `all` are wanted.
#[must_use]
pub fn text(comparison: &Comparison, all: bool) -> String {
    let mut text = format!("{} → {}: ", comparison.old.source, comparison.new.source);
    if comparison.findings.is_empty() {
        text.push_str("no difference.\n");
    } else {
        text.push_str(&format!("{}\n{}\n", cells::verdict(comparison), cells::sizes(comparison)));
    }
    for note in &comparison.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    for line in comparison.unfit.iter().filter(|_| all) {
        text.push_str(&format!("unfit: {line}\n"));
    }
    let mut quiet: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in &comparison.findings {
        if finding.class == EffectClass::None && !finding.relied_on && !all {
            let value = if finding.old.is_none() { finding.new.as_deref() } else { None };
            quiet.entry(finding.rule).or_default().push(value.unwrap_or(&finding.subject));
        } else {
            text.push_str(&line(finding));
        }
    }
    for (rule, subjects) in quiet {
        let first: Vec<&str> = subjects.iter().take(3).copied().collect();
        let more = if subjects.len() > first.len() { ", …" } else { "" };
        text.push_str(&format!("none     {rule}  {}: {}{more}\n", subjects.len(), first.join(", ")));
    }
    text
}

fn line(finding: &Finding) -> String {
    let (old, new) = cells::values(finding);
    let mut parts = vec![
        format!("{:<7}", finding.class.name()),
        finding.rule.to_owned(),
        finding.subject.clone(),
        format!("{old} → {new}"),
    ];
    let reach = cells::reach(finding);
    if !reach.is_empty() {
        parts.push(format!("({reach})"));
    }
    if !finding.note.is_empty() {
        parts.push(format!("({})", cells::shortened(&finding.note)));
    }
    if finding.relied_on {
        parts.push("[extensions rely on it]".to_owned());
    }
    if let Some(accepted) = &finding.accepted {
        parts.push(format!("[accepted until {}: {}]", accepted.until, cells::shortened(&accepted.reason)));
    }
    let place = cells::place(finding);
    if !place.is_empty() {
        parts.push(place);
    }
    if finding.class <= EffectClass::Runtime {
        parts.push(finding.fingerprint.clone());
    }
    format!("{}\n", parts.join("  "))
}

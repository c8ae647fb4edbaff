//! JSON: everything, in the form that [`schema`](super::schema()) describes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diff::comparison::{Comparison, SideSummary};
use crate::diff::finding::{Finding, Spot};
use crate::diff::rule::EffectClass;

/// The report as JSON.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let bump = &comparison.bump;
    let counts: BTreeMap<&str, usize> =
        EffectClass::ALL.iter().map(|class| (class.name(), comparison.count(*class))).collect();
    let quiet = |rule: &'static str| comparison.findings.iter().filter(move |finding| finding.rule == rule);
    let extensions: BTreeMap<&str, &str> = quiet("extension-changed")
        .map(|finding| (finding.subject.as_str(), finding.new.as_deref().unwrap_or_default()))
        .collect();
    let report = json!({
        "format": 1,
        "old": side(&comparison.old),
        "new": side(&comparison.new),
        "bump": {
            "required": bump.required.name(),
            "released": bump.released,
            "declared": bump.declared,
            "enough": bump.enough,
        },
        "counts": counts,
        "items": { "removed": comparison.removed, "added": comparison.added },
        "notes": comparison.notes,
        "unfit": comparison.unfit,
        "findings": comparison.findings.iter().map(finding).collect::<Vec<_>>(),
        "quiet": {
            "docs": quiet("docs-changed").find_map(|finding| finding.new.clone()),
            "extensions": extensions,
            "spelling": quiet("param-spelling-only").count() + quiet("field-spelling-only").count(),
        },
    });
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn side(side: &SideSummary) -> Value {
    json!({
        "source": side.source,
        "sha256": side.sha256,
        "operations": side.operations,
        "types": side.types,
    })
}

fn finding(finding: &Finding) -> Value {
    let accepted = finding.accepted.as_ref();
    json!({
        "id": finding.rule,
        "class": finding.class.name(),
        "area": finding.area().name(),
        "group": finding.group,
        "subject": finding.subject,
        "wire": { "method": finding.method, "path": finding.path, "pointer": finding.pointer },
        "old": finding.old,
        "new": finding.new,
        "note": finding.note,
        "direction": finding.direction.map(super::super::finding::Direction::name),
        "reached_by": finding.reached_by,
        "relied_on": finding.relied_on,
        "location": { "old": finding.old_spot.as_ref().map(spot), "new": finding.new_spot.as_ref().map(spot) },
        "items": { "removed": finding.removed, "added": finding.added },
        "fingerprint": finding.fingerprint,
        "accepted": accepted.map(|accepted| json!({ "reason": accepted.reason, "until": accepted.until })),
    })
}

fn spot(spot: &Spot) -> Value {
    json!({ "file": spot.file, "line": spot.line, "column": spot.column, "parent": spot.parent })
}

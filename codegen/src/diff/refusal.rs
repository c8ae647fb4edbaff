//! A side that does not generate, as a finding.

use super::finding::{Finding, Spot};
use super::rule::EffectClass;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::read::{self, overlay};

/// The finding of a refusal; `new` says which side it is.
#[must_use]
pub fn refused(error: &Error, inputs: &Inputs<'_>, new: bool) -> Finding {
    let action = error.place.pointer.strip_prefix("action `").and_then(|rest| rest.strip_suffix('`'));
    let absorbed = action.zip(inputs.overlay.as_ref()).is_some_and(|(name, overlay)| {
        read::json(&inputs.document)
            .is_ok_and(|document| overlay::absorbed(&document, overlay).iter().any(|known| known == name))
    });
    let rule = match error.pass.as_str() {
        "overlay" if absorbed => "gen-correction-absorbed",
        "overlay" => "gen-correction-stale",
        "read_request_bodies" => "gen-unsupported-media",
        "unify_responses" => "gen-response-types",
        "collapse" if error.problem.contains("would b") => "gen-name-collision",
        "name operations" | "rename_schemas" | "groups" => "gen-name-collision",
        "collapse"
        | "names"
        | "handles"
        | "withdrawn"
        | "shortcuts"
        | "identifiers"
        | "add_parameters"
        | "find_unions"
        | "read_send_rules"
        | "identify_operations"
        | "constructors"
        | "schemas"
        | "operations" => "gen-decision-stale",
        _ => "gen-refused",
    };
    let subject = if error.place.pointer.is_empty() { &error.place.file } else { &error.place.pointer };
    let hint = if absorbed { "upstream now says it: delete the action" } else { error.hint.as_str() };
    let mut finding = Finding::new(rule, EffectClass::Blocks, subject.clone())
        .is(error.problem.clone())
        .note(format!("{}: {hint}", error.pass));
    let line = error.place.line.unwrap_or(1);
    let spot = Some(Spot { file: error.place.file.clone(), line, column: 1, parent: false });
    if new {
        finding.new_spot = spot;
    } else {
        finding.old_spot = spot;
    }
    finding
}

//! States of pipelines, steps and deployments, read leniently: by `name` or, where that is missing, by `type`. The
//! service has words that its document does not know, and some that are new.

use serde_json::Value;

use crate::error::Error;
use crate::json;
use crate::request::Request;

/// The member `state` of a resource, as it was sent; `null` where there is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct State(Value);

/// Words that a `type` can end with, longest first where one ends another.
const WORDS: [&str; 20] = [
    "IN_PROGRESS",
    "COMPLETED",
    "UNDEPLOYED",
    "PENDING",
    "PARSING",
    "READY",
    "RUNNING",
    "PAUSED",
    "HALTED",
    "UNSUCCESSFUL",
    "SUCCESSFUL",
    "FAILED",
    "ERROR",
    "STOPPED",
    "EXPIRED",
    "NOT_RUN",
    "SKIPPED",
    "CANCELLED",
    "BUILDING",
    "PASSED",
];

/// What a state, a stage or a result is called.
#[inline]
fn word(of: &Value) -> String {
    if let Some(name) = text(of, "name").filter(|name| !name.is_empty()) {
        return name.to_ascii_uppercase();
    }
    let kind = text(of, "type").unwrap_or_default().to_ascii_uppercase();
    WORDS.into_iter().find(|word| kind.ends_with(word)).map_or(kind.clone(), str::to_owned)
}

/// A member, if it is a text.
#[inline]
pub(crate) fn text<'v>(object: &'v Value, member: &str) -> Option<&'v str> {
    object.get(member).and_then(Value::as_str)
}

impl State {
    /// The state of a resource; of a deployment that is not over, that of its step where the step is held.
    #[inline]
    pub(crate) fn of(resource: &Value) -> Self {
        let state = |of: &Value| Self(of.get("state").cloned().unwrap_or_default());
        let (own, step) = (state(resource), resource.get("step").map(state));
        match step.filter(|step| step.is_blocked() && !own.is_completed()) {
            Some(step) => step,
            None => own,
        }
    }

    /// The same of a body, which need not be one.
    #[inline]
    pub(crate) fn read(body: &[u8]) -> Self {
        Self::of(&json::decode(body).unwrap_or_default())
    }

    #[inline]
    pub(crate) fn word(&self) -> String {
        word(&self.0)
    }

    /// The state and what is within it, as far as it has words.
    #[inline]
    pub(crate) fn words(&self) -> String {
        let parts = ["stage", "result", "status"].into_iter().filter_map(|part| self.0.get(part));
        let words: Vec<_> = std::iter::once(&self.0).chain(parts).map(word).filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }

    #[inline]
    pub(crate) fn is_completed(&self) -> bool {
        self.word() == "COMPLETED"
    }

    /// The stage or the state itself, if it waits for somebody: `PAUSED` for a person, `HALTED` for build minutes.
    #[inline]
    pub(crate) fn held(&self) -> Option<&'static str> {
        let words = [self.word(), self.0.get("stage").map(word).unwrap_or_default()];
        ["HALTED", "PAUSED"].into_iter().find(|held| words.iter().any(|word| word == held))
    }

    #[inline]
    pub(crate) fn is_blocked(&self) -> bool {
        self.held().is_some()
    }

    /// How it ended: the word, and the object that has it. Deployments call it status.
    #[inline]
    pub(crate) fn result(&self) -> (String, &Value) {
        let result = ["result", "status"].into_iter().find_map(|part| self.0.get(part).filter(|part| part.is_object()));
        let result = result.unwrap_or(&Value::Null);
        (word(result), result)
    }
}

/// Asks for the state of a resource; one without a state has an empty one.
#[allow(dead_code)] // Logs only.
#[inline]
pub(crate) async fn ask(request: Request) -> Result<State, Error> {
    Ok(State::of(&request.send_as::<Value>().await?.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_without_a_name_is_known_by_its_type() {
        let cases = [
            (r#"{"name": "COMPLETED"}"#, "COMPLETED", true, false),
            (r#"{"type": "pipeline_step_state_completed"}"#, "COMPLETED", true, false),
            (
                r#"{"type": "pipeline_state_in_progress", "stage": {"type": "pipeline_state_in_progress_paused"}}"#,
                "IN_PROGRESS",
                false,
                true,
            ),
            (r#"{"name": "IN_PROGRESS", "stage": {"name": "HALTED"}}"#, "IN_PROGRESS", false, true),
            (r#"{"name": "IN_PROGRESS", "stage": {"name": "RUNNING"}}"#, "IN_PROGRESS", false, false),
            (r#"{"type": "something_new"}"#, "SOMETHING_NEW", false, false),
            ("{}", "", false, false),
        ];
        for (json, word, completed, blocked) in cases {
            let state = State::read(format!(r#"{{"state": {json}}}"#).as_bytes());
            assert_eq!((state.word().as_str(), state.is_completed(), state.is_blocked()), (word, completed, blocked));
        }
    }
}

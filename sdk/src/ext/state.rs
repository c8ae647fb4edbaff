//! States of pipelines, steps and deployments, read leniently: by `name` or, where that is missing, by `type`. The
//! service has words that its document does not know, and some that are new.

use serde::Deserialize;

use crate::error::Error;
use crate::request::Request;

/// A resource of which only the state is of interest.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Stateful {
    pub(crate) state: Option<State>,
    /// What deployments have besides.
    step: Option<Box<Stateful>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    pub(crate) stage: Option<Word>,
    pub(crate) result: Option<Word>,
    /// What deployments have in the place of a result.
    pub(crate) status: Option<Word>,
}

/// A stage or a result.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Word {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    pub(crate) error: Option<Failure>,
    pub(crate) terminator: Option<Account>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Failure {
    pub(crate) key: Option<String>,
    pub(crate) message: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    pub(crate) display_name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) uuid: Option<String>,
}

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

fn word(name: Option<&str>, kind: Option<&str>) -> String {
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        return name.to_ascii_uppercase();
    }
    let kind = kind.unwrap_or_default().to_ascii_uppercase();
    WORDS.into_iter().find(|word| kind.ends_with(word)).map_or(kind.clone(), str::to_owned)
}

impl State {
    pub(crate) fn word(&self) -> String {
        word(self.name.as_deref(), self.kind.as_deref())
    }

    /// The state and what is within it, as far as it has words.
    pub(crate) fn words(&self) -> String {
        let inner = [&self.stage, &self.result, &self.status].into_iter().flatten().map(Word::word);
        let words: Vec<_> = std::iter::once(self.word()).chain(inner).filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.word() == "COMPLETED"
    }

    /// Whether it waits for somebody: for a person, or for build minutes.
    pub(crate) fn is_blocked(&self) -> bool {
        self.stage.as_ref().is_some_and(|stage| matches!(stage.word().as_str(), "PAUSED" | "HALTED"))
            || matches!(self.word().as_str(), "PAUSED" | "HALTED")
    }
}

impl Word {
    pub(crate) fn word(&self) -> String {
        word(self.name.as_deref(), self.kind.as_deref())
    }
}

impl Stateful {
    /// The state; of a deployment that is not over, that of its step where the step is held.
    pub(crate) fn into_state(self) -> State {
        let state = self.state.unwrap_or_default();
        let step = self.step.and_then(|step| step.state);
        match step.filter(|step| step.is_blocked() && !state.is_completed()) {
            Some(step) => step,
            None => state,
        }
    }
}

/// Asks for the state of a resource; one without a state has an empty one.
#[allow(dead_code)] // Logs only.
pub(crate) async fn ask(request: Request) -> Result<State, Error> {
    Ok(request.send_as::<Stateful>().await?.into_inner().into_state())
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
            let state: State = serde_json::from_str(json).unwrap();
            assert_eq!((state.word().as_str(), state.is_completed(), state.is_blocked()), (word, completed, blocked));
        }
    }
}

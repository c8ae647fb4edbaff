//! How pipelines, steps and deployments end, or stop going on. Bitbucket writes it in up to three places of a state.

use std::fmt;

use serde_json::Value;

use crate::ext::state::{State, text};

/// How something ended, or why it does not go on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded.
    Successful,
    /// A command of it failed.
    Failed,
    /// The service could not carry it out.
    Error {
        /// The service's key for the reason.
        key: Option<String>,
        /// The service's reason.
        message: Option<String>,
    },
    /// Somebody stopped it.
    Stopped {
        /// Who, where the service tells it.
        by: Option<Person>,
    },
    /// It waited too long to be started.
    Expired,
    /// It was left out, as steps after a failed one are.
    NotRun,
    /// It waits for somebody to start a manual step.
    Paused,
    /// The service holds it, for want of build minutes for example.
    Halted,
    /// It ended in a way that this version of the crate does not know.
    Unknown(String),
}

/// Who stopped something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Person {
    /// Name to be shown.
    pub display_name: Option<String>,
    /// Short name.
    pub nickname: Option<String>,
    /// UUID of the account, in braces.
    pub uuid: Option<String>,
}

impl Outcome {
    /// What a state means; `None` while it goes on.
    #[inline]
    pub(super) fn of(state: &State) -> Option<Self> {
        match state.held() {
            Some("PAUSED") => return Some(Self::Paused),
            Some(_) => return Some(Self::Halted),
            None if !state.is_completed() => return None,
            None => {}
        }
        let (word, result) = state.result();
        let owned = |object: &Value, member| text(object, member).map(str::to_owned);
        Some(match word.as_str() {
            "SUCCESSFUL" => Self::Successful,
            "FAILED" => Self::Failed,
            "ERROR" => {
                let error = result.get("error").unwrap_or(&Value::Null);
                Self::Error { key: owned(error, "key"), message: owned(error, "message") }
            }
            "STOPPED" => {
                let person = |by: &Value| Person {
                    display_name: owned(by, "display_name"),
                    nickname: owned(by, "nickname"),
                    uuid: owned(by, "uuid"),
                };
                Self::Stopped { by: result.get("terminator").filter(|by| by.is_object()).map(person) }
            }
            "EXPIRED" => Self::Expired,
            "NOT_RUN" => Self::NotRun,
            _ => Self::Unknown(word),
        })
    }

    /// Whether it succeeded.
    ///
    /// ```
    /// assert!(!bitbucket_cloud::ext::wait::Outcome::Paused.is_successful());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_successful(&self) -> bool {
        *self == Self::Successful
    }

    /// Whether it is over; what is paused or halted may go on.
    ///
    /// ```
    /// assert!(!bitbucket_cloud::ext::wait::Outcome::Paused.is_over());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Paused | Self::Halted)
    }
}

impl fmt::Display for Outcome {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Successful => f.write_str("successful"),
            Self::Failed => f.write_str("failed"),
            Self::Error { key, message } => {
                f.write_str("error")?;
                message.as_ref().or(key.as_ref()).map_or(Ok(()), |reason| write!(f, ": {reason}"))
            }
            Self::Stopped { by } => {
                f.write_str("stopped")?;
                let name = by.as_ref().and_then(|by| by.display_name.as_ref().or(by.nickname.as_ref()));
                name.map_or(Ok(()), |name| write!(f, " by {name}"))
            }
            Self::Expired => f.write_str("expired"),
            Self::NotRun => f.write_str("not run"),
            Self::Paused => f.write_str("paused for a manual step"),
            Self::Halted => f.write_str("halted by the service"),
            Self::Unknown(word) if word.is_empty() => f.write_str("over, with an unknown result"),
            Self::Unknown(word) => write!(f, "over: {word}"),
        }
    }
}

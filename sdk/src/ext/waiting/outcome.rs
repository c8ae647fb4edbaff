//! How pipelines, steps and deployments end, or why they do not go on.

use std::fmt;

use crate::types::Account;

/// How a pipeline, a step or a deployment ended, or why it does not go on.
///
/// Two `Stopped` are equal if the accounts have the same UUID.
///
/// ```
/// use bitbucket_cloud::ext::waiting::Outcome;
///
/// assert_eq!(Outcome::Paused.to_string(), "paused for a manual step");
/// assert_ne!(Outcome::Failed, Outcome::Expired);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded.
    Successful,
    /// A command of it failed.
    Failed,
    /// The service could not run it.
    Error {
        /// Key of the error.
        key: Option<String>,
        /// Message of the error.
        message: Option<String>,
    },
    /// Somebody stopped it.
    Stopped {
        /// The account, if the service tells it.
        by: Option<Account>,
    },
    /// It was not started in time.
    Expired,
    /// It was skipped, as steps after a failed one are.
    NotRun,
    /// It is paused until somebody starts a manual step.
    Paused,
    /// The service has halted it, for example for want of build minutes.
    Halted,
    /// It ended with a result that this version of the crate does not know.
    Unknown(String),
}

impl Outcome {
    /// Whether it succeeded.
    ///
    /// ```
    /// assert!(!bitbucket_cloud::ext::waiting::Outcome::Paused.is_successful());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_successful(&self) -> bool {
        matches!(self, Self::Successful)
    }

    /// Whether it has ended; if it is paused or halted, it may go on.
    ///
    /// ```
    /// assert!(!bitbucket_cloud::ext::waiting::Outcome::Paused.is_over());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Paused | Self::Halted)
    }

    /// The outcome of this name, for objects of a variant that this version of the crate does not know.
    #[inline]
    pub(super) fn named(name: Option<&str>) -> Self {
        match name.unwrap_or_default() {
            "SUCCESSFUL" => Self::Successful,
            "FAILED" => Self::Failed,
            "ERROR" => Self::Error { key: None, message: None },
            "STOPPED" => Self::Stopped { by: None },
            "EXPIRED" => Self::Expired,
            "NOT_RUN" => Self::NotRun,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The outcome for the name of a stage, if that is paused or halted.
    #[inline]
    pub(super) fn of_stage(stage: Option<&str>) -> Option<Self> {
        match stage {
            Some("PAUSED") => Some(Self::Paused),
            Some("HALTED") => Some(Self::Halted),
            _ => None,
        }
    }
}

impl PartialEq for Outcome {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Stopped { by: a }, Self::Stopped { by: b }) => match (a, b) {
                (Some(a), Some(b)) => a.uuid() == b.uuid(),
                (a, b) => a.is_none() && b.is_none(),
            },
            (Self::Error { key: a, message: x }, Self::Error { key: b, message: y }) => a == b && x == y,
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
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
                let name = by.as_ref().and_then(Account::display_name);
                name.map_or(Ok(()), |name| write!(f, " by {name}"))
            }
            Self::Expired => f.write_str("expired"),
            Self::NotRun => f.write_str("not run"),
            Self::Paused => f.write_str("paused for a manual step"),
            Self::Halted => f.write_str("halted by the service"),
            Self::Unknown(name) if name.is_empty() => f.write_str("over, with an unknown result"),
            Self::Unknown(name) => write!(f, "over: {name}"),
        }
    }
}

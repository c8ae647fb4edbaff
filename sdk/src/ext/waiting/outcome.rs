//! How pipelines, steps and deployments end, or stop going on.

use std::fmt;

use crate::types::Account;

/// How something ended, or why it does not go on by itself.
///
/// Two that were stopped are equal if the same account stopped them, by its UUID.
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
        by: Option<Account>,
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

    /// Whether it is over; what is paused or halted may go on.
    ///
    /// ```
    /// assert!(!bitbucket_cloud::ext::waiting::Outcome::Paused.is_over());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Paused | Self::Halted)
    }

    /// An end whose name no variant stands for.
    #[inline]
    pub(super) fn unknown(name: Option<&str>) -> Self {
        Self::Unknown(name.unwrap_or_default().to_owned())
    }

    /// What holds something that is not over, by the name of its stage.
    #[inline]
    pub(super) fn held(stage: Option<&str>) -> Option<Self> {
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

//! Logs.
macro_rules! step_log {
    ($builder:ident) => {};
}
pub(crate) use step_log;

//! Events of the feature `tracing`. Without it they are not compiled.

/// An event at the level `WARN`, with a text and no fields.
macro_rules! warning {
    ($($text:tt)+) => {{
        #[cfg(feature = "tracing")]
        ::tracing::warn!($($text)+);
        #[cfg(not(feature = "tracing"))]
        let _ = || {
            let _ = ::std::format_args!($($text)+);
        };
    }};
}

/// An event at the level `DEBUG`, as `tracing::debug!` takes it.
macro_rules! event {
    ($($event:tt)+) => {{
        #[cfg(feature = "tracing")]
        ::tracing::debug!($($event)+);
    }};
}

pub(crate) use {event, warning};

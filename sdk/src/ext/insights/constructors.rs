//! Constructors for the data of Code Insights reports.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::types::{ReportData, ReportDataType};

impl ReportData {
    fn of(data_type: ReportDataType, title: impl Into<String>, value: Value) -> Self {
        Self::default().with_title(title).with_type(data_type).with_value(value)
    }

    /// Shown as yes or no.
    ///
    /// ```
    /// use bitbucket_cloud::types::{Report, ReportData, ReportResult, ReportType};
    ///
    /// let report = Report::new("Security scan", "Ten new findings.", ReportType::Security)
    ///     .with_result(ReportResult::Failed)
    ///     .with_data([
    ///         ReportData::number("Findings", 10),
    ///         ReportData::boolean("Safe to merge?", false),
    ///     ]);
    /// # assert_eq!(report.data.map(|data| data.len()), Some(2));
    /// ```
    pub fn boolean(title: impl Into<String>, value: bool) -> Self {
        Self::of(ReportDataType::Boolean, title, json!(value))
    }

    /// Shown as a relative date for a week, then as an absolute one; sent in milliseconds.
    pub fn date(title: impl Into<String>, value: impl Into<DateTime<Utc>>) -> Self {
        Self::of(ReportDataType::Date, title, json!(value.into().timestamp_millis()))
    }

    /// Shown in a readable form; sent in milliseconds.
    pub fn duration(title: impl Into<String>, value: Duration) -> Self {
        let milliseconds = u64::try_from(value.as_millis()).unwrap_or(u64::MAX);
        Self::of(ReportDataType::Duration, title, json!(milliseconds))
    }

    /// Shown as a link with a text.
    pub fn link(title: impl Into<String>, text: impl Into<String>, href: impl Into<String>) -> Self {
        Self::of(ReportDataType::Link, title, json!({ "text": text.into(), "href": href.into() }))
    }

    /// Shown in a short form if it is large.
    pub fn number(title: impl Into<String>, value: impl Into<f64>) -> Self {
        Self::of(ReportDataType::Number, title, number(value.into()))
    }

    /// From 0 to 100, shown with a percent sign.
    pub fn percentage(title: impl Into<String>, value: impl Into<f64>) -> Self {
        Self::of(ReportDataType::Percentage, title, number(value.into()))
    }

    /// Shown as it is.
    pub fn text(title: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(ReportDataType::Text, title, json!(value.into()))
    }
}

/// Writes whole numbers without a fraction.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and exactly representable")]
    let whole = (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64);
    whole.map_or_else(|| json!(value), |whole| json!(whole))
}

//! The limits of Code Insights, as Bitbucket documents them and as clients have found them. The service checks them
//! only after it has accepted earlier batches.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::types;

/// Maximum number of annotations of a report.
pub const MAX_ANNOTATIONS: usize = 1000;
/// Maximum number of annotations in one request.
pub const MAX_ANNOTATIONS_PER_REQUEST: usize = 100;
const MAX_SUMMARY: usize = 450;
const MAX_DATA: usize = 10;

/// A report and annotations that are not yet checked. It keeps at most one annotation more than the limit.
pub(super) struct ReportDraft {
    report: Result<Value, String>,
    annotations: Result<Vec<Value>, String>,
    pub(super) truncate: bool,
}

/// A report and annotations within the limits.
pub(super) struct CheckedReport {
    pub(super) annotations: Vec<Value>,
    pub(super) annotations_dropped: bool,
    pub(super) summaries_truncated: usize,
}

impl ReportDraft {
    #[inline]
    pub(super) fn new(report: &types::Report, annotations: impl IntoIterator<Item = types::ReportAnnotation>) -> Self {
        let annotations = annotations.into_iter().take(MAX_ANNOTATIONS + 1).map(|annotation| json(&annotation));
        Self { report: json(report), annotations: annotations.collect(), truncate: false }
    }

    #[inline]
    pub(super) fn check(self) -> Result<CheckedReport, String> {
        let report = self.report?;
        for name in ["title", "details", "report_type"] {
            if text(&report, name).is_none() {
                return Err(format!("the report needs `{name}`"));
            }
        }
        if let Some(data) = report["data"].as_array().filter(|data| data.len() > MAX_DATA) {
            return Err(format!("the report has {} data entries; the maximum is {MAX_DATA}", data.len()));
        }
        let mut annotations = self.annotations?;
        let annotations_dropped = annotations.len() > MAX_ANNOTATIONS;
        if annotations_dropped && !self.truncate {
            return Err(format!("there are more than {MAX_ANNOTATIONS} annotations, the maximum of a report"));
        }
        annotations.truncate(MAX_ANNOTATIONS);
        let mut ids = HashSet::new();
        let mut summaries_truncated = 0;
        for (at, annotation) in annotations.iter_mut().enumerate() {
            for name in ["external_id", "annotation_type", "summary"] {
                if text(annotation, name).is_none() {
                    return Err(format!("annotation {at} needs `{name}`"));
                }
            }
            let id = text(annotation, "external_id").unwrap_or_default().to_owned();
            if ids.contains(&id) {
                return Err(format!("annotation {at} has the same `external_id` as an earlier one"));
            }
            ids.insert(id);
            let length = text(annotation, "summary").unwrap_or_default().chars().count();
            if length > MAX_SUMMARY && !self.truncate {
                let limit = MAX_SUMMARY;
                return Err(format!("the summary of annotation {at} has {length} characters; the maximum is {limit}"));
            }
            if length > MAX_SUMMARY {
                let summary = text(annotation, "summary").unwrap_or_default();
                let short: String = summary.chars().take(MAX_SUMMARY - 1).chain(['…']).collect();
                annotation["summary"] = Value::String(short);
                summaries_truncated += 1;
            }
        }
        Ok(CheckedReport { annotations, annotations_dropped, summaries_truncated })
    }
}

/// Numbers only: what is sent may be secret.
impl fmt::Debug for ReportDraft {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let annotations = self.annotations.as_ref().map_or(0, Vec::len);
        f.debug_struct("ReportDraft").field("annotations", &annotations).field("truncate", &self.truncate).finish()
    }
}

#[inline]
fn json(value: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| format!("the report does not serialize: {error}"))
}

#[inline]
fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value[name].as_str().filter(|text| !text.trim().is_empty())
}

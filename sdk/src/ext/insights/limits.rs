//! The limits of Code Insights, as Bitbucket states them and as clients found them: what is over one of them is refused
//! by the service after earlier batches have become live.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::types;

/// Annotations that one report takes.
pub const MOST_ANNOTATIONS: usize = 1000;
/// Annotations that one request takes.
pub const MOST_AT_ONCE: usize = 100;
const LONGEST_SUMMARY: usize = 450;
const MOST_DATA: usize = 10;

/// What is to be published, not yet checked. It holds one annotation more than can be sent, at most.
#[derive(Debug)]
pub(super) struct Draft {
    report: Result<Value, String>,
    annotations: Result<Vec<Value>, String>,
    pub(super) cut: bool,
}

/// What can be sent.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) annotations: Vec<Value>,
    pub(super) annotations_cut: bool,
    pub(super) summaries_cut: usize,
}

impl Draft {
    #[inline]
    pub(super) fn new(report: &types::Report, annotations: impl IntoIterator<Item = types::ReportAnnotation>) -> Self {
        let annotations = annotations.into_iter().take(MOST_ANNOTATIONS + 1).map(|annotation| json(&annotation));
        Self { report: json(report), annotations: annotations.collect(), cut: false }
    }

    #[inline]
    pub(super) fn check(self) -> Result<Checked, String> {
        let report = self.report?;
        for name in ["title", "details", "report_type"] {
            if text(&report, name).is_none() {
                return Err(format!("the report needs `{name}`"));
            }
        }
        if let Some(data) = report["data"].as_array().filter(|data| data.len() > MOST_DATA) {
            return Err(format!("the report has {} data entries, and {MOST_DATA} are allowed", data.len()));
        }
        let mut annotations = self.annotations?;
        let annotations_cut = annotations.len() > MOST_ANNOTATIONS;
        if annotations_cut && !self.cut {
            return Err(format!("a report takes {MOST_ANNOTATIONS} annotations, and there are more"));
        }
        annotations.truncate(MOST_ANNOTATIONS);
        let mut ids = HashSet::new();
        let mut summaries_cut = 0;
        for (at, annotation) in annotations.iter_mut().enumerate() {
            for name in ["external_id", "annotation_type", "summary"] {
                if text(annotation, name).is_none() {
                    return Err(format!("annotation {at} needs `{name}`"));
                }
            }
            let id = text(annotation, "external_id").unwrap_or_default().to_owned();
            if ids.contains(&id) {
                return Err(format!("annotation {at} has the `external_id` of an earlier one"));
            }
            ids.insert(id);
            let length = text(annotation, "summary").unwrap_or_default().chars().count();
            if length > LONGEST_SUMMARY && !self.cut {
                let limit = LONGEST_SUMMARY;
                return Err(format!("the summary of annotation {at} has {length} characters, and {limit} are allowed"));
            }
            if length > LONGEST_SUMMARY {
                let summary = text(annotation, "summary").unwrap_or_default();
                let short: String = summary.chars().take(LONGEST_SUMMARY - 1).chain(['…']).collect();
                annotation["summary"] = Value::String(short);
                summaries_cut += 1;
            }
        }
        Ok(Checked { annotations, annotations_cut, summaries_cut })
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

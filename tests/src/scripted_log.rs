//! A step and its log in the hands of a test: it grows, moves to the storage, changes, breaks off. The fake's own steps
//! move by the clock (`timeline`) and behave; this one need not.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use bytes::Bytes;
use serde_json::json;

use crate::journal::Recorded;
use crate::reply::Reply;
use crate::{error_body, range};

/// A step whose state and log a test decides, from [`FakeBitbucket::scripted_log`](crate::FakeBitbucket::scripted_log).
#[derive(Clone)]
pub struct ScriptedLog(Arc<Mutex<Script>>);

struct Script {
    text: Option<Bytes>,
    version: u32,
    completed: bool,
    /// Where the storage has it.
    stored: String,
    moved: bool,
    ignores_ranges: bool,
    etag: bool,
    /// Bytes after which the connection is cut, and how often.
    cut: Option<(usize, usize)>,
    /// How often the log is not found although it is there.
    absent: usize,
    result: String,
    /// The most bytes of one partial answer.
    part: usize,
    encoding: Option<String>,
    /// What partial answers say of themselves in place of the truth.
    content_range: Option<String>,
    /// Bytes that a partial answer has more than it says.
    padding: usize,
}

impl ScriptedLog {
    pub(crate) fn new(stored: String) -> Self {
        Self(Arc::new(Mutex::new(Script {
            text: None,
            version: 0,
            completed: false,
            stored,
            moved: false,
            ignores_ranges: false,
            etag: true,
            cut: None,
            absent: 0,
            result: "SUCCESSFUL".to_owned(),
            part: usize::MAX,
            encoding: None,
            content_range: None,
            padding: 0,
        })))
    }

    fn with<R>(&self, change: impl FnOnce(&mut Script) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds to the log; the first call makes it.
    pub fn append(&self, text: impl AsRef<[u8]>) -> &Self {
        self.with(|script| {
            let mut all = script.text.as_deref().unwrap_or_default().to_vec();
            all.extend_from_slice(text.as_ref());
            script.text = Some(all.into());
        });
        self
    }

    /// Another log in its place.
    pub fn replace(&self, text: impl Into<Bytes>) -> &Self {
        self.with(|script| {
            script.text = Some(text.into());
            script.version += 1;
        });
        self
    }

    /// The step is over.
    pub fn complete(&self) -> &Self {
        self.with(|script| script.completed = true);
        self
    }

    /// The log moves to the storage, where its tag is another one.
    pub fn move_to_storage(&self) -> &Self {
        self.with(|script| script.moved = true);
        self
    }

    /// Ranges are answered with 200 and the whole log.
    pub fn ignore_ranges(&self) -> &Self {
        self.with(|script| script.ignores_ranges = true);
        self
    }

    /// No answer has an `ETag`.
    pub fn without_etag(&self) -> &Self {
        self.with(|script| script.etag = false);
        self
    }

    /// The connection of the next answers is cut after so many bytes of the body.
    pub fn cut_after(&self, bytes: usize, times: usize) -> &Self {
        self.with(|script| script.cut = Some((bytes, times)));
        self
    }

    /// The next answers for the log are 404, that often.
    pub fn absent_for(&self, times: usize) -> &Self {
        self.with(|script| script.absent = times);
        self
    }

    /// How the step ends, for example `NOT_RUN`; `SUCCESSFUL` by default.
    pub fn result(&self, name: &str) -> &Self {
        self.with(|script| name.clone_into(&mut script.result));
        self
    }

    /// A partial answer has so many bytes at most, and says so.
    pub fn parts_of(&self, bytes: usize) -> &Self {
        self.with(|script| script.part = bytes);
        self
    }

    /// All answers claim this `Content-Encoding`.
    pub fn encoded(&self, coding: &str) -> &Self {
        self.with(|script| script.encoding = Some(coding.to_owned()));
        self
    }

    /// Partial answers have this `Content-Range`, whatever was asked for.
    pub fn content_range(&self, value: &str) -> &Self {
        self.with(|script| script.content_range = Some(value.to_owned()));
        self
    }

    /// Partial answers have so many bytes more than their `Content-Range` says.
    pub fn pad(&self, bytes: usize) -> &Self {
        self.with(|script| script.padding = bytes);
        self
    }

    pub(crate) fn step(&self, step_uuid: &str) -> Reply {
        let (completed, result) = self.with(|script| (script.completed, script.result.clone()));
        let state = if completed {
            let kind = format!("pipeline_step_state_completed_{}", result.to_lowercase());
            let result = json!({"name": result, "type": kind});
            json!({"name": "COMPLETED", "type": "pipeline_step_state_completed", "result": result})
        } else {
            json!({"name": "IN_PROGRESS", "type": "pipeline_step_state_in_progress"})
        };
        Reply::json(200, json!({"type": "pipeline_step", "uuid": step_uuid, "state": state}))
    }

    /// The API's answer: the log, or the way to the storage.
    pub(crate) fn api(&self, request: &Recorded) -> Reply {
        match self.with(|script| script.moved.then(|| script.stored.clone())) {
            Some(stored) => Reply::status(307).header("location", &stored),
            None => self.bytes(request, "api"),
        }
    }

    /// The storage's answer.
    pub(crate) fn storage(&self, request: &Recorded) -> Reply {
        if request.header("authorization").is_some() {
            let message = "Only one auth mechanism allowed: a signature in the query or the Authorization header.";
            return error_body::storage(400, "InvalidArgument", message);
        }
        self.bytes(request, "storage")
    }

    fn bytes(&self, request: &Recorded, side: &str) -> Reply {
        self.with(|script| {
            let absent = || error_body::not_found("Log in step does not exist.");
            if script.absent > 0 {
                script.absent -= 1;
                return absent();
            }
            let Some(text) = &script.text else { return absent() };
            let etag = format!("\"{side}-{}-{}\"", script.version, text.len());
            let mut reply = if script.ignores_ranges {
                Reply::bytes(200, "application/octet-stream", text.clone()).header("etag", &etag)
            } else {
                range::serve(request, text, &etag, error_body::standard(416, "Range not satisfiable"))
            };
            if reply.status == StatusCode::PARTIAL_CONTENT {
                script.shape_part(&mut reply);
            }
            if let Some(coding) = &script.encoding {
                reply = reply.header("content-encoding", coding);
            }
            if !script.etag {
                reply.headers.retain(|(name, _)| name.as_str() != "etag");
            }
            if let Some((bytes, times)) = script.cut.filter(|(bytes, times)| *times > 0 && reply.body.len() > *bytes) {
                script.cut = Some((bytes, times - 1));
                reply.cut = Some(bytes);
            }
            reply
        })
    }
}

impl Script {
    /// Shortens a partial answer, and makes it say or be something else than was asked for.
    fn shape_part(&self, reply: &mut Reply) {
        let all = self.text.as_ref().map_or(0, Bytes::len);
        let range = reply.headers.iter_mut().find(|(name, _)| name == header::CONTENT_RANGE);
        let Some((_, range)) = range else { return };
        if reply.body.len() > self.part {
            let first =
                range.to_str().ok().and_then(|value| value.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok());
            let first: usize = first.unwrap_or_default();
            reply.body.truncate(self.part);
            *range = header_value(&format!("bytes {first}-{}/{all}", first + self.part - 1));
        }
        if let Some(value) = &self.content_range {
            *range = header_value(value);
        }
        if self.padding > 0 {
            reply.body = [&reply.body[..], &vec![b'+'; self.padding]].concat().into();
        }
    }
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| panic!("no header value: {text:?}"))
}

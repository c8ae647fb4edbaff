//! Scripted answers: what a test wants said instead of the fake's own resource, or beside it. The newest script is
//! asked first; one that is used up or declines passes the request on. Scripts must not reach into the state.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::Method;

use crate::journal::Recorded;
use crate::reply::Reply;
use crate::route::{Call, Template};

type Responder = dyn Fn(&Call<'_>) -> Option<Reply> + Send + Sync;

#[derive(Default)]
pub(crate) struct Scripts(Mutex<Vec<Arc<Script>>>);

struct Script {
    method: Method,
    template: Template,
    /// How often it may still answer.
    left: AtomicUsize,
    respond: Box<Responder>,
}

impl Scripts {
    pub(crate) fn add(&self, method: Method, template: &str, times: Option<usize>, respond: Box<Responder>) {
        let left = AtomicUsize::new(times.unwrap_or(usize::MAX));
        let template = Template::parse(template).tolerant();
        let script = Script { method, template, left, respond };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(script));
    }

    /// A number that no later script is given.
    pub(crate) fn next_id(&self) -> usize {
        self.snapshot().len()
    }

    /// Whether a script is written for that method and path, used up or not.
    pub(crate) fn know(&self, request: &Recorded, path: &str) -> bool {
        self.snapshot().iter().any(|script| script.captures(request, path).is_some())
    }

    pub(crate) fn answer(&self, request: &Recorded, path: &str) -> Option<Reply> {
        self.snapshot().iter().rev().find_map(|script| {
            let call = Call::new(request, script.captures(request, path)?);
            script.take_turn().then(|| (script.respond)(&call))?
        })
    }

    /// A copy, so that a closure may add scripts while it answers.
    fn snapshot(&self) -> Vec<Arc<Script>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Script {
    fn captures(&self, request: &Recorded, path: &str) -> Option<Vec<(String, String)>> {
        if self.method == request.method { self.template.captures(path) } else { None }
    }

    fn take_turn(&self) -> bool {
        let one_less = |left: usize| match left {
            usize::MAX => Some(left),
            _ => left.checked_sub(1),
        };
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
    }
}

//! One request from the socket to its answer: record, check, script, route, common headers. The order is the
//! service's: what its front end refuses never reaches a resource. It must not hold knowledge of a single resource.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use tokio::sync::watch;

use crate::journal::{Journal, Recorded};
use crate::reply::Reply;
use crate::resources;
use crate::route::{Call, Route};
use crate::script::Scripts;
use crate::server::signal;
use crate::state::World;
use crate::{error_body, ids};

/// Called for each request once its status is known.
pub(crate) type Observer = dyn Fn(&Recorded, StatusCode) + Send + Sync;

/// Where the API starts.
const API_ROOT: &str = "/2.0";

/// Which of the two hosts a request came to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    Api,
    Storage,
}

/// One listener's view of the dispatcher.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) side: Side,
    pub(crate) address: SocketAddr,
}

pub(crate) struct Dispatcher {
    pub(crate) world: World,
    pub(crate) journal: Journal,
    pub(crate) scripts: Scripts,
    pub(crate) storage_scripts: Scripts,
    api_routes: Vec<Route>,
    storage_routes: Vec<Route>,
    observer: Option<Box<Observer>>,
    stopped: watch::Receiver<bool>,
    served: AtomicU64,
}

/// The handler behind both listeners.
pub(crate) async fn handle(State(entrance): State<Entrance>, request: Request) -> Response {
    let Entrance { dispatcher, side, address } = entrance;
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        // The client went away or broke the framing; nobody reads this answer.
        return Reply::status(400).into_response();
    };
    let mut request = Recorded::new(parts.method, &parts.uri, parts.headers, body, address);
    let (reply, matched) = match side {
        Side::Api => dispatcher.api(&request),
        Side::Storage => dispatcher.storage(&request),
    };
    request.matched = matched;
    let reply = dispatcher.with_common_headers(side, reply);
    if let Some(observer) = &dispatcher.observer {
        observer(&request, reply.status);
    }
    dispatcher.journal.push(request);
    if !reply.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(reply.delay) => {}
            () = signal(dispatcher.stopped.clone()) => {}
        }
    }
    reply.into_response()
}

impl Dispatcher {
    pub(crate) fn new(world: World, observer: Option<Box<Observer>>, stopped: watch::Receiver<bool>) -> Self {
        Self {
            world,
            journal: Journal::default(),
            scripts: Scripts::default(),
            storage_scripts: Scripts::default(),
            api_routes: resources::api_routes(),
            storage_routes: resources::storage_routes(),
            observer,
            stopped,
            served: AtomicU64::new(0),
        }
    }

    /// The answer, and whether a script or a route was there for the request.
    fn api(&self, request: &Recorded) -> (Reply, bool) {
        let path = request.path.strip_prefix(API_ROOT).unwrap_or_default();
        let found = find(&self.api_routes, request, path);
        if let Some(refusal) = self.refuse(request) {
            return (refusal, matches!(found, Found::Route(..)) || self.scripts.know(request, path));
        }
        if let Some(reply) = self.scripts.answer(request, path) {
            return (reply, true);
        }
        match found {
            Found::Route(route, call) => (unify((route.handler)(&call, &self.world)), true),
            Found::OtherMethods(allowed) => {
                let message = format!("method not allowed: {request}");
                (error_body::standard(405, &message).header("allow", &allowed), false)
            }
            Found::Nothing => (error_body::standard(404, &format!("no route for {request}")), false),
        }
    }

    fn storage(&self, request: &Recorded) -> (Reply, bool) {
        if let Some(reply) = self.storage_scripts.answer(request, &request.path) {
            return (reply, true);
        }
        match find(&self.storage_routes, request, &request.path) {
            Found::Route(route, call) => (unify((route.handler)(&call, &self.world)), true),
            Found::OtherMethods(allowed) => {
                let reply = error_body::storage(405, "MethodNotAllowed", "The method is not allowed.");
                (reply.header("allow", &allowed), false)
            }
            Found::Nothing => (error_body::storage(404, "NoSuchKey", "The key does not exist."), false),
        }
    }

    /// What the front end refuses before any resource is asked.
    fn refuse(&self, request: &Recorded) -> Option<Reply> {
        if request.path.contains(['{', '}']) {
            let detail = "The path holds characters that must be percent-encoded.";
            return Some(error_body::keyed(400, "Bad request", detail, "unexpected.response.body"));
        }
        let wanted = self.world.settings.authorization.as_deref();
        if wanted.is_some() && wanted != request.header("authorization") {
            let message = "Token is invalid, expired, or not supported for this endpoint.";
            return Some(error_body::standard(401, message));
        }
        let writes = request.method == Method::POST || request.method == Method::PUT;
        let claims_json = request.header("content-type").is_some_and(|value| value.starts_with("application/json"));
        if writes && claims_json && request.body.is_empty() {
            return Some(error_body::standard(400, "Bad request: the content type is JSON, but there is no body"));
        }
        None
    }

    /// A request id on every answer, the rate limit on the API's. What the reply sets itself stays.
    fn with_common_headers(&self, side: Side, mut reply: Reply) -> Reply {
        let id = ids::hex(&format!("request/{}", self.served.fetch_add(1, Ordering::Relaxed)), 32);
        let common: &[(&str, &str)] = match side {
            Side::Storage => &[("x-amz-request-id", &id)],
            Side::Api => &[
                ("x-request-id", &id),
                ("x-ratelimit-limit", "1000"),
                ("x-ratelimit-resource", "api-repository-data"),
                ("x-ratelimit-nearlimit", "false"),
            ],
        };
        for (name, value) in common {
            if !reply.headers.iter().any(|(present, _)| present == name) {
                reply = reply.header(name, value);
            }
        }
        reply
    }
}

enum Found<'r, 'a> {
    Route(&'r Route, Call<'a>),
    /// The path is known, but not for this method; holds the value of `Allow`.
    OtherMethods(String),
    Nothing,
}

fn find<'r, 'a>(routes: &'r [Route], request: &'a Recorded, path: &str) -> Found<'r, 'a> {
    let mut allowed = Vec::new();
    for route in routes {
        if let Some(params) = route.template.captures(path) {
            if route.method == request.method {
                return Found::Route(route, Call::new(request, params));
            }
            allowed.push(route.method.as_str());
        }
    }
    if allowed.is_empty() { Found::Nothing } else { Found::OtherMethods(allowed.join(", ")) }
}

fn unify(answer: Result<Reply, Reply>) -> Reply {
    answer.unwrap_or_else(|refusal| refusal)
}

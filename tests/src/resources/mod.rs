//! The endpoints the fake answers itself, one file per kind of resource. To add one: write its file with a
//! `routes()`, add it below, and give `state::Repository` a field if it has to remember something.

mod accounts;
mod branches;
mod comments;
mod deployments;
mod dotted_query;
mod log_text;
mod logs;
mod pipelines;
mod pull_requests;
mod reports;
mod repositories;
mod source;
mod steps;
mod storage;
mod trigger;
mod variables;

use serde_json::{Value, json};

use crate::route::Route;

pub(crate) use pull_requests::of_the_beginning as pull_requests_of_the_beginning;
pub(crate) use reports::Report;

pub(crate) fn api_routes() -> Vec<Route> {
    let groups = [
        accounts::routes(),
        repositories::routes(),
        branches::routes(),
        pipelines::routes(),
        steps::routes(),
        logs::routes(),
        variables::routes(),
        pull_requests::routes(),
        comments::routes(),
        reports::routes(),
        source::routes(),
        deployments::routes(),
    ];
    groups.into_iter().flatten().collect()
}

pub(crate) fn storage_routes() -> Vec<Route> {
    storage::routes()
}

/// One link, as Bitbucket writes it.
fn link(href: impl Into<String>) -> Value {
    json!({"href": href.into()})
}

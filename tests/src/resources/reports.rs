//! Code Insights: reports on commits and their annotations, with the limits of the service and its flat errors. As
//! there, annotations survive that their report is written again.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::World;
use crate::{ids, page};

const MOST_AT_ONCE: usize = 100;
const MOST: usize = 1000;
const LONGEST_SUMMARY: usize = 450;

/// A report and its annotations by external id.
pub(crate) struct Report {
    body: Value,
    annotations: BTreeMap<String, Value>,
}

pub(super) fn routes() -> Vec<Route> {
    let all = "/repositories/{workspace}/{repo_slug}/commit/{commit}/reports";
    let one = format!("{all}/{{reportId}}");
    let annotations = format!("{one}/annotations");
    vec![
        Route::new(Method::GET, all, list),
        Route::new(Method::GET, &one, get),
        Route::new(Method::PUT, &one, put),
        Route::new(Method::DELETE, &one, delete),
        Route::new(Method::GET, &annotations, list_annotations),
        Route::new(Method::POST, &annotations, add_annotations),
    ]
}

fn key(call: &Call<'_>) -> (String, String) {
    (call.param("commit").to_owned(), call.param("reportId").to_owned())
}

fn list(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let of_commit = repository.reports.iter().filter(|((commit, _), _)| commit == call.param("commit"));
        let found: Vec<_> = of_commit.map(|(_, report)| report).collect();
        page::reply(call, world, &found, |report| report.body.clone())
    })
}

fn get(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let report = repository.reports.get(&key(call)).ok_or_else(absent)?;
        Ok(Reply::json(200, report.body.clone()))
    })
}

fn put(call: &Call<'_>, world: &World) -> Answer {
    let asked = call.request.json().map_err(|_| bad("The body is not JSON."))?;
    let text = |name: &str| asked[name].as_str().filter(|text| !text.is_empty());
    let missing: Vec<_> = ["title", "details", "report_type"].into_iter().filter(|name| text(name).is_none()).collect();
    if !missing.is_empty() {
        return Err(bad(&format!("required attributes not set [{}]", missing.join(", "))));
    }
    if asked["data"].as_array().is_some_and(|data| data.len() > 10) {
        return Err(bad("data has more than 10 elements"));
    }
    world.repository(call, |repository| {
        let (commit, id) = key(call);
        let mut body = asked;
        body["uuid"] = json!(ids::uuid(&format!("report/{commit}/{id}")));
        body["external_id"] = json!(id);
        let kept = repository.reports.remove(&key(call)).map(|report| report.annotations).unwrap_or_default();
        repository.reports.insert(key(call), Report { body: body.clone(), annotations: kept });
        Ok(Reply::json(200, body))
    })
}

fn delete(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        repository.reports.remove(&key(call)).map(|_| Reply::status(204)).ok_or_else(absent)
    })
}

fn list_annotations(call: &Call<'_>, world: &World) -> Answer {
    world.repository(call, |repository| {
        let report = repository.reports.get(&key(call)).ok_or_else(absent)?;
        let found: Vec<_> = report.annotations.values().collect();
        page::reply(call, world, &found, |annotation| (*annotation).clone())
    })
}

fn add_annotations(call: &Call<'_>, world: &World) -> Answer {
    let Ok(Value::Array(asked)) = call.request.json() else { return Err(bad("The body is not a list.")) };
    if asked.is_empty() || asked.len() > MOST_AT_ONCE {
        return Err(bad("Between 1 and 100 annotations can be sent at once."));
    }
    for annotation in &asked {
        let text = |name: &str| annotation[name].as_str().filter(|text| !text.is_empty());
        if text("external_id").is_none() || text("annotation_type").is_none() {
            return Err(bad("required attributes not set [external_id, annotation_type]"));
        }
        if text("summary").is_none_or(|summary| summary.chars().count() > LONGEST_SUMMARY) {
            return Err(bad("summary must have between 1 and 450 characters"));
        }
    }
    world.repository(call, |repository| {
        let report = repository.reports.get_mut(&key(call)).ok_or_else(absent)?;
        let mut all = report.annotations.clone();
        for annotation in &asked {
            all.insert(annotation["external_id"].as_str().unwrap_or_default().to_owned(), annotation.clone());
        }
        if all.len() > MOST {
            return Err(bad("A report can have 1000 annotations."));
        }
        report.annotations = all;
        Ok(Reply::json(200, Value::Array(asked)))
    })
}

fn absent() -> Reply {
    Reply::json(404, json!({"key": "report-service.general.not-found", "message": "Report not found", "arguments": {}}))
}

fn bad(message: &str) -> Reply {
    Reply::json(400, json!({"key": "report-service.general.bad-request", "message": message, "arguments": {}}))
}

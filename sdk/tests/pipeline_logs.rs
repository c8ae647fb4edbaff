//! Logs of all steps of a pipeline, one after the other, from a server that is told each byte of its answers.
#![allow(missing_docs)]
#![cfg(feature = "pipelines")]

mod support;

use std::time::Duration;

use bitbucket_cloud::Error;
use bitbucket_cloud::prelude::*;
use support::{Server, answer, json};

const OVER: &str = r#"{"state":{"name":"COMPLETED","result":{"name":"SUCCESSFUL"}}}"#;

/// A pipeline of two steps; `answer` is asked with the path below it and how often that was asked for.
async fn pipeline(mut answers: impl FnMut(&str, usize) -> String + Send + 'static) -> Server {
    let mut counts = std::collections::HashMap::new();
    Server::answering(move |seen| {
        let path = seen.target.split_once("/pipelines/%7Bp%7D").map_or("", |(_, path)| path);
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let count = counts.entry(path.to_owned()).or_insert(0);
        *count += 1;
        let told = answers(path, *count);
        if !told.is_empty() {
            return told;
        }
        let step = |uuid: &str| format!(r#"{{"uuid": "{uuid}", "name": "S", {}"#, &OVER[1..]);
        match path {
            "/steps" => json(200, &format!(r#"{{"values": [{}, {}]}}"#, step(ONE), step(TWO))),
            _ => json(200, OVER),
        }
    })
    .await
}

const ONE: &str = "{11111111-1111-1111-1111-111111111111}";
const TWO: &str = "{22222222-2222-2222-2222-222222222222}";

/// The lines of a pipeline with the index of their step, the error at the end, and how often the pipeline was read.
async fn lines(server: &Server) -> (Vec<(usize, String)>, Option<Error>, usize) {
    let client = server.client();
    let request = client.repository("w", "r").pipelines().follow("{p}");
    let quick = request.poll_every(Duration::from_millis(1), Duration::from_millis(2));
    let mut lines = quick.grace_period(Duration::from_millis(200)).lines();
    let mut found = Vec::new();
    let error = loop {
        match lines.next().await {
            Some(Ok(line)) => found.push((line.step.index, line.text)),
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    let read = server.seen().iter().filter(|seen| seen.target.ends_with("/pipelines/%7Bp%7D")).count();
    (found, error, read)
}

fn is_log(path: &str, of: &str) -> bool {
    path.ends_with("/log") && path.contains(of.trim_matches(['{', '}']))
}

#[tokio::test]
async fn lines_of_a_pipeline_do_not_run_into_each_other() {
    let server = pipeline(|path, count| match path {
        // The second line comes in two pieces, and has no end.
        path if is_log(path, ONE) => answer(200, "", if count == 1 { "a\nb" } else { "a\nbb" }),
        path if is_log(path, TWO) => answer(200, "", "c\n"),
        _ => String::new(),
    })
    .await;
    let (found, error, _) = lines(&server).await;
    let expected = [(0, "a"), (0, "bb"), (1, "c")].map(|(step, text)| (step, text.to_owned()));
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, expected);
    let request = server.client().repository("w", "r").pipelines().follow("{p}");
    assert_eq!(format!("{:?}", request.clone().chunks()), "PipelineLog { .. }");
    assert_eq!(format!("{:?}", request.lines()), "PipelineLogLines { step: None, .. }");
}

#[tokio::test]
async fn failures_of_a_pipeline_are_waited_for_and_those_of_a_log_are_not() {
    let logs = |path: &str| if path.ends_with("/log") { answer(200, "", "a\n") } else { String::new() };
    // It may not be found at first.
    for (status, passes) in [(404, true), (503, true), (403, false)] {
        let server = pipeline(move |path, count| match path {
            "" if count == 1 => answer(status, "", "{}"),
            path => logs(path),
        })
        .await;
        let (found, error, read) = lines(&server).await;
        assert_eq!((found.len(), error.is_none()), if passes { (2, true) } else { (0, false) }, "{status} {error:?}");
        assert!(passes || read == 1, "{status}: {read}");
    }
    // The log of a step has its own retries, and is not left out when these are used up.
    for (status, requests) in [(503, 6), (403, 1)] {
        let server =
            pipeline(move |path, _| if path.ends_with("/log") { answer(status, "", "{}") } else { String::new() })
                .await;
        let (found, error, read) = lines(&server).await;
        assert_eq!(
            (found.len(), error.and_then(|error| error.status()).map(|found| found.as_u16())),
            (0, Some(status))
        );
        let logs = server.seen().iter().filter(|seen| seen.target.ends_with("/log")).count();
        assert_eq!((logs, read), (requests, 1));
    }
    let server = pipeline(|path, _| if path.ends_with("/log") { answer(404, "", "{}") } else { String::new() }).await;
    let (found, error, read) = lines(&server).await;
    assert_eq!((found.len(), read), (0, 1));
    assert!(error.is_some_and(|error| error.to_string().contains("its log is missing")));
}

#[tokio::test]
async fn a_step_that_did_not_begin_has_no_log() {
    let server = pipeline(|path, _| match path {
        "/steps" => {
            let over = format!(r#"{{"uuid": "{ONE}", {}"#, &OVER[1..]);
            let pending = format!(r#"{{"uuid": "{TWO}", "state": {{"name": "PENDING"}}}}"#);
            json(200, &format!(r#"{{"values": [{over}, {pending}]}}"#))
        }
        path if path.ends_with("/log") => answer(200, "", "a\n"),
        _ => String::new(),
    })
    .await;
    let (found, error, _) = lines(&server).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, [(0, "a".to_owned())]);
    assert!(!server.seen().iter().any(|seen| seen.target.contains("22222222")));
}

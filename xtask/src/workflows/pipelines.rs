//! The rules of `bitbucket-pipelines.yml`: every part of `.ci/run`, beside each other, and a limit of time.

use serde_json::Value;

use super::{LOOK_BACK, parts, read, scripts, yaml};

/// The parts of `.ci/run` that a pipeline names, in their order. None may be skipped but the one that needs npm.
fn named(pipeline: &Value) -> Vec<String> {
    let steps = pipeline[0]["parallel"].as_array().into_iter().flatten();
    let lines = steps.flat_map(|step| step["step"]["script"].as_array().into_iter().flatten());
    let named = lines.filter_map(|line| line.as_str()).filter_map(|line| match line.split_once(".ci/run ")? {
        ("REQUIRE=all ", parts) | ("", parts @ "contract") => Some(parts),
        _ => None,
    });
    let words = named.flat_map(str::split_whitespace);
    words.map(str::to_owned).collect()
}

/// What the file lacks.
fn problems(text: &str, parts: &[String]) -> Vec<String> {
    let file = match yaml(text) {
        Ok(file) => file,
        Err(error) => return vec![format!("is no YAML: {error}")],
    };
    let mut found = Vec::new();
    if !file["options"]["max-time"].is_u64() {
        found.push("states no max-time".to_owned());
    }
    if !file["image"].as_str().is_some_and(|image| image.contains(':') && !image.ends_with(":latest")) {
        found.push("names no image with a tag".to_owned());
    }
    let pipelines = &file["pipelines"];
    for (name, pipeline) in
        [("pull-requests", &pipelines["pull-requests"]["**"]), ("main", &pipelines["branches"]["main"])]
    {
        let named = named(pipeline);
        if named != parts {
            found.push(format!("{name} runs {}, and the parts are {}", named.join(" "), parts.join(" ")));
        }
    }
    let steps = pipelines["pull-requests"]["**"][0]["parallel"].as_array().into_iter().flatten();
    let diff =
        steps.map(|step| &step["step"]).find(|step| step["condition"]["changesets"]["includePaths"][0] == "spec/**");
    if diff.is_none_or(|step| step["script"][0] != ".ci/spec-diff-bitbucket") {
        found.push("publishes no diff where spec/ changes".to_owned());
    }
    if !pipelines["custom"]["spec-update"].is_array() {
        found.push("has no update to be scheduled".to_owned());
    }
    let steps = pipelines["custom"]["spec-update"].as_array().into_iter().flatten().map(|step| &step["step"]);
    for step in steps.chain(diff) {
        let lines = step["script"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let lines: Vec<&str> = lines.collect();
        let (text, name) = (lines.join("\n"), step["name"].as_str().unwrap_or_default());
        let called = scripts(&text);
        let looks_back = called.iter().any(|script| LOOK_BACK.contains(script));
        let fetches = |text: &str| text.contains("git fetch --quiet --tags");
        if looks_back && !(fetches(&text) || called.iter().any(|script| fetches(&read(script)))) {
            found.push(format!("{name} does not fetch the tags"));
        }
        if looks_back && step["clone"]["depth"] != "full" {
            found.push(format!("{name} has no history"));
        }
    }
    found
}

#[test]
fn bitbucket_runs_the_same_parts() {
    let (text, parts) = (read("bitbucket-pipelines.yml"), parts());
    assert_eq!(problems(&text, &parts), [""; 0]);
    let cases = [
        (
            "              script: [REQUIRE=all .ci/run lint]\n",
            "              script: [REQUIRE=all .ci/run tests]\n",
            "pull-requests runs tests tests",
        ),
        ("[REQUIRE=all .ci/run lint]", "[.ci/run lint]", "pull-requests runs tests docs"),
        ("          - step: *msrv\n", "", "main runs lint tests docs features package"),
        ("  max-time: 60\n", "", "states no max-time"),
        ("rust:1-bookworm", "rust:latest", "names no image with a tag"),
        ("[\"spec/**\"]", "[\"docs/**\"]", "publishes no diff"),
        ("    spec-update:\n", "    other:\n", "has no update to be scheduled"),
        ("            - git fetch --quiet --tags origin\n", "", "spec update does not fetch the tags"),
        ("pipelines:\n", "pipelines: [\n", "is no YAML"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let found = problems(&text.replace(from, to), &parts);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{to}: {found:?}");
    }
    let shallow = problems(&text.replace("depth: full", "depth: 50"), &parts);
    assert_eq!(shallow, ["spec update has no history", "spec diff has no history"]);
}

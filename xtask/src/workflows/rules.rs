//! The rules of GitHub's workflows: smallest permissions, pinned actions, nothing of others in a shell, and no token where
//! code of others runs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{LOOK_BACK, parts, read, scripts, workflows, yaml};

/// The only actions; each is code of others.
const ACTIONS: [&str; 3] = ["actions/checkout", "actions/upload-artifact", "actions/download-artifact"];
/// What builds or runs code of the repository.
const BUILDERS: [&str; 6] = ["cargo", "rustup", "rustc", "npm", "node", "make"];

/// What a workflow does that it must not; `script` gives the text of a script of `.ci`.
fn problems(text: &str, script: &dyn Fn(&str) -> String) -> Vec<String> {
    let workflow = match yaml(text) {
        Ok(workflow) => workflow,
        Err(error) => return vec![format!("is no YAML: {error}")],
    };
    let mut found = Vec::new();
    let triggers = triggers(&workflow["on"]);
    let foreign = triggers.iter().any(|trigger| trigger.starts_with("pull_request"));
    if triggers.is_empty() {
        found.push("starts never".to_owned());
    }
    if triggers.contains("pull_request_target") {
        found.push("pull_request_target runs with a token what others have written".to_owned());
    }
    if foreign && text.contains("secrets.") {
        found.push("uses a secret where code of a pull request runs".to_owned());
    }
    if !workflow["concurrency"]["group"].is_string() {
        found.push("states no concurrency".to_owned());
    }
    match workflow["permissions"].as_object() {
        Some(permissions) if permissions.is_empty() => {}
        _ => found.push("does not begin with `permissions: {}`".to_owned()),
    }
    let none = Map::new();
    for (name, job) in workflow["jobs"].as_object().unwrap_or(&none) {
        let mut problem = |text: String| found.push(format!("job {name}: {text}"));
        if !job["timeout-minutes"].is_u64() {
            problem("states no timeout-minutes".to_owned());
        }
        if job.get("uses").is_some() {
            problem("calls another workflow".to_owned());
        }
        let Some(permissions) = job["permissions"].as_object() else {
            problem("states no permissions of its own".to_owned());
            continue;
        };
        let steps = job["steps"].as_array().map_or(&[][..], Vec::as_slice);
        let code: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
        let code = code.join("\n");
        if let Some(script) = scripts(&code).into_iter().find(|script| LOOK_BACK.contains(script))
            && steps.iter().all(|step| step["with"]["fetch-depth"] != 0)
        {
            problem(format!("runs {script} without history and tags"));
        }
        let writes = permissions.values().any(|value| value != "read");
        if writes && foreign {
            problem("may write where code of a pull request runs".to_owned());
        }
        for step in steps {
            for text in action(step, text, writes).into_iter().chain(shell(step, writes, script)) {
                problem(text);
            }
        }
    }
    found
}

fn triggers(on: &Value) -> BTreeSet<&str> {
    match on {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        Value::Object(several) => several.keys().map(String::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

fn action(step: &Value, text: &str, writes: bool) -> Vec<String> {
    let Some(uses) = step["uses"].as_str() else { return Vec::new() };
    let mut found = Vec::new();
    let (name, pin) = uses.split_once('@').unwrap_or((uses, ""));
    if !ACTIONS.contains(&name) {
        found.push(format!("uses {name}, which is none of {}", ACTIONS.join(", ")));
    }
    let is_hash = pin.len() == 40 && pin.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        found.push(format!("{uses} is not pinned by a full hash"));
    }
    let line = text.lines().find(|line| line.contains(uses)).unwrap_or_default();
    let version =
        line.split_once(" # v").map(|(_, version)| version.split('.').all(|part| part.parse::<u16>().is_ok()));
    if version != Some(true) {
        found.push(format!("{uses} does not say which version that is"));
    }
    // A run that is started again must not meet what an earlier attempt has left.
    let attempt = "${{ github.run_attempt }}";
    if name == "actions/upload-artifact" && !step["with"]["name"].as_str().is_some_and(|name| name.contains(attempt)) {
        found.push(format!("an artifact has no {attempt} in its name"));
    }
    if name == "actions/checkout" {
        let with = &step["with"];
        if with["persist-credentials"] != false {
            found.push("checkout leaves its token behind".to_owned());
        }
        if writes && ["ref", "repository"].iter().any(|key| with.get(key).is_some()) {
            found.push("may write, and checks out something else than its own commit".to_owned());
        }
    }
    found
}

fn shell(step: &Value, writes: bool, script: &dyn Fn(&str) -> String) -> Vec<String> {
    let Some(run) = step["run"].as_str() else { return Vec::new() };
    let mut found = Vec::new();
    if run.contains("${{") {
        found.push("an expression in a shell is code of whoever wrote its value: pass it by `env`".to_owned());
    }
    if run.lines().count() > 3 {
        found.push("a longer script belongs into .ci".to_owned());
    }
    if writes {
        let texts = scripts(run).into_iter().map(script).chain([run.to_owned()]);
        for text in texts {
            let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            let words: BTreeSet<&str> = code.flat_map(|line| line.split([' ', ';', '(', ')', '"', '|'])).collect();
            for builder in BUILDERS.iter().filter(|builder| words.contains(**builder)) {
                found.push(format!("may write, and runs {builder}"));
            }
        }
    }
    found
}

#[test]
fn workflows_keep_the_rules() {
    let all = workflows();
    assert_eq!(all.len(), 4);
    for (name, text) in &all {
        assert_eq!(problems(text, &|script| read(script)), [""; 0], "{name}");
    }
}

#[test]
fn a_workflow_that_waits_for_another_names_one() {
    let names: BTreeMap<String, String> = workflows()
        .into_iter()
        .map(|(file, text)| (yaml(&text).unwrap()["name"].as_str().unwrap().to_owned(), file))
        .collect();
    let mut waited = 0;
    for (_, text) in workflows() {
        for name in yaml(&text).unwrap()["on"]["workflow_run"]["workflows"].as_array().into_iter().flatten() {
            assert!(names.contains_key(name.as_str().unwrap()), "no workflow {name}");
            waited += 1;
        }
    }
    assert_eq!(waited, 1);
}

#[test]
fn the_parts_that_workflows_run_are_all_of_them() {
    let checks = yaml(&read(".github/workflows/checks.yml")).unwrap();
    let job = &checks["jobs"]["part"];
    let run: Vec<&Value> =
        job["steps"].as_array().unwrap().iter().filter(|step| step["env"]["PART"].is_string()).collect();
    assert_eq!(run.len(), 1);
    assert_eq!((&run[0]["run"], &run[0]["env"]["PART"]), (&".ci/run \"$PART\"".into(), &"${{ matrix.part }}".into()));
    assert_eq!(run[0]["env"]["REQUIRE"], "all", "what is skipped there, nobody checks");
    let named: Vec<&str> =
        job["strategy"]["matrix"]["part"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert_eq!(named, parts());
}

const GOOD: &str = "\
on:
  push:
permissions: {}
concurrency:
  group: x
jobs:
  one:
    timeout-minutes: 5
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - run: .ci/hello \"$NAME\"
        env:
          NAME: ${{ github.event.pull_request.title }}
";

fn hello(script: &str) -> String {
    assert!(script == ".ci/hello" || script == ".ci/spec-diff", "{script}");
    "# cargo is not run here\necho hello\n".to_owned()
}

#[test]
fn what_breaks_a_rule_is_found() {
    assert_eq!(problems(GOOD, &hello), [""; 0]);
    let cases = [
        ("  push:", "  pull_request_target:", "pull_request_target runs with a token"),
        ("  push:", "  pull_request:", "may write where code of a pull request runs"),
        ("on:\n  push:\n", "on: [push, pull_request]\n", "may write where code of a pull request runs"),
        ("on:\n  push:\n", "", "starts never"),
        ("on:\n  push:\n", "on: pull_request\nenv: {T: \"${{ secrets.T }}\"}\n", "uses a secret"),
        ("permissions: {}\n", "", "does not begin with `permissions: {}`"),
        ("permissions: {}\n", "permissions: write-all\n", "does not begin with `permissions: {}`"),
        ("permissions: {}\n", "permissions: {contents: write}\n", "does not begin with `permissions: {}`"),
        ("  group: x\n", "  cancel-in-progress: true\n", "states no concurrency"),
        ("    timeout-minutes: 5\n", "", "states no timeout-minutes"),
        ("    permissions:\n      contents: write\n", "", "states no permissions of its own"),
        (
            "    permissions:\n      contents: write\n",
            "    permissions: write-all\n",
            "states no permissions of its own",
        ),
        ("    steps:\n", "    uses: a/b/.github/workflows/c.yml@v1\n    steps:\n", "calls another workflow"),
        ("@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "@v5", "is not pinned by a full hash"),
        ("@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "@08c6903", "is not pinned by a full hash"),
        ("@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "", "is not pinned by a full hash"),
        (" # v5.0.0", "", "does not say which version that is"),
        (" # v5.0.0", " # newest", "does not say which version that is"),
        ("actions/checkout@", "somebody/checkout@", "uses somebody/checkout, which is none of"),
        ("          persist-credentials: false\n", "          fetch-depth: 0\n", "leaves its token behind"),
        ("persist-credentials: false", "persist-credentials: true", "leaves its token behind"),
        (
            "          persist-credentials: false\n",
            "          persist-credentials: false\n          ref: ${{ github.event.workflow_run.head_sha }}\n",
            "checks out something else than its own commit",
        ),
        ("\"$NAME\"", "\"${{ github.event.pull_request.title }}\"", "pass it by `env`"),
        (".ci/hello \"$NAME\"", "cargo build", "may write, and runs cargo"),
        (".ci/hello \"$NAME\"", "true && (cargo build)", "may write, and runs cargo"),
        (".ci/hello \"$NAME\"", "|\n          a\n          b\n          c\n          d", "belongs into .ci"),
        (".ci/hello \"$NAME\"", ".ci/spec-diff HEAD^1 x", "runs .ci/spec-diff without history and tags"),
        (
            "    steps:\n",
            "    steps:\n      - uses: actions/upload-artifact@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v4.6.2\n        with:\n          name: report\n",
            "an artifact has no ${{ github.run_attempt }} in its name",
        ),
        ("jobs:", "jobs: [", "is no YAML"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let found = problems(&GOOD.replace(from, to), &hello);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{to}: {found:?}");
    }
    let runs = problems(GOOD, &|_| "set -e\nx=$(cargo xtask spec diff)\n".to_owned());
    assert_eq!(runs, ["job one: may write, and runs cargo"]);
}

//! The programs that `bitbucket-pipelines.yml` runs, as processes, against a fake Bitbucket and a fake Code Insights proxy.
//! What they publish are reports of the comparison's own tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bitbucket_cloud::Client;
use bitbucket_tests::{FakeBitbucket, Reply};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

const COMMIT: &str = "a3c4e02c9a371f5b5c1f0e8d7b6a59483726150f";
const MARKER: &str = "[//]: # (spec-diff)";

/// What a run said.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Builds an example once, where these tests were built; with all packages, as `cargo test --workspace` does, so that
/// nothing is built twice.
fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap();
    BUILT.get_or_init(|| {
        // The profile dev builds into a folder of another name.
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            named => named,
        };
        let arguments = ["build", "--quiet", "--workspace", "--profile", profile];
        let examples = ["--example", "publish_spec_diff", "--example", "open_spec_update"];
        assert!(Command::new(env!("CARGO")).args(arguments).args(examples).status().unwrap().success());
    });
    folder.join("examples").join(name)
}

async fn run(name: &str, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(example(name));
    command.arg(folder).args(arguments);
    for (known, _) in std::env::vars().filter(|(known, _)| known.starts_with("BITBUCKET_")) {
        command.env_remove(known);
    }
    command.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    fn succeeds(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        &self.stdout
    }

    /// The one line of a run that could not do its work.
    fn refusal(&self) -> &str {
        assert_eq!((self.code, self.stderr.lines().count()), (Some(2), 1), "{self:?}");
        self.stderr.trim_end()
    }
}

/// A folder such as `.ci/spec-diff` writes.
fn folder(report: &str) -> TempDir {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/diff/golden");
    let folder = tempdir().unwrap();
    fs::copy(golden.join(format!("{report}.json")), folder.path().join("report.json")).unwrap();
    fs::copy(golden.join(format!("{report}.md")), folder.path().join("comment.md")).unwrap();
    folder
}

/// Variables as Pipelines sets them, and a credential.
fn step(api: &FakeBitbucket) -> Vec<(&'static str, &str)> {
    vec![
        ("BITBUCKET_WORKSPACE", "acme"),
        ("BITBUCKET_REPO_SLUG", "rocket"),
        ("BITBUCKET_COMMIT", COMMIT),
        ("BITBUCKET_PR_ID", "1"),
        ("BITBUCKET_ACCESS_TOKEN", "s3cret-token"),
        ("BITBUCKET_BASE_URL", api.base_url()),
    ]
}

fn address(fake: &FakeBitbucket) -> String {
    fake.base_url().trim_end_matches("/2.0").to_owned()
}

async fn publish(proxy: &FakeBitbucket, report: &str, variables: &[(&str, &str)]) -> Run {
    run("publish_spec_diff", folder(report).path(), &["--proxy", &address(proxy)], variables).await
}

async fn get(fake: &FakeBitbucket, path: &str) -> Value {
    let client = Client::builder().base_url(fake.base_url()).build().unwrap();
    let path = format!("/repositories/acme/rocket{path}");
    client.request(Method::GET, &path).send_as::<Value>().await.unwrap().into_inner()
}

async fn annotations(proxy: &FakeBitbucket) -> Vec<Value> {
    let path = format!("/commit/{COMMIT}/reports/spec-diff/annotations?pagelen=100");
    let mut found = get(proxy, &path).await["values"].as_array().unwrap().clone();
    found.sort_by_key(|annotation| annotation["summary"].as_str().unwrap().to_owned());
    found
}

#[tokio::test]
async fn a_second_diff_takes_the_place_of_the_first() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    let variables = step(&api);

    assert_eq!(
        publish(&proxy, "big_release", &variables).await.succeeds(),
        "report: 9 annotations\ncomment: 1 is new\n"
    );
    let report = get(&proxy, &format!("/commit/{COMMIT}/reports/spec-diff")).await;
    assert_eq!(report["result"], "PASSED", "the version goes far enough: {report}");
    assert_eq!(report["details"], "The change of spec/ needs a major version; 0.5.0 goes far enough.");
    assert_eq!(report["data"][1], json!({"title": "Breaks code", "type": "NUMBER", "value": 1}));
    let found = annotations(&proxy).await;
    assert_eq!(found.len(), 9);
    let removed = found.iter().find(|annotation| annotation["external_id"] == "5567432f5cf577af").unwrap();
    assert_eq!(removed["summary"], "field-removed: types::Thing.note: Option<String> → –");
    assert_eq!((&removed["path"], &removed["line"]), (&json!("spec/bitbucket.json"), &json!(329)));
    assert_eq!((&removed["annotation_type"], &removed["severity"]), (&json!("BUG"), &json!("HIGH")));
    assert!(removed["details"].as_str().unwrap().starts_with("reached by "), "{removed}");
    let severities: Vec<&str> = found.iter().map(|annotation| annotation["severity"].as_str().unwrap()).collect();
    let count = |severity| severities.iter().filter(|found| **found == severity).count();
    assert_eq!((count("HIGH"), count("MEDIUM"), count("LOW")), (1, 3, 5));
    let comments = get(&api, "/pullrequests/1/comments").await;
    let raw = comments["values"][0]["content"]["raw"].as_str().unwrap();
    assert!(raw.starts_with(&format!("{MARKER}\n\n## Spec diff: old → new\n")), "{raw}");
    assert!(
        raw.contains("\n### Deprecated (1)\n\n- ") && !raw.contains("details>") && !raw.contains("summary>"),
        "{raw}"
    );

    let second = publish(&proxy, "quiet_month", &variables).await;
    assert_eq!(second.succeeds(), "report: 1 annotations\ncomment: 1 is up to date\n");
    let found = annotations(&proxy).await;
    assert_eq!(found.len(), 1, "those of the first diff are gone: {found:?}");
    assert_eq!(found[0]["external_id"], "0cd0adeccad3fde0");
    assert_eq!(get(&proxy, &format!("/commit/{COMMIT}/reports")).await["size"], 1);
    let comments = get(&api, "/pullrequests/1/comments").await;
    assert_eq!(comments["size"], 1);
    assert!(!comments["values"][0]["content"]["raw"].as_str().unwrap().contains("types::Thing.note"));

    let seen = proxy.journal().into_iter().filter(|request| request.method != Method::GET);
    assert!(seen.clone().all(|request| request.header("authorization").is_none()), "the proxy adds the credentials");
    assert_eq!(seen.count(), 6, "each time the old report goes, the new one and its annotations come");
    proxy.assert_no_unmatched();
    api.assert_no_unmatched();
}

#[tokio::test]
async fn only_a_comment_of_ours_is_written_over() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    let client = Client::builder().base_url(api.base_url()).build().unwrap();
    let repository = client.repository("acme", "rocket");
    let pull_requests = repository.pull_requests();
    for text in ["looks good".to_owned(), format!("{MARKER}\n\na copy of somebody else's"), format!("see {MARKER}")] {
        let comment = bitbucket_cloud::types::PullRequestComment::new(text);
        pull_requests.create_comment(1, &comment).await.unwrap();
    }
    let template = "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/comments/2";
    api.on(Method::PUT, template, Reply::json(403, json!({"type": "error", "error": {"message": "not yours"}})));

    let variables = step(&api);
    assert!(publish(&proxy, "withdrawal", &variables).await.succeeds().ends_with("comment: 4 is new\n"));
    assert!(publish(&proxy, "withdrawal", &variables).await.succeeds().ends_with("comment: 4 is up to date\n"));
    let comments = get(&api, "/pullrequests/1/comments").await;
    let texts: Vec<&str> =
        comments["values"].as_array().unwrap().iter().map(|one| one["content"]["raw"].as_str().unwrap()).collect();
    assert_eq!((texts.len(), texts[0]), (4, "looks good"));
    assert!(texts[1].ends_with("somebody else's") && texts[2].starts_with("see "), "{texts:?}");
}

#[tokio::test]
async fn without_credentials_or_pull_request_there_is_a_report_only() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    for (left_out, said) in
        [("BITBUCKET_ACCESS_TOKEN", "there are no credentials"), ("BITBUCKET_PR_ID", "BITBUCKET_PR_ID")]
    {
        let mut variables = step(&api);
        variables.retain(|(name, _)| *name != left_out);
        let run = publish(&proxy, "withdrawal", &variables).await;
        let lines: Vec<&str> = run.succeeds().lines().collect();
        assert_eq!((lines.len(), lines[0]), (2, "report: 2 annotations"));
        assert!(lines[1].starts_with("no comment: ") && lines[1].contains(said), "{run:?}");
    }
    assert!(api.journal().is_empty());
}

#[tokio::test]
async fn limits_are_kept_and_the_worst_is_not_lost() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    let many = folder("withdrawal");
    let path = many.path().join("report.json");
    let mut report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let blocks =
        json!({"class": "blocks", "subject": "x".repeat(600), "note": "y".repeat(3000), "location": {"new": null}});
    let mut worst = report["findings"][0].clone();
    worst.as_object_mut().unwrap().extend(blocks.as_object().unwrap().clone());
    let mut harmless = report["findings"][0].clone();
    harmless["class"] = json!("extends");
    // The same fingerprint again and again, as where two findings differ in prose only.
    let mut findings = vec![harmless; 1200];
    findings.push(worst);
    report["findings"] = Value::Array(findings);
    report["bump"]["enough"] = json!(false);
    fs::write(&path, report.to_string()).unwrap();

    let run = run("publish_spec_diff", many.path(), &["--failed", "--proxy", &address(&proxy)], &step(&api)).await;
    assert!(run.succeeds().contains("report: 1000 annotations\n"), "{run:?}");
    assert!(run.stdout.contains("the least severe are left out"), "{run:?}");
    let first = proxy.journal().into_iter().find(|request| request.method == Method::POST).unwrap().json().unwrap();
    assert_eq!((&first[0]["severity"], first[0].get("path")), (&json!("CRITICAL"), None));
    assert_eq!(first[0]["summary"].as_str().unwrap().chars().count(), 450);
    assert_eq!(first[0]["details"].as_str().unwrap().chars().count(), 2000);
    let report = get(&proxy, &format!("/commit/{COMMIT}/reports/spec-diff")).await;
    assert_eq!((&report["result"], &report["data"][0]["value"]), (&json!("FAILED"), &json!(1)));
    proxy.assert_no_unmatched();
}

#[tokio::test]
async fn the_report_fails_where_the_check_does() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    let variables = step(&api);
    // After a release: something is new, and the manifest still has the version of the release.
    let additive = folder("quiet_month");
    let path = additive.path().join("report.json");
    let mut report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for finding in report["findings"].as_array_mut().unwrap() {
        assert!(["extends", "lint", "none"].contains(&finding["class"].as_str().unwrap()), "{finding}");
    }
    report["bump"] = json!({"required": "minor", "released": "0.1.0", "declared": "0.1.0", "enough": false});
    fs::write(&path, report.to_string()).unwrap();
    let proxy_address = address(&proxy);
    for (more, result) in [(&[][..], "PASSED"), (&["--failed"], "FAILED")] {
        let arguments = [&["--proxy", proxy_address.as_str()], more].concat();
        run("publish_spec_diff", additive.path(), &arguments, &variables).await.succeeds();
        let report = get(&proxy, &format!("/commit/{COMMIT}/reports/spec-diff")).await;
        assert_eq!(report["result"], result);
        let details =
            "The change of spec/ needs a minor version; 0.1.0 is too low, so raise it before the next release.";
        assert_eq!(report["details"], details);
    }
}

#[tokio::test]
async fn bad_input_is_one_line() {
    let (proxy, api) = (FakeBitbucket::start().await.unwrap(), FakeBitbucket::start().await.unwrap());
    let variables = step(&api);
    let texts = [
        ("report.json", "", "no report of `cargo xtask spec diff --format json`: EOF"),
        ("report.json", "{}", "no report of `cargo xtask spec diff --format json`: missing field `format`"),
        ("report.json", "<html>", "no report of `cargo xtask spec diff --format json`: expected value at line 1"),
        (
            "report.json",
            r#"{"format": 2, "bump": {"required": "", "declared": "", "enough": true}, "findings": []}"#,
            "a report of format 2",
        ),
        ("comment.md", " \n", "a comment has between 1 and"),
    ];
    for (name, text, expected) in texts {
        let folder = folder("withdrawal");
        fs::write(folder.path().join(name), text).unwrap();
        let run = run("publish_spec_diff", folder.path(), &["--proxy", &address(&proxy)], &variables).await;
        assert!(run.refusal().contains(name) && run.refusal().contains(expected), "{run:?}");
    }
    let nowhere = run("publish_spec_diff", Path::new("/nowhere"), &[], &variables).await;
    assert!(nowhere.refusal().starts_with("error: /nowhere/report.json: cannot be read: "), "{nowhere:?}");
    for name in ["BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_COMMIT"] {
        let mut variables = variables.clone();
        variables.retain(|(known, _)| *known != name);
        let run = publish(&proxy, "withdrawal", &variables).await;
        assert!(run.refusal().starts_with(&format!("error: {name} is not set; ")), "{run:?}");
    }
    assert!(proxy.journal().is_empty() && api.journal().is_empty(), "nothing is sent before all is read");

    let mut half = variables.clone();
    half.retain(|(name, _)| *name != "BITBUCKET_ACCESS_TOKEN");
    half.push(("BITBUCKET_EMAIL", "me@example.org"));
    let run = publish(&proxy, "withdrawal", &half).await;
    assert!(run.refusal().contains("BITBUCKET_EMAIL is set without BITBUCKET_API_TOKEN"), "{run:?}");
    let mut other = variables.clone();
    other.retain(|(name, _)| *name != "BITBUCKET_PR_ID");
    other.push(("BITBUCKET_PR_ID", "one"));
    assert!(publish(&proxy, "withdrawal", &other).await.refusal().contains("`one` is no number"));
}

#[tokio::test]
async fn the_update_is_one_pull_request_however_often_it_is_opened() {
    let api = FakeBitbucket::start().await.unwrap();
    let variables = step(&api);
    let folder = tempdir().unwrap();
    let open = || run("open_spec_update", folder.path(), &[], &variables);
    assert_eq!(open().await.succeeds(), "nothing was pushed, so there is nothing to open\n");
    fs::write(folder.path().join("pushed"), "").unwrap();
    assert!(open().await.refusal().contains("title: cannot be read"));
    fs::write(folder.path().join("title"), "spec: take over Bitbucket's document of 2026-08\n").unwrap();
    fs::write(folder.path().join("body.md"), "what no longer fits").unwrap();
    fs::write(folder.path().join("draft"), "").unwrap();
    assert_eq!(open().await.succeeds(), "pull request 7 is open\n");
    assert_eq!(get(&api, "/pullrequests/7").await["draft"], true);

    fs::remove_file(folder.path().join("draft")).unwrap();
    fs::write(folder.path().join("body.md"), "the diff").unwrap();
    assert_eq!(open().await.succeeds(), "pull request 7 is open\n");
    let found = get(&api, "/pullrequests/7").await;
    assert_eq!((&found["draft"], &found["description"]), (&json!(false), &json!("the diff")));
    assert_eq!(found["source"]["branch"]["name"], "spec-update");
    assert_eq!(found["title"], "spec: take over Bitbucket's document of 2026-08");
}

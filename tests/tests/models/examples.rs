//! The request bodies that Bitbucket's pages show, made by the constructors.

use bitbucket_cloud::types::{
    Pipeline, PipelineCommitTarget, PipelinePullRequestTarget, PipelineRefTarget, PipelineSelector, PipelineVariable,
    Report, ReportAnnotation, ReportAnnotationSeverity, ReportAnnotationType, ReportData, ReportResult, ReportType,
};
use serde_json::{Value, json};
use std::time::Duration;

fn sent(body: &impl serde::Serialize) -> Value {
    serde_json::to_value(body).unwrap_or_default()
}

#[test]
fn pipelines_on_branches_and_commits() {
    assert_eq!(
        sent(&Pipeline::on(PipelineRefTarget::branch("master"))),
        json!({ "target": { "ref_type": "branch", "type": "pipeline_ref_target", "ref_name": "master" } })
    );
    let hash = "ce5b7431602f7cbba007062eeb55225c6e18e956";
    assert_eq!(
        sent(&Pipeline::on(PipelineRefTarget::branch("master").at(hash))),
        json!({ "target": {
            "commit": { "type": "commit", "hash": hash },
            "ref_type": "branch", "type": "pipeline_ref_target", "ref_name": "master",
        } })
    );
}

#[test]
fn custom_pipelines() {
    let hash = "a3c4e02c9a3755eccdc3764e6ea13facdf30f923";
    let custom = || PipelineSelector::custom("Deploy to production");
    assert_eq!(
        sent(&Pipeline::on(PipelineCommitTarget::new(hash, custom()))),
        json!({ "target": {
            "commit": { "hash": hash, "type": "commit" },
            "selector": { "type": "custom", "pattern": "Deploy to production" },
            "type": "pipeline_commit_target",
        } })
    );
    assert_eq!(
        sent(&Pipeline::on(PipelineRefTarget::branch("master").at(hash).with_selector(custom()))),
        json!({ "target": {
            "commit": { "hash": hash, "type": "commit" },
            "selector": { "type": "custom", "pattern": "Deploy to production" },
            "type": "pipeline_ref_target", "ref_name": "master", "ref_type": "branch",
        } })
    );
    let variables = [PipelineVariable::secret("var1key", "var1value"), PipelineVariable::new("var2key", "var2value")];
    assert_eq!(
        sent(&Pipeline::on(PipelineRefTarget::branch("master").with_selector(custom())).with_variables(variables)),
        json!({
            "target": {
                "type": "pipeline_ref_target", "ref_type": "branch", "ref_name": "master",
                "selector": { "type": "custom", "pattern": "Deploy to production" },
            },
            "variables": [
                { "key": "var1key", "value": "var1value", "secured": true },
                { "key": "var2key", "value": "var2value" },
            ],
        })
    );
}

#[test]
fn a_pipeline_on_a_pull_request() {
    let target = PipelinePullRequestTarget::new(3, ("pull-request-branch", "1a372fc"), ("master", "9f848b7"));
    assert_eq!(
        sent(&Pipeline::on(target)),
        json!({ "target": {
            "type": "pipeline_pullrequest_target",
            "source": "pull-request-branch",
            "destination": "master",
            "destination_commit": { "hash": "9f848b7" },
            "commit": { "hash": "1a372fc" },
            // In quotes on the page, as `Target::pull_request` sends it. The service takes both and sends the number.
            "pullrequest": { "id": 3 },
            "selector": { "type": "pull-requests", "pattern": "**" },
        } })
    );
}

#[test]
fn a_report_and_an_annotation() {
    let details = "This pull request introduces 10 new dependency vulnerabilities.";
    let report = Report::new("Security scan report", details, ReportType::Security)
        .with_reporter("mySystem")
        .with_link("http://www.mysystem.com/reports/001")
        .with_result(ReportResult::Failed)
        .with_data([
            ReportData::duration("Duration (seconds)", Duration::from_millis(14)),
            ReportData::boolean("Safe to merge?", false),
        ]);
    assert_eq!(
        sent(&report),
        json!({
            "title": "Security scan report",
            "details": details,
            "report_type": "SECURITY",
            "reporter": "mySystem",
            "link": "http://www.mysystem.com/reports/001",
            "result": "FAILED",
            "data": [
                { "title": "Duration (seconds)", "type": "DURATION", "value": 14 },
                { "title": "Safe to merge?", "type": "BOOLEAN", "value": false },
            ],
        })
    );
    let summary = "This line represents a security thread.";
    let annotation = ReportAnnotation::new(ReportAnnotationType::Vulnerability, summary)
        .with_title("Security scan report")
        .with_severity(ReportAnnotationSeverity::High)
        .with_path("my-service/src/main/java/com/myCompany/mysystem/logic/Main.java")
        .with_line(42);
    assert_eq!(
        sent(&annotation),
        json!({
            "title": "Security scan report",
            "annotation_type": "VULNERABILITY",
            "summary": summary,
            "severity": "HIGH",
            "path": "my-service/src/main/java/com/myCompany/mysystem/logic/Main.java",
            "line": 42,
        })
    );
}

#[test]
fn each_figure_of_a_report_has_a_value_of_its_own() {
    let at = "2026-05-27T10:48:43Z".parse::<bitbucket_cloud::Timestamp>();
    let figures = [
        (sent(&ReportData::boolean("a", true)), "BOOLEAN", json!(true)),
        (sent(&ReportData::duration("a", Duration::from_secs(2))), "DURATION", json!(2000)),
        (
            sent(&ReportData::link("a", "here", "https://x.example")),
            "LINK",
            json!({ "text": "here", "href": "https://x.example" }),
        ),
        (sent(&ReportData::number("a", 14_300)), "NUMBER", json!(14_300)),
        (sent(&ReportData::number("a", 0.5)), "NUMBER", json!(0.5)),
        (sent(&ReportData::percentage("a", 99.5)), "PERCENTAGE", json!(99.5)),
        (sent(&ReportData::text("a", "b")), "TEXT", json!("b")),
        (at.map(|at| sent(&ReportData::date("a", at))).unwrap_or_default(), "DATE", json!(1_779_878_923_000_i64)),
    ];
    for (figure, kind, value) in figures {
        assert_eq!(figure, json!({ "title": "a", "type": kind, "value": value }));
    }
}

//! Constructors ask for what the service insists on, and write that and nothing else.

use bitbucket_cloud::Method;
use bitbucket_cloud::types::{
    Branch, BranchRestriction, BranchRestrictionKind, BranchRestrictionMatchKind, CommitComment, CommitStatus,
    CommitStatusState, DeployKey, DeploymentEnvironment, DeploymentVariable, GpgKey, PipelineKnownHost,
    PipelineRefTarget, PipelineRunner, PipelineScheduleCreate, PipelineVariable, Project, PullRequest,
    PullRequestComment, PullRequestTaskCreate, Report, ReportAnnotation, ReportAnnotationType, ReportType, Repository,
    SnippetComment, SshKey, Tag, Webhook, WebhookEvent,
};
use bitbucket_tests::Reply;
use serde::Serialize;
use serde_json::{Value, json};

use crate::fake;

/// What is sent.
fn written(model: &impl Serialize) -> Value {
    serde_json::to_value(model).expect("a model can be written")
}

#[test]
fn a_pull_request_needs_a_title_and_a_branch() {
    let fix = PullRequest::new("Fix", "topic");
    let least = json!({"title": "Fix", "source": {"branch": {"name": "topic"}}});
    assert_eq!(written(&fix), least);
    let more = written(&fix.with_description("It leaked.").with_close_source_branch(true));
    assert_eq!((&more["description"], &more["close_source_branch"]), (&json!("It leaked."), &json!(true)));
    assert_eq!((&more["title"], &more["source"]), (&least["title"], &least["source"]));
}

#[test]
fn a_comment_needs_a_text() {
    assert_eq!(written(&PullRequestComment::new("LGTM")), json!({"content": {"raw": "LGTM"}}));
}

/// Without the types of objects, which some models fill in.
fn untyped(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| name != "type");
            members.map(|(name, value)| (name, untyped(value))).collect()
        }
        value => value,
    }
}

#[test]
fn every_constructor_writes_its_arguments_and_nothing_else() {
    let content = json!({"content": {"raw": "Done"}});
    let variable = json!({"key": "REGION", "value": "north"});
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEx example";
    let restriction =
        BranchRestriction::new(BranchRestrictionKind::Push, BranchRestrictionMatchKind::Glob, "release/*");
    let nightly = PipelineScheduleCreate::new("0 30 2 * * ? *", PipelineRefTarget::branch("main"));
    let cases = [
        (written(&CommitComment::new("Done")), content.clone()),
        (written(&SnippetComment::new("Done")), content.clone()),
        (written(&PullRequestTaskCreate::new("Done")), content),
        (written(&PipelineVariable::new("REGION", "north")), variable.clone()),
        (written(&DeploymentVariable::new("REGION", "north")), variable),
        (
            written(&Webhook::new("https://example.org/hook", [WebhookEvent::RepoPush])),
            json!({"url": "https://example.org/hook", "events": ["repo:push"]}),
        ),
        (written(&DeployKey::new(key, "ci")), json!({"key": key, "label": "ci"})),
        (written(&SshKey::new(key)), json!({ "key": key })),
        (written(&GpgKey::new("mQENBF")), json!({"key": "mQENBF"})),
        (written(&restriction), json!({"kind": "push", "branch_match_kind": "glob", "pattern": "release/*"})),
        (
            written(&CommitStatus::new("build", CommitStatusState::InProgress)),
            json!({"key": "build", "state": "INPROGRESS"}),
        ),
        (written(&Repository::new("ENG")), json!({"project": {"key": "ENG"}})),
        (written(&Project::new("ENG", "Engines")), json!({"key": "ENG", "name": "Engines"})),
        (written(&Branch::new("topic", "4f2d9a7c1e8b")), json!({"name": "topic", "target": {"hash": "4f2d9a7c1e8b"}})),
        (written(&Tag::new("v1.0", "4f2d9a7c1e8b")), json!({"name": "v1.0", "target": {"hash": "4f2d9a7c1e8b"}})),
        (
            written(&nightly),
            json!({"cron_pattern": "0 30 2 * * ? *", "target": {"ref_type": "branch", "ref_name": "main"}}),
        ),
        (
            written(&PipelineKnownHost::new("example.org", "ssh-ed25519", "AAAAC3Nz")),
            json!({"hostname": "example.org", "public_key": {"key_type": "ssh-ed25519", "key": "AAAAC3Nz"}}),
        ),
        (
            written(&PipelineRunner::new("builder", ["self.hosted", "linux"])),
            json!({"name": "builder", "labels": ["self.hosted", "linux"]}),
        ),
        (
            written(&DeploymentEnvironment::new("blue", "Production")),
            json!({"name": "blue", "environment_type": {"name": "Production"}}),
        ),
        (
            written(&Report::new("Scan", "Ten findings.", ReportType::Security)),
            json!({"title": "Scan", "details": "Ten findings.", "report_type": "SECURITY"}),
        ),
        (
            written(&ReportAnnotation::new(ReportAnnotationType::Bug, "This divides by zero.")),
            json!({"annotation_type": "BUG", "summary": "This divides by zero."}),
        ),
    ];
    for (found, wanted) in cases {
        assert_eq!(untyped(found), wanted);
    }
}

#[test]
fn secrets_among_the_arguments_are_not_shown() {
    for shown in [
        format!("{:?}", PipelineVariable::secret("TOKEN", "hunter2")),
        format!("{:?}", DeploymentVariable::secret("TOKEN", "hunter2")),
        format!("{:?}", Webhook::new("https://example.org", [WebhookEvent::RepoPush]).with_secret("hunter2")),
    ] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn what_is_needed_is_an_argument_and_arrives() {
    let (fake, client) = fake().await;
    fake.on(Method::POST, "/{*rest}", Reply::json(201, json!({"id": 7})));
    fake.on(Method::PUT, "/{*rest}", Reply::json(200, json!({"id": 7})));
    let (fix, comment) = (PullRequest::new("Fix", "topic"), PullRequestComment::new("LGTM"));
    let repository = client.repository("acme", "rocket");
    assert_eq!(repository.pull_requests().create(&fix).send().await.expect("a pull request").id, Some(7));
    let mended = PullRequest::default().with_title("Mend");
    client.pull_requests().update("acme", "rocket", 7, &mended).send().await.expect("a pull request");
    client.pull_requests().create_comment("acme", "rocket", 7, &comment).send().await.expect("a comment");
    // A repository needs nothing but its path, and a merge has usual values for everything.
    client.repositories().create("acme", "engine").send().await.expect("a repository");
    repository.pull_requests().merge(7).send().await.expect("a merge");

    let journal = fake.journal();
    let bodies: Vec<_> = journal.iter().map(|entry| (entry.path.as_str(), entry.json().ok())).collect();
    let pull_requests = "/2.0/repositories/acme/rocket/pullrequests";
    assert_eq!(bodies[0], (pull_requests, Some(written(&fix))));
    assert_eq!(bodies[1], (format!("{pull_requests}/7").as_str(), Some(json!({"title": "Mend"}))));
    assert_eq!(bodies[2], (format!("{pull_requests}/7/comments").as_str(), Some(written(&comment))));
    assert_eq!(bodies[3], ("/2.0/repositories/acme/engine", None));
    assert_eq!(bodies[4], (format!("{pull_requests}/7/merge").as_str(), None));
}

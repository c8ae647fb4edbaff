//! Code Insights: limits that are known before anything is sent, batches, and what is published when one of them fails.

use bitbucket_cloud::ext::insights::{PublishProgress, PublishRequest};
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, ErrorKind, types};
use bitbucket_tests::{FakeBitbucket, Method, Reply};
use serde_json::json;

use crate::{client, fake};

const COMMIT: &str = "a3c4e02c9a3755eccdc3764e6ea13facdf30f923";
const ANNOTATIONS: &str = "/repositories/{workspace}/{repo_slug}/commit/{commit}/reports/{reportId}/annotations";

fn report() -> types::Report {
    types::Report::default()
        .with_title("Scan")
        .with_details("What was found.")
        .with_report_type(types::ReportType::Bug)
        .with_result(types::ReportResult::Failed)
}

fn finding(number: usize) -> types::ReportAnnotation {
    let finding = types::ReportAnnotation::default().with_external_id(format!("scan-{number}"));
    finding.with_annotation_type(types::ReportAnnotationType::CodeSmell).with_summary(format!("finding {number}"))
}

fn publish(client: &Client, annotations: impl IntoIterator<Item = types::ReportAnnotation>) -> PublishRequest {
    client.repository("acme", "rocket").reports().publish(COMMIT, "scan-001", &report(), annotations)
}

async fn live_annotations(client: &Client) -> usize {
    let reports = client.reports();
    let list = reports.list_annotations("acme", "rocket", COMMIT, "scan-001");
    list.page_len(100).collect_all().await.expect("the annotations").len()
}

fn calls(fake: &FakeBitbucket) -> Vec<(Method, usize)> {
    let journal = fake.journal();
    let size = |body: serde_json::Value| body.as_array().map_or(0, Vec::len);
    journal.iter().map(|entry| (entry.method.clone(), entry.json().map_or(0, size))).collect()
}

#[tokio::test]
async fn what_is_published_is_not_shown() {
    let fake = fake().await;
    let publish = publish(&client(&fake), [finding(1), finding(2)]);
    for text in [format!("{publish:?}"), format!("{publish:#?}")] {
        assert!(!text.contains("Scan") && !text.contains("What was") && !text.contains("finding"), "{text}");
        assert!(text.contains("annotations: 2"), "{text}");
    }
}

#[tokio::test]
async fn a_report_is_replaced_with_its_annotations_in_batches() {
    let fake = fake().await;
    let client = client(&fake);
    let published = publish(&client, (0..250).map(finding)).send().await.expect("a report");
    assert_eq!((published.annotations, published.annotations_dropped, published.summaries_truncated), (250, false, 0));
    assert_eq!(published.report.and_then(|report| report.external_id).as_deref(), Some("scan-001"));
    let sizes = calls(&fake);
    assert_eq!(sizes[..2], [(Method::DELETE, 0), (Method::PUT, 0)]);
    let mut batches: Vec<_> = sizes[2..].iter().map(|(method, size)| (method.as_str(), *size)).collect();
    batches.sort();
    assert_eq!(batches, [("POST", 50), ("POST", 100), ("POST", 100)]);
    assert_eq!(live_annotations(&client).await, 250);
    // The old annotations do not outlive the new report.
    let repository = client.repository("acme", "rocket");
    let second = repository.reports().publish(COMMIT, "scan-001", &report(), [finding(9)]).send().await;
    assert_eq!(second.expect("a report").annotations, 1);
    assert_eq!(live_annotations(&client).await, 1);
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn a_report_without_annotations_is_a_report() {
    let fake = fake().await;
    let published = publish(&client(&fake), []).send().await.expect("a report");
    assert_eq!((published.annotations, calls(&fake).len()), (0, 2));
}

#[tokio::test]
async fn what_is_over_a_limit_is_not_sent() {
    let fake = fake().await;
    let client = client(&fake);
    let on = |report: types::Report, annotations: Vec<types::ReportAnnotation>| {
        client.repository("acme", "rocket").reports().publish(COMMIT, "scan-001", &report, annotations)
    };
    let data = |count| report().with_data((0..count).map(|_| types::ReportData::default().with_title("x")));
    let untitled = types::Report::default().with_details("x").with_report_type(types::ReportType::Bug);
    let cases = [
        (on(untitled, vec![]), "`title`"),
        (on(types::Report::default().with_title("x").with_report_type(types::ReportType::Bug), vec![]), "`details`"),
        (on(types::Report::default().with_title("x").with_details("x"), vec![]), "`report_type`"),
        (on(data(11), vec![]), "11 data entries"),
        (on(report(), (0..1001).map(finding).collect()), "1000 annotations"),
        (on(report(), vec![finding(1), finding(2), finding(1)]), "annotation 2"),
        (on(report(), vec![finding(1).with_summary("ä".repeat(451))]), "451 characters"),
        (on(report(), vec![finding(1).with_summary(" ")]), "`summary`"),
        (
            on(
                report(),
                vec![
                    types::ReportAnnotation::default()
                        .with_summary("x")
                        .with_annotation_type(types::ReportAnnotationType::Bug),
                ],
            ),
            "`external_id`",
        ),
        (
            on(report(), vec![types::ReportAnnotation::default().with_summary("x").with_external_id("x")]),
            "`annotation_type`",
        ),
    ];
    for (publish, reason) in cases {
        let failed = publish.send().await.expect_err("a refusal");
        assert_eq!((failed.error.kind(), &failed.progress), (ErrorKind::InvalidRequest, &PublishProgress::default()));
        assert!(failed.to_string().contains(reason), "{failed}");
    }
    assert!(fake.journal().is_empty());
    assert!(on(data(10), vec![finding(1).with_summary("ä".repeat(450))]).send().await.is_ok());
}

#[tokio::test]
async fn too_much_can_be_cut_and_the_result_says_so() {
    let fake = fake().await;
    let client = client(&fake);
    let long = (0..).map(|number| finding(number).with_summary("ü".repeat(450 + number % 2)));
    let published = publish(&client, long).truncate().concurrency(4).send().await.expect("a report");
    assert_eq!(
        (published.annotations, published.annotations_dropped, published.summaries_truncated),
        (1000, true, 500)
    );
    assert_eq!(live_annotations(&client).await, 1000);
}

#[tokio::test]
async fn a_second_call_goes_on_where_the_first_one_failed() {
    for concurrency in [1, 3] {
        let fake = fake().await;
        let client = client(&fake);
        // The batch with that annotation fails once.
        let fails = |call: &bitbucket_tests::Recorded| String::from_utf8_lossy(&call.body).contains("\"scan-250\"");
        let failed_before = std::sync::atomic::AtomicBool::new(false);
        fake.on_fn(Method::POST, ANNOTATIONS, move |call| {
            let fail = fails(call.request) && !failed_before.swap(true, std::sync::atomic::Ordering::SeqCst);
            fail.then(|| Reply::json(400, json!({"key": "report-service.general.bad-request", "message": "no"})))
        });
        let all = || publish(&client, (0..950).map(finding)).concurrency(concurrency);
        let failed = all().send().await.expect_err("a failure");
        assert_eq!(failed.error.key(), Some("report-service.general.bad-request"));
        assert!(failed.progress.report && !failed.progress.batches.contains(&2), "{failed:?}");
        assert!(failed.progress.batches.is_superset(&[0, 1].into()), "{failed:?}");
        assert_eq!(live_annotations(&client).await, failed.progress.batches.len() * 100);

        let kept = serde_json::to_string(&failed.progress).expect("JSON");
        let progress: PublishProgress = serde_json::from_str(&kept).expect("what was kept");
        fake.clear_journal();
        let published = all().resume(&progress).send().await.expect("the rest");
        assert_eq!((published.annotations, published.report.is_none()), (950, true));
        let sent = calls(&fake);
        assert!(sent.iter().all(|(method, _)| *method == Method::POST), "{sent:?}");
        assert_eq!(sent.len(), 10 - progress.batches.len());
        assert_eq!(live_annotations(&client).await, 950);
    }
}

#[tokio::test]
async fn no_more_batches_are_under_way_than_wanted() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    let fake = fake().await;
    let delay = std::time::Duration::from_millis(30);
    let (begun, client) = (Arc::new(AtomicUsize::new(0)), client(&fake));
    let counter = Arc::clone(&begun);
    fake.on_fn(Method::POST, ANNOTATIONS, move |_| {
        counter.fetch_add(1, SeqCst);
        Reply::json(200, json!([])).delay(delay)
    });
    let sending = tokio::spawn(publish(&client, (0..800).map(finding)).concurrency(3).send());
    while begun.load(SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    tokio::time::sleep(delay / 3).await;
    assert_eq!(begun.load(SeqCst), 3);
    assert_eq!(sending.await.expect("a task").expect("a report").annotations, 800);
    assert_eq!(begun.load(SeqCst), 8);
}

//! Publishes a Code Insights report with findings: `publish_report [WORKSPACE/REPOSITORY] [REVISION]`.

use bitbucket_cloud::types::{Report, ReportAnnotation, ReportAnnotationAnnotationType as Kind, ReportReportType};
use bitbucket_cloud::{Client, prelude::*};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let revision = arguments.next().unwrap_or_else(|| "feature/with-slash".into());
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    // Reports belong to commits; a name is turned into a hash once.
    let commit = repository.resolve(&revision).await?;
    let report =
        Report::default().title("Lint").details("250 findings in 50 files.").report_type(ReportReportType::Bug);
    let findings = (1..=250).map(|number: i64| {
        ReportAnnotation::default()
            .external_id(format!("example-lint-{number}"))
            .annotation_type(Kind::CodeSmell)
            .summary(format!("finding {number}"))
            .path(format!("src/file_{}.rs", number % 50))
            .line(number)
    });

    let reports = repository.reports();
    let publish = || reports.publish(&commit, "example-lint", &report, findings.clone()).cut_over_limit();
    let published = match publish().send().await {
        Ok(published) => published,
        Err(failed) => {
            eprintln!("{failed}; once more, for the rest");
            publish().resume(&failed.live).send().await?
        }
    };
    println!("{} annotations on {}", published.annotations, &commit[..12]);
    Ok(())
}

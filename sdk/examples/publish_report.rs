//! Publishes a Code Insights report with findings: `publish_report [WORKSPACE/REPOSITORY] [REVISION]`.

use bitbucket_cloud::types::{Report, ReportAnnotation, ReportAnnotationType as Kind, ReportType};
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
    let report = Report::new("Lint", "250 findings in 50 files.", ReportType::Bug);
    let findings = (1..=250).map(|number: i64| {
        ReportAnnotation::new(Kind::CodeSmell, format!("finding {number}"))
            .with_external_id(format!("example-lint-{number}"))
            .with_path(format!("src/file_{}.rs", number % 50))
            .with_line(number)
    });

    let reports = repository.reports();
    let publish = || reports.publish(&commit, "example-lint", &report, findings.clone()).truncate();
    let published = match publish().send().await {
        Ok(published) => published,
        Err(failed) => {
            eprintln!("{failed}; once more, for the rest");
            publish().resume(&failed.progress).send().await?
        }
    };
    println!("{} annotations on {}", published.annotations, &commit[..12]);
    Ok(())
}

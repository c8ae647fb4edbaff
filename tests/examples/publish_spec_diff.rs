//! Publishes on Bitbucket what `.ci/spec-diff` has found: a Code Insights report on the commit, and one comment of the
//! pull request, which is written over from then on. `bitbucket-pipelines.yml` runs it.
//!
//! The report goes through the proxy beside each step, which needs no credentials. The comment needs those of
//! `Client::from_env`; without any, there is only the report.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use bitbucket_cloud::types::{
    PullRequestComment, Report, ReportAnnotation, ReportAnnotationSeverity as Severity, ReportAnnotationType as Kind,
    ReportData, ReportResult, ReportType,
};
use bitbucket_cloud::{CODE_INSIGHTS_PROXY, Client, RepositoryHandle, prelude::*};
use clap::Parser;
use futures_util::TryStreamExt as _;
use serde::Deserialize;

/// Id of the report, which is replaced as a whole each time.
const REPORT: &str = "spec-diff";
/// First line of the comment, by which it is found again; Bitbucket shows nothing of it.
const MARKER: &str = "[//]: # (spec-diff)";
/// Larger comments are refused, in bytes; the report has at most 60,000 characters.
const LONGEST: usize = 240_000;
/// Any of these says that there are credentials.
const CREDENTIALS: [&str; 5] = [
    "BITBUCKET_ACCESS_TOKEN",
    "BITBUCKET_EMAIL",
    "BITBUCKET_API_TOKEN",
    "BITBUCKET_OAUTH_KEY",
    "BITBUCKET_OAUTH_SECRET",
];

/// Publish report.json and comment.md of .ci/spec-diff for the commit and the pull request of this pipeline.
#[derive(Debug, Parser)]
#[command(name = "publish_spec_diff")]
struct Arguments {
    /// Folder that .ci/spec-diff has written
    folder: PathBuf,
    /// .ci/spec-diff has failed, and so does the report
    #[arg(long)]
    failed: bool,
    /// Address of the Code Insights proxy
    #[arg(long, value_name = "ADDRESS", default_value = CODE_INSIGHTS_PROXY)]
    proxy: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let diff = SpecDiff::read(&arguments.folder.join("report.json"))?;
    let comment = comment(&arguments.folder.join("comment.md"))?;
    let [workspace, slug, commit] =
        ["BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_COMMIT"].map(|name| set(name).ok_or(name));
    let missing = |name| anyhow!("{name} is not set; Bitbucket Pipelines sets it, by hand export it");
    let (workspace, slug, commit) = (workspace.map_err(missing)?, slug.map_err(missing)?, commit.map_err(missing)?);

    let client = Client::builder().code_insights_proxy(&arguments.proxy).build()?;
    let annotations = publish(&client.repository(&workspace, &slug), &commit, &diff, arguments.failed).await?;
    println!("report: {annotations} annotations");

    let Some(number) = set("BITBUCKET_PR_ID") else {
        println!("no comment: BITBUCKET_PR_ID is not set, so there is no pull request");
        return Ok(());
    };
    let number: i64 = number.parse().with_context(|| format!("BITBUCKET_PR_ID: `{number}` is no number"))?;
    if CREDENTIALS.iter().all(|name| set(name).is_none()) {
        println!(
            "no comment: there are no credentials; set BITBUCKET_ACCESS_TOKEN, with the scope to write pull requests"
        );
        return Ok(());
    }
    let repository = Client::from_env()?.repository(&workspace, &slug);
    println!("comment: {}", write_comment(&repository, number, &comment).await?);
    Ok(())
}

/// Replaces the report and its annotations.
async fn publish(repository: &RepositoryHandle, commit: &str, diff: &SpecDiff, failed: bool) -> Result<usize> {
    let (report, annotations) = (diff.report(failed), diff.annotations());
    let reports = repository.reports();
    let request = || reports.publish(commit, REPORT, &report, annotations.clone()).truncate();
    let published = match request().send().await {
        Ok(published) => published,
        // Once more, for what is not there yet.
        Err(failed) => request().resume(&failed.progress).send().await?,
    };
    if published.annotations_dropped {
        println!("report: more findings than a report can have; the least severe are left out");
    }
    Ok(published.annotations)
}

/// Writes over the earlier comment, or writes the first one; says which.
async fn write_comment(repository: &RepositoryHandle, number: i64, text: &str) -> Result<String> {
    let body = PullRequestComment::new(format!("{MARKER}\n\n{text}"));
    let pull_requests = repository.pull_requests();
    let comments: Vec<PullRequestComment> = pull_requests.list_comments(number).items().try_collect().await?;
    let earlier = comments
        .iter()
        .filter(|comment| comment.deleted != Some(true) && comment.raw().is_some_and(|raw| raw.starts_with(MARKER)));
    for id in earlier.filter_map(|comment| comment.id) {
        match pull_requests.update_comment(number, id, &body).await {
            Ok(_) => return Ok(format!("{id} is up to date")),
            // Somebody else's, who has copied ours.
            Err(error) if error.status().is_some_and(|status| matches!(status.as_u16(), 403 | 404)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let created = pull_requests.create_comment(number, &body).await?;
    Ok(format!("{} is new", created.id.unwrap_or_default()))
}

/// What is used of the JSON of `cargo xtask spec diff`.
#[derive(Debug, Deserialize)]
struct SpecDiff {
    format: u64,
    bump: Bump,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Bump {
    required: String,
    declared: String,
    enough: bool,
}

#[derive(Debug, Deserialize)]
struct Finding {
    id: String,
    class: Class,
    subject: String,
    old: Option<String>,
    new: Option<String>,
    note: String,
    reached_by: Vec<String>,
    location: Location,
    fingerprint: String,
    accepted: Option<Accepted>,
}

/// What a finding does to users, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Class {
    Blocks,
    Compile,
    Runtime,
    Extends,
    Lint,
    None,
}

#[derive(Debug, Deserialize)]
struct Location {
    new: Option<Spot>,
}

#[derive(Debug, Deserialize)]
struct Spot {
    file: String,
    line: i64,
}

#[derive(Debug, Deserialize)]
struct Accepted {
    reason: String,
    until: String,
}

impl SpecDiff {
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let hint = || format!("{}: no report of `cargo xtask spec diff --format json`", path.display());
        let diff: Self = serde_json::from_str(&text).with_context(hint)?;
        if diff.format != 1 {
            bail!("{}: a report of format {}; this program knows format 1", path.display(), diff.format);
        }
        Ok(diff)
    }

    fn count(&self, class: Class) -> u32 {
        let of_class = self.findings.iter().filter(|finding| finding.class == class && finding.accepted.is_none());
        u32::try_from(of_class.count()).unwrap_or(u32::MAX)
    }

    /// Whether the check of the pull request has failed is for `.ci/spec-diff` to say: a version that is too low for
    /// what is new is no failure yet.
    fn report(&self, failed: bool) -> Report {
        let Bump { required, declared, enough } = &self.bump;
        let verdict = if *enough { "goes far enough" } else { "is too low, so raise it before the next release" };
        let details = format!("The change of spec/ needs a {required} version; {declared} {verdict}.");
        Report::new("Spec diff", details, ReportType::Test)
            .with_reporter("cargo xtask spec diff")
            .with_result(if failed { ReportResult::Failed } else { ReportResult::Passed })
            .with_data([
                ReportData::number("Cannot be generated", self.count(Class::Blocks)),
                ReportData::number("Breaks code", self.count(Class::Compile)),
                ReportData::number("Behaves differently", self.count(Class::Runtime)),
                ReportData::number("New", self.count(Class::Extends)),
                ReportData::number("Deprecated", self.count(Class::Lint)),
            ])
    }

    /// What users feel, the worst first, so that the least is lost where there are too many.
    fn annotations(&self) -> Vec<ReportAnnotation> {
        let mut felt: Vec<&Finding> = self.findings.iter().filter(|finding| finding.class != Class::None).collect();
        felt.sort_by_key(|finding| (finding.accepted.is_some(), finding.class));
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let each = felt.into_iter().map(|finding| {
            let times = seen.entry(&finding.fingerprint).or_default();
            *times += 1;
            finding.annotation(*times)
        });
        each.collect()
    }
}

impl Finding {
    fn annotation(&self, times: usize) -> ReportAnnotation {
        let (kind, severity) = match self.class {
            _ if self.accepted.is_some() => (Kind::CodeSmell, Severity::Low),
            Class::Blocks => (Kind::Bug, Severity::Critical),
            Class::Compile => (Kind::Bug, Severity::High),
            Class::Runtime => (Kind::Bug, Severity::Medium),
            Class::Extends | Class::Lint | Class::None => (Kind::CodeSmell, Severity::Low),
        };
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let summary = format!("{}: {}: {} → {}", self.id, self.subject, value(&self.old), value(&self.new));
        let id = if times == 1 { self.fingerprint.clone() } else { format!("{}-{times}", self.fingerprint) };
        let mut annotation = ReportAnnotation::new(kind, summary).with_external_id(id).with_severity(severity);
        let details = self.details();
        if !details.is_empty() {
            annotation = annotation.with_details(details);
        }
        match &self.location.new {
            Some(Spot { file, line }) => annotation.with_path(file).with_line(*line),
            None => annotation,
        }
    }

    /// What else is known, within the 2000 characters that details may have.
    fn details(&self) -> String {
        let mut parts = Vec::new();
        if let Some(Accepted { reason, until }) = &self.accepted {
            parts.push(format!("accepted until {until}: {reason}"));
        }
        if !self.note.is_empty() {
            parts.push(self.note.clone());
        }
        if !self.reached_by.is_empty() {
            let shown: Vec<&str> = self.reached_by.iter().take(3).map(String::as_str).collect();
            let more = if self.reached_by.len() > shown.len() { ", …" } else { "" };
            parts.push(format!("reached by {} operations: {}{more}", self.reached_by.len(), shown.join(", ")));
        }
        parts.join("; ").chars().take(2000).collect()
    }
}

/// The text of the comment. Bitbucket's Markdown has no HTML, so what folds is a heading.
fn comment(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    if text.trim().is_empty() || text.len() > LONGEST {
        bail!("{}: {} bytes; a comment has between 1 and {LONGEST}", path.display(), text.len());
    }
    Ok(text.replace("<details><summary>", "### ").replace("</summary>", "").replace("</details>\n", ""))
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

//! Publishes Code Insights: a report and its annotations, in the order and the batches that the service accepts.
//!
//! The report is deleted first, because annotations stay when a report is only overwritten. Limits are checked before
//! anything is sent, because batches that were accepted before a refusal stay.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::boxed::BoxFuture;
use crate::errors::{Error, ErrorKind};
use crate::generated::groups::reports::RepositoryReports;
use crate::generated::id;
use crate::transport::{Identify, Request};
use crate::types;

mod constructors;
mod limits;

use limits::ReportDraft;
pub use limits::{MAX_ANNOTATIONS, MAX_ANNOTATIONS_PER_REQUEST};

/// Publishes reports with their annotations; for [`RepositoryHandle::reports`](crate::RepositoryHandle::reports).
pub trait Insights {
    /// A request that publishes a report with its annotations.
    ///
    /// ```no_run
    /// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::ext::insights::PublishError> {
    /// use bitbucket_cloud::prelude::*;
    /// use bitbucket_cloud::types;
    ///
    /// let report = types::Report::new("Lint", "One finding.", types::ReportType::Bug);
    /// let kind = types::ReportAnnotationType::CodeSmell;
    /// let finding = types::ReportAnnotation::new(kind, "unused variable");
    /// let finding = finding.with_external_id("lint-1").with_path("src/main.rs").with_line(42);
    /// let repository = client.repository("acme", "rocket");
    /// let publish = repository.reports().publish("a3c4e02c9a37", "lint", &report, [finding]);
    /// let published = publish.send().await?;
    /// println!("{} annotations", published.annotations);
    /// # Ok(())
    /// # }
    /// ```
    fn publish(
        &self,
        commit: impl Identify<id::Commit>,
        report_id: impl Identify<id::Report>,
        report: &types::Report,
        annotations: impl IntoIterator<Item = types::ReportAnnotation>,
    ) -> PublishRequest;
}

impl Insights for RepositoryReports<'_> {
    #[inline]
    fn publish(
        &self,
        commit: impl Identify<id::Commit>,
        report_id: impl Identify<id::Report>,
        report: &types::Report,
        annotations: impl IntoIterator<Item = types::ReportAnnotation>,
    ) -> PublishRequest {
        let (commit, id) = (&commit.id(), &report_id.id());
        PublishRequest {
            delete: self.delete(commit, id).into_request(),
            put: self.set(commit, id, report).into_request(),
            post: self.set_annotations(commit, id, &[]).into_request(),
            draft: ReportDraft::new(report, annotations),
            concurrency: 2,
            progress: PublishProgress::default(),
        }
    }
}

/// Publishes a report with its annotations, from [`Insights::publish`].
#[derive(Debug)]
#[must_use = "a report is not published before the request is sent"]
pub struct PublishRequest {
    delete: Request,
    put: Request,
    post: Request,
    draft: ReportDraft,
    concurrency: usize,
    progress: PublishProgress,
}

/// The parts of a report that the service has. It can be saved and passed to [`PublishRequest::resume`] later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublishProgress {
    /// Whether the service has the report itself.
    pub report: bool,
    /// Which batches of 100 annotations the service has, 0-based.
    pub batches: BTreeSet<usize>,
}

/// Result of publishing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Published {
    /// The report as the service returned it; `None` if an earlier call had created it.
    pub report: Option<types::Report>,
    /// Number of annotations that the service has, including those of an earlier call.
    pub annotations: usize,
    /// Whether annotations were left out because there were more than a report can have.
    pub annotations_dropped: bool,
    /// Number of summaries that were cut to the maximum length.
    pub summaries_truncated: usize,
}

/// Why a report could not be published, and which parts of it were.
#[derive(Debug)]
#[non_exhaustive]
pub struct PublishError {
    /// The first error.
    pub error: Error,
    /// The parts that the service has; pass it to [`PublishRequest::resume`].
    pub progress: PublishProgress,
}

impl Display for PublishError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PublishProgress { report, batches } = &self.progress;
        let report = if *report { "the report" } else { "no report" };
        write!(f, "{} ({report} and {} batches of annotations are published)", self.error, batches.len())
    }
}

impl std::error::Error for PublishError {
    #[inline]
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl PublishRequest {
    /// How many batches are sent at once; default 2, at least 1.
    ///
    /// ```
    /// # fn run(publish: bitbucket_cloud::ext::insights::PublishRequest) {
    /// let publish = publish.concurrency(4);
    /// # }
    /// ```
    #[inline]
    pub fn concurrency(mut self, batches: usize) -> Self {
        self.concurrency = batches.max(1);
        self
    }

    /// Leaves out what exceeds the limits, instead of refusing it: annotations beyond 1000, and the end of summaries
    /// longer than 450 characters. The result says so.
    ///
    /// ```
    /// # fn run(publish: bitbucket_cloud::ext::insights::PublishRequest) {
    /// let publish = publish.truncate();
    /// # }
    /// ```
    #[inline]
    pub fn truncate(mut self) -> Self {
        self.draft.truncate = true;
        self
    }

    /// Resumes where an earlier call for the same report and the same annotations failed.
    ///
    /// ```
    /// # fn run(publish: bitbucket_cloud::ext::insights::PublishRequest, failed: bitbucket_cloud::ext::insights::PublishError) {
    /// let publish = publish.resume(&failed.progress);
    /// # }
    /// ```
    #[inline]
    pub fn resume(mut self, progress: &PublishProgress) -> Self {
        self.progress = progress.clone();
        self
    }

    /// Checks the limits, deletes the old report, and sends the new one with its annotations. Awaiting the request
    /// itself does the same.
    ///
    /// # Errors
    ///
    /// Something exceeds a limit or is missing (nothing was sent then), or a call failed. If a batch fails, the batches
    /// in flight are waited for, so that [`PublishError::progress`] is complete.
    ///
    /// ```no_run
    /// # async fn run(publish: bitbucket_cloud::ext::insights::PublishRequest) {
    /// if let Err(failed) = publish.send().await {
    ///     println!("{failed}");
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn send(self) -> BoxFuture<'static, Result<Published, PublishError>> {
        Box::pin(self.run())
    }

    // Inline, so that only crates that publish reports compile it, together with the decoding of reports.
    #[inline]
    async fn run(self) -> Result<Published, PublishError> {
        let Self { delete, put, post, draft, concurrency, mut progress } = self;
        let checked = match draft.check() {
            Ok(checked) => checked,
            Err(reason) => {
                let error = put.error(ErrorKind::InvalidRequest, reason);
                return Err(PublishError { error, progress });
            }
        };
        let mut report = None;
        if !progress.report {
            progress.batches.clear();
            match delete.sending_empty().await {
                Ok(_) => {}
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(PublishError { error, progress }),
            }
            match put.sending_json::<types::Report>().await {
                Ok(response) => report = Some(response.into_inner()),
                Err(error) => return Err(PublishError { error, progress }),
            }
            progress.report = true;
        }
        let batches: Vec<_> = checked.annotations.chunks(MAX_ANNOTATIONS_PER_REQUEST).enumerate().collect();
        let mut waiting =
            batches.iter().filter(|(at, _)| !progress.batches.contains(at)).collect::<Vec<_>>().into_iter();
        let mut failure = None;
        let mut under_way = JoinSet::new();
        loop {
            while failure.is_none() && under_way.len() < concurrency {
                let Some((at, batch)) = waiting.next() else { break };
                let (at, request) = (*at, post.clone().json(batch));
                under_way.spawn(async move { (at, request.sending_empty().await) });
            }
            match under_way.join_next().await {
                Some(Ok((at, Ok(_)))) => {
                    progress.batches.insert(at);
                }
                Some(Ok((_, Err(error)))) => {
                    failure.get_or_insert(error);
                }
                Some(Err(_)) => {
                    let text = "the runtime was shut down during the request";
                    failure.get_or_insert_with(|| post.error(ErrorKind::Transport, text));
                }
                None => break,
            }
        }
        match failure {
            Some(error) => Err(PublishError { error, progress }),
            None => Ok(Published {
                report,
                annotations: checked.annotations.len(),
                annotations_dropped: checked.annotations_dropped,
                summaries_truncated: checked.summaries_truncated,
            }),
        }
    }
}

impl IntoFuture for PublishRequest {
    type Output = Result<Published, PublishError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

//! Opens the pull request of the weekly update on Bitbucket, or brings the open one up to date, after
//! `.ci/spec-update-push`. `bitbucket-pipelines.yml` runs it; credentials come from the environment.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bitbucket_cloud::Client;
use bitbucket_cloud::types::PullRequest;
use clap::Parser;

/// The branch of the update, as in .ci/spec-update-push.
const BRANCH: &str = "spec-update";

/// Open the pull request of the files title, body.md and draft that .ci/spec-update has written.
#[derive(Debug, Parser)]
#[command(name = "open_spec_update")]
struct Arguments {
    /// Folder that .ci/spec-update has written
    folder: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse().folder).await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(folder: &Path) -> Result<String> {
    if !folder.join("pushed").exists() {
        return Ok("nothing was pushed, so there is nothing to open".to_owned());
    }
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("{}: cannot be read", path.display()))
    };
    let (title, body) = (read("title")?, read("body.md")?);
    let name = |name: &'static str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let repository = Client::from_env()?.repository(name("BITBUCKET_WORKSPACE")?, name("BITBUCKET_REPO_SLUG")?);
    // A second one from the same branch takes the place of the first, so there is always one.
    let request =
        PullRequest::new(title.trim(), BRANCH).with_description(body).with_draft(folder.join("draft").exists());
    let opened = repository.pull_requests().create(&request).await?;
    Ok(format!("pull request {} is open", opened.id.unwrap_or_default()))
}

//! Starts a pipeline and shows its logs while they are written: `follow_log [WORKSPACE/REPOSITORY] [BRANCH]`.

use std::time::Duration;

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::{Client, Error, prelude::*};
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let branch = arguments.next().unwrap_or_else(|| "main".into());
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    let pipelines = repository.pipelines();
    let started = pipelines.run(Target::branch(branch)).send().await?;

    // Without a terminal the bar is hidden, and only the log is shown.
    let style = ProgressStyle::with_template("{spinner} {msg}: {bytes} in {elapsed}");
    let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(100));
    let follow = pipelines.follow(&started).poll_every(Duration::from_millis(500), Duration::from_secs(5));
    let mut log = follow.chunks();
    let mut step = None;
    while let Some(chunk) = log.next().await {
        let chunk = chunk?;
        bar.inc(chunk.bytes.len() as u64);
        bar.suspend(|| {
            if step.as_ref() != Some(&chunk.step) {
                println!("--- {}", chunk.step.name);
            }
            print!("{}", String::from_utf8_lossy(&chunk.bytes));
        });
        bar.set_message(chunk.step.name.clone());
        step = Some(chunk.step);
    }
    bar.finish_and_clear();
    println!("=== {}", pipelines.wait(&started).send().await?.outcome);
    Ok(())
}

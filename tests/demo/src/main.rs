//! Starts a pipeline, watches its steps, prints the logs and sums up: against a fake Bitbucket in this process, or with
//! `--repo WORKSPACE/SLUG` and the variables of `Client::from_env` against the real service.
//!
//! `cargo xtask demo` runs it. It is the first command of a newcomer and is meant to build quickly: each dependency counts.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use bitbucket_cloud::{Client, RepositoryHandle, types};
use bitbucket_tests::FakeBitbucket;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

/// Start a pipeline on a branch, watch it and print its log.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask demo", bin_name = "cargo xtask demo")]
struct Arguments {
    /// Repository on the real service; without it a fake Bitbucket is started
    #[arg(long, value_name = "WORKSPACE/SLUG")]
    repo: Option<String>,
    /// Branch to run on
    #[arg(long, default_value = "main")]
    branch: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.repo {
        Some(repo) => {
            let (workspace, slug) = repo
                .split_once('/')
                .filter(|(workspace, slug)| !workspace.is_empty() && !slug.is_empty())
                .ok_or_else(|| anyhow!("--repo {repo}: give it as WORKSPACE/SLUG"))?;
            let client = Client::from_env().context("no credentials for the real service")?;
            play(&client.repository(workspace, slug), &arguments.branch, Duration::from_secs(5)).await
        }
        None => {
            let fake = FakeBitbucket::builder().step_duration(Duration::from_secs(1)).start().await?;
            println!("A fake Bitbucket listens on {}", fake.base_url());
            let client = Client::builder().base_url(fake.base_url()).build()?;
            play(&client.repository("acme", "rocket"), &arguments.branch, Duration::from_millis(100)).await
        }
    }
}

/// Runs a pipeline to its end; `true` says that it succeeded.
async fn play(repository: &RepositoryHandle, branch: &str, pause: Duration) -> Result<bool> {
    let pipelines = repository.pipelines();
    let begun = Instant::now();
    let started = pipelines.create(&types::Pipeline::on(types::PipelineRefTarget::branch(branch))).send().await?;
    let uuid = started.uuid.clone().context("the service sent no UUID for the pipeline")?;
    println!("Pipeline #{} started on branch {branch}", started.build_number.unwrap_or_default());

    let bar = ProgressBar::new(1)
        .with_style(ProgressStyle::with_template("[{bar:30}] {pos}/{len} {msg}")?.progress_chars("=> "));
    let mut shown = BTreeMap::new();
    let last = loop {
        let pipeline = pipelines.get(&uuid).send().await?;
        let steps = pipelines.list_steps(&uuid).page_len(100).send().await?.into_inner().values;
        show_steps(&bar, &steps, &mut shown);
        bar.set_message(words(pipeline.state_name(), pipeline.result_name()));
        if pipeline.is_completed() {
            break pipeline;
        }
        if pipeline.is_paused() || pipeline.is_halted() {
            bar.abandon();
            let what = if pipeline.is_paused() { "paused" } else { "halted" };
            bail!("the pipeline is {what} and does not go on by itself");
        }
        tokio::time::sleep(pause).await;
    };
    bar.finish();

    let steps = pipelines.list_steps(&uuid).page_len(100).send().await?.into_inner().values;
    let mut bytes = 0;
    for step in &steps {
        let (Some(step_uuid), name) = (&step.uuid, step.name.as_deref().unwrap_or("step")) else { continue };
        println!("\n--- {name}");
        match pipelines.get_step_log(&uuid, step_uuid).send().await {
            Ok(log) => {
                let text = log.into_inner().text().await?;
                bytes += text.len();
                print!("{text}");
            }
            Err(error) if error.is_not_found() => println!("(no log)"),
            Err(error) => return Err(error.into()),
        }
    }
    println!(
        "\nPipeline #{}: {} · {} steps · {bytes} bytes of log · {:.1} s",
        last.build_number.unwrap_or_default(),
        last.result_name().unwrap_or("unknown"),
        steps.len(),
        begun.elapsed().as_secs_f64()
    );
    Ok(last.is_successful())
}

/// Prints each change of a step above the bar and counts the finished ones.
fn show_steps(bar: &ProgressBar, steps: &[types::PipelineStep], shown: &mut BTreeMap<String, String>) {
    let mut finished = 0;
    for step in steps {
        let name = step.name.clone().unwrap_or_else(|| "step".to_owned());
        let state = words(step.state_name(), step.result_name());
        finished += u64::from(step.is_completed());
        if shown.get(&name) != Some(&state) {
            let line = format!("  {name}: {state}");
            // Without a terminal the bar is hidden and would swallow the line.
            if bar.is_hidden() {
                println!("{line}");
            } else {
                bar.println(line);
            }
            shown.insert(name, state);
        }
    }
    bar.set_length(steps.len() as u64);
    bar.set_position(finished);
}

/// The name of a state and, where there is one, of its result.
fn words(state: Option<&str>, result: Option<&str>) -> String {
    state.into_iter().chain(result).collect::<Vec<_>>().join(" ")
}

//! Deploys a branch and waits until it is live: `wait_for_deployment [WORKSPACE/REPOSITORY] [BRANCH]`.

use std::time::Duration;

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::ext::waiting::Outcome;
use bitbucket_cloud::{Client, Error, prelude::*};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let branch = arguments.next().unwrap_or_else(|| "main".into());
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    let started = repository.pipelines().run(Target::branch(branch)).send().await?;
    println!("pipeline #{} started", started.build_number.unwrap_or_default());

    // The release of a deployment names the pipeline that it comes from.
    let deployments = repository.deployments();
    let all = deployments.list().collect_all().await?;
    let of_this = all.into_iter().find(|deployment| deployment.pipeline_uuid() == started.uuid.as_ref());
    let Some(deployment) = of_this else {
        println!("this pipeline deploys nothing");
        return Ok(());
    };
    let waiting = deployments.wait(&deployment).poll_every(Duration::from_secs(1), Duration::from_secs(10));
    match waiting.timeout(Duration::from_secs(1800)).await?.outcome {
        Outcome::Successful => println!("deployed"),
        Outcome::Paused => println!("somebody has to start the deployment"),
        other => println!("not deployed: {other}"),
    }
    Ok(())
}

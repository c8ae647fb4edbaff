//! Runs a pipeline from YAML that is sent along, and waits for it: `run_yaml [WORKSPACE/REPOSITORY] [BRANCH]`.

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::{Client, Error, prelude::*};

const YAML: &str = "\
pipelines:
  custom:
    security-scan:
      - variables:
          - name: DEPTH
          - name: SCANNER_TOKEN
      - step:
          name: Scan
          script:
            - ./scan --depth $DEPTH
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let branch = arguments.next().unwrap_or_else(|| "main".into());
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    let pipelines = repository.pipelines();
    let secret = std::env::var("SCANNER_TOKEN").unwrap_or_else(|_| "not-a-real-token".into());
    let run = pipelines.run(Target::branch(branch).custom("security-scan"));
    let run = run.variable("DEPTH", "3").secured_variable("SCANNER_TOKEN", secret).yaml(YAML);
    let started = run.send().await?;
    println!("pipeline #{} started", started.build_number.unwrap_or_default());

    let mut requests = 0;
    let done = pipelines.wait(&started).on_update(|_| requests += 1).await?;
    println!("{} after {requests} requests", done.outcome);
    std::process::exit(i32::from(!done.outcome.is_successful()));
}

//! Lists the pipelines of acme/rocket page by page, a line each. `cargo xtask bench build` compares what it costs to build
//! this and its twin on bare reqwest, `pipelines_by_reqwest.rs`; `.ci/examples` holds that they print the same.

use bitbucket_cloud::{Client, Error, prelude::*};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let repository = Client::from_env()?.repository("acme", "rocket");
    let mut pipelines = repository.pipelines().list().page_len(100).items();
    while let Some(pipeline) = pipelines.next().await {
        let pipeline = pipeline?;
        let (number, state) = (pipeline.build_number.unwrap_or_default(), pipeline.state_name().unwrap_or_default());
        println!("#{number} {state} {}", pipeline.branch().unwrap_or_default());
    }
    Ok(())
}

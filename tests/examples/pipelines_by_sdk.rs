//! Lists the pipelines of acme/rocket page by page, a line each. `cargo xtask bench build` compares what it costs to build
//! this and its twin on bare reqwest, `pipelines_by_reqwest.rs`; `.ci/examples` holds that they print the same.

use std::error::Error;

use bitbucket_cloud::{Client, Credentials, prelude::*};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = std::env::var("BITBUCKET_BASE_URL").unwrap_or_else(|_| "https://api.bitbucket.org/2.0".to_owned());
    let token = std::env::var("BITBUCKET_ACCESS_TOKEN")?;
    let client = Client::builder().base_url(&base).credentials(Credentials::access_token(token)).build()?;
    let repository = client.repository("acme", "rocket");
    let mut pipelines = repository.pipelines().list().page_len(100).items();
    while let Some(pipeline) = pipelines.next().await {
        let pipeline = pipeline?;
        let (number, state) = (pipeline.build_number.unwrap_or_default(), pipeline.state_name().unwrap_or_default());
        println!("#{number} {state} {}", pipeline.branch().unwrap_or_default());
    }
    Ok(())
}

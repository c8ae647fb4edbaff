//! The same as `pipelines_by_sdk.rs` without the SDK: reqwest, and serde for what is printed.

use std::error::Error;

use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    values: Vec<Pipeline>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Pipeline {
    build_number: Option<i64>,
    state: Option<State>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct State {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    ref_name: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = std::env::var("BITBUCKET_BASE_URL").unwrap_or_else(|_| "https://api.bitbucket.org/2.0".to_owned());
    let token = std::env::var("BITBUCKET_ACCESS_TOKEN")?;
    // With reqwest's own choice of TLS this would compile aws-lc.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let mut next = Some(format!("{base}/repositories/acme/rocket/pipelines?pagelen=100"));
    while let Some(url) = next {
        let response = http.get(url).bearer_auth(&token).send().await?.error_for_status()?;
        let page: Page = serde_json::from_slice(&response.bytes().await?)?;
        for pipeline in page.values {
            let number = pipeline.build_number.unwrap_or_default();
            let state = pipeline.state.and_then(|state| state.name).unwrap_or_default();
            println!("#{number} {state} {}", pipeline.target.and_then(|target| target.ref_name).unwrap_or_default());
        }
        next = page.next;
    }
    Ok(())
}

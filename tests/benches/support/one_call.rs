//! One small call whose answer is wanted as it is, and the same by hand.

use anyhow::Result;
use bitbucket_cloud::Client;

const PIPELINE: &str = "{9a7d3c60-84fe-4b2a-a1b3-6c5d4e3f0001}";

pub(crate) async fn ours(client: &Client) -> Result<usize> {
    Ok(client.pipelines().get("acme", "rocket", PIPELINE).send_raw().await?.into_inner().len())
}

pub(crate) async fn by_hand(http: &reqwest::Client, base: &str) -> Result<usize> {
    let url = format!("{base}/repositories/acme/rocket/pipelines/%7B9a7d3c60-84fe-4b2a-a1b3-6c5d4e3f0001%7D");
    let request = http.get(url).bearer_auth("x").header("accept", "application/json");
    Ok(request.send().await?.error_for_status()?.bytes().await?.len())
}

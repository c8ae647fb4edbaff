//! Streaming a log of 64 MiB through the redirect to the storage, against reqwest, which follows it by itself.
//!
//! `cargo bench -p bitbucket-tests --bench log`

use anyhow::{Result, ensure};
use bitbucket_cloud::prelude::*;
use support::server::LOG;
use support::{Group, Work};

mod support;

const LOGS: Group = Group {
    name: "log of 64 MiB",
    contenders: &["bitbucket-cloud", "reqwest"],
    samples: 20,
    repeat: 2,
    keeps_heap: false,
};

fn main() -> Result<()> {
    support::run(&[LOGS], None, |_, contender, base| match contender {
        "reqwest" => by_hand(base),
        _ => ours(base),
    })
}

fn ours(base: &str) -> Result<Work> {
    let (runtime, client) = (support::runtime()?, support::client(base)?);
    Ok(Box::new(move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                let mut log = client.pipelines().get_step_log("acme", "rocket", "p", "s").stream();
                let mut length = 0;
                while let Some(chunk) = log.next().await {
                    length += chunk?.len();
                }
                ensure!(length == LOG, "{length} bytes");
            }
            Ok(())
        })
    }))
}

fn by_hand(base: &str) -> Result<Work> {
    let (runtime, http) = (support::runtime()?, support::reqwest_client()?);
    let url = format!("{base}/repositories/acme/rocket/pipelines/p/steps/s/log");
    Ok(Box::new(move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                let mut response = http.get(&url).bearer_auth("x").send().await?.error_for_status()?;
                let mut length = 0;
                while let Some(chunk) = response.chunk().await? {
                    length += chunk.len();
                }
                ensure!(length == LOG, "{length} bytes");
            }
            Ok(())
        })
    }))
}

//! Listing 20,000 pipelines: this crate, page by page and with `items()`, a loop over hand-written structs that hold the
//! same, and the poorer model that openapi-generator makes of the document.
//!
//! `cargo bench -p bitbucket-tests --bench list`

use anyhow::{Result, ensure};
use bitbucket_cloud::{Client, prelude::*, types};
use serde::de::DeserializeOwned;
use support::server::{PAGE_LENGTH, PAGES};
use support::{Group, Work, hand};

mod support;

const LIST: Group = Group {
    name: "list of 20,000 pipelines",
    contenders: &["bitbucket-cloud", "hand-written", "items()", "poorer model"],
    samples: 10,
    repeat: 1,
    keeps_heap: false,
};
const WITH_HEAP: Group = Group { name: "the same, heap kept", keeps_heap: true, ..LIST };

fn main() -> Result<()> {
    support::run(&[LIST, WITH_HEAP], None, |_, contender, base| match contender {
        "hand-written" => by_hand(base, |page: &hand::Page<hand::Pipeline>| page.values.len()),
        "poorer model" => by_hand(base, |page: &poor::Page| page.values.as_ref().map_or(0, Vec::len)),
        "items()" => {
            let (runtime, client) = (support::runtime()?, support::client(base)?);
            Ok(Box::new(move |count| (0..count).try_for_each(|_| check(runtime.block_on(items(&client))?))))
        }
        _ => {
            let (runtime, client) = (support::runtime()?, support::client(base)?);
            Ok(Box::new(move |count| (0..count).try_for_each(|_| check(runtime.block_on(pages(&client))?))))
        }
    })
}

fn check(count: usize) -> Result<()> {
    ensure!(count == PAGES * PAGE_LENGTH, "{count} pipelines");
    Ok(())
}

/// A loop like that of the hand-written client, over this crate.
async fn pages(client: &Client) -> Result<usize> {
    let (mut count, repository) = (0, client.repository("acme", "rocket"));
    for page in 1..=PAGES {
        let request = repository.pipelines().list().page(i64::try_from(page)?).page_len(100);
        let pipelines = request.send().await?.into_inner().values;
        let state = pipelines.first().and_then(|pipeline| pipeline.state.as_ref());
        ensure!(matches!(state, Some(types::PipelineState::Completed(_))), "another state");
        count += pipelines.len();
    }
    Ok(count)
}

async fn items(client: &Client) -> Result<usize> {
    let (mut count, repository) = (0, client.repository("acme", "rocket"));
    let mut pipelines = repository.pipelines().list().page_len(100).items();
    while let Some(pipeline) = pipelines.next().await {
        count += usize::from(pipeline?.build_number.is_some());
    }
    Ok(count)
}

fn by_hand<P: DeserializeOwned + 'static>(base: &str, length: fn(&P) -> usize) -> Result<Work> {
    let (runtime, http, base) = (support::runtime()?, support::reqwest_client()?, base.to_owned());
    Ok(Box::new(move |count| {
        let list = async || -> Result<usize> {
            let mut count = 0;
            for page in 1..=PAGES {
                let url = format!("{base}/repositories/acme/rocket/pipelines?page={page}&pagelen=100");
                let body = http.get(url).bearer_auth("x").send().await?.error_for_status()?.bytes().await?;
                count += length(&serde_json::from_slice(&body)?);
            }
            Ok(count)
        };
        (0..count).try_for_each(|_| check(runtime.block_on(list())?))
    }))
}

/// What openapi-generator's rust generator makes of the document: state, target, trigger and creator are their `type`.
#[allow(dead_code, reason = "held, not looked at")]
mod poor {
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub(crate) struct Page {
        pub(crate) size: Option<i32>,
        pub(crate) values: Option<Vec<Pipeline>>,
    }

    #[derive(Deserialize)]
    pub(crate) struct Pipeline {
        pub(crate) r#type: String,
        pub(crate) uuid: Option<String>,
        pub(crate) build_number: Option<i32>,
        pub(crate) creator: Option<Box<Bare>>,
        pub(crate) repository: Option<Box<Bare>>,
        pub(crate) target: Option<Box<Bare>>,
        pub(crate) trigger: Option<Box<Bare>>,
        pub(crate) state: Option<Box<Bare>>,
        pub(crate) created_on: Option<String>,
        pub(crate) completed_on: Option<String>,
        pub(crate) build_seconds_used: Option<i32>,
    }

    #[derive(Deserialize)]
    pub(crate) struct Bare {
        pub(crate) r#type: String,
    }
}

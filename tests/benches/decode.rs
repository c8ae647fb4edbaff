//! Decoding bodies, against hand-written structs that hold the same.
//!
//! `cargo bench -p bitbucket-tests --bench decode`

use std::hint::black_box;

use anyhow::{Result, ensure};
use bitbucket_cloud::types;
use serde::de::DeserializeOwned;
use support::{Group, Work, bodies, hand};

mod support;

const CONTENDERS: &[&str] = &["bitbucket-cloud", "hand-written"];
const GROUPS: [Group; 3] = [
    Group { name: "page of 100 pipelines", contenders: CONTENDERS, samples: 20, repeat: 100, keeps_heap: false },
    Group { name: "page of 30 commits", contenders: CONTENDERS, samples: 50, repeat: 200, keeps_heap: false },
    Group { name: "pull request", contenders: CONTENDERS, samples: 50, repeat: 4_000, keeps_heap: false },
];

fn main() -> Result<()> {
    support::run(&GROUPS, None, |group, contender, _| {
        let by_hand = contender == "hand-written";
        match group {
            "page of 100 pipelines" => {
                let body = bodies::page(&bodies::pipelines(100)).to_string();
                if by_hand {
                    work(body, |page: &hand::Page<hand::Pipeline>| page.values.len() == 100)
                } else {
                    work(body, |page: &types::Page<types::Pipeline>| page.values.len() == 100)
                }
            }
            "page of 30 commits" => {
                let body = bodies::page(&bodies::commits(30)).to_string();
                if by_hand {
                    work(body, |page: &hand::Page<hand::Commit>| page.values.len() == 30)
                } else {
                    work(body, |page: &types::Page<types::Commit>| page.values.len() == 30)
                }
            }
            _ => {
                let body = bodies::pull_request().to_string();
                if by_hand {
                    work(body, |pull_request: &hand::PullRequest| pull_request.participants.len() == 3)
                } else {
                    work(body, |pull_request: &types::PullRequest| {
                        pull_request.participants.as_ref().is_some_and(|participants| participants.len() == 3)
                    })
                }
            }
        }
    })
}

fn work<T: DeserializeOwned>(body: String, is_right: impl Fn(&T) -> bool + 'static) -> Result<Work> {
    ensure!(is_right(&serde_json::from_str(&body)?), "decoded something else");
    Ok(Box::new(move |count| {
        for _ in 0..count {
            black_box(serde_json::from_str::<T>(black_box(&body))?);
        }
        Ok(())
    }))
}

//! Durations at the end of what can be said: no setting and no header makes a call panic.

use std::time::Duration;

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::prelude::*;
use bitbucket_cloud::{Client, Credentials, Method, RetryPolicy, Throttle};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};
use serde_json::json;

use crate::TOKEN;

const PIPELINE: &str = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}";

/// Among them those after which the clock of the system can just not, or just still, be added to.
fn extremes() -> Vec<Duration> {
    let longest = i64::MAX.unsigned_abs();
    let up_time = std::fs::read_to_string("/proc/uptime").ok();
    let up_time = up_time.and_then(|text| text.split('.').next()?.parse::<u64>().ok()).unwrap_or_default();
    let mut all = vec![Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(u64::MAX / 2)];
    all.extend([Duration::from_millis(u64::MAX), Duration::from_nanos(u64::MAX), Duration::ZERO]);
    all.extend((0..4).map(|less| Duration::new(longest - up_time - less, 999_999_999)));
    all
}

fn client(fake: &FakeBitbucket, long: Duration) -> Client {
    let retry = RetryPolicy::new().attempts(u32::MAX).max_elapsed(long).base_delay(long).max_delay(long).max_wait(long);
    let builder = Client::builder().base_url(fake.base_url()).credentials(Credentials::access_token(TOKEN));
    let builder = builder.timeout(long).connect_timeout(long).read_timeout(long).retry(retry);
    builder.throttle(Throttle::new().max_wait(long)).build().expect("a client")
}

/// Lets it run for a moment; a panic goes on into the test.
async fn try_out<T>(what: impl Future<Output = T>) {
    let _ = tokio::time::timeout(Duration::from_millis(20), what).await;
}

#[tokio::test]
async fn limits_of_calls() {
    for long in extremes() {
        let fake = FakeBitbucket::start().await.expect("a free port");
        let client = client(&fake, long);
        let call = || client.request(Method::GET, "/user");
        let replies = [
            Reply::status(503),
            Reply::status(503).header("retry-after", "1"),
            Reply::text(429, "slow down"),
            Reply::text(429, "slow down").header("retry-after", "86400"),
            Reply::text(429, "slow down").header("x-ratelimit-reset", "18446744073709551615"),
            Reply::json(200, json!({})).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "86400"),
            Reply::json(200, json!({})).header("x-ratelimit-remaining", "1").header("x-ratelimit-nearlimit", "true"),
        ];
        for reply in replies {
            fake.on(FakeMethod::GET, "/user", reply);
            for _ in 0..3 {
                try_out(call().send()).await;
            }
            try_out(call().timeout(long).connect_timeout(long).read_timeout(long).send()).await;
        }
    }
}

#[tokio::test]
async fn waiting_and_following() {
    for long in extremes() {
        for short in [long, Duration::from_millis(1)] {
            let fake = FakeBitbucket::builder().step_duration(Duration::MAX).start().await.expect("a free port");
            let client = client(&fake, Duration::from_secs(5));
            let repository = client.repository("acme", "rocket");
            let pipelines = repository.pipelines();
            let started = pipelines.run(Target::branch("main")).await.expect("a run");
            let wait = || pipelines.wait(&started).poll_every(short, long).timeout(long).grace_period(long);
            let follow = || pipelines.follow(&started).poll_every(short, long).grace_period(long);
            let step = || pipelines.get_step_log(&started, "{s}").follow();
            for reply in [None, Some(Reply::status(503)), Some(Reply::status(404)), Some(Reply::status(429))] {
                if let Some(reply) = reply {
                    fake.on(FakeMethod::GET, PIPELINE, reply);
                }
                try_out(wait().send()).await;
                try_out(follow().chunks().next()).await;
                try_out(step().poll_every(short, long).grace_period(long).from(u64::MAX).chunks().next()).await;
            }
        }
    }
}

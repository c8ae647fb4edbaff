//! The hand-written half of the SDK against the fake Bitbucket, over sockets.

mod durations;
mod futures;
mod insights;
mod logs;
mod logs_at_fault;
mod logs_random;
mod pagination;
mod pipelines;
mod revisions;
mod waiting;

use bitbucket_cloud::{Client, Credentials};
use bitbucket_tests::FakeBitbucket;

/// What no answer, error or log may show.
const TOKEN: &str = "s3cret-token";

fn client(fake: &FakeBitbucket) -> Client {
    let builder = Client::builder().base_url(fake.base_url()).credentials(Credentials::access_token(TOKEN));
    builder.build().expect("a client")
}

async fn fake() -> FakeBitbucket {
    FakeBitbucket::start().await.expect("a free port")
}

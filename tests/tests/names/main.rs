//! What the names of the crate promise: operations that are gone say what replaced them, handles leave out what they
//! know, arguments of paths take what people hold, constructors ask for what must be sent, and shortcuts lead where their names say.

mod constructors;
mod handles;
mod identifiers;
mod mergeability;
mod shortcuts;
mod withdrawn;

use bitbucket_cloud::Client;
use bitbucket_tests::FakeBitbucket;
use serde::de::DeserializeOwned;
use serde_json::Value;

async fn fake() -> (FakeBitbucket, Client) {
    let fake = FakeBitbucket::start().await.expect("a free port");
    let client = Client::builder().base_url(fake.base_url()).build().expect("a client");
    (fake, client)
}

/// Reads a body as the client does, from text.
fn read<T: DeserializeOwned>(body: &Value) -> T {
    serde_json::from_str(&body.to_string()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

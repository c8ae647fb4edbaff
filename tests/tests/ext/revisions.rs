//! Branches, tags and hashes: one form that works everywhere.

use bitbucket_cloud::prelude::*;

use crate::{client, fake};

#[tokio::test]
async fn any_name_becomes_a_full_hash() {
    let fake = fake().await;
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    let mut hashes = Vec::new();
    for (name, requests) in [("main", 1), ("feature/with-slash", 1), ("v1.0", 2), ("release/2.0", 2)] {
        fake.clear_journal();
        let hash = repository.resolve(name).await.expect("a hash");
        assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
        assert_eq!(fake.journal().len(), requests, "{name}");
        hashes.push(hash);
    }
    fake.clear_journal();
    assert_eq!(repository.resolve(&hashes[0]).await.expect("a hash"), hashes[0]);
    assert!(fake.journal().is_empty());
    assert_eq!(repository.resolve(&hashes[1][..10]).await.expect("a hash"), hashes[1]);
    for name in ["nobody/knows", "abcdef", "deadbeef/x"] {
        let error = repository.resolve(name).await.expect_err("nothing");
        assert!(error.is_not_found() && error.to_string().contains("no branch, tag or commit"), "{error}");
    }
    fake.clear_journal();
    assert!(repository.resolve("").await.is_err() && repository.resolve("..").await.is_err());
    assert!(fake.journal().is_empty());
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn files_and_commits_of_a_branch_with_a_slash_are_read() {
    let fake = fake().await;
    let client = client(&fake);
    let repository = client.repository("acme", "rocket");
    let name = "feature/with-slash";
    // As the generated methods cannot.
    let direct = client.source().get("acme", "rocket", name, "a b/c.rs").send().await;
    assert!(direct.expect_err("a branch with a slash").is_not_found());

    let hash = repository.resolve(name).await.expect("a hash");
    let file = repository.source_at(name, "a b/c.rs").await.expect("a request").send_raw().await.expect("a file");
    assert_eq!(file.into_inner(), format!("a b/c.rs at {hash}\n"));
    assert!(fake.journal().last().expect("a request").path.ends_with(&format!("/src/{hash}/a%20b/c.rs")));
    let commits = repository.commits_of(name).await.expect("a request");
    let commits = commits.collect_all().await.expect("the commits");
    assert_eq!(commits[0].hash.as_deref(), Some(hash.as_str()));
}

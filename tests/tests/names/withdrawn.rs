//! Operations that the service has withdrawn have no method any more. Whoever still calls their paths is told since when
//! they are gone and what to use.

use bitbucket_cloud::Method;
use bitbucket_tests::Reply;
use serde_json::{Value, json};

use crate::fake;

/// An entry of `spec/withdrawn.toml`.
#[derive(Debug, Default)]
struct Withdrawn {
    method: String,
    path: String,
    since: String,
    instead: String,
}

fn withdrawn() -> Vec<Withdrawn> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/withdrawn.toml");
    let text = std::fs::read_to_string(path).expect("spec/withdrawn.toml");
    let mut entries = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line == "[[operation]]" {
            entries.push(Withdrawn::default());
        }
        let (Some(entry), Some((key, value))) = (entries.last_mut(), line.split_once(" = ")) else { continue };
        let value = value.trim_matches('"').to_owned();
        match key {
            "method" => entry.method = value,
            "path" => entry.path = value,
            "since" => entry.since = value,
            "instead" => entry.instead = value,
            _ => {}
        }
    }
    entries
}

fn gone() -> Reply {
    let message = "CHANGE-2770 - Functionality has been deprecated";
    Reply::json(410, json!({"type": "error", "error": {"message": message}}))
}

#[tokio::test]
async fn an_error_410_says_since_when_and_what_to_use_instead() {
    let (fake, client) = fake().await;
    let entries = withdrawn();
    assert_eq!(entries.len(), 5);
    for entry in entries {
        assert!(!entry.since.is_empty() && !entry.instead.is_empty(), "{entry:?}");
        let method: Method = entry.method.parse().expect("a method");
        fake.on(method.clone(), &entry.path, gone());
        // As it stands, with a slash at its end, with a query, and as a link.
        let link = format!("{}{}?page=2", fake.base_url(), entry.path);
        for path in [entry.path.clone(), format!("{}/", entry.path), format!("{}?role=member", entry.path), link] {
            let error = client.request(method.clone(), &path).send_as::<Value>().await.expect_err("it is gone");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(410));
            let text = error.to_string();
            assert!(text.contains("CHANGE-2770") && text.contains(&entry.since), "{path}: {text}");
            assert!(text.contains(&entry.instead), "{path}: {text}");
        }
    }
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn nothing_is_said_of_operations_that_are_there_and_of_other_failures() {
    let (fake, client) = fake().await;
    fake.on(Method::GET, "/{*rest}", gone());
    for path in ["/repositories/acme", "/workspaces/acme", "/snippets/acme", "/user/permissions", "/user/workspaces"] {
        let error = client.request(Method::GET, path).send_as::<Value>().await.expect_err("a failure");
        assert!(!error.to_string().contains("2026-10"), "{path}: {error}");
    }
    // Creating a snippet is another operation than listing them.
    fake.on(Method::POST, "/snippets", gone());
    let error = client.request(Method::POST, "/snippets").send_as::<Value>().await.expect_err("a failure");
    assert!(!error.to_string().contains("2026-10"), "{error}");
    fake.on(Method::GET, "/workspaces", Reply::json(404, json!({"error": {"message": "Not found"}})));
    let error = client.request(Method::GET, "/workspaces").send_as::<Value>().await.expect_err("a failure");
    assert!(error.is_not_found() && !error.to_string().contains("2026-10"), "{error}");
}

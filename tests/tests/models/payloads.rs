//! Bodies that real servers sent, in a folder beside the repository whose manifest says what each one is. They are not
//! part of the repository; without the folder the test says so and ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bitbucket_cloud::{Client, Credentials};
use bitbucket_tests::{FakeBitbucket, Method, Reply};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::compare::Differences;
use crate::{generated, model};

#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) file: String,
    method: String,
    path_template: String,
    pub(crate) schema: String,
    status: u16,
    real: String,
}

/// An answer of 200 with a complaint in the place of an object: a caller has to see that.
pub(crate) const REFUSED: [&str; 1] = ["snippets/003-free-plan-200-with-a-string-in-values.json"];

/// `BITBUCKET_PAYLOADS`, or the folder where the maintainers keep them.
pub(crate) fn folder() -> PathBuf {
    let usual = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/payloads"));
    std::env::var_os("BITBUCKET_PAYLOADS").map_or_else(usual, PathBuf::from)
}

pub(crate) fn entries() -> Result<Option<Vec<Entry>>> {
    let folder = folder();
    if !folder.is_dir() {
        println!("skipped: no recorded bodies here; BITBUCKET_PAYLOADS names their folder");
        return Ok(None);
    }
    let manifest = fs::read_to_string(folder.join("manifest.json")).context("manifest.json")?;
    let entries: Vec<Entry> = serde_json::from_str(&manifest)?;
    Ok(Some(entries.into_iter().filter(|entry| ["recorded", "likely"].contains(&entry.real.as_str())).collect()))
}

/// The schema of a body: that of the manifest, for one object or a list of them, else that of the operation's answer.
pub(crate) fn schema_of(entry: &Entry) -> Option<(&str, bool)> {
    if let Some(item) = entry.schema.strip_prefix('[').and_then(|schema| schema.strip_suffix(']')) {
        return model(item).map(|_| (item, true));
    }
    if model(&entry.schema).is_some() {
        return Some((&entry.schema, false));
    }
    let answers = |(method, path, _): &&(&str, &str, &str)| *method == entry.method && *path == entry.path_template;
    generated::ANSWERS.iter().find(answers).map(|(_, _, schema)| (*schema, false))
}

/// The objects in the body of an entry.
pub(crate) fn items(entry: &Entry, schema: &str, list: bool) -> Result<Vec<Value>> {
    let text = fs::read_to_string(folder().join(&entry.file)).with_context(|| entry.file.clone())?;
    let body: Value = serde_json::from_str(&text)?;
    Ok(match body {
        Value::Array(items) if list => items,
        // Some pages were kept without what is around their items.
        body if schema.starts_with("paginated_") && body.get("values").is_none() => {
            vec![json!({ "values": if body.is_array() { body } else { json!([body]) } })]
        }
        body => vec![body],
    })
}

#[test]
fn recorded_bodies_are_read_and_written_again() -> Result<()> {
    let Some(entries) = entries()? else { return Ok(()) };
    let (mut unknown, mut failures, mut elsewhere) =
        (BTreeMap::<String, usize>::new(), Vec::new(), BTreeMap::<String, usize>::new());
    let (mut files, mut bodies, mut equal) = (0, 0, 0);
    for entry in entries.iter().filter(|entry| entry.schema != "error") {
        let Some((schema, list)) = schema_of(entry) else {
            *elsewhere.entry(entry.schema.clone()).or_default() += 1;
            continue;
        };
        files += 1;
        let again = model(schema).with_context(|| format!("no model of {schema}"))?;
        let items = items(entry, schema, list)?;
        for item in &items {
            bodies += 1;
            match again(item.to_string().as_bytes()) {
                Err(error) if REFUSED.contains(&entry.file.as_str()) => {
                    println!("  refused, as it must be: {}: {error}", entry.file);
                }
                Err(error) => failures.push(format!("{} as {schema}: {error}", entry.file)),
                Ok(_) if REFUSED.contains(&entry.file.as_str()) => failures.push(format!("{} was taken", entry.file)),
                Ok(written) => {
                    let differences = Differences::of(item, &written);
                    equal += usize::from(differences.changed.is_empty());
                    failures.extend(differences.changed.iter().map(|change| format!("{}: {change}", entry.file)));
                    for (path, count) in differences.unknown {
                        *unknown.entry(format!("{schema}: {path}")).or_default() += count;
                    }
                }
            }
        }
    }
    println!(
        "files {files} · bodies {bodies} · written again as they were {equal} · members that the models do not know {}",
        unknown.len()
    );
    for (schema, count) in &elsewhere {
        println!("  no operation of the document answers with: {schema} ({count})");
    }
    for (path, count) in &unknown {
        println!("  {count:>4} {path}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

#[tokio::test]
async fn recorded_errors_say_what_the_service_said() -> Result<()> {
    let Some(entries) = entries()? else { return Ok(()) };
    let fake = FakeBitbucket::start().await?;
    let client = Client::builder().base_url(fake.base_url()).credentials(Credentials::access_token("x")).build()?;
    for entry in entries.iter().filter(|entry| entry.schema == "error") {
        let text = fs::read_to_string(folder().join(&entry.file))?;
        let status = if entry.status < 400 { 400 } else { entry.status };
        fake.on(Method::GET, "/user", Reply::json(status, serde_json::from_str(&text)?));
        let error = client.current_user().get().send().await.err().with_context(|| entry.file.clone())?;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{}", entry.file);
        assert!(error.message().is_some_and(|message| !message.is_empty()), "{}: {error}", entry.file);
        println!("  {}: {error}", entry.file);
    }
    Ok(())
}

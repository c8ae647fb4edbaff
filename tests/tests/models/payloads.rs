//! Bodies that real servers sent, in a folder beside the repository whose manifest says what each one is. They are not
//! part of the repository; without the folder the test says so and ends. A body that belongs to no operation, such as
//! that of a webhook, is read in parts: repository, account, pull request, comment and so on.

use std::collections::{BTreeMap, BTreeSet};
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

/// Traces of a program that watches webhooks: there is nothing of Bitbucket's in them.
const WITHOUT_MODELS: [&str; 2] =
    ["webhooks/064-bitslack-span-created-failed.json", "webhooks/065-bitslack-span-created-no-pr.json"];

/// What a member is where its `type` does not say so: the schemas that it is read as, unions beside what they hold.
const MEMBERS: [(&str, &[&str]); 10] = [
    ("actor", &["account", "user"]),
    ("assignee", &["account", "user"]),
    ("comment", &["comment", "pullrequest_comment"]),
    ("commit", &["commit"]),
    ("commit_status", &["commitstatus"]),
    ("commits", &["commit"]),
    ("fork", &["repository"]),
    ("pullrequest", &["pullrequest"]),
    ("reporter", &["account", "user"]),
    ("repository", &["repository"]),
];

/// Members that recorded bodies have and the models leave out on purpose, with the reason. Any other one that is lost is an
/// error: it belongs into `spec/corrections.overlay.yaml`, or here.
const LEFT_OUT: [(&str, &[&str]); 7] = [
    (
        "bodies of 2015 and 2016: today's have none of these",
        &[
            "branch: repository",
            "paginated_accounts: values._type",
            "paginated_branches: values.repository",
            "paginated_pullrequest_comments: values.commit",
            "paginated_refs: values.repository",
            "paginated_repositories: values._type",
            "paginated_webhook_subscriptions: values.subject.display_name",
            "paginated_webhook_subscriptions: values.subject.username",
            "team: _type",
            "team: location",
            "team: website",
        ],
    ),
    ("branches had several heads while the service had Mercurial, until 2020", &["branch: heads"]),
    ("a workspace that called itself a team, before teams became workspaces in 2020", &["team: name", "team: slug"]),
    (
        "samples of a documentation, where somebody has replaced the members of users",
        &[
            "branch: target.author.account_id",
            "branch: target.author.display_name",
            "branch: target.author.links",
            "branch: target.author.nickname",
            "branch: target.author.uuid",
            "commit: author.account_id",
            "commit: author.display_name",
            "commit: author.links",
            "commit: author.nickname",
            "commit: author.uuid",
            "repository: project.project",
        ],
    ),
    (
        "empty objects of the program that recorded the bodies, and the name that it gave to `maxTime`",
        &["deployment: state.status", "pipeline_step: max_time", "pipeline_step: state.result"],
    ),
    ("what has changed, in the body of a webhook, and not the user who is called so", &["user: new", "user: old"]),
    ("a link of that name, and not the commit", &["commit: href"]),
];

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

/// The outermost objects of a body that are models, each with its schema.
fn parts(member: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            let mut schemas: Vec<&str> =
                MEMBERS.iter().find(|(name, _)| *name == member).map_or_else(Vec::new, |(_, schemas)| schemas.to_vec());
            let says = members.get("type").and_then(Value::as_str).filter(|says| model(says).is_some());
            schemas.extend(says.filter(|says| !schemas.contains(says)));
            if schemas.is_empty() {
                members.iter().for_each(|(name, value)| parts(name, value, found));
            }
            found.extend(schemas.into_iter().map(|schema| (schema.to_owned(), value.clone())));
        }
        Value::Array(items) => items.iter().for_each(|item| parts(member, item, found)),
        _ => {}
    }
}

/// What was found in the bodies of all files.
#[derive(Default)]
struct Tally {
    bodies: usize,
    equal: usize,
    /// Members that the models do not know.
    unknown: BTreeMap<String, usize>,
    failures: Vec<String>,
}

impl Tally {
    /// Reads a body as a model and compares what is written again.
    fn add(&mut self, file: &str, schema: &str, body: &Value) -> Result<()> {
        let again = model(schema).with_context(|| format!("no model of {schema}"))?;
        self.bodies += 1;
        match again(body.to_string().as_bytes()) {
            Err(error) if REFUSED.contains(&file) => println!("  refused, as it must be: {file}: {error}"),
            Err(error) => self.failures.push(format!("{file} as {schema}: {error}")),
            Ok(_) if REFUSED.contains(&file) => self.failures.push(format!("{file} was taken")),
            Ok(written) => {
                let differences = Differences::of(body, &written);
                self.equal += usize::from(differences.changed.is_empty());
                self.failures.extend(differences.changed.iter().map(|change| format!("{file}: {change}")));
                for (path, count) in differences.unknown {
                    *self.unknown.entry(format!("{schema}: {path}")).or_default() += count;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn recorded_bodies_are_read_and_written_again() -> Result<()> {
    let Some(entries) = entries()? else { return Ok(()) };
    let (mut tally, mut found) = (Tally::default(), BTreeMap::<String, usize>::new());
    let (mut whole, mut in_parts, mut errors, mut without) = (0, 0, 0, Vec::new());
    for entry in &entries {
        if entry.schema == "error" {
            // They have a test of their own.
            errors += 1;
        } else if let Some((schema, list)) = schema_of(entry) {
            whole += 1;
            for item in items(entry, schema, list)? {
                tally.add(&entry.file, schema, &item)?;
            }
        } else {
            let text = fs::read_to_string(folder().join(&entry.file)).with_context(|| entry.file.clone())?;
            let mut objects = Vec::new();
            parts("", &serde_json::from_str(&text)?, &mut objects);
            match objects.is_empty() {
                true => without.push(entry.file.as_str()),
                false => in_parts += 1,
            }
            for (schema, object) in objects {
                *found.entry(schema.clone()).or_default() += 1;
                tally.add(&entry.file, &schema, &object)?;
            }
        }
    }
    println!(
        "files {}: {whole} whole, {in_parts} in parts, {errors} errors, {} without models",
        entries.len(),
        without.len()
    );
    println!("bodies {}, written again as they were {}", tally.bodies, tally.equal);
    println!(
        "parts: {}",
        found.iter().map(|(schema, count)| format!("{count} {schema}")).collect::<Vec<_>>().join(", ")
    );
    println!("members that the models do not know: {}", tally.unknown.len());
    for (path, count) in &tally.unknown {
        println!("  {count:>4} {path}");
    }
    assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n"));
    // Another folder has other bodies: what they have is listed, and for people to judge.
    if std::env::var_os("BITBUCKET_PAYLOADS").is_none() {
        let expected: BTreeSet<&str> = LEFT_OUT.iter().flat_map(|(_, members)| members.iter().copied()).collect();
        let lost: BTreeSet<&str> = tally.unknown.keys().map(String::as_str).collect();
        assert_eq!(lost.difference(&expected).collect::<Vec<_>>(), [&""; 0], "members that are lost");
        assert_eq!(expected.difference(&lost).collect::<Vec<_>>(), [&""; 0], "members that are lost no more");
    }
    assert_eq!(tally.bodies, tally.equal + REFUSED.len());
    assert!(without.iter().all(|file| WITHOUT_MODELS.contains(file)), "nothing was read of {without:?}");
    for schema in ["account", "branch", "comment", "commit", "commitstatus", "pullrequest", "repository", "tag"] {
        assert!(found.contains_key(schema), "no part is a {schema}: the table of members is not used");
    }
    Ok(())
}

#[tokio::test]
async fn recorded_errors_say_what_the_service_said() -> Result<()> {
    let Some(entries) = entries()? else { return Ok(()) };
    let fake = FakeBitbucket::start().await?;
    let client =
        Client::builder().base_url(fake.base_url()).credentials(Credentials::access_token("of-nobody")).build()?;
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

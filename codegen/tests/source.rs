//! `spec/source.toml` says the truth about `spec/bitbucket.json`.

use std::fs;
use std::path::Path;

use bitbucket_codegen::diff::{LeftOut, without};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    title: String,
    revision: String,
    as_of: String,
    swagger_2: String,
    openapi_3: String,
    sha256: String,
    operations: Operations,
    left_out: LeftOut,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Operations {
    upstream: usize,
    left_out: usize,
    vendored: usize,
}

fn spec(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn origin() -> Origin {
    toml::from_str(&spec("source.toml")).unwrap_or_else(|error| panic!("spec/source.toml: {error}"))
}

#[test]
fn the_digest_is_that_of_the_document() {
    let digest = Sha256::digest(spec("bitbucket.json").as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(origin().sha256, digest, "the document has changed: bring spec/source.toml up to date");
}

#[test]
fn title_revision_and_counts_are_those_of_the_document() {
    let document: Value = serde_json::from_str(&spec("bitbucket.json")).expect("the document is JSON");
    let origin = origin();
    assert_eq!(document["info"]["title"], origin.title);
    assert_eq!(document["x-revision"], origin.revision);
    let verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let items = document["paths"].as_object().expect("the document has paths").values();
    let operations: usize = items.map(|item| verbs.iter().filter(|verb| item.get(verb).is_some()).count()).sum();
    assert_eq!(origin.operations.vendored, operations);
    assert_eq!(origin.operations.upstream, origin.operations.left_out + origin.operations.vendored);
}

#[test]
fn what_is_left_out_is_not_in_the_document() {
    let document: Value = serde_json::from_str(&spec("bitbucket.json")).expect("the document is JSON");
    let left_out = origin().left_out;
    assert!(!left_out.tags.is_empty() && !left_out.members.is_empty());
    let (reduced, gone) = without(document.clone(), &left_out);
    assert!(gone == 0 && reduced == document, "{gone} operations or some members are to be left out");
}

#[test]
fn the_origin_is_a_month_and_two_addresses() {
    let origin = origin();
    let (year, month) = origin.as_of.split_once('-').expect("as_of is YYYY-MM");
    assert!(year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()), "{year}");
    assert!(matches!(month.parse(), Ok(1..=12)), "{month}");
    assert!(origin.swagger_2.starts_with("https://") && origin.openapi_3.starts_with("https://"));
}

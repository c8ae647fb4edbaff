//! Prints what progenitor makes of the normalised document as it is, before our rewrites: the peer of the build-time
//! benchmark (`.ci/build-times`).
//!
//! `cargo run -p bitbucket-codegen --example progenitor_output > lib.rs`

use std::error::Error;
use std::fs;

use bitbucket_codegen::decisions::Decisions;
use bitbucket_codegen::document::Context;
use bitbucket_codegen::{Source, normalize, read, wire};

fn main() -> Result<(), Box<dyn Error>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let text = |path: &str| fs::read_to_string(format!("{root}/{path}"));
    let (document, overlay) = (text("spec/bitbucket.json")?, text("spec/corrections.overlay.yaml")?);
    let (operations, groups) = (text("spec/operations.toml")?, text("spec/groups.toml")?);
    let document = Source { name: "spec/bitbucket.json", text: &document };
    let overlay = Source { name: "spec/corrections.overlay.yaml", text: &overlay };
    let operations = Source { name: "spec/operations.toml", text: &operations };
    let groups = Source { name: "spec/groups.toml", text: &groups };
    let decisions = Decisions::read(&operations, &groups, true)?;
    let (mut api, _) = read::read(&document, Some(&overlay))?;
    let context = Context { source: &document, decisions: &decisions, operations_file: &operations };
    normalize(&mut api, &context, None)?;
    println!("{}", prettyplease::unparse(&wire::emit(&api, &context)?));
    Ok(())
}

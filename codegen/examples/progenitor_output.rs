//! Prints what progenitor makes of the prepared document: the peer of `cargo xtask bench build`.
//!
//! `cargo run -p bitbucket-codegen --example progenitor_output > lib.rs`

use std::error::Error;
use std::fs;

use bitbucket_codegen::{Inputs, Source, prepare};
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};

fn main() -> Result<(), Box<dyn Error>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let text = |path: &str| fs::read_to_string(format!("{root}/{path}"));
    let texts = [
        "spec/bitbucket.json",
        "spec/corrections.overlay.yaml",
        "spec/operations.toml",
        "spec/groups.toml",
        "spec/handles.toml",
        "spec/identifiers.toml",
        "spec/types.toml",
        "spec/facts.toml",
        "spec/shortcuts.toml",
        "spec/withdrawn.toml",
        "sdk/Cargo.toml",
    ]
    .map(|name| text(name).map(|text| (name, text)));
    let texts = texts.into_iter().collect::<Result<Vec<_>, _>>()?;
    let sources: Vec<Source<'_>> = texts.iter().map(|(name, text)| Source { name, text }).collect();
    let [document, overlay, operations, groups, handles, identifiers, types, facts, shortcuts, withdrawn, manifest] =
        sources[..]
    else {
        return Err("a text is missing".into());
    };
    let (overlay, facts) = (Some(overlay), Some(facts));
    let inputs = Inputs {
        document,
        overlay,
        operations,
        groups,
        handles,
        identifiers,
        types,
        facts,
        shortcuts,
        withdrawn,
        manifest,
        strict: true,
    };
    let prepared = prepare(&inputs, None, &mut |_| {})?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let tokens = Generator::new(&settings).generate_tokens(&prepared.document.api)?;
    println!("{}", prettyplease::unparse(&syn::parse2(tokens)?));
    Ok(())
}

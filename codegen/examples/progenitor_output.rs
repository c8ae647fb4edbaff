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
    let texts = Inputs::FILES.into_iter().map(|name| text(name).map(|text| (name, text)));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let inputs = Inputs::vendored(std::array::from_fn(|index| Source { name: texts[index].0, text: &texts[index].1 }));
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

//! The hand-written half of the crate, which the public surface of both sides rests on.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::commands::generate;

/// The hand-written sources, without what only the vendored document has.
pub(crate) fn handwritten(root: &Path) -> Result<BTreeMap<String, String>> {
    let sdk = root.join("sdk");
    let mut sources = BTreeMap::new();
    generate::add_folder(&sdk, &sdk.join("src"), &mut sources)?;
    // What the extensions say is looked at as well, so that it is known what they rely on.
    sources.retain(|path, _| path.ends_with(".rs"));
    for (path, text) in &mut sources {
        if !path.starts_with("src/ext/") {
            generate::leave_out_vendored(text);
        }
    }
    Ok(sources)
}

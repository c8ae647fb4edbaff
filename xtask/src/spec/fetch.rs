//! Gets a published document: from a file, or from an address with curl, so that xtask needs no HTTP client of its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, anyhow, bail};

/// Larger answers are refused, in bytes; the document has about 1.2 million.
const MAX_BYTES: &str = "67108864";
/// How long a download may take, in seconds.
const MAX_SECONDS: &str = "300";

/// The text of a file or of what an address answers.
pub(super) fn fetch(from: &str) -> Result<String> {
    let bytes = match from.split_once("://") {
        Some(("https", _)) => download(from)?,
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            bail!("fetch: {from}: {scheme} is not used; give an address that begins with https://, or a file")
        }
        _ => std::fs::read(Path::new(from)).map_err(|error| {
            anyhow!("fetch: {from}: cannot be read ({error}); give the path of a file, or an address")
        })?,
    };
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("fetch: {from}: not UTF-8 at byte {at}; the document must be OpenAPI 3.0 as JSON")
    })
}

fn download(address: &str) -> Result<Vec<u8>> {
    const BY_HAND: &str = "download it by hand and give the file with --from";
    let limits =
        ["--max-time", MAX_SECONDS, "--max-filesize", MAX_BYTES, "--proto", "=https", "--proto-redir", "=https"];
    let flags = ["--fail", "--location", "--silent", "--show-error", "--compressed"];
    let output = Command::new("curl").args(flags).args(limits).args(["--", address]).output();
    let output = output.map_err(|error| anyhow!("fetch: {address}: curl cannot be run ({error}); {BY_HAND}"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        let told = told.lines().next_back().unwrap_or("curl failed").trim();
        bail!("fetch: {address}: {told}; {BY_HAND}");
    }
    Ok(output.stdout)
}

//! What README.md links to. It is the first page on crates.io and lies in the package, where nothing else of the
//! repository is: a relative link may lead only to what is packaged. `.ci/package` looks at the package itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines outside of fences.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n```").step_by(2).flat_map(str::lines)
}

/// Where a page links to, by links in the text and by definitions on lines of their own.
fn links(text: &str) -> Vec<&str> {
    let inline = prose(text).flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    let defined = prose(text).filter_map(|line| Some(line.strip_prefix('[')?.split_once("]: ")?.1.trim()));
    inline.chain(defined).collect()
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn relative_links_lead_to_what_is_packaged() {
    let manifest = read("sdk/Cargo.toml");
    let include = manifest.split("\ninclude = [").nth(1).and_then(|rest| rest.split(']').next()).expect("a list");
    let packaged: BTreeSet<&str> = include.split('"').skip(1).step_by(2).collect();
    assert!(packaged.contains("/README.md"), "the manifest is read wrongly: {packaged:?}");
    for page in ["README.md", "CHANGELOG.md"] {
        let text = read(page);
        for link in links(&text).into_iter().filter(|link| !link.starts_with('#') && !link.contains("://")) {
            let file = link.split('#').next().unwrap_or_default();
            let found = packaged.contains(format!("/{file}").as_str()) && root().join("sdk").join(file).exists();
            assert!(found, "{page} links to {link}, which is not packaged: link to docs.rs, or name the file");
        }
    }
}

#[test]
fn anchors_lead_to_headings() {
    let text = read("README.md");
    let headings: BTreeSet<String> =
        prose(&text).filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect();
    let anchors: Vec<&str> = links(&text).into_iter().filter_map(|link| link.strip_prefix('#')).collect();
    assert!(headings.len() > 5 && !anchors.is_empty(), "the page is read wrongly: {headings:?} {anchors:?}");
    for link in anchors {
        assert!(headings.contains(link), "README.md has no heading for #{link}");
    }
}

#[test]
fn the_rust_version_is_that_of_the_manifest() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let version = version.expect("a rust-version");
    assert!(read("README.md").contains(&format!("Rust {version}")), "README.md does not name Rust {version}");
}

#[test]
fn what_is_packaged_is_what_the_repository_has() {
    for text in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        assert_eq!(read(&format!("sdk/{text}")), read(text), "sdk/{text} is to be a symbolic link to ../{text}");
    }
}

#[test]
fn a_link_is_found_however_it_is_written() {
    let text = "A [b](c) and [d](e#f), [g].\n```\n[h](i)\n```\n[g]: j\n";
    assert_eq!(links(text), ["c", "e#f", "j"]);
    assert_eq!(anchor(" Retries and limits"), "retries-and-limits");
    assert_eq!(anchor(" Lists, logs, `runs`"), "lists-logs-runs");
}

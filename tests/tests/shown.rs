//! What the examples of the documentation show: each has a line to read, and none that must be scrolled. A doc test only
//! says that they compile.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest line that the pages of the documentation show whole.
const WIDTH: usize = 88;

/// An example: where it begins, its language or flags, and its lines.
struct Example {
    place: String,
    flags: String,
    lines: Vec<String>,
}

impl Example {
    /// Lines that readers see: in Rust, not those that rustdoc hides.
    fn shown(&self) -> Vec<&str> {
        let is_rust = !["text", "toml", "sh", "json", "yaml", "console"].contains(&self.flags.as_str());
        let hidden = |line: &str| is_rust && (line.trim() == "#" || line.trim_start().starts_with("# "));
        self.lines.iter().map(String::as_str).filter(|line| !line.trim().is_empty() && !hidden(line)).collect()
    }
}

/// The blocks between fences in a text whose lines of documentation are given with their numbers.
fn examples<'t>(place: &str, lines: impl Iterator<Item = (usize, &'t str)>) -> Vec<Example> {
    let (mut found, mut open) = (Vec::new(), None::<Example>);
    for (number, line) in lines {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(example)) => found.push(example),
            (Some(flags), None) => {
                let place = format!("{place}:{number}");
                open = Some(Example { place, flags: flags.trim().to_owned(), lines: Vec::new() });
            }
            (None, Some(mut example)) => {
                example.lines.push(line.to_owned());
                open = Some(example);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{place}: a fence is left open");
    found
}

/// The text of a line of documentation; of one that a macro puts together, that there is one.
fn documentation(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line.starts_with("#[doc = concat!") {
        return Some("(made by a macro)");
    }
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

fn problems(example: &Example) -> Vec<String> {
    let shown = example.shown();
    let long = shown.iter().filter(|line| line.chars().count() > WIDTH);
    let mut problems: Vec<_> = long.map(|line| format!("{}: over {WIDTH} characters: {line}", example.place)).collect();
    if shown.is_empty() {
        problems.push(format!("{}: the example shows nothing", example.place));
    }
    problems
}

#[test]
fn every_example_shows_something_and_nothing_has_to_be_scrolled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the workspace");
    let mut all = Vec::new();
    for path in sources(&root.join("sdk/src")) {
        let text = fs::read_to_string(&path).expect("a source");
        let lines = text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, documentation(line)?)));
        all.extend(examples(&path.display().to_string(), lines));
    }
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    all.extend(examples("README.md", readme.lines().enumerate().map(|(index, line)| (index + 1, line))));
    let generated = all.iter().filter(|example| example.place.contains("generated/groups")).count();
    assert!(all.len() > 150 && generated >= 24, "the examples have moved: {} and {generated}", all.len());
    let problems: Vec<_> = all.iter().flat_map(problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_box_without_a_line_and_a_line_that_is_too_long_are_found() {
    let text = format!("```no_run\n# let hidden = 1;\n#\n\n```\n```\n{}\n# {}\n```", "x".repeat(89), "y".repeat(89));
    let found = examples("a.rs", text.lines().enumerate());
    let problems: Vec<_> = found.iter().flat_map(problems).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].ends_with("a.rs:0: the example shows nothing"), "{problems:?}");
    assert!(problems[1].starts_with("a.rs:5: over 88 characters: xxx"), "{problems:?}");
}

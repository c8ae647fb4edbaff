//! Finds every call of `cargo xtask` in the files that git knows, and parses it as the program does.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::{Cli, inputs};

const CALL: &str = "cargo xtask";
/// Stands for what a reader or a shell fills in.
const VALUE: &str = "VALUE";

/// The arguments of each call in a text.
fn calls(text: &str) -> Vec<Vec<String>> {
    text.match_indices(CALL).filter_map(|(at, _)| arguments(&text[at + CALL.len()..])).collect()
}

/// The words after `cargo xtask`, up to where the call ends; `None` where that is only the name of the program.
fn arguments(rest: &str) -> Option<Vec<String>> {
    let line = rest.split('\n').next().unwrap_or_default();
    if !line.starts_with(' ') {
        return None;
    }
    let mut words = Vec::new();
    for word in line.split(' ').skip(1).filter(|word| !word.is_empty()) {
        // A shell's word in quotes is a value; any other quote ends the call.
        let quoted = word.starts_with("\"$");
        let end = if quoted { None } else { word.find(['`', '"', ';', ')', '*', '\'', '>']) };
        let shown = end.map_or(word, |end| &word[..end]);
        let bare = shown.trim_matches(['[', ']']).trim_end_matches(['.', ',', ':', ';', '\\']);
        if matches!(bare.chars().next(), Some('>' | '|' | '&' | '#' | '(' | '\\' | '←' | '→' | '/')) {
            break;
        }
        if bare.contains("$@") || bare == "2>&1" {
            continue;
        }
        let is_value = bare.contains(['$', '{', '<'])
            || bare.chars().all(|letter| letter.is_ascii_uppercase() || "|\\/_-".contains(letter));
        if !bare.is_empty() && !bare.starts_with("--") && is_value {
            words.push(VALUE.to_owned());
        } else if !bare.is_empty() {
            words.push(bare.to_owned());
        }
        if end.is_some() || shown.ends_with(['.', ',', ':', ';']) {
            break;
        }
    }
    if words.is_empty() { None } else { Some(words) }
}

/// What clap says against a call.
fn refusal(words: &[String], is_code: bool) -> Option<String> {
    let error = Cli::try_parse_from(["xtask"].into_iter().chain(words.iter().map(String::as_str))).err()?;
    let has_value = words.iter().any(|word| word == VALUE);
    let fine = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => has_value,
        ErrorKind::InvalidSubcommand => words[0] == VALUE,
        // Text may name a command without what it needs.
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => !is_code,
        _ => false,
    };
    (!fine).then(|| error.to_string().lines().next().unwrap_or_default().to_owned())
}

/// The texts of the repository, with their paths.
fn sources() -> Vec<(PathBuf, String)> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(inputs::root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).unwrap();
    // The cases below are none that there must be.
    let paths = paths.split_terminator('\0').map(PathBuf::from).filter(|path| !path.starts_with("xtask/src/workflows"));
    let text = |path: PathBuf| fs::read_to_string(inputs::root().join(&path)).ok().map(|text| (path, text));
    paths.filter_map(text).collect()
}

#[test]
fn every_call_is_one_that_there_is() {
    let mut counts = [0, 0];
    let mut refused = Vec::new();
    let sources = sources();
    for folder in ["tests/demo", "xtask/front", "xtask/tests", "codegen/tests", "codegen/examples", ".gitattributes"] {
        assert!(sources.iter().any(|(path, _)| path.starts_with(folder)), "{folder} is not read");
    }
    for (path, text) in sources {
        let is_code = path.starts_with(".ci") || path.extension().is_some_and(|extension| extension == "yml");
        for words in calls(&text) {
            counts[usize::from(is_code)] += 1;
            if let Some(reason) = refusal(&words, is_code) {
                refused.push(format!("{}: cargo xtask {}: {reason}", path.display(), words.join(" ")));
            }
        }
    }
    assert_eq!(refused, [""; 0], "{}", refused.join("\n"));
    let [texts, code] = counts;
    assert!(texts > 60 && code > 6, "so few calls were found that they are not looked for: {counts:?}");
}

#[test]
fn calls_are_read_as_they_are_meant() {
    let cases = [
        ("run `cargo xtask spec lint` now", "spec lint"),
        ("**`cargo xtask spec diff [OLD] [NEW]`**:", "spec diff VALUE VALUE"),
        ("`cargo xtask spec update [--from FILE\\|URL]`", "spec update --from VALUE"),
        ("compare() { cargo xtask spec diff \"$@\" \"$base\"; }", "spec diff VALUE"),
        ("cargo xtask spec update --draft \"$@\" >\"$x\" 2>\"$y\" || status=$?", "spec update --draft"),
        ("cargo xtask passes --dump overlay | node", "passes --dump overlay"),
        ("cargo xtask demo # tries it", "demo"),
        ("format!(\"cargo xtask generate --check\")", "generate --check"),
        ("of `cargo xtask`. Then", ""),
    ];
    for (text, expected) in cases {
        let found: Vec<String> = calls(text).iter().map(|words| words.join(" ")).collect();
        assert_eq!(found.join("; "), expected, "{text}");
    }
}

#[test]
fn a_call_that_there_is_not_is_refused() {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for text in [
        "spec dif",
        "spec diff --formt json",
        "spec diff --format yaml",
        "generat",
        "demo --repository VALUE",
        "spec update extra",
    ] {
        assert!(refusal(&words(text), true).is_some(), "{text}");
        assert!(refusal(&words(text), false).is_some(), "{text}");
    }
    assert!(refusal(&words("spec changelog"), true).is_some(), "a script must say what it needs");
    for text in [
        "spec diff --format json",
        "spec diff VALUE --fail-on never",
        "spec lint --today VALUE",
        "--check",
        "spec --help",
    ] {
        assert_eq!(refusal(&words(text), true), None, "{text}");
    }
}

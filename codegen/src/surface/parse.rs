//! Parses Rust files without what the list never shows. Comments and bodies of functions are most of the text and would
//! take most of the time; in formatted sources they are found by their indentation.

/// Attributes of one line that the list never shows.
const UNLISTED_ATTRIBUTES: [&str; 5] = ["#[inline]", "#[must_use]", "#[non_exhaustive]", "#[derive(", "#[allow("];

/// Parses a file; functions have empty bodies.
pub(super) fn file(text: &str) -> syn::Result<syn::File> {
    // Where the text is not formatted, all of it is read.
    syn::parse_str(&skeleton(text)).or_else(|_| syn::parse_file(text))
}

/// The text without comments, bodies and attributes that say nothing here.
fn skeleton(text: &str) -> String {
    let mut skeleton = String::with_capacity(text.len() / 2);
    let mut lines = text.lines();
    // The indentation of the function whose signature is being read.
    let mut signature = None;
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        let silent = UNLISTED_ATTRIBUTES.iter().any(|attribute| code.starts_with(attribute)) && code.ends_with(']');
        if silent || code.starts_with("//") {
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        if is_function(code) {
            signature = Some(indent);
        }
        skeleton.push_str(line);
        if signature == Some(indent) && code.ends_with('{') {
            lines.by_ref().find(|line| line.strip_prefix(indent) == Some("}"));
            skeleton.push('}');
        }
        if code.ends_with(['{', '}', ';']) {
            signature = None;
        }
        skeleton.push('\n');
    }
    skeleton
}

fn is_function(code: &str) -> bool {
    let before = |word: &&str| word.starts_with("pub") || word.ends_with(')') || matches!(*word, "const" | "async");
    let mut words = code.split(' ').skip_while(before);
    words.next() == Some("fn")
}

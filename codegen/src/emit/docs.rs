//! Doc comments: text in, `#[doc]` attributes out; what comes from the document is made safe for rustdoc first.

use proc_macro2::Span;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, MetaNameValue};

/// One `#[doc]` attribute per line of `text`.
#[must_use]
pub fn attributes(text: &str) -> Vec<Attribute> {
    text.trim()
        .lines()
        .map(|line| {
            let line: String = line.trim_end().chars().filter_map(visible).collect();
            attribute(&if line.is_empty() { String::new() } else { format!(" {line}") })
        })
        .collect()
}

/// A character of a doc comment. rustc refuses a lone carriage return and what turns the direction of text around.
fn visible(character: char) -> Option<char> {
    match character {
        '\r' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        other => Some(other),
    }
}

/// Put together by hand: there are many thousands, and parsing each took a tenth of a generation.
fn attribute(line: &str) -> Attribute {
    let value = Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(LitStr::new(line, Span::call_site())) });
    let path = Ident::new("doc", Span::call_site()).into();
    Attribute {
        pound_token: Default::default(),
        style: AttrStyle::Outer,
        bracket_token: Default::default(),
        meta: Meta::NameValue(MetaNameValue { path, eq_token: Default::default(), value }),
    }
}

/// The same as attributes of the enclosing module.
#[must_use]
pub fn inner_attributes(text: &str) -> Vec<Attribute> {
    let mut attributes = attributes(text);
    for attribute in &mut attributes {
        attribute.style = AttrStyle::Inner(syn::token::Not::default());
    }
    attributes
}

/// Prose from the document, made safe for rustdoc.
#[must_use]
pub fn safe(text: &str) -> String {
    let mut lines = Vec::new();
    // The marks that open code, while it is open.
    let mut fence: Option<String> = None;
    for line in text.trim().lines() {
        let marks = fence_of(line);
        match (&fence, marks) {
            (Some(open), Some(marks)) if marks.starts_with(open.as_str()) && line.trim() == marks => {
                lines.push(open.clone());
                fence = None;
            }
            (Some(_), _) => lines.push(line.trim_end().to_owned()),
            (None, Some(marks)) => {
                lines.push(format!("{marks}{}", language(&line.trim()[marks.len()..])));
                fence = Some(marks.to_owned());
            }
            (None, None) => lines.push(line_of(line)),
        }
    }
    lines.extend(fence);
    lines.join("\n")
}

/// The marks at the beginning of a line that open or close code.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim();
    let mark = line.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    let opens = length >= 3 && !(mark == '`' && line[length..].contains('`'));
    opens.then(|| &line[..length])
}

/// What rustdoc takes for another language than Rust, so that it tests nothing.
fn language(info: &str) -> &str {
    const RUST: [&str; 7] = ["rust", "ignore", "should_panic", "no_run", "compile_fail", "test_harness", "rs"];
    let plain = !info.is_empty() && info.chars().all(|character| character.is_ascii_alphanumeric());
    if plain && !RUST.contains(&info) && !info.starts_with("edition") && !info.starts_with('E') { info } else { "text" }
}

/// The text of a `#[doc]` attribute.
#[must_use]
pub fn text_of(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim_start_matches(' ').to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Bare addresses become links, what looks like a tag or a link to an item is escaped, nothing becomes a doc test.
fn line_of(line: &str) -> String {
    let line = line.trim_end();
    let indent = &line[..line.len() - line.trim_start().len()];
    let line = if indent.len() >= 4 || indent.contains('\t') { line.trim_start() } else { line };
    let rest = within_quotes_and_lists(line);
    let marks = &line[..line.len() - rest.len()];
    let (before, space) = marks.split_at(marks.trim_end().len());
    let mut out = String::with_capacity(line.len());
    out.push_str(before);
    out.push_str(if !before.is_empty() && (space.len() > 4 || space.contains('\t')) { " " } else { space });
    if !before.is_empty() && fence_of(rest).is_some() {
        out.push('\\');
    }
    for (index, part) in rest.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
        } else {
            out.push_str(&prose(part));
        }
    }
    out
}

/// A line without the marks of the quotes and the lists around it. Code in them would need their end to be known, so it
/// is not told apart from text.
fn within_quotes_and_lists(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let item =
            if digits > 0 { rest[digits..].strip_prefix(['.', ')']) } else { rest.strip_prefix(['-', '*', '+']) };
        let item = item.filter(|item| item.starts_with([' ', '\t']));
        match rest.strip_prefix('>').or(item) {
            Some(inner) => rest = inner.trim_start(),
            None => return rest,
        }
    }
}

fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | ']' | ',' | '"'))
                .unwrap_or(rest.len());
            let address = rest[..end].trim_end_matches('.');
            let linked = out.ends_with('<') || out.ends_with('(');
            out.push_str(&if linked { address.to_owned() } else { format!("<{address}>") });
            rest = &rest[address.len()..];
            continue;
        }
        let next = rest[first.len_utf8()..].chars().next();
        match first {
            '<' if !rest[1..].starts_with("http") && next.is_some_and(|c| c.is_alphabetic() || c == '/') => {
                out.push_str("\\<");
            }
            '[' => match rest.find(']') {
                Some(end) if is_address(&rest[end + 1..]) => out.push('['),
                _ => out.push_str("\\["),
            },
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// Whether a text begins with the target of a link that leads to a page; others would be looked for among the items.
fn is_address(text: &str) -> bool {
    let Some((target, _)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) else { return false };
    let known = ["http://", "https://", "mailto:", "#", "/", "<http"].iter().any(|start| target.starts_with(start));
    known && !target.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_made_safe_and_code_is_left_alone() {
        assert_eq!(line_of("see https://a.example/b. Then"), "see <https://a.example/b>. Then");
        assert_eq!(line_of("`[x]` and [y] and [z](https://a.example)"), "`[x]` and \\[y] and [z](https://a.example)");
        assert_eq!(line_of("<workspace> < 3"), "\\<workspace> < 3");
        assert_eq!(line_of("    curl x"), "curl x");
        assert_eq!(line_of("\tcurl x"), "curl x");
        assert_eq!(line_of("[x](crate::Nope) [a](b \"c) [b](/c)"), "\\[x](crate::Nope) \\[a](b \"c) [b](/c)");
    }

    #[test]
    fn code_is_closed_where_it_was_and_never_a_test() {
        assert_eq!(safe("a\n```\n<b> [c]\n```\n<d>"), "a\n```text\n<b> [c]\n```\n\\<d>");
        assert_eq!(safe("```json\n{\n"), "```json\n{\n```");
        assert_eq!(safe("~~~\n```\n~~~\n[x]"), "~~~text\n```\n~~~\n\\[x]");
        for info in ["rust", "no_run", "rust,ignore", "edition2021", "E0382", "{.rust}", " rust", "should_panic"] {
            assert_eq!(safe(&format!("```{info}\npanic!()\n```")), "```text\npanic!()\n```");
        }
        assert_eq!(safe("> ```\n> x"), "> \\```\n> x");
        assert_eq!(safe("1. ~~~\n-     x\n>\tx\n- a [b]"), "1. \\~~~\n- x\n> x\n- a \\[b]");
        assert_eq!(safe("```a``` b [c]"), "```a``` b \\[c]");
    }

    #[test]
    fn what_rustc_refuses_in_a_comment_is_left_out() {
        let texts: Vec<_> = attributes("a\u{202e}b\u{2066}c\rd\r\ne\u{202a}").iter().filter_map(text_of).collect();
        assert_eq!(texts, ["abc d", "e"]);
    }
}

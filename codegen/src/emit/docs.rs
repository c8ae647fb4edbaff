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
    text.trim().lines().map(line_of).collect::<Vec<_>>().join("\n")
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
    let line = if line.starts_with("    ") { line.trim_start() } else { line };
    if line.trim_start().starts_with("```") {
        let fence = line.trim_end();
        return if fence.trim_start() == "```" { format!("{fence}text") } else { fence.to_owned() };
    }
    let mut out = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
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
                Some(end) if rest[end + 1..].starts_with('(') => out.push('['),
                _ => out.push_str("\\["),
            },
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
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
        assert_eq!(line_of("```"), "```text");
    }

    #[test]
    fn what_rustc_refuses_in_a_comment_is_left_out() {
        let texts: Vec<_> = attributes("a\u{202e}b\u{2066}c\rd\r\ne\u{202a}").iter().filter_map(text_of).collect();
        assert_eq!(texts, ["abc d", "e"]);
    }
}

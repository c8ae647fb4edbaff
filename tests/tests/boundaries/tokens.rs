//! Rust source as tokens, as far as the boundaries need them: no comments, no strings, no spaces.

/// A name, `::`, or one character of anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(is_part)
    }
}

/// The tokens of a source; of a literal nothing is left but a quotation mark.
pub(crate) fn code(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (length, text) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), "")
        } else if rest.starts_with("/*") {
            (comment(rest), "")
        } else if let Some(length) = raw_string(rest) {
            (length, "\"")
        } else if first == '"' {
            (string(rest, '"'), "\"")
        } else if first == '\'' {
            // A lifetime has no second mark.
            let character = rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\'');
            if character { (string(rest, '\''), "\"") } else { (1, "'") }
        } else if is_part(first) {
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            (length, &rest[..length])
        } else if rest.starts_with("::") {
            (2, "::")
        } else if first.is_whitespace() {
            (first.len_utf8(), "")
        } else {
            (first.len_utf8(), &rest[..first.len_utf8()])
        };
        if !text.is_empty() {
            tokens.push(Token { text: text.to_owned() });
        }
        rest = &rest[length..];
    }
    tokens
}

/// The index of the bracket that closes the one at an index.
pub(crate) fn close(tokens: &[Token], open: usize) -> usize {
    group(tokens, open).unwrap_or_else(|| panic!("no bracket at {open}: {:?}", tokens.get(open)))
}

/// The same, if there is a bracket.
pub(crate) fn group(tokens: &[Token], open: usize) -> Option<usize> {
    let opens = |token: &Token| ["(", "[", "{"].iter().any(|bracket| token.is(bracket));
    let closes = |token: &Token| [")", "]", "}"].iter().any(|bracket| token.is(bracket));
    tokens.get(open).filter(|token| opens(token))?;
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(opens(token)) - i32::from(closes(token));
        if depth == 0 {
            return Some(index);
        }
    }
    panic!("a bracket is not closed");
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment, which may hold others.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match text.get(at..at + 2) {
            Some("/*") => (depth, at) = (depth + 1, at + 2),
            Some("*/") => (depth, at) = (depth - 1, at + 2),
            _ if at >= text.len() => return text.len(),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The length of a literal that ends with a mark.
fn string(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#` and their like.
fn raw_string(text: &str) -> Option<usize> {
    let begin = ["br", "cr", "r"].iter().find(|begin| text.starts_with(**begin))?.len();
    let hashes = text[begin..].bytes().take_while(|byte| *byte == b'#').count();
    text[begin + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = begin + hashes + 1;
    Some(text[inside..].find(&end).map_or(text.len(), |at| inside + at + end.len()))
}

#[test]
fn comments_strings_and_literals_are_no_code() {
    let words = |source: &str| code(source).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    assert_eq!(words("a // b\n/* c /* d */ e */ f"), "a f");
    assert_eq!(words(r####"a "b \" c" r#"d " e"# br"f" g"####), "a \" \" \" g");
    assert_eq!(words("x: &'a str = 'b'; '\\''; '\"' y"), "x : & ' a str = \" ; \" ; \" y");
    assert_eq!(words("a::b<C>()"), "a :: b < C > ( )");
    assert_eq!(words("r#type bread"), "r # type bread");
}

//! Formats tokens as one line. prettyplease breaks lines, and takes whole files only.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Something of Rust as one line.
pub(super) fn line(tokens: &impl ToTokens) -> String {
    let mut line = Line::default();
    line.stream(tokens.to_token_stream());
    line.text
}

/// Operators of two characters.
const PAIRS: [[char; 2]; 5] = [[':', ':'], ['-', '>'], ['=', '>'], ['.', '.'], ['&', '&']];

/// What the last token was, as far as the next one's space depends on it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing, or a token that is joined to the next one.
    #[default]
    Joined,
    /// A word, a literal or a closing bracket.
    Word,
    /// A token that is followed by a space.
    Spaced,
}

#[derive(Debug, Default)]
struct Line {
    text: String,
    last: Last,
}

impl Line {
    fn stream(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                TokenTree::Punct(first) => {
                    let mut operator = first.as_char().to_string();
                    if let Some(TokenTree::Punct(second)) = tokens.peek()
                        && first.spacing() == Spacing::Joint
                        && PAIRS.contains(&[first.as_char(), second.as_char()])
                    {
                        operator.push(second.as_char());
                        tokens.next();
                    }
                    self.operator(&operator);
                }
                other => self.token(&other.to_string()),
            }
        }
    }

    fn token(&mut self, token: &str) {
        if self.last != Last::Joined {
            self.text.push(' ');
        }
        self.text.push_str(token);
        self.last = Last::Word;
    }

    fn operator(&mut self, operator: &str) {
        let (space, last) = match operator {
            "," | ";" | ":" => (false, Last::Spaced),
            ">" => (false, Last::Word),
            "::" | "<" | "." => (self.last == Last::Spaced, Last::Joined),
            "&" | "*" | "!" | "'" | "#" | "?" | "@" | ".." => (self.last != Last::Joined, Last::Joined),
            _ => (self.last != Last::Joined, Last::Spaced),
        };
        if space {
            self.text.push(' ');
        }
        self.text.push_str(operator);
        self.last = last;
    }

    fn group(&mut self, delimiter: Delimiter, inside: TokenStream) {
        let (open, close, space) = match delimiter {
            Delimiter::Parenthesis => ("(", ")", ""),
            Delimiter::Bracket => ("[", "]", ""),
            Delimiter::Brace => ("{", "}", " "),
            Delimiter::None => ("", "", ""),
        };
        let joins = delimiter == Delimiter::Parenthesis && self.last == Last::Word;
        if self.last != Last::Joined && !joins {
            self.text.push(' ');
        }
        self.text.push_str(open);
        if inside.is_empty() {
            self.text.push_str(close);
        } else {
            self.text.push_str(space);
            self.last = Last::Joined;
            self.stream(inside);
            self.text.push_str(space);
            self.text.push_str(close);
        }
        self.last = if delimiter == Delimiter::None { self.last } else { Last::Word };
    }
}

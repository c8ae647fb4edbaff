//! A part of Bitbucket's query language: `=`, `!=`, `~` and `!~` on text, `AND`, `OR` and parentheses. What is beyond it
//! is refused, as the service refuses what it cannot read.

use serde_json::Value;

/// Whether the filter takes the object; `None` if it cannot be read.
pub(crate) fn takes(filter: &str, object: &Value) -> Option<bool> {
    let mut reader = Reader { rest: filter, object };
    let taken = reader.any()?;
    reader.rest.trim().is_empty().then_some(taken)
}

struct Reader<'f> {
    rest: &'f str,
    object: &'f Value,
}

impl Reader<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut taken = self.all()?;
        while self.word("OR") {
            taken |= self.all()?;
        }
        Some(taken)
    }

    fn all(&mut self) -> Option<bool> {
        let mut taken = self.one()?;
        while self.word("AND") {
            taken &= self.one()?;
        }
        Some(taken)
    }

    fn one(&mut self) -> Option<bool> {
        if self.word("(") {
            let taken = self.any()?;
            return self.word(")").then_some(taken);
        }
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').filter(|end| *end > 0)?;
        let found = self.object.pointer(&format!("/{}", rest[..end].replace('.', "/")));
        let found = found.and_then(Value::as_str).unwrap_or_default().to_owned();
        self.rest = &rest[end..];
        let operator = ["!=", "!~", "=", "~"].into_iter().find(|operator| self.word(operator))?;
        let wanted = self.text()?;
        let contains = found.to_lowercase().contains(&wanted.to_lowercase());
        Some(match operator {
            "=" => found == wanted,
            "!=" => found != wanted,
            "~" => contains,
            _ => !contains,
        })
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn text(&mut self) -> Option<String> {
        let rest = self.rest.trim_start().strip_prefix('"')?;
        let (mut text, mut letters) = (String::new(), rest.char_indices());
        loop {
            match letters.next()? {
                (at, '"') => {
                    self.rest = &rest[at + 1..];
                    return Some(text);
                }
                (_, '\\') => text.push(letters.next()?.1),
                (_, letter) => text.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_are_joined() {
        let object = json!({"state": "OPEN", "title": "Say \"hi\"", "source": {"branch": {"name": "main"}}});
        let cases = [
            (r#"state = "OPEN""#, Some(true)),
            (r#"state="MERGED" OR title ~ "say""#, Some(true)),
            (r#"(state = "MERGED" OR state = "OPEN") AND source.branch.name != "main""#, Some(false)),
            (r#"title = "Say \"hi\"" AND (state !~ "x")"#, Some(true)),
            ("state", None),
            (r#"state = "OPEN" nonsense"#, None),
            (r#"(state = "OPEN""#, None),
            ("state > 3", None),
            ("", None),
        ];
        for (filter, expected) in cases {
            assert_eq!(takes(filter, &object), expected, "{filter}");
        }
    }
}

//! Extracts the service's message from the body of an error. The parts of Bitbucket answer in many shapes, with and
//! without `type`, and proxies answer in text and XML. Pages of HTML are left out, and so is what is not understood;
//! extracting does not fail. Nothing is bounded or redacted here.

use serde_json::{Map, Value};

use crate::serialization::{joined, parse};

/// How many bytes of the body of an error are read.
pub(crate) const MAX_READ: usize = 64 * 1024;

/// What the service answered about a failure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) message: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) fields: Vec<(String, Vec<String>)>,
    pub(crate) key: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) required_scopes: Vec<String>,
    pub(crate) granted_scopes: Vec<String>,
}

impl Reason {
    /// The content type decides how the body is parsed; with another type or none, the body itself does.
    pub(crate) fn read(content_type: Option<&str>, body: &str) -> Self {
        let body = trimmed(body);
        let media = media_type(content_type);
        if is_html(content_type, body) {
            return Self::default();
        }
        if is_xml(&media) {
            return Self::xml(body);
        }
        match parse(body.as_bytes()) {
            Some(value) => Self::json(&value),
            None if looks_like_xml(body) => Self::xml(body),
            None => Self { message: plain(body), ..Self::default() },
        }
    }

    fn xml(body: &str) -> Self {
        Self { message: element(body, "message"), key: element(body, "code"), ..Self::default() }
    }

    fn json(value: &Value) -> Self {
        let Value::Object(outer) = value else {
            return Self { message: text(value), ..Self::default() };
        };
        let mut reason = Self::default();
        match outer.get("error") {
            Some(Value::Object(inner)) => {
                reason.take(inner);
                // Some services repeat a part of the error next to it.
                reason.take(outer);
            }
            Some(error) => {
                // OAuth: `error` is the key, and the message has a field of its own.
                let error = text(error);
                match outer.get("error_description").and_then(text) {
                    Some(message) => (reason.message, reason.key) = (Some(message), error),
                    None => reason.message = error,
                }
                reason.take(outer);
            }
            None => reason.take(outer),
        }
        reason
    }

    /// Fills in what is still missing.
    fn take(&mut self, from: &Map<String, Value>) {
        let field = |name| from.get(name);
        let in_data = |name| field("data").and_then(|data| data.get(name));
        fill(&mut self.message, field("message").or_else(|| field("title")).or_else(|| field("errors")));
        fill(&mut self.id, field("id"));
        fill(&mut self.key, field("key").or_else(|| in_data("key")));
        match field("detail") {
            Some(detail) if detail.get("required").or_else(|| detail.get("granted")).is_some() => {
                let names = |name| detail.get(name).map(texts).unwrap_or_default();
                (self.required_scopes, self.granted_scopes) = (names("required"), names("granted"));
            }
            detail => fill(&mut self.detail, detail),
        }
        fill(&mut self.detail, in_data("announcement_url"));
        if let Some(Value::Object(fields)) = field("fields")
            && self.fields.is_empty()
        {
            for (name, value) in fields {
                let at = self.fields.partition_point(|(known, _)| known < name);
                self.fields.insert(at, (name.clone(), texts(value)));
            }
        }
    }
}

fn fill(place: &mut Option<String>, value: Option<&Value>) {
    if place.is_none() {
        *place = value.and_then(text);
    }
}

/// Any value as one text; `None` if it has none.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Array(_) => joined(texts(value).iter().map(String::as_str), "; "),
        Value::Object(object) => match object.get("message").or_else(|| object.get("detail")) {
            Some(message) => text(message)?,
            None if object.is_empty() => return None,
            None => value.to_string(),
        },
        value => value.to_string(),
    };
    let text = text.trim();
    if has_page(text) {
        return Some(page(text));
    }
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

fn plain(body: &str) -> Option<String> {
    let binary = body.chars().any(|c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()));
    (!binary && !body.is_empty()).then(|| body.to_owned())
}

/// The text of the first element with this name, ignoring case.
fn element(body: &str, name: &str) -> Option<String> {
    // Only ASCII letters change, so positions are the same in both.
    let lower = body.to_ascii_lowercase();
    let (tag, end_tag) = (format!("<{name}"), format!("</{name}"));
    let open = lower.match_indices(&tag).map(|(at, found)| at + found.len());
    let mut open = open.filter(|&end| lower[end..].starts_with(|c: char| c == '>' || c.is_whitespace()));
    let start = open.next()?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find(&end_tag)?;
    let text = joined(body[start..end].split_ascii_whitespace(), " ");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    let text = text.replace("&amp;", "&");
    (!text.is_empty()).then_some(text)
}

fn trimmed(body: &str) -> &str {
    body.trim_start_matches('\u{feff}').trim()
}

fn media_type(content_type: Option<&str>) -> String {
    content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_xml(media: &str) -> bool {
    media.ends_with("/xml") || media.ends_with("+xml")
}

fn looks_like_xml(body: &str) -> bool {
    body.starts_with("<?xml") || body.contains("<Message>")
}

/// Whether a body is a page of HTML, whatever its content type says.
pub(super) fn is_html(content_type: Option<&str>, body: &str) -> bool {
    let (body, media) = (trimmed(body), media_type(content_type));
    matches!(media.as_str(), "text/html" | "application/xhtml+xml")
        || (body.starts_with('<') && !is_xml(&media) && !looks_like_xml(body))
        || (has_page(body) && parse(body.as_bytes()).is_none())
}

/// Whether a text has the beginning of a page in it.
pub(super) fn has_page(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("<!doctype html") || lower.contains("<html")
}

/// What is said in place of a page of HTML.
pub(super) fn page(body: &str) -> String {
    // A body of this length or more was not read to its end.
    let least = if body.len() < MAX_READ { "" } else { "at least " };
    format!("a page of HTML, {least}{} bytes", body.len())
}

/// The reason as one text.
pub(crate) fn reason_of(content_type: Option<&str>, body: &str) -> Option<String> {
    let reason = Reason::read(content_type, body);
    match (reason.message, reason.key) {
        (Some(message), Some(key)) => Some(format!("{message} ({key})")),
        (message, key) => message.or(key),
    }
}

#[cfg(test)]
mod tests;

//! Errors that come with a status of success. A list of snippets on a free plan answers 200 with a sentence in the
//! place of its items, and an error body may decode into a model whose fields are all optional.

use serde_json::{Value, json};

/// How far the beginning of a body is searched for a sign of an error.
const BEGINNING: usize = 64;

/// What a successful body says about a failure. Called with each JSON body: nearly all are let go at first sight.
pub(crate) fn error_in_success(body: &[u8]) -> Option<String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let beginning = body.get(..BEGINNING).unwrap_or(body);
    let suspect = beginning.first() == Some(&b'{') && beginning.windows(7).any(|window| window == b"\"error\"");
    if !suspect {
        return None;
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return None };
    let is_error = object.get("type").is_some_and(|value| value == "error");
    let wrapped = matches!(object.get("error"), Some(Value::Object(error)) if error.contains_key("message"));
    // A model of its own may have a field `error`; a whole body of nothing else has not.
    let alone = wrapped && object.keys().all(|key| matches!(key.as_str(), "error" | "type" | "data"));
    ((is_error && object.contains_key("error")) || alone).then(|| Value::Object(object).to_string())
}

/// A page with a text in the place of its items, as the body of an error. Asked only where a body did not decode.
pub(crate) fn message_in_page(body: &[u8]) -> Option<String> {
    let Ok(Value::Object(mut page)) = serde_json::from_slice(body) else { return None };
    match page.remove("values") {
        Some(message @ Value::String(_)) => Some(json!({"error": {"message": message}}).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_with_a_status_of_success_is_seen() {
        let errors = [
            r#"{"type":"error","error":{"message":"No"}}"#,
            "\u{feff} {\"type\": \"error\",\n \"error\": {\"message\": \"No\"}}",
            r#"{"error":{"message":"No","detail":"x"},"data":{}}"#,
        ];
        for body in errors {
            assert!(error_in_success(body.as_bytes()).is_some(), "{body}");
        }
        let models = [
            r#"{"error":{"message":"step failed","key":"k"},"name":"FAILED"}"#,
            r#"{"error":null}"#,
            r#"{"type":"error"}"#,
            r#"{"name":"error","type":"branch"}"#,
            r#"{"values":[{"error":{"message":"a"}}]}"#,
            r#"[{"type":"error","error":{"message":"No"}}]"#,
            r#"{"error":{"message":"cut"#,
            "",
        ];
        for body in models {
            assert_eq!(error_in_success(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_page_with_a_sentence_is_seen() {
        let page = message_in_page(br#"{"pagelen":10,"values":"Not on this plan","page":1}"#);
        assert_eq!(page.as_deref(), Some(r#"{"error":{"message":"Not on this plan"}}"#));
        assert_eq!(message_in_page(br#"{"values":[]}"#), None);
        assert_eq!(message_in_page(b"<html>"), None);
    }
}

//! Errors in responses with status 200. On a free plan, the list of snippets answers 200 with a message instead of
//! items; and because all fields of models are optional, the body of an error may decode into one.

use serde_json::Value;

use crate::serialization::parse;

/// How many bytes of a body are searched for a sign of an error.
const BEGINNING: usize = 64;

/// The error in the body of a success, if there is one. Called with each JSON body, so most are dismissed without
/// parsing.
pub(crate) fn error_in_success(body: &[u8]) -> Option<String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let beginning = body.get(..BEGINNING).unwrap_or(body);
    let suspect = beginning.first() == Some(&b'{') && beginning.windows(7).any(|window| window == b"\"error\"");
    if !suspect {
        return None;
    }
    let Some(Value::Object(object)) = parse(body) else { return None };
    let is_error = object.get("type").is_some_and(|value| value == "error");
    let wrapped = matches!(object.get("error"), Some(Value::Object(error)) if error.contains_key("message"));
    // Models may have a field `error`, but not as their only one.
    let alone = wrapped && object.keys().all(|key| matches!(key.as_str(), "error" | "type" | "data"));
    ((is_error && object.contains_key("error")) || alone).then(|| String::from_utf8_lossy(body).into_owned())
}

/// The message of a page that has a text instead of items, as the body of an error. Called only if a body could not be
/// decoded.
pub(crate) fn message_in_page(body: &[u8]) -> Option<String> {
    let page = parse(body)?;
    let message = page.get("values").filter(|values| values.is_string())?;
    Some(format!(r#"{{"error":{{"message":{message}}}}}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_with_status_200_are_detected() {
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
    fn a_page_with_a_message_is_detected() {
        let page = message_in_page(br#"{"pagelen":10,"values":"Not on this plan","page":1}"#);
        assert_eq!(page.as_deref(), Some(r#"{"error":{"message":"Not on this plan"}}"#));
        assert_eq!(message_in_page(br#"{"values":[]}"#), None);
        assert_eq!(message_in_page(b"<html>"), None);
    }
}

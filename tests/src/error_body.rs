//! Error bodies in the shapes that Bitbucket uses: with `type` on the main site, without it on the Pipelines service
//! and on many 404s. A client must read them all. No other file writes an error body by hand.

use serde_json::json;

use crate::reply::Reply;

/// `{"type": "error", "error": {"message"}}`, the documented shape.
pub(crate) fn standard(status: u16, message: &str) -> Reply {
    Reply::json(status, json!({"type": "error", "error": {"message": message}}))
}

/// `{"error": {"message"}}`, without `type`.
pub(crate) fn untyped(status: u16, message: &str) -> Reply {
    Reply::json(status, json!({"error": {"message": message}}))
}

/// The shape of the Pipelines service: a general message, the reason in `detail`, no `type`.
pub(crate) fn detailed(status: u16, message: &str, detail: &str) -> Reply {
    Reply::json(status, json!({"error": {"message": message, "detail": detail}}))
}

/// The same with a key for programs in `data`.
pub(crate) fn keyed(status: u16, message: &str, detail: &str, key: &str) -> Reply {
    let error = json!({"message": message, "detail": detail, "data": {"key": key, "arguments": {}}});
    Reply::json(status, json!({"error": error}))
}

pub(crate) fn bad_request(detail: &str) -> Reply {
    detailed(400, "Bad request", detail)
}

pub(crate) fn not_found(detail: &str) -> Reply {
    detailed(404, "Not found", detail)
}

pub(crate) fn invalid_uuid(text: &str) -> Reply {
    not_found(&format!("\"{text}\" is not a valid uuid."))
}

/// The XML of the storage behind the logs.
pub(crate) fn storage(status: u16, code: &str, message: &str) -> Reply {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    Reply::bytes(status, "application/xml", xml)
}

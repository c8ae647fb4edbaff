//! Leaves each body one media type, one that the SDK can send.

use openapiv3::ReferenceOr;

use crate::document::{Context, Document, RequestBody};
use crate::error::Error;
use crate::source::escape;

const PASS: &str = "read_request_bodies";

/// In order of preference, where the document offers several.
const SENDABLE: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "application/octet-stream"];

pub(super) fn read_request_bodies(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    document.each_operation(|known, operation| {
        let Some(ReferenceOr::Item(body)) = &mut operation.request_body else { return Ok(()) };
        let required = body.required;
        let chosen = SENDABLE.iter().find_map(|wanted| {
            body.content.keys().find(|media_type| media_type.split(';').next().map(str::trim) == Some(*wanted)).cloned()
        });
        let multipart = body.content.keys().any(|media_type| media_type.starts_with("multipart/form-data"));
        match (chosen, multipart, body.content.keys().next()) {
            (Some(chosen), _, _) => {
                if body.content.len() > 1 {
                    touched.push(format!("{}: {chosen} of {}", known.id, body.content.len()));
                }
                if body.content[&chosen].schema.is_none() {
                    return Err(Error::at(
                        PASS,
                        context.source,
                        format!("{}/requestBody/content/{}", known.pointer(), escape(&chosen)),
                        "the body has no schema",
                        "add one in the overlay",
                    ));
                }
                let mut media = body.content.swap_remove(&chosen).unwrap_or_default();
                media.encoding.clear();
                body.content =
                    [(chosen.split(';').next().unwrap_or_default().trim().to_owned(), media)].into_iter().collect();
                body.required = true;
                known.body = RequestBody::Typed { required };
                Ok(())
            }
            (None, true, _) => {
                touched.push(format!("{}: multipart", known.id));
                let docs = body.description.take().unwrap_or_default();
                operation.request_body = None;
                known.body = RequestBody::Multipart { required, docs };
                Ok(())
            }
            (None, false, Some(other)) => Err(Error::at(
                PASS,
                context.source,
                format!("{}/requestBody/content/{}", known.pointer(), escape(other)),
                format!("a body of type `{other}` cannot be sent"),
                format!("supported are {} and multipart/form-data; mend it in the overlay", SENDABLE.join(", ")),
            )),
            (None, false, None) => Err(Error::at(
                PASS,
                context.source,
                format!("{}/requestBody", known.pointer()),
                "the body has no content",
                "add a media type in the overlay",
            )),
        }
    })?;
    Ok(touched)
}

//! Leaves each body one media type, one that progenitor writes, and remembers what it is sent as.

use openapiv3::{
    AnySchema, MediaType, ReferenceOr, Schema, SchemaData, SchemaKind, StringFormat, Type, VariantOrUnknownOrEmpty,
};
use serde_json::json;

use super::simplify_parameters::Schemas;
use crate::document::{Context, Document, RequestBody, SCHEMAS};
use crate::error::Error;
use crate::source::escape;

const PASS: &str = "read_request_bodies";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const BYTES: &str = "application/octet-stream";

/// How a media type is sent, in order of preference where the document offers several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sending {
    Json,
    VendorJson,
    Form,
    Bytes,
    Multipart,
    /// As bytes that the caller has written in that type.
    OtherBytes,
}

pub(super) fn read_request_bodies(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    let schemas = document.schemas().clone();
    document.each_operation(|known, operation| {
        let Some(ReferenceOr::Item(body)) = &mut operation.request_body else { return Ok(()) };
        let required = body.required;
        let pointer = format!("{}/requestBody", known.pointer());
        let Some(first) = body.content.keys().next().cloned() else {
            let (problem, hint) = ("the body has no content", "add a media type in the overlay");
            return Err(Error::at(PASS, context.source, pointer, problem, hint));
        };
        let known_types = body.content.keys().filter_map(|media_type| Some((sending(media_type)?, media_type.clone())));
        let Some((sending, chosen)) = known_types.min_by_key(|(sending, _)| *sending) else {
            return Err(Error::at(
                PASS,
                context.source,
                format!("{pointer}/content/{}", escape(&first)),
                format!("a body of type `{first}` cannot be sent"),
                "a range of types, and parts other than those of a form, are unsupported; name one type in the overlay",
            ));
        };
        let media_type = essence(&chosen);
        if body.content.len() > 1 {
            touched.push(format!("{}: {chosen} of {}", known.id, body.content.len()));
        }
        if sending == Sending::Multipart {
            touched.push(format!("{}: multipart", known.id));
            let docs = body.description.take().unwrap_or_default();
            operation.request_body = None;
            known.body = RequestBody::Multipart { required, docs };
            return Ok(());
        }
        let mut media = body.content.swap_remove(&chosen).unwrap_or_default();
        let written = match sending {
            Sending::Json | Sending::VendorJson | Sending::Form if is_binary(&media, &schemas) => BYTES,
            Sending::Json | Sending::VendorJson => JSON,
            Sending::Form => FORM,
            _ => BYTES,
        };
        if written == BYTES {
            media = bytes();
        } else if media.schema.is_none() && !context.decisions.strict {
            // Whatever JSON there is.
            let schema_kind = SchemaKind::Any(AnySchema::default());
            media.schema = Some(ReferenceOr::Item(Schema { schema_data: SchemaData::default(), schema_kind }));
        } else if media.schema.is_none() {
            return Err(Error::at(
                PASS,
                context.source,
                format!("{pointer}/content/{}", escape(&chosen)),
                "the body has no schema",
                "add one in the overlay",
            ));
        }
        media.encoding.clear();
        if media_type != written {
            touched.push(format!("{}: {media_type}", known.id));
        }
        body.content = [(written.to_owned(), media)].into_iter().collect();
        body.required = true;
        known.body = RequestBody::Typed { required, content_type: (media_type != written).then_some(media_type) };
        Ok(())
    })?;
    Ok(touched)
}

/// Without parameters, and in lower case: the case of a media type means nothing.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a header can say it.
pub(super) fn is_media_type(essence: &str) -> bool {
    essence.contains('/') && essence.bytes().all(|byte| byte.is_ascii_graphic())
}

fn sending(media_type: &str) -> Option<Sending> {
    Some(match essence(media_type).as_str() {
        JSON => Sending::Json,
        FORM => Sending::Form,
        BYTES => Sending::Bytes,
        "multipart/form-data" => Sending::Multipart,
        other if other.starts_with("multipart/") || other.contains('*') || !is_media_type(other) => return None,
        other if other.ends_with("+json") => Sending::VendorJson,
        _ => Sending::OtherBytes,
    })
}

/// A body that is said to be bytes is written by the caller, whatever its media type.
pub(super) fn is_binary(media: &MediaType, schemas: &Schemas) -> bool {
    let schema = match &media.schema {
        Some(ReferenceOr::Reference { reference }) => {
            reference.strip_prefix(SCHEMAS).and_then(|name| schemas.get(name)?.as_item())
        }
        Some(ReferenceOr::Item(schema)) => Some(schema),
        None => None,
    };
    matches!(schema.map(|schema| &schema.schema_kind), Some(SchemaKind::Type(Type::String(text)))
        if text.format == VariantOrUnknownOrEmpty::Item(StringFormat::Binary))
}

fn bytes() -> MediaType {
    let schema: Option<Schema> = serde_json::from_value(json!({"type": "string", "format": "binary"})).ok();
    MediaType { schema: schema.map(ReferenceOr::Item), ..MediaType::default() }
}

//! Leaves one response per operation: `2XX` with one body, JSON or bytes.
//!
//! The service answers 200 where the document says 201 and the other way round, so the code is not worth a distinction;
//! every error is read by the one error type of the SDK; a documented redirect is followed and its target is bytes.

use indexmap::IndexMap;
use openapiv3::{MediaType, Operation, ReferenceOr, Response, Responses, Schema, StatusCode};
use serde_json::json;

use super::read_request_bodies::{essence, is_binary, is_media_type};
use super::simplify_parameters::Schemas;
use crate::document::{Context, Document, OperationInfo};
use crate::error::Error;

const PASS: &str = "unify_responses";
const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

pub(super) fn unify_responses(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    let schemas = document.schemas().clone();
    document.each_operation(|known, operation| {
        refuse_websocket(known, operation, context)?;
        let content = success(known, &operation.responses, &schemas, context)?;
        touched.push(format!("{}: {}", known.id, content.as_ref().map_or("empty", |body| body.media_type)));
        known.accept = content.as_ref().and_then(|body| body.accept.clone());
        let content = content.map(|body| (body.media_type.to_owned(), body.media));
        let response =
            Response { description: String::new(), content: content.into_iter().collect(), ..Response::default() };
        operation.responses = Responses {
            responses: [(StatusCode::Range(2), ReferenceOr::Item(response))].into_iter().collect(),
            ..Responses::default()
        };
        Ok(())
    })?;
    Ok(touched)
}

/// A connection that becomes a websocket is no call with an answer.
fn refuse_websocket(known: &OperationInfo, operation: &Operation, context: &Context<'_>) -> Result<(), Error> {
    let pointer = known.pointer();
    let place = if operation.extensions.contains_key("x-dropshot-websocket") {
        format!("{pointer}/x-dropshot-websocket")
    } else if operation.responses.responses.contains_key(&StatusCode::Code(101)) {
        format!("{pointer}/responses/101")
    } else {
        return Ok(());
    };
    let (problem, hint) = ("the operation opens a websocket", "only HTTP is spoken: remove it in the overlay");
    Err(Error::at(PASS, context.source, place, problem, hint))
}

/// The body of an answer.
#[derive(PartialEq)]
struct SuccessBody {
    /// As progenitor reads it.
    media_type: &'static str,
    media: MediaType,
    /// The media type to ask for, where JSON has one of its own.
    accept: Option<String>,
}

fn success(
    known: &OperationInfo,
    responses: &Responses,
    schemas: &Schemas,
    context: &Context<'_>,
) -> Result<Option<SuccessBody>, Error> {
    let mut found: Option<(&StatusCode, SuccessBody)> = None;
    let mut redirect = false;
    let mut only_no_content = true;
    let mut any_success = false;
    for (status, response) in &responses.responses {
        let code = status.to_string();
        redirect |= code.starts_with('3') && code != "304";
        let ReferenceOr::Item(response) = response else { continue };
        if !code.starts_with('2') {
            continue;
        }
        any_success = true;
        only_no_content &= code == "204";
        // A body beside 204 is a slip of the document: the error schema stands there in places.
        let Some(body) = body(&response.content, schemas).filter(|_| code != "204") else { continue };
        match &found {
            Some((first, other)) if *other != body => {
                return Err(Error::at(
                    PASS,
                    context.source,
                    format!("{}/responses/{status}", known.pointer()),
                    format!("the bodies of {first} and {status} differ"),
                    "one success type per operation: remove or unify one of them in the overlay",
                ));
            }
            Some(_) => {}
            None => found = Some((status, body)),
        }
    }
    // `default` speaks of every code that is not listed, and so of success where no success is.
    let default = responses.default.as_ref().and_then(ReferenceOr::as_item).filter(|_| !any_success && !redirect);
    if let Some(body) = default.and_then(|response| body(&response.content, schemas)) {
        return Ok(Some(body));
    }
    Ok(match found {
        Some((_, body)) => Some(body),
        // Nothing declared, yet something is sent: a redirect leads to it, or a GET exists for it.
        None if redirect || (known.method == "GET" && !(any_success && only_no_content)) => Some(bytes()),
        None => None,
    })
}

/// JSON where it is offered, be it in a media type of its own; everything else is bytes.
fn body(content: &IndexMap<String, MediaType>, schemas: &Schemas) -> Option<SuccessBody> {
    let json = content.iter().find(|(media_type, _)| essence(media_type) == JSON);
    let vendor = || {
        content.iter().find(|(media_type, _)| {
            let essence = essence(media_type);
            essence.ends_with("+json") && is_media_type(&essence)
        })
    };
    match json.or_else(vendor) {
        Some((media_type, media)) if media.schema.is_some() && !is_binary(media, schemas) => Some(SuccessBody {
            media_type: JSON,
            media: MediaType { schema: media.schema.clone(), ..MediaType::default() },
            accept: Some(essence(media_type)).filter(|media_type| media_type != JSON),
        }),
        Some(_) => Some(bytes()),
        None => content.first().map(|_| bytes()),
    }
}

fn bytes() -> SuccessBody {
    let schema: Option<Schema> = serde_json::from_value(json!({"type": "string", "format": "binary"})).ok();
    let media = MediaType { schema: schema.map(ReferenceOr::Item), ..MediaType::default() };
    SuccessBody { media_type: BYTES, media, accept: None }
}

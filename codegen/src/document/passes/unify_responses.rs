//! Leaves one response per operation: `2XX` with one body, JSON or bytes.
//!
//! The service answers 200 where the document says 201 and the other way round, so the code is not worth a distinction;
//! every error is read by the one error type of the SDK; a documented redirect is followed and its target is bytes.

use indexmap::IndexMap;
use openapiv3::{MediaType, ReferenceOr, Response, Responses, Schema, StatusCode};
use serde_json::json;

use crate::document::{Context, Document, OperationInfo};
use crate::error::Error;

const PASS: &str = "unify_responses";
const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

pub(super) fn unify_responses(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let mut touched = Vec::new();
    document.each_operation(|known, operation| {
        let content = success(known, &operation.responses, context)?;
        touched.push(format!("{}: {}", known.id, content.as_ref().map_or("empty", |(media_type, _)| media_type)));
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

fn success(
    known: &OperationInfo,
    responses: &Responses,
    context: &Context<'_>,
) -> Result<Option<(String, MediaType)>, Error> {
    let mut found: Option<(&StatusCode, String, MediaType)> = None;
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
        let Some((media_type, media)) = body(&response.content).filter(|_| code != "204") else { continue };
        match &found {
            Some((first, first_type, first_media))
                if *first_type != media_type || first_media.schema != media.schema =>
            {
                return Err(Error::at(
                    PASS,
                    context.source,
                    format!("{}/responses/{status}", known.pointer()),
                    format!("the bodies of {first} and {status} differ"),
                    "one success type per operation: remove or unify one of them in the overlay",
                ));
            }
            Some(_) => {}
            None => found = Some((status, media_type, media)),
        }
    }
    Ok(match found {
        Some((_, media_type, media)) => Some((media_type, media)),
        // Nothing declared, yet something is sent: a redirect leads to it, or a GET exists for it.
        None if redirect || (known.method == "GET" && !(any_success && only_no_content)) => {
            Some((BYTES.to_owned(), bytes()))
        }
        None => None,
    })
}

/// JSON where it is offered, everything else is bytes.
fn body(content: &IndexMap<String, MediaType>) -> Option<(String, MediaType)> {
    let json = content.iter().find(|(media_type, _)| media_type.split(';').next().map(str::trim) == Some(JSON));
    match json {
        Some((_, media)) if media.schema.is_some() => {
            Some((JSON.to_owned(), MediaType { schema: media.schema.clone(), ..MediaType::default() }))
        }
        Some(_) => Some((BYTES.to_owned(), bytes())),
        None => content.first().map(|_| (BYTES.to_owned(), bytes())),
    }
}

fn bytes() -> MediaType {
    let schema: Option<Schema> = serde_json::from_value(json!({"type": "string", "format": "binary"})).ok();
    MediaType { schema: schema.map(ReferenceOr::Item), ..MediaType::default() }
}

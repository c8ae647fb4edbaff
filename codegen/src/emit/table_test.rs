//! The table behind the test that calls every operation once: the call in Rust, and, from the document and not from the
//! same code, what must arrive at the server.

use openapiv3::{ParameterSchemaOrContent, ReferenceOr, Schema, StatusCode};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::groups::required;
use super::{Model, method_name, sample};
use crate::document::{Body, Operation};
use crate::rewrite::read_calls::{Answer, Argument, Call, Encoding, Place, generic_of};

/// The table as Rust source.
#[must_use]
pub fn emit(model: &Model<'_>) -> TokenStream {
    let count = model.document.operations.len();
    let cases =
        model.document.operations.iter().filter_map(|operation| Some(case(model, operation, model.call(operation)?)));
    quote! {
        //! Every operation once.

        use bitbucket_cloud::{Client, Multipart};

        use crate::{Body, Case, decoded, outcome, sample};

        /// Number of operations in the document.
        pub(crate) const OPERATIONS: usize = #count;

        /// One case per operation.
        pub(crate) fn cases() -> Vec<Case> {
            Vec::from([#(#cases),*])
        }
    }
}

/// A parameter's sample as text and how Rust writes it.
fn parameter(model: &Model<'_>, operation: &Operation, argument: &Argument, wire: &str) -> Option<Value> {
    let openapi = model.document.openapi(operation)?;
    let data =
        openapi.parameters.iter().filter_map(ReferenceOr::as_item).map(openapiv3::Parameter::parameter_data_ref).find(
            |data| data.name == wire || (data.name.eq_ignore_ascii_case(wire) && argument.place != Place::Path),
        )?;
    match &data.format {
        ParameterSchemaOrContent::Schema(schema) => Some(sample::of_parameter(model.document, &data.name, schema)),
        ParameterSchemaOrContent::Content(_) => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn body_schema<'a>(model: &'a Model<'_>, operation: &Operation) -> Option<&'a ReferenceOr<Schema>> {
    let body = model.document.openapi(operation)?.request_body.as_ref()?.as_item()?;
    body.content.values().next()?.schema.as_ref()
}

fn case(model: &Model<'_>, operation: &Operation, call: &Call) -> TokenStream {
    let mut path = operation.path.clone();
    let mut query: Vec<(String, String)> = Vec::new();
    let mut arguments = Vec::new();
    let mut setters = Vec::new();
    let mut sent = quote!(Body::Nothing);
    let wires: Vec<_> = required(operation, call);
    for argument in &call.arguments {
        let wire = match &argument.place {
            Place::Path => wires.iter().find(|known| known.name == argument.name).and_then(|known| known.wire.clone()),
            Place::Query(wire) | Place::Header(wire) => Some(wire.clone()),
            Place::Body(_) => None,
        };
        let needed = wires.iter().any(|known| known.name == argument.name);
        let value = wire.as_deref().and_then(|wire| parameter(model, operation, argument, wire)).unwrap_or(json!("x"));
        let expression = match &argument.place {
            Place::Path => {
                let wire = wire.unwrap_or_default();
                path = path.replace(&format!("{{{wire}}}"), &percent_encoded(&text(&value)));
                literal(&value, argument)
            }
            Place::Query(wire) => {
                match &value {
                    Value::Array(items) => query.extend(items.iter().map(|item| (wire.clone(), text(item)))),
                    value if is_date_time(argument) => query.push((wire.clone(), text(value).replace('Z', "+00:00"))),
                    value => query.push((wire.clone(), text(value))),
                }
                literal(&value, argument)
            }
            Place::Header(_) => literal(&value, argument),
            Place::Body(encoding) => {
                let value =
                    body_schema(model, operation).map_or(json!({}), |schema| sample::of_body(model.document, schema));
                let raw = raw_string(&value.to_string());
                sent = match encoding {
                    Encoding::Json => quote!(Body::Json(#raw)),
                    Encoding::Form => quote!(Body::Form(#raw)),
                    Encoding::Bytes => quote!(Body::Bytes),
                };
                match encoding {
                    Encoding::Bytes => quote!("bytes"),
                    _ if generic_of(argument.owned(), "Vec").is_some() => quote!(&sample::<Vec<_>>(#raw)),
                    _ => quote!(&sample(#raw)),
                }
            }
        };
        if needed {
            arguments.push(expression);
        } else {
            let setter = &argument.name;
            setters.push(quote!(.#setter(#expression)));
        }
    }
    match operation.body {
        Body::Multipart { required } => {
            sent = quote!(Body::Multipart);
            let form = quote!(Multipart::new().text("message", "a text"));
            if required {
                arguments.push(form);
            } else {
                setters.push(quote!(.form(#form)));
            }
        }
        Body::None | Body::Typed { .. } => {}
    }
    let (names, values): (Vec<_>, Vec<_>) = query.into_iter().unzip();
    let answer = match &call.answer {
        Answer::Json(_) => {
            let response = model
                .document
                .openapi(operation)
                .and_then(|openapi| openapi.responses.responses.get(&StatusCode::Range(2)));
            let schema = response
                .and_then(ReferenceOr::as_item)
                .and_then(|response| response.content.get("application/json")?.schema.as_ref());
            schema.map_or(json!({}), |schema| sample::of(model.document, schema)).to_string()
        }
        Answer::Stream => "bytes".to_owned(),
        Answer::Empty => String::new(),
    };
    let answer = raw_string(&answer);
    let outcome = match &call.answer {
        Answer::Json(_) => quote!(decoded),
        Answer::Stream | Answer::Empty => quote!(outcome),
    };
    let group = format_ident!("{}", operation.group);
    let method = format_ident!("{}", method_name(operation));
    let (id, verb) = (&operation.id, &operation.method);
    let allow =
        operation.deprecation.as_ref().map(|_| quote!(#[allow(deprecated, reason = "every operation is called")]));
    quote! {
        Case {
            id: #id,
            method: #verb,
            path: #path,
            query: &[#((#names, #values)),*],
            body: #sent,
            answer: #answer,
            call: |client: Client| {
                Box::pin(async move {
                    #allow
                    let request = client.#group().#method(#(#arguments),*)#(#setters)*;
                    #outcome(request.send().await)
                })
            },
        }
    }
}

fn is_date_time(argument: &Argument) -> bool {
    generic_of(argument.owned(), "DateTime").is_some()
}

/// A sample as a Rust expression that the builder takes.
fn literal(value: &Value, argument: &Argument) -> TokenStream {
    match value {
        Value::Bool(flag) => quote!(#flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                let number = proc_macro2::Literal::i64_unsuffixed(number);
                quote!(#number)
            }
            None => {
                let number = proc_macro2::Literal::f64_unsuffixed(number.as_f64().unwrap_or_default());
                quote!(#number)
            }
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| literal(item, argument));
            quote!([#(#items),*])
        }
        Value::String(text) if is_date_time(argument) => quote!(sample(&format!("\"{}\"", #text))),
        Value::String(text) => quote!(#text),
        other => {
            let text = other.to_string();
            quote!(#text)
        }
    }
}

/// A literal that a person can read: JSON is full of quotes.
fn raw_string(text: &str) -> TokenStream {
    let raw = format!("r#\"{text}\"#");
    if text.contains("\"#") { quote!(#text) } else { raw.parse().unwrap_or_else(|_| quote!(#text)) }
}

/// RFC 3986: everything but the unreserved characters, once.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

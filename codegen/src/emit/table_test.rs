//! The table behind the test that calls every operation once: the call in Rust, and what must arrive at the server. The
//! latter comes from the document, not from the code that sends the request.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::model::{Answer, Media, Model, Operation, Parameter, Place, TypeRef};

/// The table as Rust source.
#[must_use]
pub fn emit(model: &Model) -> TokenStream {
    let count = model.operations.len();
    let cases = model.operations.iter().map(case);
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

fn case(operation: &Operation) -> TokenStream {
    let mut arguments: Vec<TokenStream> =
        operation.required().map(|parameter| literal(&parameter.sample, parameter)).collect();
    let mut setters: Vec<TokenStream> = operation
        .optional()
        .map(|parameter| {
            let (setter, value) = (format_ident!("{}", parameter.name), literal(&parameter.sample, parameter));
            quote!(.#setter(#value))
        })
        .collect();
    let mut sent = quote!(Body::Nothing);
    if let Some(body) = &operation.body {
        let raw = raw_string(&body.sample.to_string());
        let is_list = matches!(body.ty, Some(TypeRef::List(_)));
        let value = match body.media {
            Media::Multipart => quote!(Multipart::new().text("message", "a text")),
            Media::Bytes => quote!("bytes"),
            Media::Json | Media::Form if is_list => quote!(&sample::<Vec<_>>(#raw)),
            Media::Json | Media::Form => quote!(&sample(#raw)),
        };
        sent = match body.media {
            Media::Json => quote!(Body::Json(#raw)),
            Media::Form => quote!(Body::Form(#raw)),
            Media::Bytes => quote!(Body::Bytes),
            Media::Multipart => quote!(Body::Multipart),
        };
        let setter = format_ident!("{}", if body.media == Media::Multipart { "form" } else { "body" });
        if body.required {
            arguments.push(value);
        } else {
            setters.push(quote!(.#setter(#value)));
        }
    }
    let path = operation.parameters.iter().filter(|parameter| parameter.place == Place::Path).fold(
        operation.path.clone(),
        |path, parameter| {
            let value = percent_encoded(&text(&parameter.sample));
            // At the end it is the path of a file, whose slashes separate segments.
            let is_file = parameter.wire == "path" && path.ends_with("/{path}");
            let value = if is_file { value.replace("%2F", "/") } else { value };
            path.replace(&format!("{{{}}}", parameter.wire), &value)
        },
    );
    let (names, values): (Vec<_>, Vec<_>) = query(operation).into_iter().unzip();
    let answer = match &operation.answer {
        Answer::Page { .. } | Answer::One(_) => operation.sample.to_string(),
        Answer::Bytes => "bytes".to_owned(),
        Answer::Nothing => String::new(),
    };
    let answer = raw_string(&answer);
    let outcome = if operation.answer.decoded().is_some() { quote!(decoded) } else { quote!(outcome) };
    let (group, method) = (format_ident!("{}", operation.group), format_ident!("{}", operation.name));
    let (name, verb) = (operation.qualified_name(), &operation.method);
    let allow =
        operation.deprecation.as_ref().map(|_| quote!(#[allow(deprecated, reason = "every operation is called")]));
    quote! {
        Case {
            name: #name,
            method: #verb,
            path: #path,
            query: &[#((#names, #values)),*],
            body: #sent,
            answer: #answer,
            call: |client: Client| {
                Box::pin(async move {
                    #allow
                    let request = client.#group().#method(#(#arguments),*)#(#setters)*;
                    #outcome(request.send()).await
                })
            },
        }
    }
}

/// What must arrive in the query, in any order.
fn query(operation: &Operation) -> Vec<(String, String)> {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.place == Place::Query);
    let mut query = Vec::new();
    for parameter in parameters {
        match &parameter.sample {
            Value::Array(items) if parameter.joined => {
                let texts: Vec<String> = items.iter().map(text).collect();
                query.push((parameter.wire.clone(), texts.join(",")));
            }
            Value::Array(items) => query.extend(items.iter().map(|item| (parameter.wire.clone(), text(item)))),
            value => query.push((parameter.wire.clone(), text(value))),
        }
    }
    for filter in &operation.filters {
        // The samples have one value of each.
        let Some(at) = query.iter().position(|(name, _)| name == filter) else { continue };
        let (field, value) = query.remove(at);
        for (_, q) in query.iter_mut().filter(|(name, _)| name == "q") {
            *q = format!("({q}) AND ({field} = \"{value}\")");
        }
    }
    query
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A sample as a Rust expression that the request takes.
fn literal(value: &Value, parameter: &Parameter) -> TokenStream {
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
            let items = items.iter().map(|item| literal(item, parameter));
            quote!([#(#items),*])
        }
        Value::String(text) if parameter.ty == TypeRef::Timestamp && parameter.place != Place::Path => {
            let json = format!("\"{text}\"");
            quote!(sample::<bitbucket_cloud::Timestamp>(#json))
        }
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

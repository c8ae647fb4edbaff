//! Compares each operation of the model with the signature of the method that progenitor generates for it.
//!
//! progenitor reads the same document by other code, so a difference is a mistake in one of the two. The bodies of its
//! methods are not read, and nothing that is emitted comes from its tokens.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Signature, Type};

use super::names::types::progenitor_argument;
use super::type_mapping::TypeMapping;
use super::{Answer, Media, Operation, TypeRef};
use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "progenitor_check";

/// Compares each operation with progenitor's method.
///
/// # Errors
/// The first operation that differs.
pub(super) fn check(
    tokens: &TokenStream,
    document: &Document,
    operations: &[Operation],
    mapping: &TypeMapping,
    context: &Context<'_>,
) -> Result<(), Error> {
    let signatures = signatures(tokens);
    for operation in operations {
        let known =
            document.operations.iter().find(|known| known.method == operation.method && known.path == operation.path);
        let id = known.map(|known| known.id.to_snake_case()).unwrap_or_default();
        let problem = match signatures.get(&id) {
            None => Some("progenitor has no such method".to_owned()),
            Some(signature) => difference(operation, signature, mapping),
        };
        if let Some(problem) = problem {
            return Err(Error::at(
                PASS,
                context.source,
                operation.origin.clone(),
                format!("`{}` of the model and `{id}` of progenitor differ: {problem}", operation.qualified_name()),
                "one of them reads the document wrongly: report this as a bug",
            ));
        }
    }
    Ok(())
}

/// What a method of progenitor's client takes and returns.
struct MethodSignature {
    /// Arguments by name: the type, and whether it is optional.
    arguments: BTreeMap<String, (TypeRef, bool)>,
    /// What it returns; `None` for `()`.
    answer: Option<TypeRef>,
}

/// The first difference between an operation and a method, if there is one.
fn difference(operation: &Operation, signature: &Signature, mapping: &TypeMapping) -> Option<String> {
    let Some(method) = read(signature, mapping) else { return Some("its signature cannot be read".to_owned()) };
    let mut expected: BTreeMap<String, (TypeRef, bool)> = operation
        .parameters
        .iter()
        .map(|parameter| (progenitor_argument(&parameter.wire), (parameter.ty.clone(), !parameter.required)))
        .collect();
    if let Some(body) = operation.body.as_ref().filter(|body| body.media != Media::Multipart) {
        expected.insert("body".to_owned(), (body.ty.clone().unwrap_or(TypeRef::Bytes), false));
    }
    for (name, (ty, optional)) in &expected {
        match method.arguments.get(name) {
            None => return Some(format!("only the model has the argument `{name}`")),
            Some((other, _)) if other != ty => {
                return Some(format!("the argument `{name}` is {ty:?} in the model and {other:?} in progenitor"));
            }
            Some((_, other)) if other != optional => {
                return Some(format!("the argument `{name}` is optional in one of them only"));
            }
            Some(_) => {}
        }
    }
    if let Some(extra) = method.arguments.keys().find(|name| !expected.contains_key(*name)) {
        return Some(format!("only progenitor has the argument `{extra}`"));
    }
    let answer = match &operation.answer {
        Answer::Bytes => Some(TypeRef::Bytes),
        other => other.decoded(),
    };
    (answer != method.answer)
        .then(|| format!("the answer is {answer:?} in the model and {:?} in progenitor", method.answer))
}

/// The signatures of the methods of progenitor's client, by name. Only they are parsed, not the bodies.
fn signatures(tokens: &TokenStream) -> BTreeMap<String, Signature> {
    let mut found = BTreeMap::new();
    let mut before: [String; 2] = Default::default();
    for tree in tokens.clone() {
        if let TokenTree::Group(group) = &tree
            && group.delimiter() == Delimiter::Brace
            && before == ["impl", "Client"]
        {
            methods(group.stream(), &mut found);
        }
        let word = if let TokenTree::Ident(ident) = &tree { ident.to_string() } else { String::new() };
        before = [std::mem::take(&mut before[1]), word];
    }
    found
}

fn methods(block: TokenStream, found: &mut BTreeMap<String, Signature>) {
    let mut signature: Option<TokenStream> = None;
    for tree in block {
        let begins = matches!(&tree, TokenTree::Ident(ident) if ident == "async");
        let ends = matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if begins {
            signature = Some(TokenStream::from(tree));
        } else if ends {
            if let Some(parsed) = signature.take().and_then(|tokens| syn::parse2::<Signature>(tokens).ok()) {
                found.insert(parsed.ident.to_string(), parsed);
            }
        } else if let Some(signature) = &mut signature {
            signature.extend([tree]);
        }
    }
}

fn read(signature: &Signature, mapping: &TypeMapping) -> Option<MethodSignature> {
    let mut arguments = BTreeMap::new();
    for input in &signature.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let Pat::Ident(name) = &*typed.pat else { return None };
        let inner = generic(&typed.ty, "Option");
        let ty = reference(inner.unwrap_or(&typed.ty))?;
        arguments.insert(name.ident.to_string(), (mapping.resolve(&ty), inner.is_some()));
    }
    let ReturnType::Type(_, result) = &signature.output else { return None };
    let value = generic(generic(result, "Result")?, "ResponseValue")?;
    let answer = match value {
        Type::Tuple(tuple) if tuple.elems.is_empty() => None,
        other => Some(mapping.resolve(&reference(other)?)),
    };
    Some(MethodSignature { arguments, answer })
}

/// A type that progenitor wrote; names are the type space's.
fn reference(ty: &Type) -> Option<TypeRef> {
    if let Type::Reference(inner) = ty {
        return reference(&inner.elem);
    }
    if let Some(item) = generic(ty, "Vec") {
        return Some(TypeRef::List(Box::new(reference(item)?)));
    }
    if let Some(inner) = generic(ty, "Option").or_else(|| generic(ty, "Box")) {
        return reference(inner);
    }
    let Type::Path(path) = ty else { return None };
    let segments: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let last = segments.last()?.as_str();
    Some(match last {
        _ if segments.first().is_some_and(|first| first == "types") => TypeRef::Named(last.to_owned()),
        "str" | "String" => TypeRef::Text,
        "bool" => TypeRef::Boolean,
        "i64" => TypeRef::Integer,
        "f64" => TypeRef::Number,
        "Value" => TypeRef::Json,
        "DateTime" => TypeRef::Timestamp,
        "B" | "ByteStream" => TypeRef::Bytes,
        "BTreeMap" | "Map" => {
            let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
            let value = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            TypeRef::Map(Box::new(reference(value.last()?)?))
        }
        _ => return None,
    })
}

/// The first type argument of `Name<…>`.
fn generic<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::Value;

    use super::*;
    use crate::document::{OperationInfo, RequestBody};
    use crate::inputs::Inputs;
    use crate::model::{Parameter, Place};
    use crate::read::decisions::{Decisions, Effect};
    use crate::source::Source;

    fn parameter(wire: &str, ty: TypeRef, required: bool) -> Parameter {
        let (docs, sample) = (String::new(), Value::Null);
        Parameter {
            wire: wire.to_owned(),
            name: wire.to_owned(),
            place: Place::Query,
            ty,
            identifies: None,
            required,
            joined: false,
            docs,
            sample,
        }
    }

    /// `GET /things` of the model, with an argument, a setter and a number that comes back.
    fn list_things() -> Operation {
        let text = String::new;
        Operation {
            group: "things".to_owned(),
            name: "list".to_owned(),
            id: Some("listThings".to_owned()),
            aliases: Vec::new(),
            method: "GET".to_owned(),
            path: "/things".to_owned(),
            parameters: vec![parameter("state", TypeRef::Text, true), parameter("page", TypeRef::Integer, false)],
            body: None,
            accept: None,
            answer: Answer::One(TypeRef::Integer),
            list: None,
            filters: Vec::new(),
            log: false,
            effect: Effect::Read,
            scopes: Vec::new(),
            secrets: Vec::new(),
            deprecation: None,
            origin: "#/paths/~1things/get".to_owned(),
            summary: text(),
            description: text(),
            docs: text(),
            answer_schema: None,
            sample: Value::Null,
        }
    }

    /// The outcome of the check where progenitor's method has this name, these arguments and this answer.
    fn checked(name: &str, arguments: &TokenStream, answer: &TokenStream) -> Result<(), String> {
        let name = quote::format_ident!("{name}");
        let tokens = quote! {
            impl Client {
                pub fn new(baseurl: &str) -> Self { Self }
                pub async fn #name<'a>(&'a self, #arguments) -> Result<ResponseValue<#answer>, Error<()>> {
                    let unread = async { 7 };
                }
            }
        };
        let document = Document {
            operations: vec![OperationInfo {
                method: "GET".to_owned(),
                path: "/things".to_owned(),
                id: "listThings".to_owned(),
                upstream: Some("listThings".to_owned()),
                tags: Vec::new(),
                page: None,
                body: RequestBody::None,
                accept: None,
            }],
            ..Document::default()
        };
        let empty = Source { name: "", text: "" };
        let source = Source { name: "api.json", text: "{\n\"paths\": {\n\"/things\": {\n\"get\": {}}}}" };
        let inputs = Inputs {
            document: source,
            overlay: None,
            operations: empty,
            groups: empty,
            handles: empty,
            identifiers: empty,
            types: empty,
            facts: None,
            shortcuts: empty,
            withdrawn: empty,
            manifest: empty,
            strict: true,
        };
        let decisions = Decisions::default();
        let context = Context { source: &source, inputs: &inputs, decisions: &decisions };
        let checked = check(&tokens, &document, &[list_things()], &TypeMapping::default(), &context);
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn a_signature_that_agrees_passes() {
        let arguments = quote!(page: Option<i64>, state: &'a str);
        assert_eq!(checked("list_things", &arguments, &quote!(i64)), Ok(()));
    }

    #[test]
    fn a_signature_that_differs_is_refused_and_both_are_named() {
        let fine = quote!(page: Option<i64>, state: &'a str);
        let cases = [
            ("list_thing", fine.clone(), quote!(i64), "progenitor has no such method"),
            ("list_things", quote!(state: &'a str), quote!(i64), "only the model has the argument `page`"),
            ("list_things", quote!(#fine, q: &'a str), quote!(i64), "only progenitor has the argument `q`"),
            (
                "list_things",
                quote!(page: Option<i64>, state: bool),
                quote!(i64),
                "the argument `state` is Text in the model and Boolean in progenitor",
            ),
            (
                "list_things",
                quote!(page: i64, state: &'a str),
                quote!(i64),
                "the argument `page` is optional in one of them only",
            ),
            (
                "list_things",
                fine.clone(),
                quote!(Vec<i64>),
                "the answer is Some(Integer) in the model and Some(List(Integer)) in progenitor",
            ),
            (
                "list_things",
                fine.clone(),
                quote!(()),
                "the answer is Some(Integer) in the model and None in progenitor",
            ),
            ("list_things", quote!(page: u8, state: &'a str), quote!(i64), "its signature cannot be read"),
        ];
        for (name, arguments, answer, problem) in cases {
            assert_eq!(
                checked(name, &arguments, &answer),
                Err(format!(
                    "progenitor_check: api.json:4 #/paths/~1things/get: `things.list` of the model and `list_things` of \
                     progenitor differ: {problem}; one of them reads the document wrongly: report this as a bug"
                ))
            );
        }
    }
}

//! progenitor as a judge: the signature of each of its methods is compared with our operation. Bodies of its methods are
//! not read, and nothing that is emitted comes from its tokens.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Signature, Type};

use super::collapse::Fates;
use super::names::types::typed_member;
use super::{Answer, Media, Operation, TypeRef};
use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "judge";

/// Compares each operation with the method that progenitor made of it.
pub(super) fn check(
    tokens: &TokenStream,
    document: &Document,
    operations: &[Operation],
    fates: &Fates,
    context: &Context<'_>,
) -> Result<(), Error> {
    let signatures = signatures(tokens);
    for operation in operations {
        let known =
            document.operations.iter().find(|known| known.method == operation.method && known.path == operation.path);
        let id = known.map(|known| known.id.to_snake_case()).unwrap_or_default();
        let problem = match signatures.get(&id) {
            None => Some("progenitor made no such method".to_owned()),
            Some(signature) => difference(operation, signature, fates),
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

/// What progenitor's method takes and gives.
struct Seen {
    /// Arguments by name: the type, and whether it is optional.
    arguments: BTreeMap<String, (TypeRef, bool)>,
    /// What comes back; nothing for `()`.
    answer: Option<TypeRef>,
}

/// In what an operation and a method differ, if they do.
fn difference(operation: &Operation, signature: &Signature, fates: &Fates) -> Option<String> {
    let Some(seen) = read(signature, fates) else { return Some("its signature cannot be read".to_owned()) };
    let mut expected: BTreeMap<String, (TypeRef, bool)> = operation
        .parameters
        .iter()
        .map(|parameter| (typed_member(&parameter.wire), (parameter.ty.clone(), !parameter.required)))
        .collect();
    if let Some(body) = operation.body.as_ref().filter(|body| body.media != Media::Multipart) {
        expected.insert("body".to_owned(), (body.ty.clone().unwrap_or(TypeRef::Bytes), false));
    }
    for (name, (ty, optional)) in &expected {
        match seen.arguments.get(name) {
            None => return Some(format!("only the model has the argument `{name}`")),
            Some((other, _)) if other != ty => {
                return Some(format!("the argument `{name}` is {ty:?} here and {other:?} there"));
            }
            Some((_, other)) if other != optional => {
                return Some(format!("the argument `{name}` is optional in one of them only"));
            }
            Some(_) => {}
        }
    }
    if let Some(extra) = seen.arguments.keys().find(|name| !expected.contains_key(*name)) {
        return Some(format!("only progenitor has the argument `{extra}`"));
    }
    let answer = match &operation.answer {
        Answer::Bytes => Some(TypeRef::Bytes),
        other => other.decoded(),
    };
    (answer != seen.answer).then(|| format!("the answer is {answer:?} here and {:?} there", seen.answer))
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

fn read(signature: &Signature, fates: &Fates) -> Option<Seen> {
    let mut arguments = BTreeMap::new();
    for input in &signature.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let Pat::Ident(name) = &*typed.pat else { return None };
        let inner = generic(&typed.ty, "Option");
        let ty = reference(inner.unwrap_or(&typed.ty))?;
        arguments.insert(name.ident.to_string(), (fates.resolve(&ty), inner.is_some()));
    }
    let ReturnType::Type(_, result) = &signature.output else { return None };
    let value = generic(generic(result, "Result")?, "ResponseValue")?;
    let answer = match value {
        Type::Tuple(tuple) if tuple.elems.is_empty() => None,
        other => Some(fates.resolve(&reference(other)?)),
    };
    Some(Seen { arguments, answer })
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
            answer: Answer::One(TypeRef::Integer),
            list: None,
            log: false,
            effect: Effect::Read,
            scopes: Vec::new(),
            deprecation: None,
            origin: "#/paths/~1things/get".to_owned(),
            summary: text(),
            description: text(),
            docs: text(),
            answer_schema: None,
            sample: Value::Null,
        }
    }

    /// What is said where progenitor's method has this name, these arguments and this answer.
    fn said(name: &str, arguments: &TokenStream, answer: &TokenStream) -> Result<(), String> {
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
        let checked = check(&tokens, &document, &[list_things()], &Fates::default(), &context);
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn a_signature_that_says_the_same_is_fine() {
        let arguments = quote!(page: Option<i64>, state: &'a str);
        assert_eq!(said("list_things", &arguments, &quote!(i64)), Ok(()));
    }

    #[test]
    fn a_signature_that_differs_is_refused_and_both_are_named() {
        let fine = quote!(page: Option<i64>, state: &'a str);
        let cases = [
            ("list_thing", fine.clone(), quote!(i64), "progenitor made no such method"),
            ("list_things", quote!(state: &'a str), quote!(i64), "only the model has the argument `page`"),
            ("list_things", quote!(#fine, q: &'a str), quote!(i64), "only progenitor has the argument `q`"),
            (
                "list_things",
                quote!(page: Option<i64>, state: bool),
                quote!(i64),
                "the argument `state` is Text here and Boolean there",
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
                "the answer is Some(Integer) here and Some(List(Integer)) there",
            ),
            ("list_things", fine.clone(), quote!(()), "the answer is Some(Integer) here and None there"),
            ("list_things", quote!(page: u8, state: &'a str), quote!(i64), "its signature cannot be read"),
        ];
        for (name, arguments, answer, problem) in cases {
            assert_eq!(
                said(name, &arguments, &answer),
                Err(format!(
                    "judge: api.json:4 #/paths/~1things/get: `things.list` of the model and `list_things` of \
                     progenitor differ: {problem}; one of them reads the document wrongly: report this as a bug"
                ))
            );
        }
    }
}

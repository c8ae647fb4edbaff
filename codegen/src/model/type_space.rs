//! Calls progenitor, and reads its type space: the shape of each type and the Rust type of each member.
//!
//! Wire names, enum values and descriptions are not in it; they come from the document and are joined by schema and member
//! in `schemas`. The document passes refuse what progenitor would panic on; a panic all the same becomes an error.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use typify::{Type, TypeDetails, TypeEnumVariant, TypeId, TypeSpace};

use super::TypeRef;
use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "progenitor";

/// What progenitor generates from the document.
pub(super) struct ProgenitorOutput {
    /// Its client, of which only the signatures are looked at.
    pub(super) tokens: TokenStream,
    /// Its types by name.
    pub(super) types: BTreeMap<String, SpaceType>,
}

/// A type of the type space.
#[derive(Debug, Clone)]
pub(super) enum SpaceType {
    /// Members by Rust name.
    Struct(BTreeMap<String, Member>),
    /// Names of the variants, if none carries data.
    Enum(Option<Vec<String>>),
    /// Another type inside.
    Newtype(Member),
}

/// A member, without the `Option` around it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its type; names are the type space's.
    pub(super) ty: TypeRef,
    /// Whether it is boxed, because the type is recursive.
    pub(super) boxed: bool,
}

/// Runs progenitor in its positional style, which emits one method per operation.
pub(super) fn run(document: &Document, context: &Context<'_>) -> Result<ProgenitorOutput, Error> {
    let refuse = |problem: String| {
        let hint = "the document passes should have prevented this: see `cargo xtask passes --dump check_ready`";
        Error::at(PASS, context.source, "#", problem, hint)
    };
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut generator = Generator::new(&settings);
        let tokens = generator.generate_tokens(&document.api)?;
        Ok::<_, progenitor::Error>((tokens, types(generator.get_type_space())))
    }));
    let (tokens, types) = ran
        .map_err(|payload| {
            let reason = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            refuse(format!("panicked: {}", reason.lines().next().unwrap_or_default()))
        })?
        .map_err(|error| refuse(error.to_string()))?;
    Ok(ProgenitorOutput { tokens, types: types.map_err(refuse)? })
}

fn types(space: &TypeSpace) -> Result<BTreeMap<String, SpaceType>, String> {
    let mut types = BTreeMap::new();
    for known in space.iter_types() {
        let typed = match known.details() {
            TypeDetails::Struct(details) => {
                let members = details
                    .properties_info()
                    .map(|property| Ok((property.name.to_owned(), member(space, &property.type_id)?)));
                SpaceType::Struct(members.collect::<Result<_, String>>()?)
            }
            TypeDetails::Enum(details) => {
                let variants = details
                    .variants_info()
                    .map(|variant| matches!(variant.details, TypeEnumVariant::Simple).then(|| variant.name.to_owned()));
                SpaceType::Enum(variants.collect())
            }
            TypeDetails::Newtype(details) => SpaceType::Newtype(member(space, &details.inner())?),
            _ => continue,
        };
        types.insert(known.name(), typed);
    }
    Ok(types)
}

fn member(space: &TypeSpace, id: &TypeId) -> Result<Member, String> {
    let known = space.get_type(id).map_err(|error| error.to_string())?;
    Ok(match known.details() {
        TypeDetails::Option(inner) => member(space, &inner)?,
        TypeDetails::Box(inner) => Member { boxed: true, ..member(space, &inner)? },
        _ => Member { ty: reference(space, &known)?, boxed: false },
    })
}

fn reference(space: &TypeSpace, known: &Type<'_>) -> Result<TypeRef, String> {
    let inner = |id: &TypeId| Ok::<_, String>(Box::new(member(space, id)?.ty));
    Ok(match known.details() {
        TypeDetails::Struct(_) | TypeDetails::Enum(_) | TypeDetails::Newtype(_) => TypeRef::Named(known.name()),
        TypeDetails::Option(id) | TypeDetails::Box(id) => *inner(&id)?,
        TypeDetails::Vec(id) | TypeDetails::Set(id) | TypeDetails::Array(id, _) => TypeRef::List(inner(&id)?),
        TypeDetails::Map(_, id) => match *inner(&id)? {
            TypeRef::Json => TypeRef::Map(Box::new(TypeRef::Json)),
            other => TypeRef::Map(Box::new(other)),
        },
        TypeDetails::String => TypeRef::Text,
        TypeDetails::Builtin(name) => builtin(name)?,
        TypeDetails::Tuple(_) | TypeDetails::Unit => TypeRef::Json,
    })
}

/// A type that typify takes from elsewhere.
fn builtin(name: &str) -> Result<TypeRef, String> {
    Ok(match name.trim_start_matches("::").replace(' ', "").as_str() {
        "bool" => TypeRef::Boolean,
        "i64" => TypeRef::Integer,
        "f64" => TypeRef::Number,
        "serde_json::Value" | "serde_json::Map<::std::string::String,::serde_json::Value>" => TypeRef::Json,
        "chrono::DateTime<::chrono::offset::Utc>" => TypeRef::Timestamp,
        "std::string::String" | "String" => TypeRef::Text,
        other => return Err(format!("the type `{other}` is not one that the passes leave")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inputs::Inputs;
    use crate::read::decisions::Decisions;
    use crate::source::Source;

    #[test]
    fn a_panic_inside_of_progenitor_is_an_error_like_others() {
        // Two words of one enum that are the same in Rust, which the passes do not let through.
        let api = json!({
            "openapi": "3.0.3",
            "info": {"title": "Odd", "version": "1"},
            "paths": {},
            "components": {"schemas": {"state": {"type": "string", "enum": ["a-b", "a_b"]}}}
        });
        let document = Document { api: serde_json::from_value(api).unwrap(), ..Document::default() };
        let (source, decisions) = (Source { name: "odd.json", text: "{}" }, Decisions::default());
        let inputs = Inputs {
            document: source,
            overlay: None,
            operations: source,
            groups: source,
            handles: source,
            identifiers: source,
            types: source,
            facts: None,
            shortcuts: source,
            withdrawn: source,
            manifest: source,
            strict: false,
        };
        let context = Context { source: &source, inputs: &inputs, decisions: &decisions };
        let message = run(&document, &context).map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            message,
            "progenitor: odd.json:1 #: panicked: Failed to make unique variant names for [a-b,a_b]; \
             the document passes should have prevented this: see `cargo xtask passes --dump check_ready`"
        );
    }
}

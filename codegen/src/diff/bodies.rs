//! Request bodies.

use super::comparing::Comparing;
use super::finding::Finding;
use super::rule::EffectClass as Class;
use super::{keys, pointers, rust_text};
use crate::model::{Body, Media, Operation};

/// Compares the body of an operation.
pub(super) fn compare(all: &mut Comparing<'_>, old: &Operation, new: &Operation) {
    let place = |operation: &Operation| format!("{}/requestBody", pointers::operation(operation));
    let begin = |rule, class| {
        Finding::new(rule, class, format!("{}(body)", rust_text::method(new)))
            .of_operation(new)
            .was_at(place(old))
            .at(place(new))
    };
    let of = |operation: &Operation, body: &Body| keys::body(operation, body.required);
    let (known, body) = match (&old.body, &new.body) {
        (None, None) => return,
        (None, Some(body)) => {
            let class = if body.required { Class::Compile } else { Class::Extends };
            let finding = begin("body-added", class).is(rust_text::body_type(body)).explains(of(new, body));
            return all.add(finding);
        }
        (Some(known), None) => {
            let finding = begin("body-removed", Class::Compile)
                .was(rust_text::body_type(known))
                .explains(keys::body(old, known.required))
                .explains(keys::signature(new));
            return all.add(finding);
        }
        (Some(known), Some(body)) => (known, body),
    };
    let both = || keys::body(old, known.required).into_iter().chain(of(new, body));
    if known.required != body.required {
        let rule = if body.required { "body-became-required" } else { "body-became-optional" };
        let say = |required: bool| if required { "argument" } else { "setter" };
        all.add(begin(rule, Class::Compile).was(say(known.required)).is(say(body.required)).explains(both()));
    }
    let was = Body { ty: known.ty.as_ref().map(|ty| all.pairs.rename(ty)), ..known.clone() };
    let (was, is) = (rust_text::body_type(&was), rust_text::body_type(body));
    let typed = was != is;
    if media(known) != media(body) {
        let class = if typed { Class::Compile } else { Class::Runtime };
        let finding = begin("body-media-changed", class).was(media(known)).is(media(body)).explains(both());
        all.add(finding);
    } else if typed {
        all.add(begin("body-type-changed", Class::Compile).was(was).is(is).explains(both()));
    }
    if known.without_type != body.without_type {
        let say = |without: bool| if without { "without `type`" } else { "with `type`" };
        let finding =
            begin("body-type-name-changed", Class::Runtime).was(say(known.without_type)).is(say(body.without_type));
        all.add(finding);
    }
}

fn media(body: &Body) -> &str {
    if let Some(own) = &body.content_type {
        return own;
    }
    match body.media {
        Media::Json => "application/json",
        Media::Form => "application/x-www-form-urlencoded",
        Media::Bytes => "application/octet-stream",
        Media::Multipart => "multipart/form-data",
    }
}

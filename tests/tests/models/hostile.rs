//! Bodies that are made to cost time, stack or memory: each is read or refused, in a time that grows with its length.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use bitbucket_cloud::types::{AnyCommit, Comment};
use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use proptest::collection::vec;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::generated::MODELS;
use crate::random::{check, runner};
use crate::schemas::{Choices, document, schema_named, target};

/// Objects within objects that are told apart by a `type` at their end, so that each level is read twice.
fn type_last(levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", r#"{"parents":["#.repeat(levels), r#"],"type":"commit"}"#.repeat(levels))
}

fn type_unknown(levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", r#"{"type":"odd","parents":["#.repeat(levels), "]}".repeat(levels))
}

fn no_type(levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", r#"{"parents":["#.repeat(levels), "]}".repeat(levels))
}

/// How long the processor has worked for this thread; other work on the machine does not count.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).expect("a time"), u32::try_from(time.tv_nsec).expect("a part of a second"))
}

/// The time of the fastest of three runs.
fn time(run: impl Fn()) -> Duration {
    let runs = [0; 3].map(|_| {
        let begin = cpu_time();
        run();
        cpu_time() - begin
    });
    runs.into_iter().min().unwrap_or_default()
}

fn read<T: DeserializeOwned>(body: &str) -> Result<(), String> {
    serde_json::from_str::<T>(body).map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn nested_variants_are_read_or_refused() {
    for (levels, read_wholly) in [(1, true), (8, true), (15, true), (17, false), (40, false), (100_000, false)] {
        let result = read::<AnyCommit>(&type_last(levels, "null"));
        assert_eq!(result.is_ok(), read_wholly, "{levels} levels: {result:?}");
        assert!(result.is_ok() || result.unwrap_err().contains("nested too deeply"), "{levels} levels");
    }
    // What is unknown is kept as it was received.
    for levels in [1, 4, 5, 40] {
        for body in [type_unknown(levels, "null"), no_type(levels, "null")] {
            let commit: AnyCommit = serde_json::from_str(&body).expect("an unknown variant");
            let written = serde_json::to_value(&commit).expect("JSON");
            assert_eq!(written, serde_json::from_str::<Value>(&body).expect("JSON"));
        }
    }
    // Each text of a held-back part counts its depth anew.
    for deep in [1, 10, 60, 120] {
        let mut body = "null".to_owned();
        for _ in 0..15 {
            let outer = r#"{"type":"pullrequest_comment","parent":"#.repeat(deep);
            body = format!(r#"{outer}{{"parent":{body},"type":"pullrequest_comment"}}{}"#, "}".repeat(deep));
        }
        let result = read::<Comment>(&body);
        assert_eq!(result.is_ok(), deep == 1, "{deep}: {result:?}");
    }
}

#[test]
fn time_does_not_multiply_with_nesting() {
    type Shape = fn(usize, &str) -> String;
    let shapes: [(&str, Shape); 3] = [("at the end", type_last), ("unknown", type_unknown), ("none", no_type)];
    let rest = format!(r#"{{"properties":{{"a":[{}1]}}}}"#, "[1],".repeat(20_000));
    for (name, shape) in shapes {
        let times = [1, 15, 100].map(|levels| time(|| drop(read::<AnyCommit>(&shape(levels, &rest)))));
        // Each level reads what is below it again, up to a limit.
        let most = times[0] * 50 + Duration::from_millis(20);
        assert!(times.iter().all(|time| *time < most), "{name}: {times:?}");
    }
}

#[test]
fn time_grows_with_the_length_of_a_body_in_parts() {
    type Shape = fn(usize) -> String;
    let shapes: [(&str, Shape); 4] = [
        ("a wrong value at the end", |n| {
            format!(
                r#"{{"parents":[{}{{"hash":7,"type":"commit"}}],"type":"commit"}}"#,
                r#"{"type":"commit"},"#.repeat(n / 18)
            )
        }),
        ("many parts", |n| {
            let members: String = (0..n / 10).map(|at| format!(r#""m{at}":1,"#)).collect();
            format!(r#"{{{members}"hash":7,"type":"commit"}}"#)
        }),
        ("one part again and again", |n| {
            format!(r#"{{{}"hash":7,"type":"commit"}}"#, r#""message":"a","#.repeat(n / 14))
        }),
        ("a wrong value, deep, after many", |n| {
            type_last(12, &format!(r#"{}{{"hash":7,"type":"commit"}}"#, r#"{"type":"commit"},"#.repeat(n / 18)))
        }),
    ];
    for (name, shape) in shapes {
        let [small, large] = [16 * 1024, 16 * 16 * 1024].map(|length| {
            let body = shape(length);
            let error = read::<AnyCommit>(&body).expect_err(name);
            assert!(error.contains("hash"), "{name}: {error}");
            time(|| drop(read::<AnyCommit>(&body)))
        });
        // Sixteen times the bytes; squared it would be 256 times the time.
        assert!(large < small * 100 + Duration::from_millis(5), "{name}: {small:?}, then {large:?}");
    }
}

/// The members of a schema that hold objects: name, schema, and whether they are lists.
fn objects_in(schema: &str) -> Vec<(&'static str, &'static str, bool)> {
    let Some(SchemaKind::Type(Type::Object(object))) = document().schema(schema).map(|schema| &schema.schema_kind)
    else {
        return Vec::new();
    };
    let found = object.properties.iter().filter_map(|(name, property)| {
        let list = match property {
            ReferenceOr::Item(schema) => items(schema).and_then(target).map(|schema| (name.as_str(), schema, true)),
            ReferenceOr::Reference { .. } => None,
        };
        list.or_else(|| target(property).map(|schema| (name.as_str(), schema, false)))
    });
    found.collect()
}

fn items(schema: &Schema) -> Option<&ReferenceOr<Box<Schema>>> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::Array(array)) => array.items.as_ref(),
        _ => None,
    }
}

fn variants(schema: &'static str) -> Vec<&'static str> {
    document().unions.get(schema).map_or(vec![schema], |union| union.subtypes.iter().map(String::as_str).collect())
}

/// The schemas below which objects can be nested without end.
fn endless() -> &'static BTreeSet<&'static str> {
    static ENDLESS: OnceLock<BTreeSet<&str>> = OnceLock::new();
    ENDLESS.get_or_init(|| {
        let mut left: BTreeSet<&'static str> = MODELS.iter().map(|(schema, _, _)| schema_named(schema)).collect();
        loop {
            let goes_on = |schema: &&'static str| {
                let inner = variants(schema).into_iter().flat_map(objects_in);
                inner.into_iter().any(|(_, inner, _)| left.contains(inner))
            };
            let next: BTreeSet<_> = left.iter().copied().filter(goes_on).collect();
            if next.len() == left.len() {
                return next;
            }
            left = next;
        }
    })
}

/// A body of that many levels, each within a member of the one before.
fn nested(schema: &'static str, choices: &mut Choices<'_>, levels: usize) -> String {
    let variants = variants(schema);
    let variant = variants[choices.next() % variants.len()];
    let inner: Vec<_> = objects_in(variant).into_iter().filter(|(_, inner, _)| endless().contains(inner)).collect();
    let (false, Some((name, inner, list))) = (levels == 0, inner.get(choices.next() % inner.len().max(1))) else {
        return "{}".to_owned();
    };
    let value = nested(inner, choices, levels - 1);
    let value = if *list { format!("[{value}]") } else { value };
    let says = document().wire_type(variant);
    match choices.next() % 5 {
        0 => format!(r#"{{"type":"{says}","{name}":{value}}}"#),
        1 => format!(r#"{{"{name}":{value}}}"#),
        2 => format!(r#"{{"type":"odd","{name}":{value}}}"#),
        _ => format!(r#"{{"{name}":{value},"type":"{says}"}}"#),
    }
}

#[test]
fn any_nesting_of_models_is_read_or_refused() {
    assert!(endless().contains("comment") && endless().contains("repository"), "{:?}", endless());
    for (schema, again, _) in MODELS.iter().filter(|(schema, ..)| endless().contains(schema_named(schema))) {
        let result = runner(16).run(&(vec(any::<u8>(), 0..400), 0..300_usize), |(bytes, levels)| {
            let body = nested(schema_named(schema), &mut Choices::new(&bytes), levels);
            let begin = cpu_time();
            let result = again(body.as_bytes());
            let time = cpu_time() - begin;
            prop_assert!(time < Duration::from_secs(2), "{time:?}");
            prop_assert!(result.is_ok() || levels > 10, "{levels} levels: {result:?}");
            Ok(())
        });
        check(schema, result);
    }
}

//! Random values by the document, and bytes that are none.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use serde_json::Value;

use crate::compare::Differences;
use crate::generated::MODELS;
use crate::schemas::{Choices, schema_named, value_of};

/// The same values in every run: a failure is then everybody's. `PROPTEST_CASES` is the number of cases of each model.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
}

pub(crate) fn check<T: std::fmt::Debug>(schema: &str, result: Result<(), TestError<T>>) {
    if let Err(error) = result {
        panic!("{schema}: {error}");
    }
}

#[test]
fn random_values_survive_the_round_trip() {
    for (schema, again, _) in MODELS {
        let result = runner(32).run(&vec(any::<u8>(), 0..400), |bytes| {
            let value = value_of(schema_named(schema), &mut Choices::new(&bytes), 0);
            let written =
                again(value.to_string().as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let differences = Differences::of(&value, &written);
            prop_assert!(differences.changed.is_empty(), "{:?}", differences.changed);
            prop_assert!(differences.unknown.is_empty(), "{:?}", differences.unknown);
            Ok(())
        });
        check(schema, result);
    }
}

#[test]
fn tampered_values_are_still_read() {
    for (schema, again, _) in MODELS {
        let input = (vec(any::<u8>(), 100..400), vec((any::<u16>(), any::<u8>()), 1..5));
        let result = runner(32).run(&input, |(bytes, tampering)| {
            let mut value = value_of(schema_named(schema), &mut Choices::new(&bytes), 0);
            for (place, how) in tampering {
                tamper(&mut value, usize::from(place), how);
            }
            let text = value.to_string();
            prop_assert!(again(text.as_bytes()).is_ok(), "{text}: {:?}", again(text.as_bytes()).map(|_| ()));
            Ok(())
        });
        check(schema, result);
    }
}

/// Drops, empties or adds something at one place of a value.
fn tamper(value: &mut Value, place: usize, how: u8) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let index = place % members.len();
            let Some(name) = members.keys().nth(index).cloned() else { return };
            match how % 4 {
                0 => drop(members.remove(&name)),
                1 => drop(members.insert(name, Value::Null)),
                2 => drop(members.insert(format!("{name}_new"), serde_json::json!({ "type": 7, "list": [null, "a"] }))),
                _ => {
                    if let Some(inner) = members.get_mut(&name) {
                        tamper(inner, place / 7, how / 4);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let index = place % items.len();
            match how % 3 {
                0 => items.insert(index, Value::Null),
                1 => drop(items.remove(index)),
                _ => tamper(&mut items[index], place / 7, how / 3),
            }
        }
        _ => {}
    }
}

#[test]
fn arbitrary_bytes_never_panic() {
    for (schema, again, _) in MODELS {
        let input = (vec(any::<u8>(), 0..200), vec(any::<u8>(), 0..120), any::<u16>());
        let result = runner(32).run(&input, |(bytes, noise, cut)| {
            // What comes back does not matter; that it comes back does.
            let _ = again(&noise);
            let mut text = value_of(schema_named(schema), &mut Choices::new(&bytes), 0).to_string().into_bytes();
            let at = usize::from(cut) % text.len().max(1);
            let _ = again(&text[..at]);
            if let (Some(byte), Some(other)) = (text.get_mut(at), noise.first()) {
                *byte = *other;
            }
            let _ = again(&text);
            Ok(())
        });
        check(schema, result);
    }
}

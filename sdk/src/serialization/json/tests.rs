//! Empty bodies, and paths of errors compared with `serde_path_to_error`.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::cpu_time::cpu_time;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    name: String,
    count: u8,
    tags: Vec<String>,
    inner: Option<Box<Item>>,
    named: BTreeMap<String, i32>,
    strict: Option<Strict>,
    image: Option<Image>,
}

#[derive(Debug, Deserialize)]
struct Strict {
    #[expect(dead_code, reason = "it is read to fail")]
    must: bool,
}

#[derive(Debug, Deserialize)]
struct Image {
    #[expect(dead_code, reason = "it is read to fail")]
    password: Option<u8>,
}

fn of<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> DecodeFailure {
    describe(body.as_bytes(), &decode::<T>(body.as_bytes()).unwrap_err())
}

#[test]
fn an_empty_body_is_the_empty_value() {
    for body in ["", "  \r\n", "\u{feff}"] {
        assert!(decode::<()>(body.as_bytes()).is_ok());
        assert!(decode::<Item>(body.as_bytes()).is_ok());
        assert_eq!(decode::<Vec<u8>>(body.as_bytes()).ok(), Some(vec![]));
        assert_eq!(decode::<Option<Item>>(body.as_bytes()).ok().map(|item| item.is_some()), Some(true));
        assert_eq!(decode::<Value>(body.as_bytes()).ok(), Some(serde_json::json!({})));
        assert!(decode::<Strict>(body.as_bytes()).is_err());
        assert!(decode::<u8>(body.as_bytes()).is_err());
    }
    assert_eq!(decode::<u8>("\u{feff} 5 ".as_bytes()).ok(), Some(5));
}

#[test]
fn paths_are_those_of_serde_path_to_error() {
    let bodies = [
        r#"{"name":5}"#,
        r#"{"name":"a","count":300,"tags":[]}"#,
        r#"{"name":"a","count":"x\"y","tags":[]}"#,
        r#"{"tags":["a","b",null]}"#,
        r#"{"tags":["a",["b"]]}"#,
        r#"{"tags":["a",{"b":1}]}"#,
        r#"{"tags":{"a":1}}"#,
        r#"{"name": {"raw": "x"}, "count": 1}"#,
        r#"{"inner":{"inner":{"tags":["x", 1.5]}}}"#,
        "{\n  \"inner\": {\n    \"count\": -1\n  }\n}",
        r#"{"named":{"a":1,"b c":"two"}}"#,
        r#"{"strict":{"other":[1,2,{"x":"}"}]},"name":"after"}"#,
        r#"{"strict":{"must":1},"name":"after"}"#,
        r#"{"count":true}"#,
        r#"{"inner":7}"#,
    ];
    for body in bodies {
        let mut deserializer = serde_json::Deserializer::from_str(body);
        let expected = serde_path_to_error::deserialize::<_, Item>(&mut deserializer).unwrap_err();
        let found = of::<Item>(body);
        assert_eq!(found.path, expected.path().to_string(), "{body}");
        assert!(expected.inner().to_string().starts_with(&found.reason), "{body}");
    }
    assert_eq!(of::<Vec<Item>>(r#"[{}, {"count": []}]"#).path, "[1].count");
    assert_eq!(of::<Item>("5").path, "");
    for cut in [r#"{"name":"#, r#"{"name":"ab"#, r#"{"tags":["#, "{", "\"", "]", "{]}", "nul"] {
        // For malformed bodies the paths may differ; describing them must not panic.
        of::<Item>(cut);
    }
}

#[test]
fn the_excerpt_is_short_and_hides_secrets() {
    let long = "x".repeat(100_000);
    let found = of::<Item>(&format!(r#"{{"name":"{long}","count":"{long}","tags":"{long}"}}"#));
    assert!(found.reason.len() + found.path.len() + found.excerpt.len() < 600);

    let found = of::<Item>(r#"{"image":{"password":"hunter2","x":1},"count":"many"}"#);
    assert_eq!(found.path, "image.password");
    assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");

    let found = of::<Item>(r#"{"oauth":{"client_secret":"hunter2"},"count":"many"}"#);
    assert_eq!((found.path.as_str(), found.excerpt.contains("hunter2")), ("count", false));
    assert_eq!(found.excerpt, r#"{"oauth":{"client_secret":***},"count":"many"}"#);
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

#[test]
fn time_grows_with_the_length_of_the_body() {
    type Shape = fn(usize) -> String;
    // Each with a wrong value at its end, and about as many bytes as it is asked for.
    let shapes: [(&str, Shape); 8] = [
        ("unknown objects, nested", |n| {
            let levels = n / 6;
            format!(r#"{{"x":{}1{},"count":"a"}}"#, r#"{"a":"#.repeat(levels), "}".repeat(levels))
        }),
        ("unknown lists, nested", |n| format!(r#"{{"x":{}{},"count":"a"}}"#, "[".repeat(n / 2), "]".repeat(n / 2))),
        ("unknown objects, nested, with secrets", |n| {
            let levels = n / 20;
            format!(r#"{{"x":{}1{},"count":"a"}}"#, r#"{"token":[1,2],"a":"#.repeat(levels), "}".repeat(levels))
        }),
        ("long list", |n| format!(r#"{{"tags":[{}5]}}"#, r#""a","#.repeat(n / 4))),
        ("long list of secrets", |n| format!(r#"{{"secret":[{}5],"count":"a"}}"#, "1,".repeat(n / 2))),
        ("many members", |n| format!(r#"{{"named":{{{}"b":[]}}}}"#, r#""abcd":1,"#.repeat(n / 9))),
        ("wide and deep", |n| {
            let inner = format!("[{}1]", r#"{"a":{"b":[1,{}]}},"#.repeat(100));
            format!(r#"{{"x":[{}1],"count":"a"}}"#, format!("{inner},").repeat(n / inner.len()))
        }),
        ("long text and name", |n| format!(r#"{{"{0}":"{0}","count":"a"}}"#, r"\u0061\n".repeat(n / 16))),
    ];
    for (name, shape) in shapes {
        let [(small, path), (large, _)] = [16 * 1024, 16 * 16 * 1024].map(|length| {
            let body = shape(length);
            assert!((length / 2..length * 2).contains(&body.len()), "{name}: {} bytes", body.len());
            let error = decode::<Item>(body.as_bytes()).unwrap_err();
            let path = describe(body.as_bytes(), &error).path;
            (time(|| drop(describe(body.as_bytes(), &error))), path)
        });
        assert!(matches!(path.as_str(), "count" | "named.b") || path.starts_with("tags["), "{name}: {path}");
        // Sixteen times the bytes; squared it would be 256 times the time.
        assert!(large < small * 100 + Duration::from_millis(5), "{name}: {small:?}, then {large:?}");
    }
}

#[test]
fn what_is_nested_too_deeply_to_be_followed_is_hidden() {
    for levels in [250, 256, 257, 5000] {
        let inner = format!("{}{}{}", r#"{"a":"#.repeat(levels), r#"{"token":"hunter2"}"#, "}".repeat(levels));
        for body in [format!(r#"{{"x":{inner},"count":"a"}}"#), format!(r#"{{"x":{}"#, inner.trim_end_matches('}'))] {
            let found = of::<Item>(&body);
            assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
            assert!(found.path == "count" || found.path.starts_with("x.a.a"), "{}", found.path);
        }
    }
}

/// JSON that often fits `Item`, and often nearly.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-300..300_i64).prop_map(Value::from),
        "[a-c\"\\\\{}\\[\\],: é]{0,6}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        8 => select(&["name", "count", "tags", "inner", "named", "strict", "image", "password", "must"][..]).prop_map(str::to_owned),
        2 => "[a-c{}\\[\\],: é]{1,4}",
    ];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => vec((name.clone(), inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_wrong_value_is_found(value in json(), pretty in any::<bool>(), cut in any::<prop::sample::Index>()) {
        let body = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let body = body.unwrap();
        let mut deserializer = serde_json::Deserializer::from_str(&body);
        if let Err(expected) = serde_path_to_error::deserialize::<_, Item>(&mut deserializer) {
            let found = of::<Item>(&body);
            let path = expected.path().to_string();
            // A list in place of an object is refused as a whole by one, and at its end by the other.
            prop_assert!(found.path.starts_with(path.trim_start_matches('.')), "{path} is not {} in {body}", found.path);
        }
        // Cut off anywhere, it is described all the same.
        let cut = &body.as_bytes()[..cut.index(body.len())];
        if let Err(error) = decode::<Item>(cut) {
            let failure = describe(cut, &error);
            prop_assert!(failure.excerpt.chars().count() <= 100 && failure.path.len() <= MAX_TEXT, "{failure:?}");
        }
    }
}

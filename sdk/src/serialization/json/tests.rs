//! Empty bodies, and paths of errors compared with `serde_path_to_error`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::*;

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
    #[allow(dead_code)]
    must: bool,
}

#[derive(Debug, Deserialize)]
struct Image {
    #[allow(dead_code)]
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

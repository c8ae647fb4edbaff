//! What is replaced, and what is left alone. Random secrets in random texts are in `fuzz.rs`; a server that sends them
//! back is in `sdk/tests/redaction.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;
use crate::cpu_time::cpu_time;

fn apply(secrets: &[&str], text: &str) -> String {
    Redactor::new(&mut secrets.iter().copied()).apply(text)
}

#[test]
fn every_form_is_replaced_and_the_rest_is_kept() {
    let secret = "s=3/c<r&t~ö";
    let mixed = "s\\u003d3%2fc&lt;r&#38;t~%C3%B6";
    let twice = "s&amp;equals;3%252Fc\\\\u003cr&amp;amp;t~\\u00f6";
    for form in [secret, mixed, twice, "s%3d3%2Fc%3cr%26t%7e%c3%b6", "s=3\\/c<r&t~ö", &STANDARD.encode(secret)] {
        assert_eq!(apply(&[secret], &format!("is {form} wrong?")), "is [redacted] wrong?", "{form}");
    }
    // Whatever stands before it and behind it.
    for user in ["", "u:", "me:", "you:"] {
        for engine in [STANDARD.encode(format!("{user}{secret}")), URL_SAFE_NO_PAD.encode(format!("{user}{secret}xy"))]
        {
            let text = apply(&[secret], &format!("Basic {engine} "));
            assert!(text.contains("[redacted]"), "{text}");
            assert!(!text.contains(&engine[8..]), "{text}");
        }
    }
}

#[test]
fn the_longest_match_is_replaced_once() {
    assert_eq!(apply(&["secret", "secret-value"], "a secret-value b"), "a [redacted] b");
    assert_eq!(apply(&["abcdef1", "def1ghi"], "abcdef1ghi"), "[redacted]");
    assert_eq!(apply(&["secret"], "a secret b secret c"), "a [redacted] b [redacted] c");
    assert_eq!(apply(&["dacted]"], "a [redacted] b"), "a [redacted] b");
    assert_eq!(apply(&["redacted", "secret"], "a secret b [redacted]"), "a [redacted] b [redacted]");
    assert_eq!(apply(&["aaaaaa"], &"a".repeat(100)), "[redacted]");
    assert_eq!(apply(&[], "any"), "any");
    assert_eq!(apply(&["", " \n"], "any"), "any");
}

#[test]
fn short_secrets_are_replaced_where_they_stand_alone() {
    let alone = [
        "red",
        " red\n",
        "\"red\"",
        "{\"a\":\"red\",",
        "a=b&c=red&d=e",
        "c=red",
        "c=%72ed&x",
        "'red'",
        "\\\"red\\\"",
        "&quot;red&quot;",
        "<V>red</V>",
        "c=\"red\"",
        "cmVk",
    ];
    for text in alone {
        let redacted = apply(&["red"], text);
        assert!(redacted.contains("[redacted]") && !redacted.contains("red\"") && !redacted.contains("=red"), "{text}");
    }
    for text in [
        "no redress",
        "a red b",
        "[redacted]",
        "red.",
        "(red)",
        "c=redder",
        "the red; and",
        "\"red fox\"",
        "a red\" b",
        "<b>red fox",
        "a red<br>",
    ] {
        assert_eq!(apply(&["red"], text), text);
    }
    assert_eq!(apply(&["red", "x"], "hi\"red\" axb x"), "hi\"[redacted]\" axb x");
}

#[test]
fn base64_is_replaced_with_its_last_bits_in_either_alphabet() {
    for secret in ["secret-value", "secret-value1", "secret-value12"] {
        for encoded in [STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret)] {
            assert_eq!(apply(&[secret], &format!("is {encoded}, ")), "is [redacted], ", "{encoded}");
        }
    }
    // Lines may be wrapped, and other characters between are none of it.
    let encoded = STANDARD.encode("secret-value");
    assert_eq!(apply(&["secret-value"], &encoded.replace('V', "V\n ")), "[redacted]");
    let apart = encoded.replace('V', "V.");
    assert_eq!(apply(&["secret-value"], &apart), apart);
    // The characters in which the alphabets differ, also as the first one, and escaped.
    let (secret, cut) = ("oé?secret-value", "[redacted]");
    let encoded = URL_SAFE_NO_PAD.encode(format!("u{secret}"));
    assert!(encoded[2..].starts_with('_'), "{encoded}");
    for text in [encoded.clone(), encoded.replace('_', "%5F"), encoded.replace('_', "\\u005f")] {
        assert_eq!(apply(&[secret], &text), format!("dW{cut}"), "{text}");
    }
    // A secret that is the base64 of another one takes nothing away from that.
    let other = "ab?secret-ok";
    let encoded = STANDARD.encode(other);
    assert_eq!(apply(&[&encoded, other], &encoded.replace('/', "_")), cut);
}

#[test]
fn a_text_that_has_a_secret_is_known() {
    let finds = |text: &str| Redactor::new(&mut ["secret-value"].into_iter()).finds(text.as_bytes());
    assert!(finds("a secret-value") && finds("secret%2Dvalue") && !finds("a secret value of its own") && !finds(""));
    assert!(!Redactor::default().finds(b"secret-value"));
}

#[test]
fn what_is_cut_off_is_replaced() {
    let secret = "secret-value";
    for (text, expected) in [
        ("got secret-v", "got [redacted]"),
        ("got secret", "got [redacted]"),
        ("got secre", "got secre"),
        ("got secret-v\n", "got [redacted]\n"),
        ("got secret-v…", "got [redacted]…"),
        ("got secret-v... and", "got [redacted]... and"),
        ("{\"a\":\"secret-v\",", "{\"a\":\"[redacted]\","),
        ("got secret%2", "got [redacted]"),
        ("got secret&#4", "got [redacted]"),
        ("got secret\\u00", "got [redacted]"),
        ("got secret-v and", "got secret-v and"),
        ("got c2VjcmV0LX", "got [redacted]"),
    ] {
        assert_eq!(apply(&[secret], text), expected, "{text}");
    }
}

#[test]
fn a_key_of_several_lines_is_found_in_any_layout() {
    let key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\n-----END PRIVATE KEY-----\n";
    let joined = key.replace('\n', "");
    let lines = key.replace('\n', "\\n");
    let encoded = STANDARD.encode(key);
    let wrapped = encoded.as_bytes().chunks(20).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n");
    for form in [key, &joined, &lines, &key.replace('\n', "\r\n"), &key.replace('\n', " "), &encoded, &wrapped] {
        assert!(apply(&[key], &format!("bad key: {form} ")).starts_with("bad key: [redacted]"), "{form}");
    }
    assert_eq!(apply(&[key], "line 2: MIIEvQIBADANBgkqhkiG9w0!"), "line 2: [redacted]!");
    // A line that is as short as a word is none.
    let words = "short\nMIIEvQIBADANBgkqhkiG9w0\nlines";
    assert_eq!(apply(&[words], "a short walk along MIIEvQIBADANBgkqhkiG9w0"), "a short walk along [redacted]");
    assert_eq!(apply(&[key], "no -----BEGIN PRIVATE KEY----- here"), "no -----BEGIN PRIVATE KEY----- here");
}

#[test]
fn a_secret_made_to_take_long_takes_bounded_time() {
    let secret = "\\".repeat(3000) + "x";
    let text = "\\".repeat(16 * 1024);
    let begin = cpu_time();
    assert_eq!(apply(&[&secret], &text), MARK);
    assert_eq!(apply(&[&("a".repeat(2000) + "b")], &"a".repeat(64 * 1024)), MARK);
    // So many secrets are no such thing.
    let many: Vec<String> = (0..100).map(|number| format!("secret-{number}-value")).collect();
    let text = "a secret and a session ".repeat(2000);
    assert!(Redactor::new(&mut many.iter().map(String::as_str)).apply(&text) == text);
    let time = cpu_time() - begin;
    assert!(time.as_secs() < 20, "{time:?}");
}

#[test]
fn a_secret_of_many_lines_takes_time_by_its_length() {
    let [(small, _), (large, redactor)] = [2_500, 50_000].map(|count| {
        // In no order, and each of them twice.
        let lines = (0..count).map(|number: u64| format!("{:016x}", (number / 2).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let secret = lines.collect::<Vec<_>>().join("\n");
        let begin = cpu_time();
        let redactor = Redactor::new(&mut [&*secret].into_iter());
        assert_eq!(redactor.needles.len(), count as usize / 2 + 4);
        (cpu_time() - begin, redactor)
    });
    // Twenty times the lines; squared it would be 400 times the time.
    assert!(large < small * 100, "{small:?}, then {large:?}");

    let line = format!("{:016x}", 1_234_u64.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    assert_eq!(redactor.apply(&format!("line {line} is wrong")), "line [redacted] is wrong");
    // Not each of them is compared with each place of a long text.
    let begin = cpu_time();
    assert_eq!(redactor.apply(&"0123456789abcdef ".repeat(4000)), MARK);
    let time = cpu_time() - begin;
    assert!(time.as_secs() < 10, "{time:?}");
}

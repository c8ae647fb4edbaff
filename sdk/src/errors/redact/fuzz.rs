//! Random secrets, escaped at random, in random texts. `PROPTEST_CASES` sets the number of cases.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Secrets with what escapes are made of, and of characters as in tokens.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[!-~]{6,30}",
        2 => "[A-Za-z0-9_=-]{6,60}",
        1 => "[%\\\\&;#ux0-9a-f+]{6,20}",
        1 => "[a-z \\n\"'<>/äß🦀]{4,20}x[a-z]{2}",
    ]
    .prop_map(|text| text.trim().to_owned())
    .prop_filter("long enough", |text| text.chars().count() >= needle::MIN)
}

/// Text with signs that could join with those of a secret.
fn around() -> impl Strategy<Value = String> {
    const PARTS: [&str; 16] =
        ["\\", "%", "%2", "&", "&#", "&#6", "&amp;", "\\u00", "\"", "+", "%25", "[redacted]", "\\\\", "...", "=", "\n"];
    vec(prop_oneof![select(&PARTS[..]).prop_map(str::to_owned), "\\PC{0,8}", "[a-z ]{0,8}"], 0..8)
        .prop_map(|parts| parts.concat())
}

fn percent(text: &str, upper: bool) -> String {
    text.bytes().map(|byte| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }).collect()
}

fn as_in_forms(c: char) -> String {
    match c {
        ' ' => "+".into(),
        c if c.is_ascii_alphanumeric() || "*-._".contains(c) => c.into(),
        c => percent(&c.to_string(), true),
    }
}

fn unicode(c: char, upper: bool) -> String {
    let mut units = [0; 2];
    let hex = |unit: &mut u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    c.encode_utf16(&mut units).iter_mut().map(hex).collect()
}

/// One character in one of its forms. All of them stay what they are if they are escaped again.
fn escaped(c: char, form: u8) -> String {
    match form % 10 {
        0 => percent(&c.to_string(), true),
        1 => percent(&c.to_string(), false),
        2 => unicode(c, true),
        3 => unicode(c, false),
        4 => format!("&#{};", u32::from(c)),
        5 => format!("&#x{:X};", u32::from(c)),
        6 if c == ' ' => "+".into(),
        6 | 7 => match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            '\'' => "&#39;".into(),
            c => c.into(),
        },
        8 => match c {
            '"' | '\\' | '/' => format!("\\{c}"),
            '\n' => "\\n".into(),
            c => c.into(),
        },
        _ => c.into(),
    }
}

/// Each character escaped once, with a form of its own. A second time, and a third one, is as whole texts are escaped.
fn escape(secret: &str, forms: &[u8], again: &[u8]) -> String {
    let once = secret.chars().zip(forms.iter().cycle()).map(|(c, form)| escaped(c, *form)).collect::<String>();
    again.iter().fold(once, |text, form| match form % 4 {
        0 => serde_json::to_string(&text).unwrap().trim_start_matches('"').strip_suffix('"').unwrap().to_owned(),
        1 => text.chars().map(as_in_forms).collect(),
        2 => percent(&text, *form > 127),
        _ => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    })
}

proptest! {
    #[test]
    fn no_escaped_secret_survives(
        secret in secret(), forms in vec(any::<u8>(), 1..40), again in vec(any::<u8>(), 0..3),
        before in around(), after in around(), others in vec(secret(), 0..3),
    ) {
        let form = escape(&secret, &forms, &again);
        let secrets: Vec<&str> = others.iter().chain([&secret]).map(String::as_str).collect();
        let redactor = Redactor::new(&mut secrets.iter().copied());
        let text = redactor.apply(&format!("{before}{form}{after}"));
        prop_assert!(text.contains(MARK), "{text}");
        prop_assert!(!text.contains(&form), "{text}");
        // Nothing is added, and what surrounds it is kept unless it can be read as a part of a secret.
        prop_assert!(!text.replace(MARK, "").contains("[redac") || before.contains("[redac") || after.contains("[redac"));
    }

    #[test]
    fn no_encoded_secret_survives(
        secret in secret(), before in "\\PC{0,8}", after in "\\PC{0,8}", engine in 0..4_u8, again in vec(any::<u8>(), 0..2),
        left in around(), right in around(),
    ) {
        let bytes = format!("{before}{secret}{after}");
        let encoded = match engine {
            0 => STANDARD.encode(bytes),
            1 => STANDARD_NO_PAD.encode(bytes),
            2 => URL_SAFE.encode(bytes),
            _ => URL_SAFE_NO_PAD.encode(bytes),
        };
        let form = escape(&encoded, &[9], &again);
        let text = Redactor::new(&mut [&*secret].into_iter()).apply(&format!("{left}{form} {right}"));
        prop_assert!(text.contains(MARK) && !text.contains(&form), "{text}");
    }

    #[test]
    fn no_beginning_of_a_secret_survives(
        secret in secret(), forms in vec(any::<u8>(), 1..40), keep in any::<Index>(), cut in any::<Index>(), before in around(),
    ) {
        let count = secret.chars().count();
        let kept: String = secret.chars().take(needle::MIN + keep.index(count - needle::MIN + 1)).collect();
        // A run of white space counts as one character.
        prop_assume!(kept.split_ascii_whitespace().collect::<Vec<_>>().join(" ").chars().count() >= needle::MIN);
        let whole = escape(&kept, &forms, &[]);
        let mut form = whole.clone();
        // Cut within the escape that follows.
        if let Some(next) = secret.chars().nth(kept.chars().count()) {
            let next = escaped(next, forms[0] % 6);
            form.push_str(next.get(..cut.index(next.len())).unwrap_or_default());
        }
        let text = Redactor::new(&mut [&*secret].into_iter()).apply(&format!("{before}{form}"));
        prop_assert!(text.contains(MARK) && !text.contains(&whole), "{text}");
    }

    #[test]
    fn any_text_is_searched(secrets in vec("\\PC{0,12}|[\\\\%&+]{1,12}", 0..6), text in vec(around(), 0..20)) {
        let text = text.concat();
        let redactor = Redactor::new(&mut secrets.iter().map(String::as_str));
        let once = redactor.apply(&text);
        prop_assert!(once.len() <= text.len() + MARK.len() * (text.len() + 1));
        prop_assert_eq!(redactor.finds(text.as_bytes()), once != text || text.contains(MARK) && redactor.finds(text.as_bytes()));
    }

    #[test]
    fn a_text_without_the_secret_is_kept(secret in "[A-Z]{8,20}", text in "[a-z \"=&%+\\\\]{0,200}") {
        prop_assert_eq!(Redactor::new(&mut [&*secret].into_iter()).apply(&text), text);
    }
}

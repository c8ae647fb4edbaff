//! Finds the secrets of a request, so that they can be taken out of what the service sends back. Only errors, hooks and
//! traces ask for them, so a call that succeeds unobserved does not pay for it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::body::Body;
use crate::errors::Redactor;
use crate::operation::{Endpoint, Operation};
use crate::serialization::parse;

/// How names of secret members, fields, parameters and headers end, in lower case and without signs.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "credentials",
    "privatekey",
    "secretkey",
    "accesskey",
    "apikey",
    "signature",
    "jwt",
    "authorization",
];
/// The member that says whether the others of its object, above all `value`, are secret.
const FLAG: &str = "secured";
const FLAGGED: &str = "value";

/// Collects the secrets of a request.
pub(super) struct SecretSearch {
    /// The members and parameters of the operation that the document calls secret.
    declared: &'static [&'static str],
    found: Vec<SecretString>,
}

impl SecretSearch {
    /// `credential` and `known` are secrets that no name tells.
    pub(super) fn new(endpoint: &Endpoint, credential: Option<&SecretString>, known: &[SecretString]) -> Self {
        let declared = endpoint.operation().map_or(Operation::UNKNOWN.secrets, |operation| operation.secrets);
        let mut search = Self { declared, found: known.to_vec() };
        if let Some(credential) = credential {
            search.found.push(credential.clone());
        }
        search
    }

    pub(super) fn redactor(self) -> Redactor {
        Redactor::new(&mut self.found.iter().map(ExposeSecret::expose_secret))
    }

    pub(super) fn headers(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if value.is_sensitive() || self.is_secret(name.as_str(), None) {
                self.header(name, value);
            }
        }
    }

    pub(super) fn header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let Ok(text) = std::str::from_utf8(value.as_bytes()) else { return };
        if *name == COOKIE {
            for pair in text.split(';') {
                self.add(pair.split_once('=').map_or(pair, |(_, value)| value));
            }
            return;
        }
        // The scheme is no secret; the user before a password is none either.
        let (scheme, secret) = text.split_once(' ').unwrap_or(("", text));
        self.add(secret);
        if scheme.eq_ignore_ascii_case("basic")
            && let Ok(pair) = STANDARD.decode(secret)
            && let Some((_, password)) = String::from_utf8_lossy(&pair).split_once(':')
        {
            self.add(password);
        }
    }

    /// A query, or a form.
    pub(super) fn query(&mut self, query: &str) {
        self.pairs(&form_urlencoded::parse(query.as_bytes()).collect::<Vec<_>>());
    }

    pub(super) fn pairs(&mut self, pairs: &[(Cow<'_, str>, Cow<'_, str>)]) {
        let flags: Vec<_> = pairs.iter().map(|(name, value)| (split(name), value)).collect();
        for ((object, name), value) in &flags {
            let flag = flags.iter().find(|(other, _)| *other == (*object, FLAG)).map(|(_, flag)| **flag != "false");
            if self.is_secret(name, flag) {
                self.add(value);
            }
        }
    }

    pub(super) fn body(&mut self, body: &Body) {
        let content_type = body.content_type.to_str().unwrap_or_default();
        let (media, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let bytes = body.in_memory();
        match media.trim() {
            media if media.ends_with("json") => {
                if let Some(value) = parse(&bytes) {
                    self.json(&value, false);
                }
            }
            "application/x-www-form-urlencoded" => self.pairs(&form_urlencoded::parse(&bytes).collect::<Vec<_>>()),
            "multipart/form-data" => {
                let boundary = parameters.split_once("boundary=").map_or("", |(_, boundary)| boundary);
                let text = String::from_utf8_lossy(&bytes);
                self.pairs(&text.split(&format!("--{boundary}")).filter_map(text_field).collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    /// `inside` tells whether the value is a part of something secret.
    fn json(&mut self, value: &Value, inside: bool) {
        match value {
            Value::Object(members) => {
                let flag = members.get(FLAG).map(|flag| *flag != false);
                for (name, value) in members {
                    self.json(value, inside || self.is_secret(name, flag));
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.json(value, inside)),
            Value::String(text) if inside => self.add(text),
            Value::Number(number) if inside => self.add(&number.to_string()),
            _ => {}
        }
    }

    /// `flag` is what the object says about itself.
    fn is_secret(&self, name: &str, flag: Option<bool>) -> bool {
        match flag {
            Some(false) => false,
            Some(true) if name == FLAGGED => true,
            _ => self.declared.contains(&name) || sounds_secret(name),
        }
    }

    fn add(&mut self, secret: &str) {
        if !secret.trim().is_empty() {
            self.found.push(secret.into());
        }
    }
}

fn sounds_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|end| name.ends_with(end))
}

/// The object and the member that a parameter such as `variables[0].value` names.
fn split(name: &str) -> (&str, &str) {
    let name = name.trim_end_matches(']');
    name.split_at(name.rfind(['.', '[']).map_or(0, |at| at + 1))
}

/// Name and value of a field of a multipart form that is no file.
fn text_field(part: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let (head, value) = part.split_once("\r\n\r\n")?;
    let (_, name) = head.split_once("name=\"")?;
    let (name, rest) = name.split_once('"')?;
    (!rest.contains("filename=")).then(|| (name.into(), value.strip_suffix("\r\n").unwrap_or(value).into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Multipart;
    use reqwest::Method;
    use serde_json::json;

    fn found(fill: impl FnOnce(&mut SecretSearch)) -> Vec<String> {
        let mut search = SecretSearch::new(&Endpoint::custom(Method::POST, "/a"), None, &[]);
        fill(&mut search);
        // Members of an object come in no certain order.
        let mut found: Vec<String> = search.found.iter().map(|secret| secret.expose_secret().to_owned()).collect();
        found.sort();
        found
    }

    #[test]
    fn names_tell_what_is_secret() {
        for name in ["password", "Client-Secret", "accessToken", "PRIVATE_KEY", "x-api-key", "webhook.secret", "jwt"] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in
            ["name", "secret_set", "token_endpoint", "public_key", "is_private", "key", "value", "password_hint"]
        {
            assert!(!sounds_secret(name), "{name}");
        }
    }

    #[test]
    fn bodies_are_searched_by_names() {
        let body = json!([
            {"secret": "a", "nested": {"token": ["b", {"x": 3}], "name": "no"}},
            {"key": "K", "value": "d", "secured": true},
            {"key": "K", "value": "no", "secured": false, "password": "no"},
            {"key": "K", "value": "no"},
        ]);
        assert_eq!(found(|search| search.body(&Body::json(&body).unwrap())), ["3", "a", "b", "d"]);
        let form =
            json!({"secret": ["a", "b"], "v[0].value": "c", "v[0].secured": true, "v[1].value": "no", "q": "no"});
        assert_eq!(found(|search| search.body(&Body::form(&form).unwrap())), ["a", "b", "c"]);
        let form = Multipart::new().text("secret", "a\r\nb").text("name", "no").file("token", "t", "no");
        assert_eq!(found(|search| search.body(&Body::multipart(form).unwrap())), ["a\r\nb"]);
        let large = Multipart::new().text("secret", "x".repeat(20_000)).text("token", "b");
        assert_eq!(found(|search| search.body(&Body::multipart(large).unwrap())), ["b", &"x".repeat(20_000)]);
        assert_eq!(found(|search| search.query("a=no&x.api_key=b%3D&v[value]=c&v[secured]=1")), ["b=", "c"]);
    }
}

//! Whatever form a server gives a secret when it sends it back, and wherever it puts it, nothing that is printed, traced
//! or told to hooks shows it. Every form is tried at every place.
//!
//! This is the only test of its process, as in `secrets.rs`.
#![allow(missing_docs)]

mod support;

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bitbucket_cloud::{
    Attempt, AttemptOutcome, Client, Credentials, Error, ErrorKind, Hook, Method, OAuth, Request, RetryPolicy,
};
use serde_json::{Value, json};
use support::{Server, Trace, answer};

/// With characters that every escaping changes.
const TOKEN: &str = "AT=3f/9a+c\"an<a&r>y~x?";
const EMAIL: &str = "me@example.org";
/// A member of the body whose name says that it is secret.
const PASSWORD: &str = "päss w\\rd=\"/x%+y";
/// Shorter than what is replaced within a text.
const SHORT: &str = "q7=x";

fn percent(text: &str, upper: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(byte.into()),
            _ if upper => write!(out, "%{byte:02X}").unwrap(),
            _ => write!(out, "%{byte:02x}").unwrap(),
        }
    }
    out
}

fn each(text: &str, form: impl Fn(char) -> String) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { form(c) }).collect()
}

fn json_escaped(text: &str) -> String {
    serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
}

fn unicode(text: &str) -> String {
    each(text, |c| format!("\\u{:04x}", u32::from(c)))
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;").replace('=', "&equals;").replace('/', "&sol;")
}

/// A secret in all forms, with names. What is cut has to be at the end of a text.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut mixed = String::new();
    for (at, c) in secret.chars().enumerate() {
        let c = c.to_string();
        mixed.push_str(&match at % 5 {
            0 => c,
            1 => percent(&c, at % 2 == 0),
            2 => format!("&#{};", u32::from(c.chars().next().unwrap())),
            3 => unicode(&c),
            _ => html(&c),
        });
    }
    vec![
        ("as it is", secret.to_owned()),
        ("JSON", json_escaped(secret)),
        ("JSON with slashes", json_escaped(secret).replace('/', "\\/")),
        ("JSON in hex", unicode(secret)),
        ("JSON in capitals", each(secret, |c| format!("\\u{:04X}", u32::from(c)))),
        ("JSON throughout", secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()),
        ("JSON in JSON", json_escaped(&json_escaped(secret))),
        ("hex in JSON", json_escaped(&unicode(secret))),
        ("percent", percent(secret, true)),
        ("percent in lower case", percent(secret, false)),
        ("form", form.clone()),
        ("percent twice", percent(&percent(secret, true), true)),
        ("form twice", form_urlencoded::byte_serialize(form.as_bytes()).collect()),
        ("percent in JSON", unicode(&percent(secret, false))),
        ("JSON in percent", percent(&json_escaped(secret), true)),
        ("HTML", html(secret)),
        ("HTML in decimals", each(secret, |c| format!("&#{};", u32::from(c)))),
        ("HTML in hex", each(secret, |c| format!("&#x{:X};", u32::from(c)))),
        ("HTML twice", html(&html(secret))),
        ("HTML in JSON", json_escaped(&html(secret))),
        ("base64", STANDARD.encode(secret)),
        ("base64 without padding", STANDARD_NO_PAD.encode(secret)),
        ("base64 for URLs", URL_SAFE.encode(secret)),
        ("base64 for URLs without padding", URL_SAFE_NO_PAD.encode(secret)),
        ("base64 in percent", percent(&STANDARD.encode(secret), true)),
        ("Basic", STANDARD.encode(format!("{EMAIL}:{secret}"))),
        ("Basic for another user", URL_SAFE_NO_PAD.encode(format!("u:{secret}:x"))),
        ("mixed", mixed),
    ]
}

/// A place where a server can put a text; the answer, or `None` if the text cannot stand there.
struct Place {
    name: &'static str,
    answer: fn(&str) -> Option<String>,
}

fn with_json(status: u16, body: &Value) -> String {
    answer(status, "content-type: application/json", &body.to_string())
}

fn with_header(status: u16, name: &str, text: &str, body: &str) -> Option<String> {
    let fits = text.bytes().all(|byte| (32..127).contains(&byte));
    let content_type = if name == "content-type" { "" } else { "content-type: application/json\r\n" };
    fits.then(|| answer(status, &format!("{content_type}{name}: {text}"), body))
}

const PLACES: &[Place] = &[
    Place { name: "message", answer: |t| Some(with_json(400, &json!({"error": {"message": format!("bad {t}")}}))) },
    Place { name: "detail", answer: |t| Some(with_json(400, &json!({"error": {"message": "m", "detail": t}}))) },
    Place {
        name: "object in detail",
        answer: |t| Some(with_json(400, &json!({"error": {"message": "m", "detail": {"got": [t]}}}))),
    },
    Place {
        name: "field",
        answer: |t| Some(with_json(400, &json!({"error": {"message": "m", "fields": {"f": ["no", t]}}}))),
    },
    Place {
        name: "name of a field",
        answer: |t| Some(with_json(400, &json!({"error": {"message": "m", "fields": {t: "no"}}}))),
    },
    Place { name: "key", answer: |t| Some(with_json(400, &json!({"key": t, "message": "m"}))) },
    Place { name: "id", answer: |t| Some(with_json(500, &json!({"error": {"message": "m", "id": t}}))) },
    Place {
        name: "scopes in the body",
        answer: |t| {
            Some(with_json(403, &json!({"error": {"message": "m", "detail": {"required": [t], "granted": [t]}}})))
        },
    },
    Place { name: "plain text", answer: |t| Some(answer(400, "content-type: text/plain", &format!("you sent {t}"))) },
    Place { name: "no content type", answer: |t| Some(answer(502, "", &format!("bad: {t} (try again)"))) },
    Place {
        name: "form sent back",
        answer: |t| Some(answer(400, "content-type: text/plain", &format!("a=b&token={t}&c=d"))),
    },
    Place {
        name: "XML",
        answer: |t| {
            let body = format!("<?xml version=\"1.0\"?><Error><Message>{t}</Message><Value>{t}</Value></Error>");
            Some(answer(400, "content-type: application/xml", &body))
        },
    },
    Place {
        name: "HTML",
        answer: |t| Some(answer(404, "content-type: text/html", &format!("<title>{t}</title><p>{t}</p>"))),
    },
    Place { name: "HTML for JSON", answer: |t| Some(answer(200, "content-type: text/html", &format!("<title>{t}"))) },
    Place { name: "text for JSON", answer: |t| Some(answer(200, "content-type: text/plain", &format!("down {t}"))) },
    Place { name: "member of a wrong type", answer: |t| Some(with_json(200, &json!({"count": t}))) },
    Place { name: "near a wrong type", answer: |t| Some(with_json(200, &json!({"a": 1, "b": {t: "x"}, "c": [t]}))) },
    Place { name: "error with 200", answer: |t| Some(with_json(200, &json!({"error": {"message": t}}))) },
    Place { name: "message for items", answer: |t| Some(with_json(200, &json!({"values": t}))) },
    Place { name: "Content-Type", answer: |t| with_header(400, "content-type", t, "{}") },
    Place {
        name: "Content-Type for JSON",
        answer: |t| with_header(200, "content-type", &format!("text/x; a={t}"), "nothing"),
    },
    Place { name: "Content-Encoding", answer: |t| with_header(200, "content-encoding", t, "[") },
    Place { name: "X-OAuth-Scopes", answer: |t| with_header(403, "x-oauth-scopes", t, "{}") },
    Place { name: "X-Accepted-OAuth-Scopes", answer: |t| with_header(401, "x-accepted-oauth-scopes", t, "{}") },
    Place { name: "X-Request-Id", answer: |t| with_header(400, "x-request-id", t, "{}") },
    Place { name: "X-Request-Id of a success", answer: |t| with_header(200, "x-request-id", t, "{}") },
    Place { name: "any header of a success", answer: |t| with_header(200, "x-any", t, "{}") },
    Place { name: "Deprecation", answer: |t| with_header(200, "deprecation", t, "{}") },
    Place { name: "Sunset", answer: |t| with_header(404, "sunset", t, "{}") },
    Place { name: "Location", answer: |t| with_header(302, "location", &format!("http://127.0.0.1:1/{t}"), "") },
    Place { name: "Link", answer: |t| with_header(400, "link", &format!("<http://x/{t}>; rel=next"), "{}") },
    Place { name: "Retry-After", answer: |t| with_header(429, "retry-after", t, "{}") },
];

/// Places whose texts errors do not keep.
const SHOW_NOTHING: [&str; 6] = ["HTML", "HTML for JSON", "Content-Type", "Location", "Link", "Retry-After"];

/// Writes down what hooks are shown.
struct Note(Arc<Mutex<String>>);

impl Hook for Note {
    fn on_response(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{attempt:?} {outcome:?} ").unwrap();
        for (name, value) in outcome.headers.into_iter().flatten() {
            write!(text, "{name}: {} ", String::from_utf8_lossy(value.as_bytes())).unwrap();
        }
        if let Some(error) = outcome.error {
            text.push_str(&all(error));
        }
    }
}

/// Everything that an error shows.
fn all(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n");
    let parts = [error.message(), error.detail(), error.key(), error.error_id(), error.request_id()];
    let parts = parts.into_iter().chain([error.body_excerpt(), error.hint(), error.address()]);
    for part in parts.flatten() {
        writeln!(text, "{part}").unwrap();
    }
    writeln!(text, "{}\n{}", error.required_scopes().join("\n"), error.granted_scopes().join("\n")).unwrap();
    for (name, texts) in error.fields() {
        writeln!(text, "{name}\n{}", texts.join("\n")).unwrap();
    }
    let mut source = error.source();
    while let Some(error) = source {
        writeln!(text, "{error}\n{error:?}").unwrap();
        source = error.source();
    }
    text
}

struct Setting {
    trace: Trace,
    notes: Arc<Mutex<String>>,
    server: Server,
    client: Client,
    calls: AtomicU32,
}

impl Setting {
    async fn new(answers: &[String]) -> Self {
        let server = Server::start(answers).await;
        let notes = Arc::new(Mutex::new(String::new()));
        let builder = Client::builder().base_url(&server.base).credentials(Credentials::api_token(EMAIL, TOKEN));
        let client = builder.retry(RetryPolicy::none()).hook(Note(Arc::clone(&notes))).build().unwrap();
        Self { trace: Trace::default(), notes, server, client, calls: AtomicU32::new(0) }
    }

    fn request(&self) -> Request {
        let body = json!({"name": "n", "password": PASSWORD, "nested": [{"secret": SHORT}]});
        // A path is warned about once.
        self.client.request(Method::POST, format!("/a/{}", self.calls.fetch_add(1, Ordering::Relaxed))).json(&body)
    }

    /// Everything that one call shows.
    async fn call(&self) -> String {
        let _guard = tracing::subscriber::set_default(self.trace.clone());
        let mut text = match self.request().send_as::<std::collections::BTreeMap<String, u8>>().await {
            Ok(_) => String::new(),
            Err(error) => all(&error),
        };
        text.push_str(&std::mem::take(&mut *self.notes.lock().unwrap()));
        text.push_str(&self.trace.take());
        text
    }
}

/// Whether a text shows one of these, perhaps with the escapes of `Debug`.
fn shown<'f>(text: &str, forms: &'f [String]) -> Option<&'f str> {
    let found = |form: &&String| text.contains(form.as_str()) || text.contains(&form.escape_debug().to_string());
    forms.iter().find(found).map(String::as_str)
}

#[tokio::test]
async fn no_form_at_any_place_shows_a_secret() {
    let (mut missed, mut tried) = (Vec::new(), 0);
    for place in PLACES {
        let mut redacted = 0;
        for secret in [TOKEN, PASSWORD] {
            let forms = forms(secret);
            let needles: Vec<String> = forms.iter().map(|(_, form)| form.clone()).collect();
            let answers: Vec<_> = forms.iter().map(|(name, form)| (*name, (place.answer)(form))).collect();
            let sent: Vec<String> = answers.iter().filter_map(|(_, answer)| answer.clone()).collect();
            let setting = Setting::new(&sent).await;
            for (name, _) in answers.iter().filter(|(_, answer)| answer.is_some()) {
                let text = setting.call().await;
                tried += 1;
                redacted += usize::from(text.contains("[redacted]"));
                if text.contains("[redacted[") || text.contains("redacted]]") {
                    missed.push(format!("{}: {name}: nested", place.name));
                }
                if let Some(form) = shown(&text, &needles) {
                    missed.push(format!("{}: {name}: {form}", place.name));
                }
            }
            assert_eq!(setting.server.seen().len(), sent.len(), "{}", place.name);
        }
        // Only a trace shows this header.
        let is_untraced = place.name == "Sunset" && cfg!(not(feature = "tracing"));
        if redacted == 0 && !is_untraced && !SHOW_NOTHING.contains(&place.name) {
            missed.push(format!("{}: nothing is shown, so nothing was tried", place.name));
        }
    }
    assert!(tried > 1000, "{tried}");
    assert!(missed.is_empty(), "{} of {tried}:\n{}", missed.len(), missed.join("\n"));
    what_is_cut_off().await;
    token_endpoint().await;
    short_secrets().await;
    headers_and_controls().await;
    secrets_of_requests().await;
}

/// The beginning of a secret at the end of what was kept, by the server or by the client.
async fn what_is_cut_off() {
    let mut missed = Vec::new();
    for ((name, form), (_, six)) in forms(TOKEN).into_iter().zip(forms(&TOKEN[..6])) {
        if name.starts_with("Basic") {
            continue;
        }
        let from = if name.starts_with("base64") { 8 } else { six.len() };
        let cuts: Vec<&str> = (from..form.len()).step_by(6).filter_map(|keep| form.get(..keep)).collect();
        let answers = cuts.iter().flat_map(|cut| {
            let padded = |limit: usize| format!("{} {cut}", "x".repeat(limit - cut.len() - 1));
            let bodies = [
                format!("you sent {cut}"),
                padded(64 * 1024) + "more that is not read",
                padded(1024),
                format!("you sent {cut}…"),
                json!({"error": {"message": format!("you sent {cut}"), "detail": padded(1024)}}).to_string(),
                json!({"error": {"message": padded(400), "detail": format!("{cut}...")}}).to_string(),
            ];
            bodies.map(|body| answer(400, "content-type: application/json", &body))
        });
        let setting = Setting::new(&answers.collect::<Vec<_>>()).await;
        for cut in cuts.iter().flat_map(|cut| [cut; 6]) {
            if setting.call().await.contains(cut) {
                missed.push(format!("{name}: {cut}"));
            }
        }
    }
    missed.dedup();
    assert!(missed.is_empty(), "{} cut:\n{}", missed.len(), missed.join("\n"));
}

/// The token endpoint is sent other secrets, and can send back its form.
async fn token_endpoint() {
    const CLIENT: &str = "cl=ient/se+cret";
    let mut answers = Vec::new();
    let mut needles = Vec::new();
    for (_, form) in forms(CLIENT).into_iter().chain(forms(PASSWORD)) {
        let echo = format!("grant_type=refresh_token&refresh_token={form}&x=y\u{1b}[31m");
        answers.push(answer(400, "content-type: text/plain", &echo));
        answers.push(with_json(401, &json!({"error": "invalid_grant", "error_description": form})));
        answers.push(with_json(400, &json!({"error": echo})));
        answers.push(answer(400, "content-type: text/html", &format!("<html><title>{form}")));
        needles.push(form);
    }
    let server = Server::start(&answers).await;
    for _ in 0..answers.len() {
        let oauth = OAuth::refresh_token("key", CLIENT, PASSWORD).token_url(format!("{}/token", server.base));
        let builder = Client::builder().base_url(&server.base).credentials(Credentials::oauth(oauth));
        let client = builder.retry(RetryPolicy::none()).build().unwrap();
        let error = client.request(Method::GET, "/a").send_raw().await.unwrap_err();
        let text = all(&error);
        assert_eq!(error.kind(), ErrorKind::Credentials, "{text}");
        assert_eq!(shown(&text, &needles), None, "{text}");
        assert!(!text.contains('\u{1b}') && text.len() < 4000, "{text}");
    }
}

/// They are replaced where they stand alone, and the text around them is left alone.
async fn short_secrets() {
    let running = "no q7=xq or aq7=x";
    let answers = [
        with_json(400, &json!({"error": {"message": SHORT, "detail": {"got": SHORT}, "fields": {"f": SHORT}}})),
        answer(400, "content-type: text/plain", &format!("a=b&secret={}&c=d", percent(SHORT, true))),
        answer(400, "content-type: text/plain", &format!("{{\"secret\":\"{}\"", unicode(SHORT))),
        with_header(400, "x-request-id", SHORT, "{}").unwrap(),
        with_json(400, &json!({"error": {"message": running}})),
    ];
    let setting = Setting::new(&answers).await;
    for _ in 0..answers.len() - 1 {
        let text = setting.call().await;
        assert!(text.contains("[redacted]"), "{text}");
        let forms = [SHORT.to_owned(), percent(SHORT, true), unicode(SHORT)];
        assert_eq!(shown(&text, &forms), None, "{text}");
    }
    let text = setting.call().await;
    assert!(text.contains(running) && !text.contains("[redacted]"), "{text}");
}

/// Headers are bounded, and nothing that a terminal would obey is shown.
async fn headers_and_controls() {
    let long = "a/b".to_owned() + &"x".repeat(200_000);
    let headers = format!("content-type: {long}\r\nx-request-id: {long}\r\nx-oauth-scopes: {long}");
    let control = "\u{1b}[31mred\u{1b}[0m\u{7}\u{9b}2J\r\u{202e}evil\u{8}";
    let answers = [
        answer(200, &headers, "nothing"),
        answer(200, &format!("content-type: application/json\r\ncontent-encoding: {long}"), "["),
        answer(403, &headers, "{}"),
        with_json(400, &json!({"error": {"message": control, "detail": control, "id": control}})),
        with_json(400, &json!({"error": {"message": "m", "fields": {control: control}}, "key": control})),
        answer(400, "content-type: text/plain", &format!("bad {control}")),
        answer(200, "content-type: text/plain", control),
        with_json(200, &json!({"count": control, control: 1})),
        answer(200, "content-type: application/json", &format!("{{\"a\": {control}")),
    ];
    let setting = Setting::new(&answers).await;
    for _ in 0..answers.len() {
        let error = setting.request().send_as::<std::collections::BTreeMap<String, u8>>().await.unwrap_err();
        let text = all(&error);
        assert!(error.to_string().len() < 3_000, "{}", error.to_string().len());
        assert!(format!("{error:?}").len() < 5_000 && text.len() < 30_000, "{}", text.len());
        let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}');
        assert!(!text.chars().any(obeyed), "{text:?}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    // Pages of HTML can hold data of whoever is logged in.
    let page = format!("<!doctype html><title>Mallory</title>{}", "<p>profile of mallory</p>".repeat(1000));
    let bodies = [
        answer(404, "content-type: text/html; charset=utf-8", &page),
        answer(404, "content-type: application/json", &page),
        answer(200, "content-type: text/html", &page),
        answer(502, "", &format!("upstream said: {page}")),
        with_json(500, &json!({"error": {"message": page}})),
    ];
    let setting = Setting::new(&bodies).await;
    for _ in 0..bodies.len() {
        let text = setting.call().await;
        assert!(!text.to_ascii_lowercase().contains("mallory"), "{text}");
        assert!(text.contains("HTML") && text.contains("250"), "{text}");
    }
}

/// A value is secret by the name that it was sent under.
async fn secrets_of_requests() {
    const VALUE: &str = "value-canary";
    let setting = Setting::new(&[with_json(400, &json!({"error": {"message": format!("bad {VALUE}!")}}))]).await;
    let at = |path: &str| setting.client.request(Method::POST, path);
    #[cfg_attr(not(feature = "full"), allow(unused_mut, reason = "what is added needs all groups"))]
    let mut requests = vec![
        at("/a").json(&json!({"private_key": VALUE})),
        at("/a").json(&json!({"a": [{"Client-Secret": VALUE}]})),
        at("/a").json(&json!([{"key": "K", "value": VALUE, "secured": true}])),
        at("/a").json(&json!({"token": {"inner": [VALUE]}})),
        at("/a").bytes("application/vnd.x+json; charset=utf-8", format!("{{\"passphrase\":\"{VALUE}\"}}")),
        at("/a").form(&json!({"refresh_token": VALUE})),
        at("/a").form(&json!({"v[0].value": VALUE, "v[0].secured": true})),
        at("/a").query("access_token", VALUE),
        at(&format!("/a?x=1&jwt={VALUE}")),
        at("/a").query("variables[0].value", VALUE).query("variables[0].secured", true),
        at("/a").header("x-api-key", VALUE),
        at("/a").header("cookie", format!("a=1; session={VALUE}")),
        at("/a").header("authorization", format!("Bearer {VALUE}")),
        at("/a").header("authorization", format!("Basic {}", STANDARD.encode(format!("u:{VALUE}")))),
        at("/a").multipart(bitbucket_cloud::Multipart::new().text("name", "n").text("secret", VALUE)),
    ];
    #[cfg(feature = "full")]
    {
        use bitbucket_cloud::types::{
            DeploymentVariable, Pipeline, PipelineRefTarget, PipelineSshKeyPair, PipelineVariable, Webhook,
        };
        let variable = PipelineVariable::new("K", VALUE);
        let secured = PipelineVariable::secret("K", VALUE);
        let main = Pipeline::on(PipelineRefTarget::branch("main")).with_variables([secured.clone()]);
        let (repository, hook) = (setting.client.repository("w", "r"), Webhook::default().with_secret(VALUE));
        let of_environment = DeploymentVariable::default().with_key("K").with_value(VALUE).with_secured(true);
        requests.extend([
            repository.pipelines().create_variable(&variable).into_request(),
            repository.pipelines().create_variable(&secured).into_request(),
            repository.pipelines().create(&main).into_request(),
            repository.pipelines().set_ssh_key_pair(&PipelineSshKeyPair::new(VALUE, "ssh-rsa A")).into_request(),
            repository.deployments().create_variable("{e}", &of_environment).into_request(),
            repository.webhooks().create(&hook).into_request(),
        ]);
    }
    for request in requests {
        let name = format!("{request:?}");
        let error = request.send_raw().await.unwrap_err();
        let text = all(&error);
        assert!(text.contains("bad [redacted]!") && !text.contains(VALUE), "{name}: {text}");
    }
    // What is said not to be secret is shown.
    for body in [json!({"key": "K", "value": VALUE, "secured": false}), json!({"name": VALUE, "token_endpoint": VALUE})]
    {
        let error = at("/a").json(&body).send_raw().await.unwrap_err();
        assert!(error.to_string().contains(VALUE), "{error}");
    }
}

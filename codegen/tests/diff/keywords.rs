//! Nothing changes in silence: each keyword of OpenAPI 3.0 is added, changed and removed at each place of a small document,
//! and each time the comparison says something. Nothing is left out on purpose: texts and vendor extensions are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use bitbucket_codegen::diff::{self, Comparison, Side, Terms};
use serde_json::{Value, json};

use crate::fixture::{Spec, line};

/// A document with an object of every kind, and all of their keywords.
const DOCUMENT: &str = include_str!("keywords.json");

/// The keywords of OpenAPI 3.0.3, by the kind of object; `a:Kind`, `a:[Kind]` and `a:{Kind}` hold further objects.
const KEYWORDS: [(&str, &str); 26] = [
    (
        "Document",
        "openapi info:Info servers:[Server] components:Components security tags:[Tag] externalDocs:ExternalDocs \
         paths:{PathItem}",
    ),
    ("Info", "title description termsOfService contact:Contact license:License version"),
    ("Contact", "name url email"),
    ("License", "name url"),
    ("Server", "url description variables:{ServerVariable}"),
    ("ServerVariable", "enum default description"),
    (
        "Components",
        "schemas:{Schema} responses:{Response} parameters:{Parameter} examples:{Example} requestBodies:{RequestBody} \
         headers:{Header} securitySchemes:{SecurityScheme} links:{Link} callbacks:{Callback}",
    ),
    (
        "PathItem",
        "summary description servers:[Server] parameters:[Parameter] get:Operation put:Operation post:Operation \
         delete:Operation head:Operation patch:Operation options:Operation trace:Operation",
    ),
    (
        "Operation",
        "tags summary description externalDocs:ExternalDocs operationId parameters:[Parameter] requestBody:RequestBody \
         responses:{Response} callbacks:{Callback} deprecated security servers:[Server]",
    ),
    ("ExternalDocs", "description url"),
    (
        "Parameter",
        "name in description required deprecated allowEmptyValue style explode allowReserved schema:Schema example \
         examples:{Example} content:{MediaType}",
    ),
    ("RequestBody", "description content:{MediaType} required"),
    ("MediaType", "schema:Schema example examples:{Example} encoding:{Encoding}"),
    ("Encoding", "contentType headers:{Header} style explode allowReserved"),
    ("Response", "description headers:{Header} content:{MediaType} links:{Link}"),
    ("Callback", ""),
    ("Example", "summary description value externalValue"),
    ("Link", "operationRef operationId parameters requestBody description server:Server"),
    (
        "Header",
        "description required deprecated allowEmptyValue style explode allowReserved schema:Schema example \
         examples:{Example} content:{MediaType}",
    ),
    ("Tag", "name description externalDocs:ExternalDocs"),
    (
        "Schema",
        "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems \
         uniqueItems maxProperties minProperties required enum type allOf:[Schema] oneOf:[Schema] anyOf:[Schema] not:Schema \
         items:Schema properties:{Schema} additionalProperties:Schema description format default nullable \
         discriminator:Discriminator readOnly writeOnly xml:Xml externalDocs:ExternalDocs example deprecated",
    ),
    ("Discriminator", "propertyName mapping"),
    ("Xml", "name namespace prefix attribute wrapped"),
    ("SecurityScheme", "type description name in scheme bearerFormat flows:Flows openIdConnectUrl"),
    ("Flows", "implicit:Flow password:Flow clientCredentials:Flow authorizationCode:Flow"),
    ("Flow", "authorizationUrl tokenUrl refreshUrl scopes"),
];

/// A value of a keyword that the document has not at this place.
fn sample(kind: &str, keyword: &str) -> Value {
    match (kind, keyword) {
        (_, "required") if kind == "Schema" => json!(["note"]),
        (_, "in") => json!("cookie"),
        (
            _,
            "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" | "nullable" | "readOnly" | "writeOnly"
            | "deprecated" | "required" | "allowEmptyValue" | "allowReserved" | "attribute" | "wrapped",
        ) => json!(true),
        (_, "explode") => json!(kind == "Header"),
        (_, "multipleOf" | "maximum" | "minimum") => json!(7),
        (_, "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties") => json!(3),
        (_, "enum") => json!(["ONE", "TWO"]),
        (_, "tags") if kind == "Document" => json!([{"name": "Others"}]),
        (_, "tags") => json!(["Others"]),
        (_, "security") => json!([{"key": []}]),
        (_, "servers") => json!([{"url": "https://elsewhere.example.org"}]),
        (_, "server") => json!({"url": "https://elsewhere.example.org"}),
        (_, "type") if kind == "Schema" => json!("boolean"),
        (_, "format") => json!("date-time"),
        (_, "style") => json!("deepObject"),
        (_, "allOf" | "oneOf" | "anyOf") => json!([{"type": "object", "properties": {"more": {"type": "string"}}}]),
        (_, "not" | "items" | "schema") => json!({"type": "boolean"}),
        (_, "additionalProperties") => json!({"type": "integer"}),
        (_, "properties" | "schemas") => json!({"more": {"type": "string"}}),
        (_, "discriminator") => json!({"propertyName": "sort"}),
        (_, "mapping" | "scopes") => json!({"more": "More"}),
        (_, "xml" | "contact") => json!({"name": "more"}),
        (_, "license") => json!({"name": "ISC"}),
        (_, "externalDocs") => json!({"url": "https://example.org/more"}),
        (_, "content") => json!({"text/plain": {"schema": {"type": "string"}}}),
        (_, "headers") => json!({"X-More": {"schema": {"type": "string"}}}),
        (_, "examples") => json!({"more": {"value": 1}}),
        (_, "encoding") => json!({"file": {"contentType": "text/plain"}}),
        (_, "links") => json!({"more": {"operationId": "listThings"}}),
        (_, "variables") => json!({"more": {"default": "a"}}),
        (_, "callbacks") => json!({"more": {"{$url}": {"post": {"responses": {"200": {"description": ""}}}}}}),
        (_, "responses") => json!({"200": {"description": ""}}),
        (_, "requestBody") if kind == "Operation" => json!({"content": {"text/plain": {"schema": {"type": "string"}}}}),
        (_, "requestBodies") => json!({"more": {"content": {}}}),
        (_, "securitySchemes") => json!({"more": {"type": "http", "scheme": "bearer"}}),
        ("Operation" | "PathItem", "parameters") => {
            json!([{"name": "more", "in": "query", "schema": {"type": "string"}}])
        }
        ("Components", "parameters") => json!({"more": {"name": "more", "in": "query", "schema": {"type": "string"}}}),
        (_, "parameters") => json!({"more": "$url"}),
        ("Flows", _) => json!({"authorizationUrl": "a", "tokenUrl": "b", "scopes": {}}),
        ("PathItem", verb) if verb.len() < 8 && !["summary"].contains(&verb) => {
            json!({"operationId": format!("{verb}More"), "tags": ["Things"], "responses": {"204": {"description": ""}}})
        }
        _ => json!("something else"),
    }
}

/// Steps that know no place of the document: the passes refuse what they could not take.
const INSIDE: [&str; 5] = ["progenitor:", "join types:", "progenitor_check:", "emit:", "print:"];

/// One change: what it is called, and where it is made.
#[derive(Debug)]
struct Mutation {
    /// Kind, keyword and what is done.
    name: String,
    pointer: String,
    /// `None` where it is removed.
    value: Option<Value>,
}

/// The kind that a keyword holds: `:Kind`, `:[Kind]`, `:{Kind}`.
fn held(keyword: &str) -> (&str, Option<(&str, char)>) {
    let Some((keyword, kind)) = keyword.split_once(':') else { return (keyword, None) };
    let form = kind.chars().next().unwrap_or_default();
    (keyword, Some((kind.trim_matches(['[', ']', '{', '}']), form)))
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// All changes of an object and of what it holds. `found` keeps one place for each change and way to it.
fn mutations(kind: &str, value: &Value, pointer: &str, way: &str, found: &mut BTreeMap<String, Mutation>) {
    if !value.is_object() || value.get("$ref").is_some() {
        return;
    }
    let mut add = |keyword: &str, done: &str, value: Option<Value>| {
        let name = format!("{kind}.{keyword} {done}");
        let pointer = format!("{pointer}/{}", escape(keyword));
        found.entry(format!("{name} {way}")).or_insert(Mutation { name, pointer, value });
    };
    let known = KEYWORDS.iter().find(|(name, _)| *name == kind).map_or("", |(_, keywords)| keywords);
    for keyword in known.split_whitespace() {
        let (keyword, _) = held(keyword);
        match value.get(keyword) {
            None => add(keyword, "added", Some(sample(kind, keyword))),
            Some(known) => {
                let changed = match (known, sample(kind, keyword)) {
                    (Value::Bool(known), _) => json!(!known),
                    (Value::Object(known), Value::Object(more)) if keyword != "schema" => {
                        known.clone().into_iter().chain(more).collect()
                    }
                    (Value::Array(known), Value::Array(more)) => known.iter().cloned().chain(more).collect(),
                    (_, sample) => sample,
                };
                add(keyword, "changed", Some(changed));
                add(keyword, "removed", None);
            }
        }
    }
    add("x-something", "added", Some(json!(1)));
    // The keys of a callback are expressions.
    for (key, value) in value.as_object().into_iter().flatten().filter(|_| kind == "Callback") {
        mutations("PathItem", value, &format!("{pointer}/{}", escape(key)), way, found);
    }
    for keyword in known.split_whitespace() {
        let (keyword, Some((inner, form))) = held(keyword) else { continue };
        let Some(value) = value.get(keyword) else { continue };
        let pointer = format!("{pointer}/{keyword}");
        // A schema of a request, of an answer, of a parameter and so on: each may be looked at by other code.
        let way = match kind {
            "Schema" if keyword != "properties" => format!("{way}.{keyword}"),
            "Schema" | "MediaType" => way.to_owned(),
            _ => keyword.to_owned(),
        };
        match (form, value) {
            ('[', Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    mutations(inner, item, &format!("{pointer}/{index}"), &way, found);
                }
            }
            ('{', Value::Object(entries)) => {
                for (key, value) in entries {
                    let typed = value.get("type").and_then(Value::as_str).unwrap_or_default();
                    let way = if inner == "Schema" { format!("{way}.{typed}") } else { way.clone() };
                    mutations(inner, value, &format!("{pointer}/{}", escape(key)), &way, found);
                }
            }
            (_, value) => mutations(inner, value, &pointer, &way, found),
        }
    }
}

fn spec(document: Value) -> Spec {
    let group = "\n[[group]]\ntag = \"Things\"\nmodule = \"things\"\nfeature = \"things\"\npage = \"things\"\ndoc = \"Things.\"\nowner = \"repository\"\n";
    Spec {
        document,
        overlay: "overlay: 1.1.0\ninfo: {title: Corrections, version: 1.0.0}\nactions: []\n".to_owned(),
        groups: group.to_owned(),
        identifiers: String::new(),
        facts: String::new(),
        shortcuts: String::new(),
        ..Spec::new()
    }
}

/// The changes of which nothing is said.
fn silent(old: &Side<'_>, document: &Value, mutations: &[Mutation]) -> BTreeSet<String> {
    let found = Mutex::new(BTreeSet::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let one = || {
        while let Some(mutation) = mutations.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            let mut document = document.clone();
            let (owner, keyword) = mutation.pointer.rsplit_once('/').unwrap();
            let keyword = keyword.replace("~1", "/").replace("~0", "~");
            let owner = document.pointer_mut(owner).unwrap().as_object_mut().unwrap();
            match &mutation.value {
                Some(value) => drop(owner.insert(keyword, value.clone())),
                None => drop(owner.remove(&keyword)),
            }
            let told = spec(document).small_side("new", |new| match new {
                // That is said as well, if it is said before it is too late for a place.
                Err(error) => Some(error.to_string()).filter(|text| !INSIDE.iter().any(|step| text.starts_with(step))),
                Ok(new) => told(&diff::compare(old, &new, &Terms { declared: "0.1.0", ..Terms::default() })),
            });
            if std::env::var_os("SHOW").is_some() {
                println!("{} {}: {}", mutation.name, mutation.pointer, told.clone().unwrap_or_default());
            }
            if told.is_none() {
                found.lock().unwrap().insert(format!("{} at {}", mutation.name, mutation.pointer));
            }
        }
    };
    std::thread::scope(|scope| {
        (0..2).for_each(|_| drop(scope.spawn(one)));
    });
    found.into_inner().unwrap()
}

fn told(comparison: &Comparison) -> Option<String> {
    // The small surface has no macros, which explain a part of it.
    let told = comparison.findings.iter().filter(|finding| finding.rule != "unexplained");
    let lines: Vec<String> = told.map(line).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

#[test]
fn no_keyword_changes_in_silence() {
    let document = serde_json::from_str(DOCUMENT).unwrap();
    let mut all = BTreeMap::new();
    mutations("Document", &document, "", "", &mut all);
    let all: Vec<Mutation> = all.into_values().collect();
    // A kind or a keyword that the document lacks is not forgotten.
    for (kind, keywords) in KEYWORDS {
        for keyword in keywords.split_whitespace().map(|keyword| held(keyword).0) {
            let name = format!("{kind}.{keyword} ");
            assert!(all.iter().any(|mutation| mutation.name.starts_with(&name)), "the document has no {name}");
        }
    }
    let silent = spec(document.clone()).small_side("old", |old| silent(&old.unwrap(), &document, &all));
    assert!(silent.is_empty(), "{} of {} changes are silent: {silent:#?}", silent.len(), all.len());
}

//! A small API with a bit of everything, and comparisons of it with changed copies.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use bitbucket_codegen::diff::{self, Comparison, EffectClass, Finding, Side, SideInputs, Terms};
use bitbucket_codegen::{Inputs, Source};
use serde_json::{Value, json};

/// The texts of a side.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) document: Value,
    pub(crate) overlay: String,
    pub(crate) operations: String,
    pub(crate) groups: String,
    pub(crate) handles: String,
    pub(crate) identifiers: String,
    pub(crate) types: String,
    pub(crate) facts: String,
    pub(crate) shortcuts: String,
    pub(crate) withdrawn: String,
}

const WORDS: &str = r#"
[verbs]
list = "answers with a page"
get = "answers with one object, or with bytes"
is = "the status alone answers"
create = "makes a new thing"
update = "changes what was created before"
set = "creates or replaces what the caller gave its key"
delete = "deletes a thing"
stop = "ends it"

[owners]
"/boxes/{box}" = "repository"
"#;

const GROUPS: &str = r#"
[[group]]
tag = "Things"
module = "things"
feature = "things"
page = "things"
doc = "Things."
owner = "repository"

[[group]]
tag = "Logs"
module = "logs"
feature = "logs"
page = "logs"
doc = "Logs."
owner = "repository"
"#;

const FACTS: &str = r#"
[[parameter]]
name = "page"
in = "query"
type = "integer"
doc = "Number of the page."
where = { answers = "page" }
reason = "every list is paged"

[[list]]
where = { answers = "page" }
page_len = 100
size = true
reason = "tried"

[[received]]
members = ["created_on"]
reason = "only the service knows"

[[value]]
members = ["uuid"]
type = "Uuid"
reason = "they look so"
"#;

const SHORTCUTS: &str = r#"
[[shortcut]]
type = "Thing"
name = "owner_name"
doc = "Name of the owner."
path = "owner.name"
"#;

const IDENTIFIERS: &str = r#"
[[identifier]]
parameter = "thing_id"
member = "Thing.id"
"#;

pub(crate) const OVERLAY: &str = "overlay: 1.1.0
info: {title: Corrections, version: 1.0.0}
actions:
- x-name: thing-needs
  x-reason: It is refused without a name.
  target: $.components.schemas.thing
  x-expect:
    x-required-on-send: null
  update:
    x-required-on-send: [name]
";

/// The document.
pub(crate) fn document() -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let answer = |name: &str| json!({"200": {"description": "", "content": {"application/json": {"schema": reference(name)}}}, "404": {"description": ""}});
    let body = |name: &str| json!({"required": true, "content": {"application/json": {"schema": reference(name)}}});
    let in_path = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let query = |name: &str, schema: Value| json!({"name": name, "in": "query", "schema": schema});
    let text = || json!({"type": "string"});
    let shape = |own: Value| json!({"allOf": [reference("shape"), {"type": "object", "properties": own}]});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Boxes", "version": "1"},
        "servers": [{"url": "https://api.example.org/2.0"}],
        "paths": {
            "/boxes/{box}/things": {
                "parameters": [in_path("box")],
                "get": {
                    "operationId": "listThings", "tags": ["Things"], "summary": "Lists things",
                    "security": [{"oauth2": ["thing"]}],
                    "parameters": [query("phase", json!({"type": "string", "enum": ["OPEN", "CLOSED"]})), query("since", json!({"type": "string", "default": "yesterday"}))],
                    "responses": answer("paginated_things")
                },
                "post": {"operationId": "createThing", "tags": ["Things"], "requestBody": body("thing"), "responses": answer("thing")}
            },
            "/boxes/{box}/things/{thing_id}": {
                "parameters": [in_path("box"), in_path("thing_id")],
                "get": {"operationId": "getThing", "tags": ["Things"], "responses": answer("thing")},
                "put": {"operationId": "updateThing", "tags": ["Things"], "requestBody": body("thing"), "responses": answer("thing")},
                "delete": {"operationId": "deleteThing", "tags": ["Things"], "parameters": [query("force", json!({"type": "boolean"}))], "responses": {"204": {"description": ""}}}
            },
            "/boxes/{box}/things/{thing_id}/log": {
                "parameters": [in_path("box"), in_path("thing_id")],
                "get": {"operationId": "getLog", "tags": ["Logs"], "responses": {"200": {"description": "", "content": {"application/octet-stream": {}}}}}
            }
        },
        "components": {
            "securitySchemes": {"oauth2": {"type": "oauth2", "flows": {}}},
            "schemas": {
                "object": {"type": "object", "properties": {"type": text()}, "required": ["type"]},
                "thing": {"type": "object", "description": "A thing.", "properties": {
                    "type": text(),
                    "id": {"type": "integer"},
                    "uuid": text(),
                    "name": {"type": "string", "maxLength": 10},
                    "note": text(),
                    "size": {"type": "integer"},
                    "created_on": {"type": "string", "format": "date-time"},
                    "state": {"type": "string", "enum": ["NEW", "OLD", "GONE"]},
                    "owner": reference("owner"),
                    "measures": {"type": "object", "properties": {"width": {"type": "integer"}, "height": {"type": "integer"}}},
                    "shape": reference("shape")
                }},
                "owner": {"type": "object", "properties": {"name": text(), "mail": text()}},
                "shape": {"allOf": [reference("object"), {"type": "object", "properties": {"colour": text()}}]},
                "circle": shape(json!({"radius": {"type": "integer"}})),
                "square": shape(json!({"side": {"type": "integer"}})),
                "paginated_things": {"type": "object", "properties": {
                    "next": text(), "page": {"type": "integer"}, "pagelen": {"type": "integer"}, "size": {"type": "integer"},
                    "values": {"type": "array", "items": reference("thing")}
                }}
            }
        }
    })
}

impl Spec {
    pub(crate) fn new() -> Self {
        Self {
            document: document(),
            overlay: OVERLAY.to_owned(),
            operations: WORDS.to_owned(),
            groups: GROUPS.to_owned(),
            handles: String::new(),
            identifiers: IDENTIFIERS.to_owned(),
            types: String::new(),
            facts: FACTS.to_owned(),
            shortcuts: SHORTCUTS.to_owned(),
            withdrawn: String::new(),
        }
    }

    /// The node at a pointer.
    pub(crate) fn at(&mut self, pointer: &str) -> &mut Value {
        self.document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not in the fixture"))
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string_pretty(&self.document).unwrap()
    }

    /// The side, for as long as `visit` looks at it.
    pub(crate) fn side<T>(
        &self,
        label: &str,
        visit: impl FnOnce(Result<Side<'_>, bitbucket_codegen::Error>) -> T,
    ) -> T {
        let text = self.text();
        self.side_of_text(label, &text, visit)
    }

    /// A side whose hand-written half is as small as it can be: it is read in a tenth of the time.
    pub(crate) fn small_side<T>(
        &self,
        label: &str,
        visit: impl FnOnce(Result<Side<'_>, bitbucket_codegen::Error>) -> T,
    ) -> T {
        static SMALL: OnceLock<BTreeMap<String, String>> = OnceLock::new();
        let small = SMALL.get_or_init(|| {
            let macros =
                ["identified_by", "list_request", "log_request", "object", "open_enum", "request_methods", "union"];
            let macros = macros.map(|name| format!("macro_rules! {name} {{ ($($all:tt)*) => {{}}; }}\n")).concat();
            let kept = ["Link", "Links", "Page", "Timestamp", "TypeName", "Unknown", "Uuid"]
                .map(|name| format!("pub struct {name}; "))
                .concat();
            let library =
                format!("{macros}pub struct Client;\npub mod serialization {{ {kept}}}\npub mod generated;\n");
            BTreeMap::from([("src/lib.rs".to_owned(), library)])
        });
        self.side_with(label, &self.text(), small, visit)
    }

    pub(crate) fn side_of_text<T>(
        &self,
        label: &str,
        text: &str,
        visit: impl FnOnce(Result<Side<'_>, bitbucket_codegen::Error>) -> T,
    ) -> T {
        self.side_with(label, text, handwritten(), visit)
    }

    fn side_with<T>(
        &self,
        label: &str,
        text: &str,
        handwritten: &BTreeMap<String, String>,
        visit: impl FnOnce(Result<Side<'_>, bitbucket_codegen::Error>) -> T,
    ) -> T {
        let document = Source { name: "spec/bitbucket.json", text };
        let inputs = Inputs {
            document,
            overlay: Some(Source { name: "spec/corrections.overlay.yaml", text: &self.overlay }),
            operations: Source { name: "spec/operations.toml", text: &self.operations },
            groups: Source { name: "spec/groups.toml", text: &self.groups },
            handles: Source { name: "spec/handles.toml", text: &self.handles },
            identifiers: Source { name: "spec/identifiers.toml", text: &self.identifiers },
            types: Source { name: "spec/types.toml", text: &self.types },
            facts: Some(Source { name: "spec/facts.toml", text: &self.facts }),
            shortcuts: Source { name: "spec/shortcuts.toml", text: &self.shortcuts },
            withdrawn: Source { name: "spec/withdrawn.toml", text: &self.withdrawn },
            manifest: Source {
                name: "sdk/Cargo.toml",
                text: "[features]\n# <generated by cargo xtask generate>\n# </generated>\n",
            },
            strict: true,
        };
        visit(Side::read(SideInputs { label, inputs, original: document, handwritten }))
    }
}

/// Compares two sides.
pub(crate) fn compare(old: &Spec, new: &Spec) -> Comparison {
    compare_under(old, new, &Terms { declared: "0.1.0", ..Terms::default() })
}

/// Compares two sides in both directions.
pub(crate) fn compare_both_ways(one: &Spec, other: &Spec) -> (Comparison, Comparison) {
    let terms = Terms { declared: "0.1.0", ..Terms::default() };
    one.side("one", |one| {
        let one = one.unwrap_or_else(|error| panic!("the one side: {error}"));
        other.side("other", |other| {
            let other = other.unwrap_or_else(|error| panic!("the other side: {error}"));
            (diff::compare(&one, &other, &terms), diff::compare(&other, &one, &terms))
        })
    })
}

pub(crate) fn compare_under(old: &Spec, new: &Spec, terms: &Terms<'_>) -> Comparison {
    old.side("old", |old| {
        let old = old.unwrap_or_else(|error| panic!("the old side: {error}"));
        new.side("new", |new| {
            let new = new.unwrap_or_else(|error| panic!("the new side: {error}"));
            diff::compare(&old, &new, terms)
        })
    })
}

/// The findings as `class rule subject: old -> new`, the counts of prose left out.
pub(crate) fn lines(comparison: &Comparison) -> Vec<String> {
    let told = comparison.findings.iter().filter(|finding| finding.rule != "docs-changed");
    told.map(line).collect()
}

pub(crate) fn line(finding: &Finding) -> String {
    let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    format!(
        "{} {} {}: {} → {}",
        finding.class.name(),
        finding.rule,
        finding.subject,
        show(&finding.old),
        show(&finding.new)
    )
}

/// Every line of the surface has exactly one cause, and what changes it is no cause without effect.
pub(crate) fn check(comparison: &Comparison) {
    let listed = lines(comparison).join("\n");
    assert!(
        comparison.findings.iter().all(|finding| finding.rule != "unexplained"),
        "unexplained: {:#?}\n{listed}",
        comparison.findings.iter().find(|finding| finding.rule == "unexplained")
    );
    let of = |lines: fn(&Finding) -> &Vec<String>| {
        comparison.findings.iter().map(|finding| lines(finding).len()).sum::<usize>()
    };
    assert_eq!(of(|finding| &finding.removed), comparison.removed, "{listed}");
    assert_eq!(of(|finding| &finding.added), comparison.added, "{listed}");
    for finding in &comparison.findings {
        assert!(diff::rule(finding.rule).is_some(), "{} is no rule", finding.rule);
        assert_eq!(finding.fingerprint.len(), 16);
        let counts = finding.class == EffectClass::None && !finding.removed.is_empty();
        let names_only = ["param-renamed", "enum-reordered", "type-wire-renamed", "param-reordered"];
        assert!(!counts || names_only.contains(&finding.rule), "without effect, it says: {finding:#?}");
    }
    let prints: std::collections::BTreeSet<&str> =
        comparison.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    assert_eq!(prints.len(), comparison.findings.len(), "two findings of one fingerprint:\n{listed}");
}

/// The hand-written half of the crate, without the extensions.
fn handwritten() -> &'static BTreeMap<String, String> {
    static SOURCES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("sdk");
        let mut sources = BTreeMap::new();
        let mut open = vec![sdk.join("src")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let mut text = std::fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(&sdk).unwrap().to_str().unwrap().to_owned();
                const MARKS: [&str; 2] = ["// <vendored document only>\n", "// </vendored document only>\n"];
                while let (Some(begin), Some(end)) = (text.find(MARKS[0]), text.find(MARKS[1])) {
                    text.replace_range(begin..end + MARKS[1].len(), "");
                }
                if !text.starts_with("// Generated by") {
                    sources.insert(name, text);
                }
            }
        }
        sources
    })
}

/// The findings between two changed copies.
pub(crate) fn between(before: impl FnOnce(&mut Spec), after: impl FnOnce(&mut Spec)) -> Vec<String> {
    let (mut old, mut new) = (Spec::new(), Spec::new());
    before(&mut old);
    after(&mut new);
    let comparison = compare(&old, &new);
    check(&comparison);
    lines(&comparison)
}

/// The findings of a change.
pub(crate) fn there(change: impl FnOnce(&mut Spec)) -> Vec<String> {
    between(|_| {}, change)
}

/// The findings of a change that is taken back.
pub(crate) fn back(change: impl FnOnce(&mut Spec)) -> Vec<String> {
    between(change, |_| {})
}

//! Taking a published document over: what stays, what is marked, what no longer fits, and what is refused.
//!
//! Upstream's side is the vendored document with other prose and one change.

use std::fs;
use std::path::Path;

use bitbucket_codegen::update::{Request, TO_REVIEW, TO_WRITE, Update, update};
use bitbucket_codegen::{Inputs, Source};
use serde_json::{Value, json};

const DOCUMENT: &str = "spec/bitbucket.json";

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Takes a document over into the vendored files.
fn take_over(upstream: &str, hashes: Option<&str>) -> Result<Update, String> {
    let texts = Inputs::FILES.map(read);
    let source = |index: usize| Source { name: Inputs::FILES[index], text: &texts[index] };
    let inputs = Inputs::vendored(std::array::from_fn(source));
    let origin = read("spec/source.toml");
    let origin = Source { name: "spec/source.toml", text: &origin };
    let upstream = Source { name: "new.json", text: upstream };
    let hashes = hashes.map(|text| Source { name: "hashes.txt", text });
    update(&Request { inputs, origin, hashes, upstream, month: "2031-12" }).map_err(|error| error.to_string())
}

/// The vendored document as upstream could print it: other texts, and what we leave out.
fn published() -> Value {
    let mut document: Value = serde_json::from_str(&read(DOCUMENT)).unwrap();
    rewrite(&mut document, "Theirs: ");
    document["x-atlassian-narrative"] = json!({"documents": ["long"]});
    document["components"]["schemas"]["issue"] =
        json!({"type": "object", "properties": {"of": {"$ref": "#/components/schemas/milestone"}}});
    document["components"]["schemas"]["milestone"] = json!({"type": "object"});
    document["paths"]["/issues/{id}"] = json!({"get": {
        "tags": ["Issue tracker"],
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "found", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/issue"}, "example": {"a": 1}}}}},
    }});
    document["tags"].as_array_mut().unwrap().push(json!({"name": "Issue tracker", "description": "Theirs."}));
    document
}

/// Puts a word before each text.
fn rewrite(value: &mut Value, word: &str) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                match inner {
                    Value::String(text) if key == "description" || key == "summary" => *text = format!("{word}{text}"),
                    inner => rewrite(inner, word),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| rewrite(entry, word)),
        _ => {}
    }
}

fn changed(change: impl FnOnce(&mut Value)) -> Update {
    let mut document = published();
    change(&mut document);
    take_over(&document.to_string(), None).unwrap()
}

/// The misfits without what a line number says, each checked to point at a line of the file.
fn misfits(update: &Update) -> Vec<String> {
    let place = |misfit: &bitbucket_codegen::update::Misfit| {
        let line = misfit.place.line.expect("a misfit has a line");
        assert!(read(&misfit.place.file).lines().count() >= line, "{misfit}");
        misfit.to_string().replacen(&format!(":{line}"), "", 1)
    };
    update.misfits.iter().map(place).collect()
}

#[test]
fn other_words_another_order_and_another_layout_change_nothing() {
    let document = published();
    let mut backwards = document.clone();
    reverse(&mut backwards);
    for text in [document.to_string(), format!("\u{feff}{document:#}"), backwards.to_string()] {
        let update = take_over(&text, None).unwrap();
        assert!(update.document == read(DOCUMENT), "the document has changed");
        assert_eq!(update.origin, read("spec/source.toml"));
        assert_eq!(update.operations, read("spec/operations.toml"));
        assert_eq!((update.placeholders.len(), update.named.len(), misfits(&update).len()), (0, 0, 0));
        assert!(!update.hashes.contains("Theirs"), "upstream's words are in the file of hashes");
    }
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let entries: Vec<_> = std::mem::take(object).into_iter().collect();
            for (key, mut inner) in entries.into_iter().rev() {
                reverse(&mut inner);
                object.insert(key, inner);
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(reverse),
        _ => {}
    }
}

#[test]
fn a_new_operation_gets_a_name_placeholders_and_no_word_of_upstream() {
    let update = changed(|document| {
        document["paths"]["/repositories/{workspace}/{repo_slug}/rockets"] = json!({"get": {
            "tags": ["Repositories"],
            "summary": "Theirs too.",
            "parameters": [{"name": "stage", "in": "query", "description": "Theirs.", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "Theirs.", "content": {"application/json": {"schema": {
                "type": "object", "properties": {"fuel": {"type": "integer"}}}}}}},
        }, "parameters": [
            {"name": "workspace", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "repo_slug", "in": "path", "required": true, "schema": {"type": "string"}},
        ]});
    });
    assert_eq!(misfits(&update), [""; 0]);
    assert_eq!(
        update.named,
        [("GET /repositories/{workspace}/{repo_slug}/rockets".to_owned(), "repositories().get_rockets".to_owned())]
    );
    let entry = "[[operation]]\nmethod = \"GET\"\npath = \"/repositories/{workspace}/{repo_slug}/rockets\"\n";
    let at = update.operations.find(entry).expect("the lock has it");
    let block = update.operations[at..].split("\n\n").next().unwrap();
    assert!(block.ends_with("group = \"repositories\"\nname = \"get_rockets\"\nreview = true"), "{block}");
    assert_eq!(
        update.operations.matches("[[operation]]").count(),
        read("spec/operations.toml").matches("[[operation]]").count() + 1
    );
    assert!(!update.document.contains("Theirs"), "a sentence of upstream's is in the document");
    let ends: Vec<_> = update.placeholders.iter().map(|place| place.rsplit("rockets/").next().unwrap()).collect();
    assert_eq!(
        ends,
        [
            "get/parameters/0/description",
            "get/responses/200/content/application~1json/schema/properties/fuel/description",
            "get/responses/200/description",
            "get/summary",
            "parameters/0/description",
            "parameters/1/description",
        ]
    );
    assert!(update.document.contains(TO_WRITE));
    assert!(
        update.origin.contains("as_of = \"2031-12\"") && update.origin.contains("upstream = 300"),
        "{}",
        update.origin
    );
    assert!(update.origin.contains("# Month whose facts were transcribed."), "comments are gone");
}

#[test]
fn a_text_whose_place_has_changed_is_marked_and_kept() {
    let update = changed(|document| {
        document["components"]["schemas"]["branchrestriction"]["allOf"][1]["properties"]["value"]["type"] =
            json!("string");
    });
    let [place] = update.placeholders.as_slice() else { panic!("{:?}", update.placeholders) };
    assert!(place.ends_with("/properties/value/description"), "{place}");
    let document: Value = serde_json::from_str(&update.document).unwrap();
    let ours: Value = serde_json::from_str(&read(DOCUMENT)).unwrap();
    let text = |document: &Value| document.pointer(&place[1..]).unwrap().as_str().unwrap().to_owned();
    assert_eq!(text(&document), format!("{TO_REVIEW} {}", text(&ours)));
}

#[test]
fn all_decisions_that_no_longer_fit_are_listed() {
    let update = changed(|document| {
        let paths = document["paths"].as_object_mut().unwrap();
        paths.shift_remove("/workspaces/{workspace}/settings/gpg/public-key").unwrap();
        let moved = paths.shift_remove("/hook_events/{subject_type}").unwrap();
        paths.insert(
            "/hook_events/{kind}".to_owned(),
            serde_json::from_str(&moved.to_string().replace("subject_type", "kind")).unwrap(),
        );
        document["components"]["schemas"]["error"]["properties"]["error"]["properties"]["detail"]["type"] =
            json!("object");
    });
    let listed = misfits(&update);
    let begins = [
        "spec/corrections.overlay.yaml action `error-detail-note`: at #/components/schemas/error/",
        "spec/corrections.overlay.yaml action `error-detail-any-type`: at #/components/schemas/error/",
        "spec/operations.toml operation `get_workspace_gpg_public_key`: GET /workspaces/{workspace}/settings/gpg/public-key is not",
    ];
    for begin in begins {
        assert!(listed.iter().any(|line| line.starts_with(begin)), "{begin}: {listed:#?}");
    }
    let moved =
        "upstream moved it to GET /hook_events/{kind}: write that into the entry, so that the method keeps its name";
    assert!(listed.iter().any(|line| line.ends_with(moved)), "{listed:#?}");
}

#[test]
fn a_correction_that_upstream_has_taken_over_is_to_be_deleted() {
    let overlay: Value = serde_saphyr::from_str(&read("spec/corrections.overlay.yaml")).unwrap();
    let actions = overlay["actions"].as_array().unwrap();
    let action = actions.iter().find(|action| action["x-name"] == "pipeline-members").unwrap();
    let said = action["update"].as_object().unwrap();
    for (all, hint) in [(true, "upstream now says what the action says: delete it"), (false, "upstream has changed")] {
        let update = changed(|document| {
            let properties = document.pointer_mut("/components/schemas/pipeline/allOf/1/properties").unwrap();
            for (name, member) in said.iter().take(if all { said.len() } else { 1 }) {
                properties[name] = member.clone();
            }
        });
        let listed = misfits(&update);
        let line = listed.iter().find(|line| line.contains("action `pipeline-members`"));
        assert!(line.is_some_and(|line| line.contains(hint)), "{listed:#?}");
    }
}

#[test]
fn texts_that_upstream_rewrote_are_listed_once() {
    let before = take_over(&published().to_string(), None).unwrap().hashes;
    let mut document = published();
    document["paths"]["/hook_events"]["get"]["summary"] = json!("Theirs, with news.");
    document["paths"]["/hook_events"]["get"]["description"] =
        json!(document["paths"]["/hook_events"]["get"]["description"].as_str().map(|text| text.replace(' ', "\n")));
    let update = take_over(&document.to_string(), Some(&before)).unwrap();
    assert_eq!(update.rewritten, ["#/paths/~1hook_events/get/summary"]);
    assert!(update.document == read(DOCUMENT));
    let again = take_over(&document.to_string(), Some(&update.hashes)).unwrap();
    assert_eq!((again.rewritten, again.hashes), (Vec::<String>::new(), update.hashes));
}

#[test]
fn what_is_no_complete_document_is_refused_in_one_line() {
    let whole = published().to_string();
    let mut small: Value = serde_json::from_str(&whole).unwrap();
    let paths = small["paths"].as_object_mut().unwrap();
    let kept: Vec<String> = paths.keys().take(60).cloned().collect();
    paths.retain(|path, _| kept.contains(path));
    let none = json!({"openapi": "3.0.0", "info": {}, "paths": {}}).to_string();
    let cases = [
        (String::new(), "it is empty; download it again"),
        ("<!doctype html><html>".to_owned(), "it is HTML or XML, not JSON"),
        (whole[..whole.len() / 2].to_owned(), "it ends in the middle, after"),
        ("openapi: 3.0.0".to_owned(), "convert YAML first"),
        ("[]".to_owned(), "it is no OpenAPI document"),
        (json!({"swagger": "2.0", "paths": {}}).to_string(), "Bitbucket publishes version 3 at https://"),
        (json!({"openapi": "3.1.0", "paths": {}}).to_string(), "OpenAPI 3.1.0 is not supported"),
        (none, "it has no operation"),
        (small.to_string(), "fewer than half of today's 331"),
    ];
    for (text, part) in cases {
        let refusal = take_over(&text, None).unwrap_err();
        assert!(refusal.contains(part) && refusal.lines().count() == 1, "{part}: {refusal}");
        assert!(refusal.starts_with("update: new.json"), "{refusal}");
    }
}

#[test]
fn the_document_of_the_month_gives_the_vendored_one_to_the_byte() {
    let month = read("spec/source.toml")
        .lines()
        .find_map(|line| Some(line.strip_prefix("as_of = \"")?.trim_end_matches('"').to_owned()));
    let reference = format!("../shared/reference/bitbucket-cloud-{}.json", month.unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(reference);
    // It is Atlassian's and does not lie in the repository.
    let Ok(upstream) = fs::read_to_string(path) else { return };
    let update = take_over(&upstream, None).unwrap();
    assert!(update.document == read(DOCUMENT), "the document has changed");
    assert_eq!((update.placeholders, misfits_of(&update.misfits), update.named), (Vec::new(), Vec::new(), Vec::new()));
    assert_eq!(update.hashes, read("spec/upstream-prose.txt"));
}

fn misfits_of(misfits: &[bitbucket_codegen::update::Misfit]) -> Vec<String> {
    misfits.iter().map(ToString::to_string).collect()
}

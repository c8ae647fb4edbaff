//! Three stories in all four formats and as a section of the changelog, byte for byte: a quiet month, a big release, and a withdrawal. `UPDATE_GOLDEN=1`
//! rewrites the files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use bitbucket_codegen::diff::{self, Terms, render};
use serde_json::{Value, json};

use crate::fixture::{Spec, check, compare_under};

fn story(name: &str, change: impl FnOnce(&mut Spec, &mut Spec)) {
    let (mut old, mut new) = (Spec::new(), Spec::new());
    change(&mut old, &mut new);
    let terms = Terms { released: Some("0.4.0"), declared: "0.5.0", ..Terms::default() };
    let comparison = compare_under(&old, &new, &terms);
    check(&comparison);
    fits_its_schema(&render::json(&comparison)).unwrap();
    let formats = [
        ("txt", render::text(&comparison, false)),
        ("md", render::markdown(&comparison, "cargo xtask spec diff old new")),
        ("github", render::annotations(&comparison)),
        ("json", render::json(&comparison)),
        ("changelog", render::changelog(&comparison)),
    ];
    for (format, text) in formats {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/diff/golden/{name}.{format}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(text == expected, "{name}.{format} differs; UPDATE_GOLDEN=1 rewrites it:\n{text}");
    }
}

/// Holds a report to what `--schema` prints.
fn fits_its_schema(report: &str) -> Result<(), String> {
    static COMPILED: OnceLock<(boon::Schemas, boon::SchemaIndex)> = OnceLock::new();
    let (schemas, index) = COMPILED.get_or_init(|| {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.set_default_draft(boon::Draft::V2020_12);
        compiler.add_resource("report.json", serde_json::from_str(&render::schema()).unwrap()).unwrap();
        let index = compiler.compile("report.json", &mut schemas).unwrap();
        (schemas, index)
    });
    let report: Value = serde_json::from_str(report).unwrap();
    schemas.validate(&report, *index).map_err(|error| format!("{error:#}"))
}

#[test]
fn the_schema_of_json_refuses_what_is_no_report() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/golden/big_release.json");
    let report: Value = serde_json::from_str(&fs::read_to_string(golden).unwrap()).unwrap();
    fits_its_schema(&report.to_string()).unwrap();
    let cases = [
        ("/format", json!(2)),
        ("/old/operations", json!("6")),
        ("/old/sha256", Value::Null),
        ("/bump/required", json!("huge")),
        ("/bump/enough", json!("true")),
        ("/counts/compile", json!(-1)),
        ("/items/removed", json!([])),
        ("/notes", json!("none")),
        ("/findings", json!({})),
        ("/findings/0", json!({})),
        ("/findings/0/class", json!("worse")),
        ("/findings/0/direction", json!("sideways")),
        ("/findings/0/reached_by", json!("all")),
        ("/findings/0/location/new/line", json!(0)),
        ("/findings/0/items/removed/0", json!(1)),
        ("/findings/0/fingerprint", json!("5567")),
        ("/findings/0/accepted", json!("yes")),
        ("/quiet/extensions", json!([])),
    ];
    for (pointer, wrong) in cases {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = wrong;
        assert!(fits_its_schema(&changed.to_string()).is_err(), "{pointer} is not looked at");
    }
    // A member that the schema does not know, and one that is missing.
    for pointer in ["", "/old", "/bump", "/findings/0", "/findings/0/wire", "/findings/0/location", "/quiet"] {
        let mut more = report.clone();
        more.pointer_mut(pointer).unwrap()["surprise"] = json!(1);
        assert!(fits_its_schema(&more.to_string()).is_err(), "a new member of `{pointer}` needs a line in the schema");
        for name in report.pointer(pointer).unwrap().as_object().unwrap().keys() {
            let mut less = report.clone();
            less.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
            assert!(fits_its_schema(&less.to_string()).is_err(), "`{name}` of `{pointer}` may be missing");
        }
    }
}

const THING: &str = "/components/schemas/thing/properties";
const ONE: &str = "/paths/~1boxes~1{box}~1things~1{thing_id}";

#[test]
fn a_quiet_month() {
    story("quiet_month", |_, new| {
        new.at(&format!("{THING}/state/enum")).as_array_mut().unwrap().push(json!("LOST"));
        new.at(&format!("{THING}/size"))["format"] = json!("int64");
        new.at(&format!("{ONE}/get/responses"))["410"] = json!({"description": ""});
        new.at("/info")["version"] = json!("2");
        new.at("/components/schemas/thing")["description"] = json!("One of the things.");
    });
}

#[test]
fn a_big_release() {
    story("big_release", |_, new| {
        let get = new.at(&format!("{ONE}/get")).clone();
        for name in ["spare", "lost"] {
            let mut get = get.clone();
            get["operationId"] = json!(format!("get_{name}"));
            new.at("/paths")[format!("/boxes/{{box}}/{name}")] = json!({
                "parameters": [{"name": "box", "in": "path", "required": true, "schema": {"type": "string"}}],
                "get": get
            });
        }
        new.at(&format!("{ONE}/get"))["deprecated"] = json!(true);
        new.at(&format!("{ONE}/delete"))["security"] = json!([{"oauth2": ["thing:delete"]}]);
        new.at(THING)["weight"] = json!({"type": "number"});
        new.at(THING).as_object_mut().unwrap().remove("note");
        new.at(&format!("{THING}/name"))["maxLength"] = json!(5);
        new.at("/components/schemas/shape/allOf/1/properties")["border"] = json!({"type": "integer"});
        new.at("/components/schemas/owner")["required"] = json!(["name"]);
    });
}

#[test]
fn a_withdrawal() {
    story("withdrawal", |old, new| {
        old.at(&format!("{ONE}/delete"))["deprecated"] = json!(true);
        new.at(ONE).as_object_mut().unwrap().remove("delete");
        new.at(&format!("{THING}/state/enum")).as_array_mut().unwrap().pop();
    });
}

/// A rule that no test names may say anything.
#[test]
fn every_rule_is_tried() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let untried: BTreeSet<&str> =
        diff::RULES.iter().map(|rule| rule.id).filter(|id| !text.contains(&format!(" {id} "))).collect();
    assert!(untried.is_empty(), "{untried:#?}");
}

//! Many findings: reach instead of repetition, and reports that stay short and say what was cut.

use bitbucket_codegen::diff::{self, Comparison, EffectClass, render};
use serde_json::{Value, json};

use crate::fixture::{Spec, compare, lines};

/// The fixture with many operations that answer with one thing.
fn with_operations(count: usize) -> Spec {
    let mut spec = Spec::new();
    for index in 0..count {
        let answer = json!({"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}}});
        spec.at("/paths")[format!("/shelves/{index}/thing")] =
            json!({"get": {"operationId": format!("getShelf{index}"), "tags": ["Things"], "responses": answer}});
    }
    spec
}

#[test]
fn a_change_in_a_schema_is_one_finding_for_all_that_reach_it() {
    let old = with_operations(100);
    let mut new = old.clone();
    new.at("/components/schemas/owner/properties")["age"] = json!({"type": "integer"});
    let comparison = compare(&old, &new);
    assert_eq!(lines(&comparison), ["extends field-added types::Owner.age: – → Option<i64>"]);
    let finding = &comparison.findings[0];
    assert_eq!(finding.reached_by.len(), 104);
    let text = render::text(&comparison, false);
    assert!(text.contains("104 operations: "), "{text}");
    assert!(text.lines().all(|line| line.len() < 500), "{text}");
}

/// Five thousand findings: every class, long names and values.
fn many() -> Comparison {
    let mut comparison = compare(&Spec::new(), &{
        let mut spec = Spec::new();
        spec.at("/components/schemas/thing/properties").as_object_mut().unwrap().remove("note");
        spec
    });
    let first = comparison.findings[0].clone();
    comparison.findings = (0..5000)
        .map(|index| {
            let class = EffectClass::ALL[index % EffectClass::ALL.len()];
            let mut finding = first.clone();
            (finding.class, finding.group) = (class, format!("group_{}", index % 40));
            finding.subject = format!("types::Thing{index}.{}", "long".repeat(30));
            finding.new = Some("x|y `z` <b> @somebody ".repeat(20));
            finding
        })
        .collect();
    comparison
}

#[test]
fn a_long_report_is_cut_and_says_so() {
    let comparison = many();
    let markdown = render::markdown(&comparison, "cargo xtask spec diff");
    assert!(markdown.chars().count() < 60_000, "{}", markdown.chars().count());
    assert!(markdown.contains("### Cannot be generated (834)") && markdown.contains("### Breaks code ("), "{markdown}");
    assert!(markdown.contains("and 809 more, see the JSON"), "{markdown}");
    assert!(markdown.contains("Left out here, because the report is long; the JSON has it: "), "{markdown}");
    assert!(markdown.ends_with("Reproduce: `cargo xtask spec diff`\n"));
    for row in markdown.lines().filter(|line| line.starts_with("| field-removed")) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
    }
}

#[test]
fn github_shows_ten_annotations_of_a_kind() {
    let text = render::annotations(&many());
    for kind in ["error", "warning", "notice"] {
        let of_kind: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).collect();
        assert_eq!(of_kind.len(), 10, "{kind}");
        assert!(of_kind[9].ends_with(" more are not shown)"), "{}", of_kind[9]);
        assert!(of_kind[..9].iter().all(|line| !line.contains("more are not shown")));
    }
    assert_eq!(text.lines().count(), 30);
}

#[test]
fn json_has_all_of_it_in_the_form_of_its_schema() {
    let json: Value = serde_json::from_str(&render::json(&many())).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 5000);
    let schema: Value = serde_json::from_str(&render::schema()).unwrap();
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&schema["properties"]), members(&json));
    assert_eq!(members(&schema["properties"]["findings"]["items"]["properties"]), members(&json["findings"][0]));
    let known = schema["properties"]["findings"]["items"]["properties"]["id"]["enum"].as_array().unwrap();
    assert_eq!(known.len(), diff::RULES.len());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (old, mut new) = (Spec::new(), Spec::new());
    new.at("/components/schemas/thing/properties").as_object_mut().unwrap().remove("note");
    new.at("/paths/~1boxes~1{box}~1things~1{thing_id}").as_object_mut().unwrap().remove("delete");
    let [first, second] = [(); 2].map(|()| compare(&old, &new));
    assert_eq!(render::json(&first), render::json(&second));
    assert_eq!(render::markdown(&first, "x"), render::markdown(&second, "x"));
    assert_eq!(render::text(&first, true), render::text(&second, true));
    assert_eq!(render::annotations(&first), render::annotations(&second));
}

//! `.ci/spec-diff`: breaking changes are for reviewers, a version that is too low and a side that does not generate fail.

use std::fs;

use serde_json::Value;

use crate::place::{Place, Run};

fn place() -> Place {
    Place::new(&["spec", "sdk/src", "Cargo.toml", "sdk/Cargo.toml", "sdk/api.txt"])
}

fn compare(place: &Place, variables: &[(&str, &str)]) -> Run {
    let folder = place.path("report");
    place.run("spec-diff", &["HEAD", folder.to_str().unwrap()], variables)
}

/// Takes a member away that nothing else rests on.
fn drop_a_member(place: &Place) {
    let mut document: Value = serde_json::from_str(&place.read("clone/spec/bitbucket.json")).unwrap();
    let members = document.pointer_mut("/components/schemas/commitstatus/allOf/1/properties").unwrap();
    members.as_object_mut().unwrap().remove("refname").unwrap();
    place.write("clone/spec/bitbucket.json", format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}

#[test]
fn what_breaks_is_reported_and_fails_where_the_version_is_too_low() {
    let place = place();
    drop_a_member(&place);
    let unreleased = compare(&place, &[]);
    assert_eq!(unreleased.code, Some(0), "{unreleased:?}");
    assert!(unreleased.said.contains("compile  field-removed  types::CommitStatus.ref_name"), "{unreleased:?}");
    assert!(unreleased.said.ends_with("reviewers decide: the version goes far enough, or nothing is released yet\n"));
    assert!(place.read("report/comment.md").contains("### Breaks code (1)"));
    let report: Value = serde_json::from_str(&place.read("report/report.json")).unwrap();
    assert_eq!(report["counts"]["compile"], 1);

    let version = place.read("clone/Cargo.toml");
    let version =
        version.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"').to_owned();
    place.git(&["tag", &format!("v{version}")]);
    let (output, summary) = (place.path("output"), place.path("summary"));
    let github = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
    ];
    let low = compare(&place, &github);
    assert_eq!(low.code, Some(1), "{low:?}");
    let lines: Vec<&str> = low.said.lines().collect();
    assert!(lines[0].starts_with("::error file=spec/bitbucket.json,line="), "{low:?}");
    assert!(lines[0].contains("title=field-removed::"), "{low:?}");
    assert!(lines[1].starts_with("::error title=spec-diff::users break, and the version is too low"), "{low:?}");
    assert_eq!(fs::read_to_string(&summary).unwrap(), place.read("report/comment.md"), "one summary");
    assert!(fs::read_to_string(&output).unwrap().contains("enough=false\n"));
}

#[test]
fn a_side_that_does_not_generate_fails_with_its_place() {
    let place = place();
    let text = place.read("clone/spec/operations.toml");
    place.write(
        "clone/spec/operations.toml",
        format!(
            "{text}\n[[operation]]\nmethod = \"GET\"\npath = \"/no/such\"\nid = \"x\"\ngroup = \"refs\"\nname = \"x\"\n"
        ),
    );
    let run = compare(&place, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.said.contains("blocks") && run.said.contains("spec/operations.toml:"), "{run:?}");
    assert!(run.said.ends_with("spec-diff: the new side does not generate; see above\n"), "{run:?}");
    assert!(
        place.read("report/comment.md").contains("### Cannot be generated (1)"),
        "the report is there all the same"
    );
}

#[test]
fn what_bitbucket_publishes_says_whether_the_check_failed() {
    let place = place();
    let cargo = r#"
[ "$1" = xtask ] || { echo "$*" >>"$FAKE/log"; exit 0; }
case "$* " in
    *"--format text "*) exit "$(cat "$FAKE/code")" ;;
    *"--out "*report.json*) printf '{\n "enough": false\n}\n' >"$CLONE/target/spec-diff/report.json" ;;
esac
"#;
    place.program("cargo", cargo);
    let clone = place.path("clone");
    let head = place.git(&["rev-parse", "HEAD"]);
    let variables = [
        ("CLONE", clone.to_str().unwrap()),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
        ("BITBUCKET_PR_DESTINATION_COMMIT", head.trim()),
    ];
    let publish = "run --quiet --package bitbucket-tests --example publish_spec_diff -- target/spec-diff";
    for (code, expected, published) in [("0", 0, format!("{publish}\n")), ("10", 1, format!("{publish} --failed\n"))] {
        place.write("code", code);
        place.write("log", "");
        let run = place.run("spec-diff-bitbucket", &[], &variables);
        assert_eq!((run.code, place.read("log")), (Some(expected), published), "{run:?}");
    }
    place.write("code", "2");
    place.write("log", "");
    assert_eq!(place.run("spec-diff-bitbucket", &[], &variables).code, Some(2));
    assert_eq!(place.read("log"), "", "there is nothing to publish");
}

#[test]
fn what_cannot_be_compared_leaves_no_report() {
    let place = place();
    let folder = place.path("report");
    let run = place.run("spec-diff", &["no-such-revision", folder.to_str().unwrap()], &[]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.said.contains("no-such-revision"), "{run:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(place.run("spec-diff", &[], &[]).code, Some(2));
}

//! `.ci/spec-comment`: one comment, under the pull request that the run was for, whatever the artifact says.

use serde_json::json;

use crate::place::{Place, Run};

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

/// Answers as GitHub does, from files below `$FAKE`; what is written goes to `written`.
const GH: &str = r#"
printf '%s\n' "$*" >>"$FAKE/log"
last() { printf '%s' "${@: -1}"; }
filtered() { if command -v jq >/dev/null; then jq -r "$(last "$@")" "$FAKE/$name.json"; else cat "$FAKE/$name.ids"; fi; }
case "$*" in
    'api repos/acme/rocket/actions/runs/7/artifacts?name=spec-diff-2 --jq'*) cat "$FAKE/sizes" ;;
    'run download 7 --name spec-diff-2 --dir '*) cp -R "$FAKE/artifact" "$(last "$@")" ;;
    'api repos/acme/rocket/pulls/'[1-9]*' --jq .head.sha') cat "$FAKE/head-$(basename "$2")" ;;
    'api --paginate repos/acme/rocket/issues/3/comments?per_page=100 --jq'*) name=comments && filtered "$@" ;;
    'api --silent --method PATCH repos/acme/rocket/issues/comments/12 --field body=@'*) ;;&
    'api --silent --method POST repos/acme/rocket/issues/3/comments --field body=@'*) ;;&
    *' --field body=@'*) field=$(last "$@"); cp "${field#body=@}" "$FAKE/written" ;;
    *) echo "gh: unexpected: $*" >&2; exit 1 ;;
esac
"#;

fn place() -> Place {
    let place = Place::new(&[]);
    place.program("gh", GH);
    place.write("sizes", "2000\n");
    place.write("head-3", format!("{HEAD}\n"));
    place.write("head-4", "ffffffffffffffffffffffffffffffffffffffff\n");
    place.write("artifact/number", "3\n");
    place.write("artifact/comment.md", "## Spec diff: a → b\n\n$(touch pwned) `touch pwned` ${HOME} %s \\n\n");
    comments(&place, &json!([]), "");
    place
}

fn comments(place: &Place, all: &serde_json::Value, ids: &str) {
    place.write("comments.json", all.to_string());
    place.write("comments.ids", ids);
}

fn run(place: &Place) -> Run {
    place.run("spec-comment", &["7", "2", HEAD], &[])
}

#[test]
fn the_first_report_is_a_comment_and_the_second_is_written_over_it() {
    let place = place();
    let first = run(&place);
    assert_eq!((first.code, first.said.as_str()), (Some(0), "pull request 3 has a comment\n"));
    let expected = "<!-- spec-diff -->\n## Spec diff: a → b\n\n$(touch pwned) `touch pwned` ${HOME} %s \\n\n";
    assert_eq!(place.read("written"), expected);
    assert!(!place.path("clone/pwned").exists());
    assert!(place.read("log").contains("--method POST"));

    let bot = json!({"login": "github-actions[bot]"});
    let all = json!([
        {"id": 10, "user": {"login": "somebody"}, "body": "<!-- spec-diff -->\nnot ours"},
        {"id": 11, "user": bot, "body": "of another workflow, see <!-- spec-diff -->"},
        {"id": 12, "user": bot, "body": "<!-- spec-diff -->\nours"},
        {"id": 13, "user": bot, "body": "<!-- spec-diff -->\na second one"},
    ]);
    comments(&place, &all, "12\n13\n");
    place.write("artifact/comment.md", "No difference.\n");
    let second = run(&place);
    assert_eq!((second.code, second.said.as_str()), (Some(0), "comment 12 of pull request 3 is up to date\n"));
    assert_eq!(place.read("written"), "<!-- spec-diff -->\nNo difference.\n");
}

#[test]
fn another_pull_request_is_not_written_to() {
    let place = place();
    place.write("artifact/number", "4\n");
    let run = run(&place);
    assert_eq!(run.code, Some(0));
    assert!(run.said.contains("is not, or no longer, the head of pull request 4; nothing to do"), "{run:?}");
    assert!(!place.path("written").exists());
}

#[test]
fn an_artifact_that_is_none_of_ours_is_refused() {
    let cases = [
        ("number", "", "names no pull request"),
        ("number", "3; touch pwned", "names no pull request"),
        ("number", "../../3", "names no pull request"),
        ("number", "03", "names no pull request"),
        ("number", "3\n4", "is not, or no longer, the head"),
        ("number", "99999999999", "names no pull request"),
    ];
    for (name, text, expected) in cases {
        let place = place();
        place.write("head-34", "ffffffffffffffffffffffffffffffffffffffff\n");
        place.write(&format!("artifact/{name}"), text);
        let run = run(&place);
        assert!(run.said.contains(expected), "{text}: {run:?}");
        assert!(!place.path("written").exists() && !place.path("clone/pwned").exists(), "{text}");
    }
    for name in ["number", "comment.md"] {
        let place = place();
        let path = place.path("artifact").join(name);
        std::fs::remove_file(&path).unwrap();
        assert!(run(&place).said.contains(&format!("the artifact has no file {name}")));
        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
        assert!(run(&place).said.contains(&format!("the artifact has no file {name}")));
        assert!(!place.path("written").exists());
    }
    for (sizes, code, expected) in [
        ("", 0, "run 7 left no report; nothing to do"),
        ("3000000\n", 1, "the artifact has 3000000 bytes"),
        ("1\n2\n", 1, "more than one artifact"),
        ("x\n", 1, "more than one artifact"),
    ] {
        let place = place();
        place.write("sizes", sizes);
        let run = run(&place);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.said.contains(expected), "{run:?}");
        assert!(!place.read("log").contains("download"), "nothing is fetched before its size is known");
    }
}

#[test]
fn a_long_comment_is_cut_between_characters() {
    let place = place();
    place.write("artifact/comment.md", "→".repeat(30_000));
    assert_eq!(run(&place).code, Some(0));
    let written = place.read("written");
    assert!(written.ends_with("→\n\n…cut off here.\n"), "{}", &written[written.len() - 100..]);
    assert!(written.chars().count() < 65_536 && written.len() > 60_000, "{}", written.len());
    // What is no UTF-8 is left out, so that GitHub takes the rest.
    place.write("artifact/comment.md", b"fine \xff\xfe too\n");
    assert_eq!(run(&place).code, Some(0));
    assert_eq!(place.read("written"), "<!-- spec-diff -->\nfine  too\n");
}

#[test]
fn arguments_are_looked_at() {
    let place = place();
    let cases: [&[&str]; 6] =
        [&["7", HEAD], &["7", "1", "main"], &["x", "1", HEAD], &["7", "x", HEAD], &["7/../8", "1", HEAD], &[]];
    for arguments in cases {
        let run = place.run("spec-comment", arguments, &[]);
        let expected = "spec-comment: wants the number of a run, that of its attempt, and a commit\n";
        assert_eq!((run.code, run.said.as_str()), (Some(2), expected));
    }
}

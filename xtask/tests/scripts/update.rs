//! The weekly update: what `.ci/spec-update` hands over, what `.ci/spec-update-push` takes of it, and the one pull request.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::place::{Place, Run};

/// Everything that an update reads or writes.
const ALL: [&str; 7] =
    ["spec", "sdk/src", "Cargo.toml", "sdk/Cargo.toml", "sdk/api.txt", "tests/tests/generated", "docs/coverage.md"];
const BOT: &str = "41898282+github-actions[bot]@users.noreply.github.com";
const ACTIONS: [(&str, &str); 1] = [("GITHUB_ACTIONS", "true")];

/// Remembers what it is asked for; `$FAKE/open` holds the number of the open pull request.
const GH: &str = r#"
printf '%s\n' "$*" >>"$FAKE/log"
case "$1 $2" in
    'pr list') cat "$FAKE/open" ;;
    'pr create' | 'pr edit')
        while [ $# -gt 0 ]; do
            [ "$1" != --body-file ] || cp "$2" "$FAKE/body"
            shift
        done ;;
    'pr ready') ;;
    *) echo "gh: unexpected: $*" >&2; exit 1 ;;
esac
"#;

fn place(paths: &[&str]) -> Place {
    let place = Place::new(paths);
    place.program("gh", GH);
    place.write("open", "");
    place
}

/// Takes over a document that differs in what `change` does.
fn update(place: &Place, change: impl FnOnce(&mut Value)) -> Run {
    let mut document: Value = serde_json::from_str(&place.read("clone/spec/bitbucket.json")).unwrap();
    change(&mut document);
    place.write("new.json", document.to_string());
    let (folder, from) = (place.path("update"), place.path("new.json"));
    place.run("spec-update", &[folder.to_str().unwrap(), "--from", from.to_str().unwrap(), "--month", "2031-01"], &[])
}

fn push(place: &Place) -> Run {
    place.run("spec-update-push", &[place.path("update").to_str().unwrap()], &ACTIONS)
}

fn open(place: &Place) -> Run {
    let _ = fs::remove_file(place.path("log"));
    place.run("spec-update-open", &[place.path("update").to_str().unwrap(), "main"], &ACTIONS)
}

/// A clone as the second job has it: of what was pushed, without what the first one did.
fn clean(place: &Place) {
    place.git(&["reset", "--quiet", "--hard"]);
    place.git(&["clean", "--quiet", "-d", "--force"]);
}

fn files(place: &Place) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(place.path("update"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_document_that_fits_becomes_one_pull_request() {
    let place = place(&ALL);
    let run = update(&place, |document| {
        document["components"]["schemas"]["branchrestriction"]["allOf"][1]["properties"]["rockets"] =
            json!({"type": "integer", "description": "Theirs."});
    });
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(files(&place), ["body.md", "patch", "title"]);
    assert_eq!(place.read("update/title"), "spec: take over Bitbucket's document of 2031-01\n");
    let body = place.read("update/body.md");
    assert!(body.starts_with("## Spec diff: HEAD") && body.contains("types::BranchRestriction.rockets"), "{body}");

    clean(&place);
    let pushed = push(&place);
    assert_eq!((pushed.code, pushed.said.as_str()), (Some(0), "spec-update-push: spec-update is pushed\n"));
    assert_eq!(place.git(&["status", "--porcelain"]), "", "the clone is as it was");
    place.git(&["fetch", "--quiet", "origin", "spec-update"]);
    let head = place.git(&["log", "-1", "--format=%s%n%ae%n%ce%n%P", "FETCH_HEAD"]);
    let main = place.git(&["rev-parse", "main"]);
    assert_eq!(head, format!("spec: take over Bitbucket's document of 2031-01\n{BOT}\n{BOT}\n{main}"));
    let changed = place.git(&["diff", "--name-only", "main", "FETCH_HEAD"]);
    assert!(changed.contains("spec/bitbucket.json\n") && changed.contains("sdk/src/generated/"), "{changed}");

    assert_eq!(open(&place).code, Some(0));
    assert!(place.read("log").contains("pr create --head spec-update --base main --title spec: take over"));
    assert!(!place.read("log").contains("--draft"));
    assert!(place.read("body").starts_with(&body) && place.read("body").contains("close and reopen this one"));

    // The next week: the same pull request.
    place.write("open", "5\n");
    assert_eq!(push(&place).code, Some(0));
    assert_eq!(open(&place).code, Some(0));
    let log = place.read("log");
    assert!(log.contains("pr edit 5 --title") && log.contains("pr ready 5\n") && !log.contains("create"), "{log}");
}

/// The lines of Bitbucket's pipeline as they stand, in one shell and one clone.
#[test]
fn the_pipeline_pushes_what_it_has_taken_over() {
    let place = place(&[&ALL[..], &["bitbucket-pipelines.yml", ".gitignore"]].concat());
    let pipelines: Value = serde_saphyr::from_str(&place.read("clone/bitbucket-pipelines.yml")).unwrap();
    let lines = pipelines["pipelines"]["custom"]["spec-update"][0]["step"]["script"].as_array().unwrap();
    let script: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    place.program("curl", "cat \"$FAKE/new.json\"\n");
    // What opens the pull request is built from main, not from what was taken over.
    place.program(
        "cargo",
        r#"
case "$1" in
    xtask) shift && exec "$XTASK" "$@" ;;
    run) git status --porcelain >"$FAKE/status" && echo "$*" >"$FAKE/log" ;;
    *) exit 99 ;;
esac
"#,
    );
    let version = place.read("clone/Cargo.toml");
    let version = version.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"');
    place.git(&["push", "--quiet", "origin", &format!("HEAD:refs/tags/v{version}")]);
    let run = || place.bash(&["-e", "-c", &script.join("\n")], &[]);

    let mut document: Value = serde_json::from_str(&place.read("clone/spec/bitbucket.json")).unwrap();
    document["components"]["schemas"]["branchrestriction"]["allOf"][1]["properties"]["rockets"] =
        json!({"type": "integer", "description": "Theirs."});
    place.write("new.json", document.to_string());
    let first = run();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(place.read("log").contains("--example open_spec_update -- target/spec-update"), "{}", place.read("log"));
    assert_eq!(place.read("status"), "");
    let body = place.read("clone/target/spec-update/body.md");
    for text in [&body, &first.said] {
        assert!(!text.contains("nothing is released yet"), "the tag of the release is not known: {text}");
    }
    place.git(&["fetch", "--quiet", "origin", "spec-update"]);
    let changed = place.git(&["diff", "--name-only", "main", "FETCH_HEAD"]);
    assert!(changed.contains("spec/bitbucket.json\n") && changed.contains("sdk/src/generated/"), "{changed}");

    // Once it is merged, there is nothing to take over and nothing to open.
    place.git(&["merge", "--quiet", "FETCH_HEAD"]);
    for left in ["log", "clone/target/spec-update"] {
        let path = place.path(left);
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    let second = run();
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(second.said.ends_with("spec-update: nothing has changed\n"), "{second:?}");
    assert!(!place.path("log").exists());
}

#[test]
fn decisions_that_do_not_fit_become_a_draft_with_their_list() {
    let place = place(&ALL);
    let run = update(&place, |document| {
        document["paths"].as_object_mut().unwrap().remove("/workspaces/{workspace}/settings/gpg/public-key").unwrap();
    });
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(files(&place), ["body.md", "draft", "patch", "title"]);
    let body = place.read("update/body.md");
    let list = body.split("```text\n").nth(1).unwrap();
    assert!(list.starts_with("decisions that no longer fit:\n"), "{list}");
    assert!(body.contains("decisions about it no longer fit") && body.contains("spec/operations.toml:"), "{body}");
    clean(&place);
    assert_eq!(push(&place).code, Some(0));
    assert_eq!(open(&place).code, Some(0));
    assert!(place.read("log").contains(" --draft\n"), "{}", place.read("log"));
    place.write("open", "5\n");
    assert_eq!(open(&place).code, Some(0));
    assert!(place.read("log").contains("pr ready 5 --undo\n"));
}

#[test]
fn nothing_is_handed_over_where_nothing_changed_or_nothing_could_be_read() {
    let place = place(&ALL);
    let folder = place.path("update");
    let run = |from: &str| place.run("spec-update", &[folder.to_str().unwrap(), "--from", from], &[]);
    // The repository's own document: the hashes of upstream's texts are those of our texts afterwards.
    let same = place.path("clone/spec/bitbucket.json");
    assert_eq!(run(same.to_str().unwrap()).code, Some(0));
    place.git(&["add", "--all"]);
    place.commit("spec: take over the same");
    fs::remove_dir_all(&folder).unwrap();
    let again = run(same.to_str().unwrap());
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.said.ends_with("nothing has changed\nspec-update: nothing has changed\n"), "{again:?}");
    assert!(files(&place).is_empty());

    place.write("page.html", "<html>");
    let refused = run(place.path("page.html").to_str().unwrap());
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.said.contains("HTML") && files(&place).is_empty(), "{refused:?}");
    place.write("clone/spec/source.toml", "changed by hand");
    assert!(run("x").said.contains("the working tree has changes"));
}

#[test]
fn a_patch_that_touches_something_else_is_refused() {
    let place = place(&["spec", "sdk/Cargo.toml"]);
    place.write("clone/README.md", "read me\n");
    place.git(&["add", "--all"]);
    place.commit("a page");
    let plain = |path: &'static str| move |place: &Place| place.write(&format!("clone/{path}"), "changed\n");
    let link = |place: &Place| {
        fs::remove_file(place.path("clone/spec/bitbucket.json")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", place.path("clone/spec/bitbucket.json")).unwrap();
    };
    let runnable = |place: &Place| {
        place.write("clone/sdk/src/generated/x.rs", "x\n");
        let path = place.path("clone/sdk/src/generated/x.rs");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let manifest = |from: &'static str, to: &'static str| {
        move |place: &Place| {
            let text = place.read("clone/sdk/Cargo.toml");
            assert_eq!(text.matches(from).count(), 1, "{from}");
            place.write("clone/sdk/Cargo.toml", text.replace(from, to));
        }
    };
    let outside = "the patch touches sdk/Cargo.toml beside the generated features";
    type Change<'a> = Box<dyn Fn(&Place) + 'a>;
    let cases: [(Change<'_>, &str); 16] = [
        (Box::new(manifest("\n[dependencies]\n", "\n[dependencies]\nevil = \"1\"\n")), outside),
        (Box::new(manifest("\ninclude = [", "\nbuild = \"build.rs\"\ninclude = [")), outside),
        (Box::new(manifest("# </generated>\n", "[build-dependencies]\nevil = \"1\"\n# </generated>\n")), outside),
        (Box::new(manifest("# </generated>\n", "evil = [\"dep:evil\"]\n# </generated>\n")), outside),
        (Box::new(manifest("# </generated>\n", "")), outside),
        (
            Box::new(manifest("\n[dependencies]\n", "\n[dependencies]\n# <generated by cargo xtask generate>\n")),
            outside,
        ),
        (
            Box::new(|place: &Place| fs::remove_file(place.path("clone/sdk/Cargo.toml")).unwrap()),
            "the patch touches sdk/Cargo.toml beside",
        ),
        (Box::new(plain("README.md")), "the patch touches README.md"),
        (Box::new(plain("spec/facts.toml")), "the patch touches spec/facts.toml"),
        (Box::new(plain(".github/workflows/x.yml")), "the patch touches .github/workflows/x.yml"),
        (Box::new(plain("sdk/src/lib.rs")), "the patch touches sdk/src/lib.rs"),
        (Box::new(plain("sdk/src/generated/ä.rs")), "the patch touches \""),
        (Box::new(plain(".ci/run")), "the patch touches .ci/run"),
        (Box::new(link), "makes spec/bitbucket.json something else than a plain file"),
        (Box::new(runnable), "makes sdk/src/generated/x.rs something else than a plain file"),
        (
            Box::new(|place: &Place| {
                fs::rename(place.path("clone/README.md"), place.path("clone/spec/source.toml")).unwrap();
            }),
            "the patch touches README.md",
        ),
    ];
    for (change, expected) in cases {
        change(&place);
        place.git(&["add", "--all", "--", "."]);
        place.write("update/patch", place.git(&["diff", "--cached", "--binary", "HEAD"]));
        place.write("update/title", "spec: take over\n");
        clean(&place);
        let run = push(&place);
        assert_eq!(run.code, Some(1), "{expected}: {run:?}");
        assert!(run.said.contains(expected), "{expected}: {run:?}");
        assert_eq!(place.git(&["status", "--porcelain"]), "", "{expected}");
    }
    place.write("update/patch", "--- a/../../outside\n+++ b/../../outside\n@@ -0,0 +1 @@\n+x\n");
    assert_ne!(push(&place).code, Some(0));
    place.write("update/patch", "no patch\n");
    assert_ne!(push(&place).code, Some(0));
    assert_eq!(place.git(&["ls-remote", "origin", "refs/heads/spec-update"]), "", "nothing was pushed");
    // Nor does it help that the patch's folder says so itself.
    place.write("update/pushed", "");
    assert_ne!(push(&place).code, Some(0));
    assert!(!place.path("update/pushed").exists());
    assert_eq!(open(&place).said, "spec-update-open: nothing was pushed, so there is nothing to open\n");
}

/// A branch `spec-update` with a commit of somebody's, and a patch beside it.
fn somebody_works() -> Place {
    let place = place(&["spec"]);
    place.git(&["checkout", "--quiet", "-b", "spec-update"]);
    place.write("clone/spec/facts.toml", "mended\n");
    place.git(&["add", "--all"]);
    place.commit("spec: mend a fact");
    place.git(&["push", "--quiet", "origin", "spec-update"]);
    place.git(&["checkout", "--quiet", "main"]);
    place.write("clone/spec/source.toml", "new\n");
    place.write("update/patch", place.git(&["diff", "HEAD"]));
    place.write("update/title", "spec: take over\n");
    place.write("update/pushed", "");
    clean(&place);
    place
}

#[test]
fn a_branch_on_which_somebody_works_is_left_alone_and_the_run_says_so() {
    let place = somebody_works();
    let theirs = place.git(&["rev-parse", "spec-update"]);
    let run = push(&place);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.said.contains("somebody works on the branch spec-update"), "{run:?}");
    assert!(place.git(&["ls-remote", "origin", "refs/heads/spec-update"]).starts_with(theirs.trim()));
    assert!(!place.path("update/pushed").exists());
}

#[test]
fn a_branch_that_is_merged_is_free() {
    type Merge = fn(&Place);
    let ways: [Merge; 3] = [
        |place| drop(place.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "spec-update"])),
        |place| drop(place.git(&["merge", "--quiet", "--ff-only", "spec-update"])),
        |place| {
            place.git(&["merge", "--quiet", "--squash", "spec-update"]);
            place.commit("spec: mend a fact, squashed");
        },
    ];
    for (number, merge) in ways.into_iter().enumerate() {
        let place = somebody_works();
        merge(&place);
        // Work goes on.
        place.write("clone/spec/groups.toml", "more\n");
        place.git(&["add", "--all"]);
        place.commit("spec: more");
        let run = push(&place);
        assert_eq!(run.code, Some(0), "{number}: {run:?}");
        assert!(place.path("update/pushed").exists(), "{number}");
        place.git(&["fetch", "--quiet", "origin", "spec-update"]);
        assert_eq!(place.git(&["rev-parse", "FETCH_HEAD^"]), place.git(&["rev-parse", "main"]), "{number}");
    }
}

#[test]
fn a_body_that_github_would_refuse_is_refused_here() {
    let place = place(&[]);
    place.write("update/pushed", "");
    place.write("update/title", "x\n");
    for (body, fits) in
        [("→".repeat(65_000), true), ("→".repeat(65_001), false), ("x".repeat(300_000), false), (String::new(), false)]
    {
        place.write("update/body.md", body);
        assert_eq!(open(&place).code == Some(0), fits);
    }
}

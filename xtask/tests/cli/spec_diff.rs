//! `cargo xtask spec diff` as a person or a workflow runs it: in a repository of its own, with real revisions and tags.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::copy::Copy;
use crate::run::{Run, command, files, root};

/// A repository with what the command reads.
struct Repo(TempDir);

impl Repo {
    fn new() -> Self {
        static FILES: OnceLock<Vec<(String, String)>> = OnceLock::new();
        let texts = FILES.get_or_init(|| {
            let mut texts = Vec::new();
            for folder in ["spec", "sdk/src"] {
                let found = files(&root().join(folder));
                texts.extend(found.into_iter().map(|(path, text)| (format!("{folder}/{path}"), text)));
            }
            for path in ["Cargo.toml", "sdk/Cargo.toml", "sdk/api.txt"] {
                texts.push((path.to_owned(), fs::read_to_string(root().join(path)).unwrap()));
            }
            texts
        });
        let repo = Self(tempdir().unwrap());
        for (path, text) in texts {
            repo.write(path, text);
        }
        repo.git(&["init", "--quiet"]);
        repo.commit();
        repo
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "`{from}` is not in {file}");
        self.write(file, &text.replacen(from, to, 1));
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.0.path()).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        let output = git.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x", "--no-verify"]);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(["spec", "diff"].iter().chain(arguments));
        command.env("CARGO_MANIFEST_DIR", self.path("xtask")).current_dir(self.0.path());
        command.env_remove("GITHUB_OUTPUT").env_remove("GITHUB_STEP_SUMMARY");
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Changes the document.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut document: Value = serde_json::from_str(&self.read("spec/bitbucket.json")).unwrap();
        change(&mut document);
        self.write("spec/bitbucket.json", &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
    }

    /// Takes a member away that nothing else rests on.
    fn drop_a_member(&self) {
        self.edit(|document| {
            let members = document.pointer_mut("/components/schemas/commitstatus/allOf/1/properties").unwrap();
            members.as_object_mut().unwrap().remove("refname").unwrap();
        });
    }
}

#[test]
fn nothing_changed() {
    let repo = Repo::new();
    let run = repo.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.ends_with(" → the working tree: no difference.\n"), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn a_member_is_gone_in_every_format() {
    let repo = Repo::new();
    let line = repo.read("spec/bitbucket.json").lines().position(|line| line.contains("\"refname\"")).unwrap() + 1;
    repo.drop_a_member();
    let run = repo.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(10), ""));
    let found = run.stdout.lines().find(|line| line.starts_with("compile")).unwrap();
    assert!(found.contains("field-removed  types::CommitStatus.ref_name  Option<String> → –"), "{found}");
    assert!(found.contains(&format!("was spec/bitbucket.json:{line}")), "{found}");
    assert!(run.stdout.contains("nothing is released yet, the manifest says "), "{}", run.stdout);

    let json: Value = serde_json::from_str(&repo.run(&["--format", "json"]).stdout).unwrap();
    assert_eq!(json["counts"]["compile"], 1);
    assert_eq!(json["findings"][0]["location"]["old"]["line"], line);
    assert_eq!(json["findings"][0]["location"]["new"]["parent"], true);
    assert_eq!(json["findings"][0]["wire"]["pointer"], "#/components/schemas/commitstatus/allOf/1/properties/refname");
    assert_eq!(json["bump"]["required"], "major");

    let markdown = repo.run(&["--format", "markdown"]).stdout;
    assert!(markdown.starts_with("## Spec diff: HEAD ("), "{markdown}");
    assert!(
        markdown.contains("### Breaks code (1)") && markdown.ends_with("Reproduce: `cargo xtask spec diff`\n"),
        "{markdown}"
    );

    let (output, summary) = (repo.path("output"), repo.path("summary"));
    let mut github = repo.command(&["--format", "github"]);
    let run = github.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
    let annotations = String::from_utf8(run.stdout).unwrap();
    assert!(annotations.starts_with("::error file=spec/bitbucket.json,line="), "{annotations}");
    assert!(annotations.contains("title=field-removed::types::CommitStatus.ref_name: "), "{annotations}");
    assert_eq!(fs::read_to_string(summary).unwrap(), markdown);
    assert!(fs::read_to_string(output).unwrap().contains("compile=1\n"));
}

#[test]
fn the_threshold_and_the_file() {
    let repo = Repo::new();
    repo.edit(|document| {
        let members = document.pointer_mut("/components/schemas/commitstatus/allOf/1/properties").unwrap();
        members["colour"] = serde_json::json!({"type": "string", "description": "Its colour."});
    });
    assert_eq!(repo.run(&[]).code, Some(0), "what is new breaks nothing");
    assert_eq!(repo.run(&["--fail-on", "any"]).code, Some(10));
    repo.drop_a_member();
    assert_eq!(repo.run(&["--fail-on", "never"]).code, Some(0));
    let run = repo.run(&["--out", "report.txt"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(10), ""));
    assert!(repo.read("report.txt").contains("field-removed"));
    let run = repo.run(&["--out", "no/such/folder/report.txt"]);
    assert!(run.refusal().ends_with("; choose another --out"), "{}", run.stderr);
}

#[test]
fn revisions_and_tags() {
    let repo = Repo::new();
    let run = repo.run(&["--since-release"]);
    assert_eq!(
        run.refusal(),
        "error: git: no tag of a release, such as v0.1.0, leads to HEAD; tag one, or name a revision"
    );
    repo.git(&["tag", "v0.1.0"]);
    repo.drop_a_member();
    repo.commit();
    let run = repo.run(&["--since-release"]);
    assert!(run.stdout.contains("released is 0.1.0, the manifest says 0.1.0: not enough."), "{}", run.stdout);
    let run = repo.run(&["v0.1.0", "HEAD"]);
    assert_eq!(run.code, Some(10));
    assert!(run.stdout.starts_with("v0.1.0 ("), "{}", run.stdout);
    let run = repo.run(&["HEAD", "v0.1.0"]);
    assert!(run.stderr.contains("is older than") && run.stderr.contains("are they swapped?"), "{}", run.stderr);
    assert!(run.stdout.contains("extends  field-added  types::CommitStatus.ref_name"), "{}", run.stdout);
    for (name, message) in [
        ("gone", "error: git: `gone` is no revision that git knows, and no file; name a commit, a tag or a document"),
        ("--gone", ""),
        ("none.json", "error: read: none.json: there is no such file; give the path of a document, or a git revision"),
    ] {
        let run = repo.run(&[name]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(message.is_empty() || run.refusal() == message, "{}", run.stderr);
    }
}

#[test]
fn a_side_that_does_not_generate_is_a_finding() {
    let repo = Repo::new();
    repo.edit(|document| {
        // An overlay action adds this member and expects that it is not there.
        let pipeline = document.pointer_mut("/components/schemas/pipeline/allOf/1/properties").unwrap();
        pipeline["duration_in_seconds"] = serde_json::json!({"type": "integer"});
    });
    let run = repo.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(10), ""));
    let found = run.stdout.lines().find(|line| line.starts_with("blocks")).unwrap_or_else(|| panic!("{}", run.stdout));
    assert!(found.contains("gen-correction-") && found.contains("spec/corrections.overlay.yaml:"), "{found}");
    assert!(
        run.stdout.contains("does not generate: the rest is compared with the decisions that fit"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_lock_that_is_nonsense() {
    let repo = Repo::new();
    repo.replace("spec/operations.toml", "[[operation]]", "[[operation");
    let before = files(&repo.path("spec"));
    let run = repo.run(&[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(10), ""));
    let found: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("blocks")).collect();
    assert!(found.len() == 1 && found[0].contains("spec/operations.toml:"), "{}", run.stdout);
    assert!(files(&repo.path("spec")) == before, "something was written");
}

#[test]
fn an_older_spec_that_cannot_be_read_is_compared_by_wire() {
    let repo = Repo::new();
    let now = repo.read("spec/groups.toml");
    repo.write("spec/groups.toml", &now.replace("[[group]]", "[[groups]]"));
    repo.commit();
    repo.write("spec/groups.toml", &now);
    repo.drop_a_member();
    let run = repo.run(&[]);
    assert_eq!(run.code, Some(10), "{}", run.stderr);
    assert!(run.stdout.contains("note: today's generator cannot read spec/ of HEAD ("), "{}", run.stdout);
    assert!(run.stdout.contains("compared by wire only"), "{}", run.stdout);
    assert!(run.stdout.contains("field-removed  types::CommitStatus.ref_name"), "{}", run.stdout);
}

#[test]
fn what_is_accepted() {
    let repo = Repo::new();
    repo.drop_a_member();
    let json: Value = serde_json::from_str(&repo.run(&["--format", "json"]).stdout).unwrap();
    let fingerprint = json["findings"][0]["fingerprint"].as_str().unwrap();
    let entry = |print: &str| {
        format!("[[accepted]]\nfingerprint = \"{print}\"\nreason = \"Nobody reads it.\"\nuntil = \"0.2.0\"\n")
    };
    repo.write("spec/accepted.toml", &entry(fingerprint));
    let run = repo.run(&[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("[accepted until 0.2.0: Nobody reads it.]"), "{}", run.stdout);
    repo.write("spec/accepted.toml", &format!("\n{}", entry("0123456789abcdef")));
    assert_eq!(
        repo.run(&[]).refusal(),
        "error: accepted: spec/accepted.toml:2 `0123456789abcdef`: it matches no finding; \
         copy the fingerprint from `cargo xtask spec diff --format json`, or delete the entry"
    );
    // Once it is committed, it was looked at.
    repo.write("spec/accepted.toml", &entry(fingerprint));
    repo.commit();
    assert_eq!(repo.run(&[]).code, Some(0));
    repo.write("spec/accepted.toml", &entry(fingerprint).replace("Nobody reads it.", " "));
    assert!(repo.run(&[]).refusal().contains("the reason is empty; "), "{}", repo.run(&[]).stderr);
}

#[test]
fn documents_that_are_none() {
    let repo = Repo::new();
    for (text, message) in [
        ("{\"swagger\": \"2.0\"}", "this is a Swagger 2.0 document"),
        ("<html>", "not JSON"),
        ("a = 1\n", "not JSON"),
        ("{\"openapi\": \"3.1.0\"}", "OpenAPI 3.1.0 is not supported"),
    ] {
        repo.write("bad.json", text);
        for arguments in [["bad.json", "HEAD"], ["HEAD", "bad.json"]] {
            assert!(repo.run(&arguments).refusal().contains(message), "{}", repo.run(&arguments).stderr);
        }
    }
}

#[test]
fn the_section_of_the_changelog() {
    let repo = Repo::new();
    repo.drop_a_member();
    repo.replace("spec/operations.toml", "\n[[operation]]", "\n# A comment.\n[[operation]]");
    let mut command = command(["spec", "changelog", "HEAD"]);
    let output = command.env("CARGO_MANIFEST_DIR", repo.path("xtask")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "### Breaking\n\n- **commit_statuses**\n  - `types::CommitStatus` lost `ref_name`: Bitbucket no longer describes \
         it. Remove what reads or sets it.\n"
    );
}

#[test]
fn what_is_due() {
    let repo = Repo::new();
    let lint = |today: &str| {
        let mut command = command(["spec", "lint", "--today", today]);
        let output = command.env("CARGO_MANIFEST_DIR", repo.path("xtask")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, stdout, stderr) = lint("2026-10-01");
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    // The place has the schema, also where the overlay wrote it.
    for line in stdout.lines() {
        let mut words = line.split_whitespace();
        assert_eq!((words.next(), words.next()), (Some("note"), Some("schema-unreached")), "{line}");
        let (file, number) = words.next().and_then(|place| place.split_once(':')).expect(line);
        let text = fs::read_to_string(repo.path(file)).unwrap();
        let there = text.lines().nth(number.parse::<usize>().unwrap() - 1).unwrap();
        let schema = words.next().unwrap().trim_matches(['`', ':']);
        let key = if schema == "error_error" { "error" } else { schema };
        assert!(there.trim().trim_matches('"').starts_with(key), "{line}: {there}");
    }
    assert!(stdout.contains("spec/corrections.overlay.yaml:"), "{stdout}");
    // Application properties end with Connect.
    let (code, stdout, _) = lint("2027-02-01");
    assert!(code == Some(10) && stdout.contains("due   deprecation-over  spec/bitbucket.json:"), "{stdout}");
    repo.edit(|document| {
        let operation = document.pointer_mut("/paths/~1user/get").unwrap();
        operation["summary"] = "[to be written]".into();
    });
    repo.replace("spec/operations.toml", "\nname = \"get\"\n", "\nname = \"get\"\nreview = true\n");
    let (code, stdout, _) = lint("2026-10-01");
    assert_eq!(code, Some(10));
    for kind in ["prose-missing", "prose-to-write", "name-to-review"] {
        assert!(stdout.contains(&format!("due   {kind}  spec/")), "{kind}: {stdout}");
    }
    repo.replace("spec/shortcuts.toml", "type = \"PullRequest\"", "type = \"Gone\"");
    repo.replace("spec/identifiers.toml", "member = \"Pipeline.uuid\"", "member = \"Pipeline.gone\"");
    let (code, stdout, stderr) = lint("2026-10-01");
    assert_eq!((code, stderr.as_str()), (Some(10), ""), "{stdout}");
    for file in ["shortcuts", "identifiers"] {
        assert!(stdout.contains(&format!("due   decision-unfit  spec/{file}.toml:")), "{stdout}");
    }
    assert!(stdout.contains("due   name-to-review  spec/"), "the rest is looked at all the same: {stdout}");
    repo.replace("spec/bitbucket.json", "\"openapi\": \"3.0", "\"openapi\": \"3.1");
    let (code, stdout, stderr) = lint("2026-10-01");
    assert_eq!((code, stdout.lines().count()), (Some(10), 1), "{stdout}");
    assert!(stdout.starts_with("due   not-generated  spec/bitbucket.json:"), "{stdout}");
    assert_eq!(stderr, "note: nothing else can be looked at before that is mended\n");
    fs::remove_file(repo.path("spec/shortcuts.toml")).unwrap();
    let (code, stdout, stderr) = lint("2026-10-01");
    assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(2), "", 1));
    assert!(stderr.contains("spec/shortcuts.toml"), "{stderr}");
}

#[test]
fn the_schema_is_printed() {
    let run = Repo::new().run(&["--schema"]);
    assert_eq!(run.code, Some(0));
    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(schema["properties"]["format"]["const"], 1);
}

/// Two documents beside the workspace; `None`, with a message, where they are not there.
fn references(repo: &Repo, old: &str, new: &str, arguments: &[&str]) -> Option<Run> {
    let paths = [old, new].map(|name| root().join("../shared/reference").join(format!("bitbucket-cloud-{name}.json")));
    // Worktrees of the repository lie elsewhere.
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        println!("skipped: {} is not there", missing.display());
        return None;
    }
    let paths = paths.map(|path| path.canonicalize().unwrap().to_str().unwrap().to_owned());
    Some(repo.run(&[&[paths[0].as_str(), paths[1].as_str()], arguments].concat()))
}

#[test]
fn a_year_of_the_real_document() {
    let repo = Repo::new();
    let Some(run) = references(&repo, "2025-06", "2026-06", &["--format", "json"]) else { return };
    assert_eq!(run.code, Some(10), "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((json["old"]["operations"].as_u64(), json["new"]["operations"].as_u64()), (Some(289), Some(298)));
    let of = |rule: &str| -> Vec<&Value> {
        json["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == rule).collect()
    };
    assert_eq!(of("op-added").len(), 17);
    let removed = of("op-removed");
    assert_eq!(removed.len(), 8);
    for finding in removed {
        assert!(finding["wire"]["path"].as_str().unwrap().starts_with("/addon/linkers"), "{finding}");
        assert_eq!(finding["note"], "it was not deprecated");
    }
    assert_eq!(of("op-deprecated").len(), 8);
    let subjects = |rule: &str| of(rule).iter().map(|finding| finding["subject"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(subjects("field-became-required"), ["types::CommitStatus.key", "types::CommitStatus.state"]);
    assert_eq!(subjects("field-removed"), ["types::CommitStatus.uuid", "types::GpgKey.comment"]);
    assert_eq!(subjects("enum-value-added"), ["types::WebhookEvent::PipelineSpanCreated"]);
    assert!(of("unexplained").is_empty());
    let markdown = references(&repo, "2025-06", "2026-06", &["--format", "markdown"]).unwrap().stdout;
    assert!(markdown.chars().count() < 60_000);
    let all = references(&repo, "2025-06", "2026-06", &["--keep-left-out"]).unwrap().stdout;
    assert_eq!(all.lines().filter(|line| line.contains("  op-deprecated  ")).count(), 41);
}

#[test]
fn a_month_of_the_real_document() {
    let repo = Repo::new();
    let Some(run) = references(&repo, "2026-06", "2026-07", &[]) else { return };
    assert!(run.stdout.lines().count() < 15, "{}", run.stdout);
    let classes: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("compile")).collect();
    assert!(classes.len() == 1 && classes[0].contains("types::PullRequest.mergeable"), "{}", run.stdout);
}

#[test]
fn outside_of_a_repository_two_documents_are_compared() {
    let copy = Copy::with_sources();
    let run = copy.run(&["spec", "diff"]);
    assert_eq!(run.code, Some(2));
    let problem = format!("error: git: {}: in no repository of git; compare two documents\n", copy.root().display());
    assert_eq!(run.stderr, problem);
    let document = copy.path("bitbucket.json").display().to_string();
    let run = copy.run(&["spec", "diff", &document, &document]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

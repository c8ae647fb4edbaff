//! `.ci/run` and its checks, where tools are missing: what is skipped is said at the end, and fails where it is required.

use crate::place::Place;

const REQUIRED: [(&str, &str); 1] = [("REQUIRE", "all")];

/// A machine on which nothing can be installed; `cargo tree` prints `$FAKE/duplicates`, and cargo-deny lacks its database.
fn bare(has_deny: bool) -> Place {
    let place = Place::new(&["Cargo.toml"]);
    for program in ["cc", "pkg-config"] {
        place.program(program, "");
    }
    for program in ["rustup", "npm", "pip"] {
        place.program(program, "echo \"$(basename \"$0\"): no network\"; exit 1\n");
    }
    let deny = if has_deny { "case \"$*\" in *fetch*) exit 1 ;; esac" } else { "exit 1" };
    let cargo = "
case \"$1\" in
    fmt | clippy) ;;
    tree) cat \"$FAKE/duplicates\" ;;
    deny) DENY ;;
    *) exit 1 ;;
esac
";
    place.program("cargo", &cargo.replace("DENY", deny));
    place.write("duplicates", "");
    place
}

#[test]
fn what_is_skipped_is_listed_at_the_end() {
    let place = bare(true);
    let run = place.run("run", &["msrv", "contract", "api"], &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (_, end) = run.said.split_once("\n=== passed in ").unwrap();
    let listed: Vec<&str> = end.lines().skip(1).collect();
    let expected = ["skipped: msrv: no toolchain ", "skipped: contract: npm cannot ", "skipped: api: no nightly "];
    assert!(listed.len() == 3 && listed.iter().zip(expected).all(|(line, start)| line.starts_with(start)), "{end}");
    let whole = place.run("run", &["docs"], &[]);
    assert_eq!(whole.code, Some(1), "what fails is not skipped: {whole:?}");
}

#[test]
fn what_is_required_is_not_skipped() {
    let place = bare(true);
    for part in ["msrv", "contract", "api"] {
        let run = place.run("run", &[part], &REQUIRED);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.said.ends_with(&format!("skip: REQUIRE is set, so {part} must be checked\n")), "{run:?}");
    }
}

#[test]
fn dependencies_in_two_versions_are_found_without_cargo_deny() {
    for (has_deny, skipped) in [(true, "skipped: advisories: "), (false, "skipped: deny: ")] {
        let place = bare(has_deny);
        let run = place.run("deny", &[], &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.said.contains("no dependency in two versions") && run.said.contains(skipped), "{run:?}");
        assert_eq!(place.run("deny", &[], &REQUIRED).code, Some(1));
        place.write("duplicates", "syn v1.0.0\nsyn v2.0.0\n");
        let run = place.run("deny", &[], &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.said.contains("has duplicates:\nsyn v1.0.0\n"), "{run:?}");
    }
}

#[test]
fn a_part_that_there_is_not_is_refused() {
    let place = bare(true);
    for part in ["lin", "lint tests", "", " ", "lint\ntests"] {
        let run = place.run("run", &[part], &[]);
        assert_eq!(run.code, Some(2), "{part}: {run:?}");
        assert!(run.said.starts_with(&format!("run: no part {part}; there are: lint tests ")), "{run:?}");
    }
}

/// Lines of LLVM IR are those of one compiler.
#[test]
fn the_budget_names_its_compiler() {
    let place = bare(true);
    let cargo = r#"
[ "$1" != +1.95.0 ] || [ -e "$FAKE/pinned" ] || exit 1
[ "$1" = rustc ] || exit 0
mkdir -p target/llvm-lines/release/deps
printf 'define void @a() {\nstart:\n  ret void\n  ret void\n}\n' >target/llvm-lines/release/deps/bitbucket_cloud-1.ll
"#;
    place.program("cargo", cargo);
    place.program("rustc", "echo \"rustc ${RUSTUP_TOOLCHAIN:-1.99.0} (of some day)\"\n");
    let pinned = "with rustc 1.95.0 (of some day), the budget is ";
    let other = "with rustc 1.99.0 (of some day), whereas the budget is that of rustc 1.95.0, the budget is ";
    for (budget, code) in [(2, 0), (1, 1)] {
        place.write("clone/.ci/llvm-lines.budget", format!("# why\n{budget} 1.95.0\n"));
        let run = place.run("llvm-lines", &[], &[]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.said.contains(&format!("2 lines of LLVM IR {other}{budget}")), "{run:?}");
        place.write("pinned", "");
        let run = place.run("llvm-lines", &[], &[]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.said.contains(&format!("2 lines of LLVM IR {pinned}{budget}")), "{run:?}");
        std::fs::remove_file(place.path("pinned")).unwrap();
    }
}

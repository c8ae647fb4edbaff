//! `--help` names every flag, and a flag that does not exist is an error.

use crate::run::xtask;

#[test]
fn the_commands_are_listed() {
    let run = xtask(["--help"]);
    assert_eq!(run.code, Some(0));
    for word in [
        "generate",
        "passes",
        "model",
        "api",
        "demo",
        "spec",
        "--spec",
        "--overlay",
        "--no-overlay",
        "--check",
        "--out",
    ] {
        assert!(run.stdout.contains(word), "`{word}` is missing in\n{}", run.stdout);
    }
}

#[test]
fn every_command_explains_its_flags() {
    let commands: [(&str, &[&str]); 8] = [
        ("generate", &["--spec <FILE>", "--overlay <FILE>", "--no-overlay", "--check", "--out <DIR>"]),
        ("passes", &["--spec <FILE>", "--overlay <FILE>", "--no-overlay", "--dump <NAME>", "--verbose"]),
        ("model", &["--spec <FILE>", "--overlay <FILE>", "--no-overlay"]),
        ("api", &["--rustdoc <FILE>"]),
        ("spec changelog", &["<OLD> [NEW]"]),
        ("spec lint", &["--today <DATE>"]),
        (
            "spec diff",
            &["[OLD] [NEW]", "--since-release", "--format <FORMAT>", "--out <FILE>", "--fail-on <FAIL_ON>", "--schema"],
        ),
        ("demo", &["--repo <WORKSPACE/SLUG>", "--branch <BRANCH>"]),
    ];
    for (command, flags) in commands {
        let run = xtask(command.split(' ').chain(["--help"]));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{command}");
        assert!(run.stdout.contains(&format!("Usage: cargo xtask {command}")), "{}", run.stdout);
        for flag in flags {
            assert!(run.stdout.contains(flag), "`{flag}` is missing in\n{}", run.stdout);
        }
    }
}

#[test]
fn a_flag_that_does_not_exist() {
    let run = xtask(["generate", "--chek"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("--check"), "it proposes the right one: {}", run.stderr);
}

#[test]
fn an_overlay_and_none() {
    let run = xtask(["generate", "--no-overlay", "--overlay", "x.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
}

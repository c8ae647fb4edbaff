//! Where nobody reads the output, the work is done all the same.

use std::process::{Child, Stdio};

use crate::run::{command, xtask};

/// Starts the command and closes the reading end of both pipes before anything can arrive.
fn unread(arguments: &[&str]) -> Child {
    let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    child
}

#[test]
fn a_reader_that_has_gone_is_no_mistake() {
    for arguments in [&["passes", "--verbose"][..], &["passes", "--dump", "check_ready"], &["passes", "--help"]] {
        assert_eq!(unread(arguments).wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn an_error_that_nobody_reads_is_still_an_exit_code() {
    assert_eq!(unread(&["passes", "--dump", "nonsense"]).wait().unwrap().code(), Some(2));
    assert_eq!(unread(&["generate", "--check", "--spec", "Cargo.toml"]).wait().unwrap().code(), Some(2));
}

#[test]
fn no_progress_is_shown_without_a_terminal() {
    let run = xtask(["generate", "--check"]);
    assert!(!run.stderr.contains(" ms"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}') && !run.stdout.contains('\u{1b}'), "{run:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(["passes"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: write: standard output: cannot be written to"), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
}

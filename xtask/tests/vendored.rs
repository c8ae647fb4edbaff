//! The checked-in generated files are what the generator makes of the checked-in inputs.

use std::process::Command;

#[test]
fn the_generated_files_are_up_to_date() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["generate", "--check"]).output().unwrap();
    assert!(
        output.status.success(),
        "{}the generated files are not what the generator makes: run `cargo xtask generate` and commit the result",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "everything is up to date\n");
}

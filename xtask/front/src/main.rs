//! What `cargo xtask` starts: the demo for `demo`, xtask itself for every other command, each through cargo.
//!
//! xtask links the generator, which takes long to build. This program has no dependencies, so that whoever tries the demo
//! first need not wait for a generator. It looks at the first argument only: commands and their flags are xtask's.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let package = if arguments.first().is_some_and(|first| first == "demo") {
        arguments.remove(0);
        "bitbucket-demo"
    } else {
        "xtask"
    };
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The folder that cargo was called in is kept: paths among the arguments are relative to it.
    command.args(["run", "--quiet", "--manifest-path"]).arg(manifest());
    command.args(["--package", package, "--"]).args(arguments);
    // What cargo told this program about itself: build scripts that look at it, ring's for one, would run once more.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    match become_it(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: xtask: cargo cannot be started ({error}); call this as `cargo xtask`");
            ExitCode::from(2)
        }
    }
}

/// The manifest of the workspace from which cargo runs this, wherever it was compiled.
fn manifest() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.ancestors().nth(2).unwrap_or(&own).join("Cargo.toml")
}

/// Takes the place of this process, so that signals reach the command and its exit code is this one's.
#[cfg(unix)]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Waits for the command and hands its exit code on.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> io::Result<ExitCode> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

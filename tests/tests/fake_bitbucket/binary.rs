//! The binary: one line on standard output, requests on standard error, a clear end if the port is taken.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::get;

/// Ends the process also when an assertion fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_fake-bitbucket"))
}

#[tokio::test]
async fn it_prints_its_address_and_then_the_requests() {
    let mut command = binary();
    command.args(["--port", "0", "--step-seconds", "0.5"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(command.spawn().expect("a process"));
    let mut lines = BufReader::new(running.0.stdout.take().expect("standard output")).lines();
    let base_url = lines.next().expect("a line").expect("text");
    assert!(base_url.starts_with("http://127.0.0.1:") && base_url.ends_with("/2.0"), "{base_url}");
    assert_eq!(get(&format!("{base_url}/user?token=unseen")).await.status(), 200);
    let mut log = BufReader::new(running.0.stderr.take().expect("standard error")).lines();
    assert_eq!(log.next().expect("a line").expect("text"), "GET /2.0/user 200");

    let port = base_url.trim_end_matches("/2.0").rsplit(':').next().expect("a port").to_owned();
    let second = binary().args(["--port", &port]).output().expect("a process");
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.starts_with(&format!("error: cannot listen on 127.0.0.1:{port}: ")), "{message}");
    assert!(second.stdout.is_empty());

    drop(running);
    assert!(lines.next().is_none(), "more than one line");
}

#[test]
fn bad_arguments_are_explained() {
    let output = binary().args(["--step-seconds", "-1"]).output().expect("a process");
    assert_eq!(output.status.code(), Some(2));
    assert!(binary().arg("--help").output().expect("a process").status.success());
}

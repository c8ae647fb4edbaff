//! Processes that share the tokens of one file. They are this test binary, started again for one test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bitbucket_cloud::{FileTokenStore, Method, OAuth, TokenStore};

use crate::client;
use crate::issuer::{Issuer, Rotation};

/// Tells a process that it is a worker, and what it does: `PATH BASE FILE CALLS`.
const TASK: &str = "BITBUCKET_TESTS_WORKER";

/// Not a test, but what each of the processes does; its exit code is the number of calls that failed.
#[test]
fn worker() {
    let Ok(task) = std::env::var(TASK) else { return };
    let [path, base, file, calls] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("{task}") };
    let oauth = || OAuth::refresh_token("key", "secret", "shared-0").store(FileTokenStore::new(file));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let failed = runtime.block_on(async {
        let mut client = client(base, oauth());
        let mut failed = 0;
        for call in 0..calls.parse().expect("a number") {
            if path == "/once" {
                // A program that begins anew: its first token was used by another.
                client = crate::client(base, oauth());
            }
            if let Err(error) = client.request(Method::GET, path).send_raw().await {
                println!("\n{error}");
                failed += 1;
            }
            if call == 0 {
                println!("\nready");
            }
            if path == "/things" {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        failed
    });
    std::process::exit(failed);
}

fn start(path: &str, issuer: &Issuer, file: &Path, calls: u32) -> Child {
    let task = format!("{path} {} {} {calls}", issuer.base(), file.display());
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "processes::worker", "--nocapture"]).env(TASK, task);
    command.stdout(Stdio::piped()).spawn().expect("a process")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_share_one_login() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    let issuer = Issuer::start(Rotation::Strict, Duration::from_millis(50), 2).await;
    let workers: Vec<Child> = (0..4).map(|_| start("/things", &issuer, &file, 40)).collect();
    for worker in workers {
        let output = tokio::task::spawn_blocking(|| worker.wait_with_output()).await.expect("a thread");
        let output = output.expect("an end");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
    let (calls, tokens) = (issuer.asked("/things").len(), issuer.asked("/token").len());
    assert!(calls >= 160 && (3..=20).contains(&tokens), "{calls} calls, {tokens} token requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_kills_leave_tokens_that_work_and_no_rubbish() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tokens.json");
    let issuer = Issuer::start(Rotation::Lenient, Duration::ZERO, 3600).await;
    let names = || {
        let entries = std::fs::read_dir(folder.path()).expect("a folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
        names.sort();
        names
    };
    for round in 0..15_u64 {
        let workers: Vec<Child> = (0..4).map(|_| start("/once", &issuer, &file, 1_000_000)).collect();
        let kills = workers.into_iter().zip(0..).map(|(mut worker, number)| {
            tokio::task::spawn_blocking(move || {
                let lines = BufReader::new(worker.stdout.take().expect("its output")).lines();
                assert!(lines.map_while(Result::ok).any(|line| line.ends_with("ready")), "a worker that failed");
                std::thread::sleep(Duration::from_millis((round * 7 + number * 13) % 40));
                worker.kill().expect("a kill");
                worker.wait().expect("an end");
            })
        });
        for kill in kills.collect::<Vec<_>>() {
            kill.await.expect("a kill");
        }
        // What the last kill of a round left: a temporary file at most.
        assert!(names().len() <= 3, "{:?}", names());
        assert!(FileTokenStore::new(&file).load().await.expect("a whole file").is_some());
    }
    let oauth = OAuth::refresh_token("key", "secret", "shared-0").store(FileTokenStore::new(&file));
    client(issuer.base(), oauth).request(Method::GET, "/once").send_raw().await.expect("tokens that work");
    assert_eq!(names(), [".tokens.json.lock", "tokens.json"]);
}

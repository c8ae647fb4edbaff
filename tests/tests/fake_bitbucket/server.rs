//! The server around the resources: journal, scripts, refusals, common headers, start and stop.

use std::time::Duration;

use bitbucket_tests::{FakeBitbucket, Method, Reply, StartError};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{branch, client, get, get_json, header, json_of, post, repository, slow_fake, start};

#[tokio::test]
async fn the_journal_keeps_what_was_on_the_wire() {
    let fake = slow_fake().await;
    get(&format!("{}/repositories/%7Bw%7D/a%20b/pipelines/?sort=-created_on&q=a%2Bb+c&q=", fake.base_url())).await;
    post(&format!("{}/pipelines", repository(&fake)), &branch("main")).await;
    let [list, start] = fake.journal().try_into().expect("two entries");
    assert_eq!((list.method.as_str(), &*list.path), ("GET", "/2.0/repositories/%7Bw%7D/a%20b/pipelines/"));
    assert_eq!(list.raw_query.as_deref(), Some("sort=-created_on&q=a%2Bb+c&q="));
    assert_eq!(list.query_value("sort"), Some("-created_on"));
    assert_eq!(list.query_values("q"), ["a+b c", ""]);
    assert!(list.matched && list.body.is_empty());
    assert!(fake.base_url().contains(&list.socket.to_string()));
    assert_eq!(start.json().expect("JSON"), branch("main"));
    assert_eq!(start.header("content-type"), Some("application/json"));

    fake.clear_journal();
    assert!(fake.journal().is_empty());
}

#[tokio::test]
async fn an_unknown_path_explains_itself() {
    let fake = slow_fake().await;
    let error = json_of(get(&format!("{}/nowhere?secret=1", fake.base_url())).await, 404).await;
    assert_eq!(error, json!({"type": "error", "error": {"message": "no route for GET /2.0/nowhere"}}));
    assert_eq!(fake.unmatched().len(), 1);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fake.assert_no_unmatched()));
    let message = caught.expect_err("a panic").downcast::<String>().expect("a message");
    assert!(message.contains("GET /2.0/nowhere"), "{message}");
}

#[tokio::test]
async fn a_known_path_refuses_other_methods() {
    let fake = slow_fake().await;
    let url = format!("{}/pipelines/", repository(&fake));
    for method in [Method::HEAD, Method::DELETE, Method::PATCH] {
        let response = client().request(method, &url).send().await.expect("an answer");
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "GET, POST"));
    }
    assert_eq!(fake.unmatched().len(), 3);
}

#[tokio::test]
async fn the_newest_script_answers_until_it_is_used_up() {
    let fake = slow_fake().await;
    let template = "/repositories/{workspace}/{repo_slug}";
    fake.on(Method::GET, template, Reply::json(200, json!({"slug": "older"}))).on(
        Method::GET,
        template,
        Reply::text(429, "Rate limit").header("retry-after", "1").times(2),
    );
    for _ in 0..2 {
        let response = get(&repository(&fake)).await;
        assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (429, "1"));
        assert_eq!(response.text().await.expect("a body"), "Rate limit");
    }
    assert_eq!(get_json(&repository(&fake)).await["slug"], "older");
    fake.on_fn(Method::GET, template, |call| {
        (call.param("repo_slug") == "chosen").then(|| Reply::json(200, json!({"workspace": call.param("workspace")})))
    });
    assert_eq!(get_json(&repository(&fake)).await["slug"], "older");
    assert_eq!(get_json(&format!("{}/repositories/a%2Fb/chosen", fake.base_url())).await["workspace"], "a/b");
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn a_script_can_add_paths_wait_and_send_any_bytes() {
    let fake = slow_fake().await;
    let reply = Reply::bytes(203, "application/x-sample", vec![0xff, 0x00])
        .delay(Duration::from_millis(50))
        .header("x-ratelimit-limit", "60, 60;w=3600");
    fake.on(Method::POST, "/repositories/{workspace}/{repo_slug}/downloads/{*name}", reply);
    let before = std::time::Instant::now();
    let url = format!("{}/downloads/a/b", repository(&fake));
    let response = client().post(url).send().await.expect("an answer");
    assert!(before.elapsed() >= Duration::from_millis(50));
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (203, "application/x-sample"));
    assert_eq!(header(&response, "x-ratelimit-limit"), "60, 60;w=3600");
    assert_eq!(response.bytes().await.expect("a body").as_ref(), [0xff, 0x00]);
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn a_write_that_claims_json_needs_a_body() {
    let fake = slow_fake().await;
    let (run, _) = start(&fake, &branch("main")).await;
    fake.on(Method::PUT, "/sample", Reply::status(204));
    let bodyless = |method, url: String| client().request(method, url).header("content-type", "application/json");
    let stop = bodyless(Method::POST, format!("{run}/stopPipeline")).send().await.expect("an answer");
    assert_eq!(json_of(stop, 400).await["type"], "error");
    let scripted = bodyless(Method::PUT, format!("{}/sample", fake.base_url())).send().await.expect("an answer");
    assert_eq!(scripted.status(), 400);
    let with_body = bodyless(Method::POST, format!("{run}/stopPipeline")).body("{}").send().await.expect("an answer");
    assert_eq!(with_body.status(), 204);
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn raw_braces_in_a_path_are_refused() {
    let fake = slow_fake().await;
    let address = fake.base_url().trim_start_matches("http://").trim_end_matches("/2.0");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request =
        format!("GET /2.0/repositories/w/r/pipelines/{{x}} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("unexpected.response.body"), "{answer}");
    assert_eq!(fake.journal()[0].path, "/2.0/repositories/w/r/pipelines/{x}");
}

#[tokio::test]
async fn answers_carry_a_request_id_and_the_rate_limit() {
    let fake = slow_fake().await;
    let (first, second) = (get(&repository(&fake)).await, get(&format!("{}/nowhere", fake.base_url())).await);
    assert_ne!(header(&first, "x-request-id"), header(&second, "x-request-id"));
    for response in [first, second] {
        assert_eq!(header(&response, "x-request-id").len(), 32);
        assert_eq!(header(&response, "x-ratelimit-limit"), "1000");
        assert_eq!(header(&response, "x-ratelimit-nearlimit"), "false");
    }
}

#[tokio::test]
async fn credentials_are_checked_on_request() {
    let fake = FakeBitbucket::builder().require_authorization("Bearer right").start().await.expect("a free port");
    let url = repository(&fake);
    let with = |value: &'static str| client().get(&url).header("authorization", value).send();
    assert_eq!(with("Bearer right").await.expect("an answer").status(), 200);
    assert_eq!(with("Bearer wrong").await.expect("an answer").status(), 401);
    let error = json_of(get(&url).await, 401).await;
    assert!(error["error"]["message"].as_str().expect("a message").starts_with("Token is invalid"));
    fake.assert_no_unmatched();
}

#[tokio::test]
async fn a_taken_port_is_an_error_of_its_own() {
    let fake = slow_fake().await;
    let address = fake.base_url().trim_start_matches("http://").trim_end_matches("/2.0").to_owned();
    let port = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let Err(StartError::Listen { address: named, .. }) = FakeBitbucket::builder().port(port).start().await else {
        panic!("two servers on one port");
    };
    assert_eq!(named.to_string(), address);
}

#[tokio::test]
async fn dropping_the_fake_ends_its_tasks() {
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let fake = slow_fake().await;
    fake.on(Method::GET, "/slow", Reply::status(200).delay(Duration::from_secs(600)));
    let base_url = fake.base_url().to_owned();
    let keeps_alive = client();
    keeps_alive.get(format!("{base_url}/user")).send().await.expect("an answer");
    let slow = tokio::spawn(get_status(format!("{base_url}/slow")));
    while fake.journal().len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(fake);
    assert_eq!(slow.await.expect("no panic"), 200);
    drop(keeps_alive);
    for _ in 0..200 {
        if alive() == 0 {
            assert!(client().get(format!("{base_url}/user")).send().await.is_err());
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} tasks are left", alive());
}

#[tokio::test]
async fn shutdown_frees_the_port() {
    let fake = slow_fake().await;
    let base_url = fake.base_url().to_owned();
    let _: Value = get_json(&format!("{base_url}/user")).await;
    fake.shutdown().await;
    assert!(client().get(format!("{base_url}/user")).send().await.is_err());
}

async fn get_status(url: String) -> u16 {
    get(&url).await.status().as_u16()
}

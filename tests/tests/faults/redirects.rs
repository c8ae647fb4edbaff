//! Redirects, and what goes with them.

use bitbucket_cloud::{Client, Method, RetryPolicy};
use bitbucket_tests::{FakeBitbucket, Method as FakeMethod, Reply};

use crate::raw::{Act, Raw, Seen, answer, json};
use crate::table::{Row, outcome};
use crate::transport::untrusted;
use crate::{SECRET, both, builder, call};

const THING: &str = r#"{"name":"rocket"}"#;

fn to(status: u16, location: &str) -> Act {
    Act::Send(answer(status, &format!("location: {location}"), ""))
}

pub(crate) async fn loop_of_redirects() -> Row {
    let acts = vec![to(307, "/2.0/things/1")];
    both("redirect loop", acts, ("`Redirect` 307", 11), ("`Redirect` 307", 11)).await
}

pub(crate) async fn without_location() -> Row {
    let acts = vec![Act::Send(answer(302, "", ""))];
    both("redirect without `Location`", acts, ("`Redirect` 302", 1), ("`Redirect` 302, ambiguous", 1)).await
}

pub(crate) async fn to_another_host() -> Row {
    let other = Raw::start(vec![Act::Send(json(200, THING))]).await;
    let raw = Raw::start(vec![to(302, &format!("http://{}/signed?x=1", other.address))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let request = client.request(Method::GET, "/things/1").header("cookie", SECRET).header("x-key", SECRET);
    let result = request.header("range", "bytes=0-9").send_as::<crate::Thing>().await;
    let (here, there) = (raw.seen(), other.seen());
    assert!(here[0].has_credentials() && !there[0].has_credentials(), "{there:?}");
    assert!(there[0].head.contains("range: bytes=0-9") && !there[0].head.contains("referer"));
    assert_eq!((outcome(&result).as_str(), here.len(), there.len()), ("success", 1, 1));
    let note = "no credential and no cookie goes there, and of headers only those named above";
    Row { fault: "redirect to another host", read: Some((outcome(&result), 2)), once: None, note }
}

pub(crate) async fn to_another_host_and_back() -> Row {
    let other = Raw::start(vec![]).await;
    let raw = Raw::start(vec![to(307, &format!("http://{}/away", other.address)), Act::Send(json(200, THING))]).await;
    other.acts(vec![to(307, &format!("{}/back", raw.base()))]);
    let client = builder(&raw.base()).build().expect("a client");
    let request = client.request(Method::GET, "/things/1").header("cookie", SECRET).header("x-key", SECRET);
    let result = request.header("range", "bytes=0-9").json(&SECRET).send_as::<crate::Thing>().await;
    let (here, there) = (raw.seen(), other.seen());
    assert_eq!((outcome(&result).as_str(), here.len(), there.len()), ("success", 2, 1));
    assert!(here[0].has_credentials() && !there[0].has_credentials() && !here[1].has_credentials(), "{here:?}");
    assert!(here[1].head.contains("/2.0/back") && here[1].head.contains("range: bytes=0-9"), "{here:?}");
    assert!(!here[1].head.contains("content-"), "{here:?}");
    let note = "what was dropped for the other host stays dropped";
    Row { fault: "redirect to another host and back", read: Some((outcome(&result), 3)), once: None, note }
}

pub(crate) async fn to_the_same_host() -> Row {
    let raw = Raw::start(vec![to(302, "/2.0/other"), Act::Send(json(200, THING))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let result = call(&client, Method::GET).await;
    assert!(raw.seen().iter().all(Seen::has_credentials));
    assert_eq!((outcome(&result).as_str(), raw.seen().len()), ("success", 2));
    let note = "the credentials go along";
    Row { fault: "redirect on the same host", read: Some((outcome(&result), 2)), once: None, note }
}

pub(crate) async fn from_https_to_http() -> Row {
    crate::prepare_tls();
    let plain = Raw::start(vec![Act::Send(json(200, THING))]).await;
    let acts = vec![to(302, &format!("http://{}/2.0/things/1", plain.address))];
    let secure = Raw::with_tls(acts, Some(untrusted())).await;
    let policy = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().danger_accept_invalid_certs(true).redirect(policy).build().expect("a client");
    let client = builder(&format!("https://{}/2.0", secure.address)).http_client(http).build().expect("a client");
    let (read, once) = (call(&client, Method::GET).await, call(&client, Method::POST).await);
    assert_eq!((outcome(&read).as_str(), outcome(&once).as_str()), ("`Redirect` 302", "`Redirect` 302, ambiguous"));
    assert_eq!((secure.seen().len(), plain.seen().len()), (2, 0));
    let note = "nothing is sent in the clear";
    Row { fault: "redirect from https to http", read: Some((outcome(&read), 1)), once: Some((outcome(&once), 1)), note }
}

pub(crate) async fn of_a_write_with_307() -> Row {
    let raw = Raw::start(vec![to(307, "/2.0/moved"), Act::Send(json(200, THING))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let once = call(&client, Method::POST).await;
    assert_eq!(raw.seen().iter().map(|seen| seen.method().to_owned()).collect::<Vec<_>>(), ["POST", "POST"]);
    let once = Some((outcome(&once), raw.seen().len()));
    Row { fault: "307 to a write", read: None, once, note: "method and body are kept" }
}

pub(crate) async fn of_a_write_with_302() -> Row {
    let raw = Raw::start(vec![to(302, "/2.0/moved"), Act::Send(json(200, THING))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let once = call(&client, Method::POST).await;
    let once = Some((outcome(&once), raw.seen().len()));
    assert_eq!(once, Some(("`Redirect` 302, ambiguous".into(), 1)));
    Row { fault: "302 to a write", read: None, once, note: "following would turn it into a read" }
}

pub(crate) async fn of_a_write_to_another_host() -> Row {
    let other = Raw::start(vec![Act::Send(json(200, THING))]).await;
    let raw = Raw::start(vec![to(307, &format!("http://{}/2.0/things", other.address))]).await;
    let client = builder(&raw.base()).build().expect("a client");
    let once = call(&client, Method::POST).await;
    assert!(other.seen().is_empty());
    let once = Some((outcome(&once), raw.seen().len()));
    assert_eq!(once, Some(("`Redirect` 307".into(), 1)));
    Row { fault: "307 of a write to another host", read: None, once, note: "its body may hold secrets" }
}

/// The operations that the document knows to redirect, against the fake Bitbucket.
pub(crate) async fn of_diff_download_and_log() -> Row {
    let fake =
        FakeBitbucket::builder().require_authorization(format!("Bearer {SECRET}")).start().await.expect("a fake");
    let storage = Raw::start(vec![Act::Send(answer(200, "content-type: text/plain", "stored"))]).await;
    let (diff, stored) =
        (fake.base_url().to_owned() + "/repositories/w/r/diff/x", format!("http://{}/k", storage.address));
    let pull = "/repositories/{w}/{r}/pullrequests/{id}";
    for name in ["diff", "patch"] {
        fake.on(FakeMethod::GET, &format!("{pull}/{name}"), Reply::status(302).header("location", &diff));
    }
    fake.on(FakeMethod::GET, "/repositories/{w}/{r}/diff/{spec}", Reply::text(200, "+ a line"));
    let downloads = "/repositories/{w}/{r}/downloads/{name}";
    fake.on(FakeMethod::GET, downloads, Reply::status(302).header("location", &stored));
    let log = "/repositories/{w}/{r}/pipelines/{p}/steps/{s}/log";
    fake.on(FakeMethod::GET, log, Reply::status(307).header("location", &stored));
    let credentials = bitbucket_cloud::Credentials::access_token(SECRET);
    let client = Client::builder().base_url(fake.base_url()).credentials(credentials).retry(RetryPolicy::none());
    let client = client.build().expect("a client");
    let requests = client.pull_requests();
    let bodies = [
        requests.get_diff("w", "r", 1).send_raw().await.expect("a diff").into_inner(),
        requests.get_patch("w", "r", 1).send_raw().await.expect("a patch").into_inner(),
        client.downloads().get("w", "r", "a.zip").send_raw().await.expect("a file").into_inner(),
        client.pipelines().get_step_log("w", "r", "{p}", "{s}").send_raw().await.expect("a log").into_inner(),
    ];
    assert_eq!(
        bodies.map(|body| String::from_utf8_lossy(&body).into_owned()),
        ["+ a line", "+ a line", "stored", "stored"]
    );
    assert!(fake.journal().iter().all(|entry| entry.header("authorization").is_some()));
    assert!(storage.seen().iter().all(|seen| !seen.has_credentials()));
    let note = "diff and patch with credentials, file and log without";
    Row { fault: "diff, patch, download, log", read: Some(("success".into(), 2)), once: None, note }
}

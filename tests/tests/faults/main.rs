//! The fault matrix: what a caller gets when a connection, an answer, a redirect or a token goes wrong, how often the
//! server was asked, and that no credential left its host. Each cell runs over real sockets, as a test of its own and
//! as a line of the table in `docs/reliability.md`.

mod answers;
mod limits;
mod lists;
mod logs;
mod raw;
mod redirects;
mod table;
mod tokens;
mod transport;
mod waits;

use std::time::Duration;

use bitbucket_cloud::{Client, ClientBuilder, Credentials, Error, Method, RetryPolicy};
use raw::{Act, Raw};
use serde::Deserialize;
use table::{Row, outcome};

/// Appears in every credential of these tests, and may appear nowhere else.
pub(crate) const SECRET: &str = "s3cret-canary";
/// Longer than any cell may take.
pub(crate) const GUARD: Duration = Duration::from_secs(20);

/// A model with a field that must be there, so that a wrong body does not pass.
#[derive(Debug, Deserialize)]
pub(crate) struct Thing {
    #[allow(dead_code)]
    name: String,
}

/// Settings of all cells: little patience, and a credential.
pub(crate) fn builder(base: &str) -> ClientBuilder {
    let retry = RetryPolicy::new().attempts(3).base_delay(Duration::from_millis(5));
    Client::builder()
        .base_url(base)
        .credentials(Credentials::api_token("me@example.org", SECRET))
        .retry(retry)
        .read_timeout(Duration::from_millis(1500))
}

/// A call that changes nothing, or one that must happen once.
pub(crate) async fn call(client: &Client, method: Method) -> Result<(), Error> {
    let request = client.request(method.clone(), "/things/1");
    let request = if method == Method::POST { request.json(&serde_json::json!({"a": 1})) } else { request };
    let call = request.send_as::<Thing>();
    let result = tokio::time::timeout(GUARD, call).await.expect("a call that ends").map(|_| ());
    if let Err(error) = &result {
        let text = format!("{error} {error:?} {:?}", error.body_excerpt());
        assert!(!text.contains(SECRET), "{text}");
        println!("    {error}");
    }
    result
}

/// Runs a fault against a read and a non-idempotent write, and compares outcomes and numbers of requests.
pub(crate) async fn both(fault: &'static str, acts: Vec<Act>, read: (&str, usize), once: (&str, usize)) -> Row {
    both_with(|builder| builder, fault, acts, read, once).await
}

/// The same with other settings.
pub(crate) async fn both_with(
    change: impl Fn(ClientBuilder) -> ClientBuilder,
    fault: &'static str,
    acts: Vec<Act>,
    read: (&str, usize),
    once: (&str, usize),
) -> Row {
    let run = async |method: Method| {
        let raw = Raw::start(acts.clone()).await;
        let client = change(builder(&raw.base())).build().expect("a client");
        let result = call(&client, method).await;
        (outcome(&result), raw.seen().len())
    };
    let row = Row { fault, read: Some(run(Method::GET).await), once: Some(run(Method::POST).await), note: "" };
    let expected = Row { fault, read: Some((read.0.into(), read.1)), once: Some((once.0.into(), once.1)), note: "" };
    assert_eq!(row.line(), expected.line());
    row
}

/// A test for each cell, and one that prints them all as a table.
macro_rules! cells {
    ($($module:ident::$name:ident,)*) => {
        $(
            mod $name {
                #[tokio::test]
                async fn cell() {
                    super::prepare_tls();
                    crate::$module::$name().await;
                }
            }
        )*

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn the_table_is_that_of_the_documents() {
            prepare_tls();
            // A few at a time: a machine that is busy would make time limits of its own.
            let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(4));
            let cells: Vec<tokio::task::JoinHandle<Row>> = vec![$({
                let turns = std::sync::Arc::clone(&turns);
                tokio::spawn(async move {
                    let _turn = turns.acquire().await;
                    $module::$name().await
                })
            },)*];
            let mut rows = Vec::new();
            for cell in cells {
                rows.push(cell.await.expect("a cell that holds"));
            }
            table::compare(&rows);
        }
    };
}

cells! {
    transport::connection_refused,
    transport::name_not_found,
    transport::certificate_not_trusted,
    transport::reset_before_headers,
    transport::closed_before_headers,
    transport::reset_in_headers,
    transport::reset_in_body,
    transport::not_http,
    transport::content_length_too_long,
    transport::content_length_too_short,
    transport::silent_before_headers,
    transport::silent_in_body,
    transport::unavailable_for_a_client_of_the_callers,
    transport::silent_for_a_client_of_the_callers,
    transport::slow_drip,
    transport::slow_drip_beyond_the_limit,
    transport::dropped_call,
    transport::log_that_grows_slowly,
    answers::truncated_json,
    answers::html_with_success,
    answers::error_with_success,
    answers::sentence_in_page,
    answers::unasked_part,
    answers::nothing_with_success,
    answers::html_error,
    answers::xml_error,
    answers::credentials_sent_back,
    answers::huge_error,
    answers::gzip,
    limits::endless_body,
    limits::larger_than_the_limit,
    limits::trickling_body,
    limits::unneeded_body,
    limits::stalled_upload,
    limits::slow_source_of_an_upload,
    answers::status_400,
    answers::status_409,
    answers::status_410,
    answers::status_500,
    answers::status_501,
    answers::status_502,
    answers::status_503,
    answers::status_504,
    answers::status_555,
    answers::status_555_of_merge_and_decline,
    answers::passing_503,
    waits::limited_in_seconds,
    waits::limited_until_a_date,
    waits::limited_with_reset,
    waits::limited_without_a_word,
    waits::limited_with_garbage,
    waits::limited_for_an_hour,
    waits::limited_by_a_wrong_clock,
    waits::unavailable_in_seconds,
    waits::paced_when_used_up,
    waits::reset_far_away,
    lists::empty_page_in_the_middle,
    lists::page_that_lacks_an_item,
    lists::missing_next,
    lists::list_that_ends_early,
    lists::list_that_grows,
    lists::list_that_shrinks,
    lists::numbers_as_text,
    lists::page_that_comes_again,
    lists::next_page_elsewhere,
    lists::page_still_being_made,
    lists::page_without_a_body,
    lists::list_without_an_end,
    redirects::loop_of_redirects,
    redirects::to_another_host,
    redirects::to_another_host_and_back,
    redirects::to_the_same_host,
    redirects::from_https_to_http,
    redirects::without_location,
    redirects::of_a_write_with_307,
    redirects::of_a_write_with_302,
    redirects::of_a_write_to_another_host,
    redirects::of_diff_download_and_log,
    logs::late,
    logs::gone,
    logs::replaced_while_followed,
    logs::replaced_while_downloaded,
    logs::another_part,
    logs::part_too_long,
    logs::encoded,
    logs::not_found_at_first,
    logs::never_over,
    tokens::expired_in_mid_list,
    tokens::refused_for_good,
    tokens::endpoint_down,
    tokens::endpoint_refuses,
    tokens::two_hundred_calls_one_refresh,
    tokens::two_hundred_calls_endpoint_down,
    tokens::rotated_and_not_storable,
    tokens::dropped_in_mid_refresh,
    tokens::every_token_refused,
    tokens::damaged_token_file,
}

/// The SDK turns on reqwest's TLS without a provider for the whole build; a plain client then needs one.
fn prepare_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

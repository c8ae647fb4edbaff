//! What is allocated for the future of a call: that of each operation is measured by `operations`, those of everything else
//! that gives a [`Sending`] here.

use bitbucket_cloud::ext::pipelines::Target;
use bitbucket_cloud::{Client, Method, Sending, prelude::*};

/// Bytes that the future of a call may have.
const LARGEST: usize = 1_024;

fn size<T>(sending: &Sending<T>) -> usize {
    size_of_val(&**sending)
}

#[tokio::test]
async fn futures_of_calls_are_small() {
    let client = Client::builder().build().expect("a client");
    let repository = client.repository("acme", "rocket");
    let pipelines = repository.pipelines();
    let sizes = [
        ("a request", size(&client.request(Method::GET, "/user").send())),
        ("a generated request", size(&pipelines.list().send())),
        ("as another type", size(&pipelines.list().send_as::<serde_json::Value>())),
        ("its bytes", size(&pipelines.list().send_raw())),
        ("nothing", size(&pipelines.stop("p").send())),
        ("a stream", size(&pipelines.get_step_log("p", "s").send())),
        ("a pipeline", size(&pipelines.run(Target::branch("main")).send())),
        ("its YAML", size(&pipelines.run(Target::branch("main")).yaml("pipelines: {}").send())),
        ("an artifact", size(&repository.downloads().upload().file("a", "b").send())),
        ("files", size(&repository.source().commit_files().file("a", "b").send())),
        ("a snippet", size(&client.workspace("acme").snippets().create_with_files().file("a", "b").send())),
    ];
    let largest = sizes.iter().map(|(_, size)| *size).max();
    assert!(sizes.iter().all(|(_, size)| (1..=LARGEST).contains(size)), "more than {LARGEST}: {sizes:?}");
    println!("the largest of {} futures has {largest:?} bytes", sizes.len());
}

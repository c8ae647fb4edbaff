//! Lists the newest pipelines of a repository: `list_pipelines [WORKSPACE/REPOSITORY] [COUNT]`.

use bitbucket_cloud::ext::query::{Fields, Sort};
use bitbucket_cloud::{Client, Error, prelude::*};
use serde::Deserialize;

/// What is asked for, and nothing more.
#[derive(Deserialize)]
struct Row {
    build_number: u64,
    state: Named,
    target: Target,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Target {
    ref_name: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(20);
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    let fields = ["values.build_number", "values.state.name", "values.target.ref_name"];
    let list = repository.pipelines().list().paginate();
    let list = list.sort(Sort::descending("created_on")).fields(Fields::only(fields));
    let mut pipelines = list.page_len(50).limit(count).prefetch(2).decode_as::<Row>().items();
    while let Some(pipeline) = pipelines.next().await {
        let Row { build_number, state, target } = pipeline?;
        println!("#{build_number:<6} {:<12} {}", state.name, target.ref_name.unwrap_or_default());
    }
    Ok(())
}

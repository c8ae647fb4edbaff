//! Lists the newest pipelines of a repository: `list_pipelines [WORKSPACE/REPOSITORY] [COUNT]`.

use bitbucket_cloud::ext::query::{Fields, Sort};
use bitbucket_cloud::{Client, Error, prelude::*};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(20);
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    // What is asked for, and nothing more.
    let fields = Fields::only(["values.build_number", "values.state", "values.target"]);
    let list = repository.pipelines().list().paginate().sort(Sort::descending("created_on")).fields(fields);
    let mut pipelines = list.page_len(50).limit(count).prefetch(2).items();
    while let Some(pipeline) = pipelines.next().await {
        let pipeline = pipeline?;
        let [state, result] = [pipeline.state_name(), pipeline.result_name()].map(Option::unwrap_or_default);
        let branch = pipeline.branch().unwrap_or_default();
        println!("#{:<6} {state:<12} {result:<12} {branch}", pipeline.build_number.unwrap_or_default());
    }
    Ok(())
}

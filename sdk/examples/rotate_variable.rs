//! Gives a repository variable a new value: `rotate_variable [WORKSPACE/REPOSITORY] [KEY]`, the value in `NEW_VALUE`.

use bitbucket_cloud::{Client, Error, prelude::*, types::PipelineVariable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "acme/rocket".into());
    let key = arguments.next().unwrap_or_else(|| "DEPLOY_TOKEN".into());
    let value = std::env::var("NEW_VALUE").unwrap_or_else(|_| "not-a-real-token".into());
    let (workspace, slug) = name.split_once('/').unwrap_or(("acme", &name));

    let repository = Client::from_env()?.repository(workspace, slug);
    let pipelines = repository.pipelines();
    let mut variables = pipelines.list_variables().page_len(100).items();
    let mut found = None;
    while let Some(variable) = variables.next().await {
        let variable = variable?;
        if variable.key.as_deref() == Some(key.as_str()) {
            found = variable.uuid;
            break;
        }
    }
    let variable = PipelineVariable::secret(&key, value);
    match found {
        Some(uuid) => {
            pipelines.update_variable(uuid.to_string(), &variable).send().await?;
            println!("{key} has a new value");
        }
        None => {
            pipelines.create_variable(&variable).send().await?;
            println!("{key} is new");
        }
    }
    Ok(())
}

//! Prints what Bitbucket says about a repository, through a request that no generated method is needed for.
//!
//! ```sh
//! BITBUCKET_ACCESS_TOKEN=… cargo run --example request -- my-workspace my-repository
//! ```

use bitbucket_cloud::{Client, Error, Method};
use serde_json::Value;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(workspace), Some(repository)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: request <workspace> <repository>");
        return std::process::ExitCode::FAILURE;
    };
    match show(&workspace, &repository).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) if error.is_not_found() => {
            eprintln!("no such repository, or not for these credentials");
            std::process::ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn show(workspace: &str, repository: &str) -> Result<(), Error> {
    let client = Client::from_env()?;
    let request = client.request(Method::GET, format!("/repositories/{workspace}/{repository}"));
    let answer = request.query("fields", "full_name,mainbranch.name").send_as::<Value>().await?;
    println!("{answer:#}", answer = *answer);
    Ok(())
}

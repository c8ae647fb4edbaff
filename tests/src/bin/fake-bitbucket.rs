//! Runs the fake Bitbucket by itself, for demonstrations and for clients in other languages. Standard output holds the
//! base URL and nothing else, so that a script can read it; requests are logged to standard error.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use bitbucket_tests::FakeBitbucket;
use clap::Parser;

/// A fake Bitbucket Cloud on 127.0.0.1. Prints its base URL and runs until Ctrl-C.
///
/// A run goes through three steps. The pattern of a custom selector chooses another course: `fail`, `pause`, `halt` or
/// `error`. Repositories whose slug starts with `missing` do not exist; all others do.
#[derive(Parser)]
#[command(name = "fake-bitbucket", version)]
struct Arguments {
    /// Port of the API; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// How long each step of a run takes, in seconds; fractions are allowed
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    step_seconds: Duration,
    /// Leave `next` out of lists
    #[arg(long)]
    without_next: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprint!(": {cause}");
                source = cause.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let fake = FakeBitbucket::builder()
        .port(arguments.port)
        .step_duration(arguments.step_seconds)
        .without_next(arguments.without_next)
        // The query stays out: on-demand runs carry secured variables there.
        .observe(|request, status| eprintln!("{request} {}", status.as_u16()))
        .start()
        .await?;
    writeln!(io::stdout(), "{}", fake.base_url())?;
    tokio::signal::ctrl_c().await?;
    fake.shutdown().await;
    Ok(())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

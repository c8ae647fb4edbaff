//! What somebody would write by hand: structs and enums of serde's derives that hold what the bodies have.

use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) page: Option<i64>,
    pub(crate) pagelen: Option<i64>,
    pub(crate) size: Option<i64>,
    pub(crate) next: Option<String>,
    pub(crate) values: Vec<T>,
}

#[derive(Deserialize)]
pub(crate) struct Pipeline {
    pub(crate) uuid: String,
    pub(crate) repository: Option<Repository>,
    pub(crate) state: Option<State>,
    pub(crate) build_number: i64,
    pub(crate) creator: Option<Account>,
    pub(crate) created_on: DateTime<Utc>,
    pub(crate) completed_on: Option<DateTime<Utc>>,
    pub(crate) target: Option<Target>,
    pub(crate) trigger: Option<Trigger>,
    pub(crate) duration_in_seconds: Option<i64>,
    pub(crate) build_seconds_used: Option<i64>,
    pub(crate) first_successful: Option<bool>,
    pub(crate) expired: Option<bool>,
    pub(crate) has_variables: Option<bool>,
    pub(crate) links: Option<Links>,
}

#[derive(Deserialize)]
pub(crate) struct Repository {
    pub(crate) full_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) uuid: Option<String>,
    pub(crate) links: Option<Links>,
}

#[derive(Deserialize)]
pub(crate) struct Links {
    #[serde(rename = "self")]
    pub(crate) this: Option<Link>,
    pub(crate) html: Option<Link>,
    pub(crate) avatar: Option<Link>,
    pub(crate) steps: Option<Link>,
    pub(crate) commits: Option<Link>,
    pub(crate) comments: Option<Link>,
    pub(crate) diff: Option<Link>,
    pub(crate) diffstat: Option<Link>,
    pub(crate) approve: Option<Link>,
    pub(crate) merge: Option<Link>,
    pub(crate) decline: Option<Link>,
    pub(crate) activity: Option<Link>,
    pub(crate) statuses: Option<Link>,
    pub(crate) patch: Option<Link>,
}

#[derive(Deserialize)]
pub(crate) struct Link {
    pub(crate) href: Option<String>,
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum State {
    #[serde(rename = "pipeline_state_completed")]
    Completed { name: Option<String>, result: Option<Outcome> },
    #[serde(rename = "pipeline_state_in_progress")]
    InProgress { name: Option<String>, stage: Option<Stage> },
    #[serde(rename = "pipeline_state_pending")]
    Pending { name: Option<String> },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Outcome {
    #[serde(rename = "pipeline_state_completed_successful")]
    Successful { name: Option<String> },
    #[serde(rename = "pipeline_state_completed_failed")]
    Failed { name: Option<String> },
    #[serde(rename = "pipeline_state_completed_error")]
    Error { name: Option<String> },
    #[serde(rename = "pipeline_state_completed_stopped")]
    Stopped { name: Option<String> },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Stage {
    #[serde(rename = "pipeline_state_in_progress_running")]
    Running { name: Option<String> },
    #[serde(rename = "pipeline_state_in_progress_paused")]
    Paused { name: Option<String> },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Account {
    #[serde(rename = "user")]
    User {
        display_name: Option<String>,
        links: Option<Links>,
        uuid: Option<String>,
        account_id: Option<String>,
        nickname: Option<String>,
    },
    #[serde(rename = "team")]
    Team { display_name: Option<String>, links: Option<Links>, uuid: Option<String> },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Target {
    #[serde(rename = "pipeline_ref_target")]
    Ref { ref_type: Option<String>, ref_name: Option<String>, selector: Option<Selector>, commit: Option<Commit> },
    #[serde(rename = "pipeline_commit_target")]
    Commit { selector: Option<Selector>, commit: Option<Commit> },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
pub(crate) struct Selector {
    #[serde(rename = "type")]
    pub(crate) section: Option<String>,
    pub(crate) pattern: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Commit {
    pub(crate) hash: Option<String>,
    pub(crate) date: Option<DateTime<Utc>>,
    pub(crate) author: Option<Author>,
    pub(crate) message: Option<String>,
    pub(crate) summary: Option<Text>,
    pub(crate) rendered: Option<Rendered>,
    #[serde(default)]
    pub(crate) parents: Vec<Commit>,
    pub(crate) repository: Option<Repository>,
    pub(crate) links: Option<Links>,
}

#[derive(Deserialize)]
pub(crate) struct Author {
    pub(crate) raw: Option<String>,
    pub(crate) user: Option<Account>,
}

#[derive(Deserialize)]
pub(crate) struct Text {
    pub(crate) raw: Option<String>,
    pub(crate) markup: Option<Markup>,
    pub(crate) html: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Markup {
    Markdown,
    Creole,
    Plaintext,
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
pub(crate) struct Rendered {
    pub(crate) title: Option<Text>,
    pub(crate) description: Option<Text>,
    pub(crate) reason: Option<Text>,
    pub(crate) message: Option<Text>,
}

#[derive(Deserialize)]
pub(crate) struct PullRequest {
    pub(crate) id: i64,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) rendered: Option<Rendered>,
    pub(crate) summary: Option<Text>,
    pub(crate) state: Option<PullRequestState>,
    pub(crate) draft: Option<bool>,
    pub(crate) queued: Option<bool>,
    pub(crate) close_source_branch: Option<bool>,
    pub(crate) comment_count: Option<i64>,
    pub(crate) task_count: Option<i64>,
    pub(crate) merge_commit: Option<Commit>,
    pub(crate) author: Option<Account>,
    pub(crate) closed_by: Option<Account>,
    pub(crate) reason: Option<String>,
    pub(crate) created_on: Option<DateTime<Utc>>,
    pub(crate) updated_on: Option<DateTime<Utc>>,
    pub(crate) source: Option<Endpoint>,
    pub(crate) destination: Option<Endpoint>,
    #[serde(default)]
    pub(crate) reviewers: Vec<Account>,
    #[serde(default)]
    pub(crate) participants: Vec<Participant>,
    pub(crate) links: Option<Links>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum PullRequestState {
    Open,
    Merged,
    Declined,
    Superseded,
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) branch: Option<Branch>,
    pub(crate) commit: Option<Commit>,
    pub(crate) repository: Option<Repository>,
}

#[derive(Deserialize)]
pub(crate) struct Branch {
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Participant {
    pub(crate) user: Option<Account>,
    pub(crate) role: Option<String>,
    pub(crate) approved: Option<bool>,
    pub(crate) state: Option<String>,
    pub(crate) participated_on: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Trigger {
    #[serde(rename = "pipeline_trigger_push")]
    Push { name: Option<String> },
    #[serde(rename = "pipeline_trigger_manual")]
    Manual { name: Option<String> },
    #[serde(rename = "pipeline_trigger_schedule")]
    Schedule { name: Option<String> },
    #[serde(other)]
    Unknown,
}

//! Every model against what the service sends: recorded bodies where they are at hand, fixtures in their shapes
//! everywhere, random values by the document, and values that have been tampered with.

use bitbucket_cloud::types;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

mod compare;
mod examples;
mod fixtures;
mod hostile;
#[path = "../generated/models.rs"]
#[rustfmt::skip]
mod generated;
mod payloads;
mod random;
mod schemas;
mod valid;

/// Reads a body as a model and writes it again.
pub(crate) type Again = fn(&[u8]) -> Result<Value, serde_json::Error>;

pub(crate) fn again<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<Value, serde_json::Error> {
    // As the client reads it: what is no text is refused as a whole.
    let text = std::str::from_utf8(body).map_err(serde::de::Error::custom)?;
    serde_json::to_value(serde_json::from_str::<T>(text)?)
}

/// The JSON Schema of a model.
pub(crate) type SchemaOf = fn() -> Value;

pub(crate) fn schema_of<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// What operations answered with that the service has withdrawn: no operation reaches these schemas any more.
const WITHDRAWN: [(&str, Again); 1] = [("paginated_workspaces", again::<types::Page<types::Workspace>>)];

/// The model of a schema.
pub(crate) fn model(schema: &str) -> Option<Again> {
    let known = generated::MODELS.iter().map(|(name, again, _)| (*name, *again));
    known.chain(WITHDRAWN).find(|(name, _)| *name == schema).map(|(_, again)| again)
}

#[test]
fn the_kinds_of_an_object_are_told_apart_wherever_type_stands() -> Result<(), serde_json::Error> {
    use types::{PipelineInProgressStage, PipelineResult, PipelineState};

    for body in [
        r#"{"type": "pipeline_state_completed", "name": "COMPLETED", "result": {"type": "pipeline_state_completed_failed", "name": "FAILED"}}"#,
        r#"{"result": {"name": "FAILED", "type": "pipeline_state_completed_failed"}, "name": "COMPLETED", "type": "pipeline_state_completed"}"#,
        r#"{"result": {"name": "FAILED"}, "name": "COMPLETED", "other": [1, {"type": "x"}]}"#,
        r#"{"type": null, "result": {"name": "FAILED", "type": null}, "name": "COMPLETED"}"#,
    ] {
        let state: PipelineState = serde_json::from_str(body)?;
        let result = state.as_completed().and_then(|state| state.result.as_ref());
        assert!(matches!(result, Some(PipelineResult::Failed(_))), "{body}");
        assert_eq!(result.and_then(|result| result.name()), Some("FAILED"));
    }
    let paused: PipelineState = serde_json::from_str(
        r#"{"stage": {"name": "PAUSED"}, "name": "IN_PROGRESS", "type": "pipeline_state_in_progress"}"#,
    )?;
    let stage = paused.as_in_progress().and_then(|state| state.stage.as_ref());
    assert!(stage.is_some_and(PipelineInProgressStage::is_paused));
    Ok(())
}

#[test]
fn an_object_of_unknown_kind_is_kept_whole() -> Result<(), serde_json::Error> {
    let body = r#"{"links":{"avatar":{"href":"https://example.org/a"}},"display_name":"Robot","type":"robot","arms":[1,2,{"x":null}]}"#;
    let robot: types::Account = serde_json::from_str(body)?;
    assert!(robot.is_unknown());
    assert_eq!((robot.type_name(), robot.display_name()), (Some("robot"), Some("Robot")));
    assert_eq!(serde_json::to_value(&robot)?, serde_json::from_str::<Value>(body)?);
    // A member of an unexpected form does not hide the rest.
    let odd: types::Account = serde_json::from_str(r#"{"uuid": 7, "display_name": "Robot"}"#)?;
    assert_eq!(odd.display_name(), Some("Robot"));
    assert_eq!(odd.type_name(), None);
    // A list is there as a whole or not at all.
    let odd: types::AnyCommit = serde_json::from_str(r#"{"hash": "a", "type": "odd", "parents": [{"hash": "b"}, 7]}"#)?;
    let types::AnyCommit::Unknown(odd) = odd else { panic!("{odd:?}") };
    assert_eq!((odd.base().hash.as_deref(), odd.base().parents.is_some()), (Some("a"), false));
    assert_eq!(odd.object()["parents"][1], 7);
    for body in [
        r#"{"type":null,"name":"DANCING"}"#,
        r#"{"name":null}"#,
        r#"{"name":null,"type":"pipeline_state_dancing","steps":null}"#,
        r#"{"steps":null,"type":"pipeline_state_dancing","name":null}"#,
    ] {
        let state: types::PipelineState = serde_json::from_str(body)?;
        assert!(state.is_unknown(), "{body}");
        assert_eq!(serde_json::to_value(&state)?, serde_json::from_str::<Value>(body)?);
    }
    Ok(())
}

/// serde takes a value apart before it reads it into such types.
#[test]
fn models_are_read_within_types_of_the_callers_own() -> Result<(), serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Extended {
        #[serde(flatten)]
        pipeline: types::Pipeline,
        extra: Option<u8>,
    }

    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u8),
        Commit(types::AnyCommit),
    }

    for creator in [
        r#"{"type": "user", "links": {"html": {"href": "x"}}, "uuid": "u", "arms": [1.5, null, {"a": true}]}"#,
        r#"{"links": {"html": {"href": "x"}}, "uuid": "u", "arms": [1.5, null, {"a": true}], "type": "user"}"#,
        r#"{"links": {"html": {"href": "x"}}, "uuid": "u", "arms": [1.5, null, {"a": true}], "type": "robot"}"#,
    ] {
        let body = format!(r#"{{"creator": {creator}, "build_number": 3, "extra": 7}}"#);
        let read: Extended = serde_json::from_str(&body)?;
        assert_eq!((read.pipeline.build_number, read.extra), (Some(3), Some(7)));
        let creator = serde_json::to_value(&read.pipeline.creator)?;
        let alone: types::Account = serde_json::from_str(&creator.to_string())?;
        assert_eq!(serde_json::to_value(&alone)?, creator);
        let html = alone.links().and_then(|links| links.html()).and_then(|link| link.href.as_deref());
        assert_eq!(html, Some("x"), "{creator}");
    }
    let either: Either =
        serde_json::from_str(r#"{"hash": "a", "parents": [{"hash": "b", "type": "commit"}], "type": "commit"}"#)?;
    assert!(matches!(&either, Either::Commit(commit) if commit.as_commit().is_some()));
    assert!(matches!(serde_json::from_str(r"7")?, Either::Number(7)));
    // The place of a mistake is that of the whole type.
    assert!(serde_json::from_str::<Either>(r#"{"hash": 7, "type": "commit"}"#).is_err());
    Ok(())
}

#[test]
fn hostile_depth_is_refused() {
    let deep = format!("{}{}", r#"{"parent":"#.repeat(100_000), "1".to_owned() + &"}".repeat(100_000));
    assert!(serde_json::from_str::<types::Comment>(&deep).is_err());
    let typed = format!("{}null{}", r#"{"parent":"#.repeat(2_000), r#","type":"pullrequest_comment"}"#.repeat(2_000));
    let error = serde_json::from_str::<types::Comment>(&typed).map(|_| ()).map_err(|error| error.to_string());
    assert!(error.as_ref().is_err_and(|error| error.contains("nested too deeply")), "{error:?}");
}

#[test]
fn secrets_are_not_shown() -> Result<(), serde_json::Error> {
    let variable = types::PipelineVariable::secret("TOKEN", "hunter2");
    assert!(!format!("{variable:?}").contains("hunter2"), "{variable:?}");
    assert!(serde_json::to_string(&variable)?.contains("hunter2"));
    let plain: types::PipelineVariable = serde_json::from_str(r#"{"key": "A", "value": "shown", "secured": false}"#)?;
    assert!(format!("{plain:?}").contains("shown"));
    for (name, shown) in [
        ("private_key", format!("{:?}", types::PipelineSshKeyPair::default().with_private_key("hunter2"))),
        ("secret", format!("{:?}", types::Webhook::default().with_secret("hunter2"))),
        ("secret", format!("{:?}", types::PipelineRunnerOAuthClient::default().with_secret("hunter2"))),
        ("value", format!("{:?}", types::DeploymentVariable::secret("A", "hunter2"))),
        ("password", format!("{:?}", serde_json::from_str::<types::PipelineImage>(r#"{"password": "hunter2"}"#)?)),
    ] {
        assert!(shown.contains(name) && !shown.contains("hunter2"), "{shown}");
    }
    Ok(())
}

#[test]
fn nothing_unset_is_sent() -> Result<(), serde_json::Error> {
    for (schema, again, _) in generated::MODELS {
        // A page is never sent, and always has its list.
        let nothing = if schema.starts_with("paginated_") { r#"{"values":[]}"# } else { "{}" };
        assert_eq!(again(b"{}")?.to_string(), nothing, "{schema}");
    }
    assert_eq!(serde_json::to_string(&types::PullRequestComment::default())?, "{}");
    assert_eq!(serde_json::to_string(&types::PipelineRefTarget::default())?, r#"{"type":"pipeline_ref_target"}"#);
    Ok(())
}

#[tokio::test]
async fn an_error_in_a_part_that_was_held_back_names_its_place() -> anyhow::Result<()> {
    use bitbucket_tests::{FakeBitbucket, Method, Reply};

    let fake = FakeBitbucket::start().await?;
    let client = bitbucket_cloud::Client::builder().base_url(fake.base_url()).build()?;
    for (pipeline, place) in [
        (r#"{"creator": {"links": {"avatar": {"href": 7}}, "type": "user"}}"#, "values[1].creator.links.avatar.href"),
        (r#"{"creator": {"type": "user", "links": {"avatar": {"href": 7}}}}"#, "values[1].creator.links.avatar.href"),
        (
            r#"{"state": {"result": {"error": [7], "name": "ERROR"}, "name": "COMPLETED"}}"#,
            "values[1].state.result.error",
        ),
        (r#"{"created_on": "yesterday"}"#, "values[1].created_on"),
    ] {
        let body = format!(r#"{{"values": [{{}}, {pipeline}]}}"#);
        let reply = Reply::json(200, serde_json::from_str(&body)?);
        fake.on(Method::GET, "/repositories/{workspace}/{repo_slug}/pipelines", reply);
        let error = client.pipelines().list("acme", "rocket").send().await.map(|_| ());
        let error = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(place) && error.contains("pipelines.list"), "{error}");
        assert!(error.len() < 400, "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn uuids_and_build_numbers_go_into_paths_and_queries() -> anyhow::Result<()> {
    use bitbucket_cloud::Uuid;
    use bitbucket_tests::{FakeBitbucket, Method, Reply};

    let fake = FakeBitbucket::start().await?;
    let client = bitbucket_cloud::Client::builder().base_url(fake.base_url()).build()?;
    let template = "/repositories/{workspace}/{repo_slug}/pipelines/{pipeline_uuid}";
    fake.on(Method::GET, template, Reply::json(200, serde_json::json!({})));
    let list = "/repositories/{workspace}/{repo_slug}/pipelines";
    fake.on(Method::GET, list, Reply::json(200, serde_json::json!({ "values": [] })));
    let uuid: Uuid = "3E0A6D6C-0D5A-4F0A-9D5E-6F1C2B7A8D90".parse()?;
    client.pipelines().get("acme", "rocket", &uuid).send().await?;
    client.pipelines().get("acme", "rocket", 17).send().await?;
    client.pipelines().list("acme", "rocket").creator_uuid(&uuid).send().await?;
    let journal = fake.journal();
    let encoded = "%7B3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90%7D";
    assert!(journal[0].path.ends_with(&format!("/pipelines/{encoded}")), "{}", journal[0].path);
    assert!(journal[1].path.ends_with("/pipelines/17"), "{}", journal[1].path);
    assert_eq!(journal[2].query_value("creator.uuid"), Some("{3e0a6d6c-0d5a-4f0a-9d5e-6f1c2b7a8d90}"));
    Ok(())
}

//! The rules for names of methods, one broken name per rule.

use bitbucket_codegen::Source;
use bitbucket_codegen::model::names::methods::{Endpoint, Problem, ResponseKind, check, check_group};
use bitbucket_codegen::read::decisions::{Groups, Operations};

fn spec() -> Result<(Groups, Operations), String> {
    let groups = Source { name: "groups.toml", text: include_str!("../../../spec/groups.toml") };
    let operations = Source { name: "operations.toml", text: include_str!("../../../spec/operations.toml") };
    let groups = Groups::read(&groups).map_err(|error| error.to_string())?;
    let operations = Operations::read(&operations, &groups).map_err(|error| error.to_string())?;
    Ok((groups, operations))
}

const REPOSITORY: &str = "/repositories/{workspace}/{repo_slug}/things";
const WORKSPACE: &str = "/workspaces/{workspace}/things";

#[test]
fn a_name_that_breaks_a_rule_is_told_which() -> Result<(), String> {
    use ResponseKind::{Nothing, One, Page};
    let (groups, operations) = spec()?;
    let cases = [
        (
            "pipelines",
            "getSteps",
            "GET",
            One,
            REPOSITORY,
            "`getSteps` is no name for a method; use lower-case letters, digits and single underscores, and no word of Rust",
        ),
        (
            "pipelines",
            "match",
            "POST",
            One,
            REPOSITORY,
            "`match` is no name for a method; use lower-case letters, digits and single underscores, and no word of Rust",
        ),
        (
            "pipelines",
            "list_test_case_reasons_for_workspace",
            "GET",
            Page,
            WORKSPACE,
            "`list_test_case_reasons_for_workspace` has 36 letters, the maximum is 35; leave out what the accessor or the owner says",
        ),
        // The longest name is one of 35 letters, so something else is wrong with it.
        (
            "pipelines",
            "list_tests_of_every_step_for_company",
            "GET",
            Page,
            WORKSPACE,
            "`list_tests_of_every_step_for_company` has 36 letters, the maximum is 35; leave out what the accessor or the owner says",
        ),
        (
            "pipelines",
            "list_tests_of_every_step_for_compan",
            "GET",
            Page,
            WORKSPACE,
            "`of` is part of no noun; only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order",
        ),
        (
            "pipelines",
            "wait_for_step",
            "POST",
            One,
            REPOSITORY,
            "`wait_for_step` is taken: handles or generated modules have it already; choose another verb, or add a noun",
        ),
        (
            "pull_requests",
            "request",
            "POST",
            One,
            REPOSITORY,
            "`request` is taken: handles or generated modules have it already; choose another verb, or add a noun",
        ),
        (
            "pipelines",
            "fetch_step",
            "GET",
            One,
            REPOSITORY,
            "`fetch` is no verb of the SDK; [verbs] in operations.toml is closed; docs/naming.md says when it grows",
        ),
        ("pipelines", "list_steps", "GET", One, REPOSITORY, "`list` promises a page, and this is none; use `get`"),
        (
            "pipelines",
            "get_steps",
            "GET",
            Page,
            REPOSITORY,
            "it answers with a page, which `get` does not say; use `list`",
        ),
        (
            "commits",
            "create_query",
            "POST",
            Page,
            REPOSITORY,
            "it answers with a page, which `create` does not say; use `list` and end with `_with_body`",
        ),
        (
            "snippets",
            "is_watching",
            "GET",
            One,
            REPOSITORY,
            "`is` is answered by the status alone, and this has a body; use `get`",
        ),
        ("pipelines", "stop", "GET", One, REPOSITORY, "`stop` is no verb of a GET; use `list`, `get` or `is`"),
        (
            "pipelines",
            "stop",
            "DELETE",
            One,
            REPOSITORY,
            "`stop` is no verb of a DELETE; use `delete`, `remove`, or what takes the action back: `unapprove`",
        ),
        ("commits", "list", "POST", Page, REPOSITORY, "`list` is no verb of a POST; end with `_with_body`"),
        (
            "commits",
            "delete",
            "POST",
            Nothing,
            REPOSITORY,
            "`delete` is no verb of a POST; use `create`, `set`, or Bitbucket's word for the action",
        ),
        (
            "pipelines",
            "create_step",
            "PUT",
            One,
            REPOSITORY,
            "`create` is no verb of a PUT; use `update`, `set`, or Bitbucket's word for the action",
        ),
        (
            "pipelines",
            "get_step",
            "PUT",
            One,
            REPOSITORY,
            "`get` is no verb of a PUT; use `update`, `set`, or Bitbucket's word for the action",
        ),
        (
            "pipelines",
            "delete_step",
            "PUT",
            One,
            REPOSITORY,
            "`delete` is no verb of a PUT; use `update`, `set`, or Bitbucket's word for the action",
        ),
        (
            "pipelines",
            "list_steps_of_branch",
            "GET",
            Page,
            REPOSITORY,
            "`of` is part of no noun; only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order",
        ),
        (
            "pipelines",
            "list_with_body_for_user",
            "GET",
            Page,
            REPOSITORY,
            "`with` is part of no noun; only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order",
        ),
        (
            "pipelines",
            "get_pipeline",
            "GET",
            One,
            REPOSITORY,
            "the accessor `pipelines` says `pipeline` already; leave it out",
        ),
        (
            "pull_requests",
            "list_open_pull_requests",
            "GET",
            Page,
            REPOSITORY,
            "the accessor `pull_requests` says `pull_requests` already; leave it out",
        ),
        ("pipelines", "get_step_steps", "GET", One, REPOSITORY, "`step` is said twice; say it once"),
        (
            "pipelines",
            "list_step",
            "GET",
            Page,
            REPOSITORY,
            "`list` gives many, and `step` is one; use the plural; [nouns] in operations.toml has the nouns without one",
        ),
        (
            "pipelines",
            "list_variables_for_company",
            "GET",
            Page,
            WORKSPACE,
            "`company` is no owner; [owners] in operations.toml lists the words that follow `_for_`",
        ),
        (
            "pipelines",
            "list_variables_for_repository",
            "GET",
            Page,
            REPOSITORY,
            "`repository` is whom methods of `pipelines` are about anyway; leave `_for_repository` out",
        ),
        (
            "pull_requests",
            "list_tasks_for_pull_request",
            "GET",
            Page,
            REPOSITORY,
            "`pull_request` is whom methods of `pull_requests` are about anyway; leave `_for_pull_request` out",
        ),
        (
            "pipelines",
            "list_variables_for_team",
            "GET",
            Page,
            WORKSPACE,
            "the path leads to a workspace, not a team; use `_for_workspace`",
        ),
        (
            "pipelines",
            "list_variables_for_team",
            "GET",
            Page,
            REPOSITORY,
            "the path leads to a repository, not a team; leave `_for_team` out",
        ),
    ];
    for (group, name, method, answer, path, expected) in cases {
        let group = groups.by_module(group).ok_or("no such group")?;
        let refused = check(name, &Endpoint { method, path, answer }, group, &operations);
        let message = refused.err().map(|Problem { problem, hint }| format!("{problem}; {hint}"));
        assert_eq!(message.as_deref(), Some(expected), "{name}");
    }
    Ok(())
}

#[test]
fn names_of_a_group_that_do_not_go_together_are_told() {
    let cases: [(&[(&str, &str)], &str); 4] = [
        (
            &[("list", "GET"), ("get", "GET"), ("list", "POST")],
            "two operations are called `list`, a GET and a POST; tell them apart by noun or owner in operations.toml",
        ),
        (
            &[("set", "PUT"), ("create", "POST")],
            "`set` stands beside `create`; what `create` makes is changed by `update`; `set` is for what nothing else creates",
        ),
        (
            &[("create_annotation", "POST"), ("set_annotations", "POST")],
            "`set_annotations` stands beside `create_annotation`; what `create` makes is changed by `update`; `set` is for what nothing else creates",
        ),
        (&[("set", "PUT"), ("create_variable", "POST"), ("set_for_user", "PUT")], ""),
    ];
    for (names, expected) in cases {
        let message = check_group(names).err().map(|Problem { problem, hint }| format!("{problem}; {hint}"));
        assert_eq!(message.unwrap_or_default(), expected);
    }
}

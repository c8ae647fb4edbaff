//! Names of methods: `verb[_noun][_for_OWNER|_at_revision][_with_body|_by_name]` below the accessor of a group.
//!
//! [`check`] and [`check_group`] hold a name to the rules, [`mod@derive`] makes one by them.

use super::{is_plural, singular};
use crate::read::decisions::{Group, Operations, is_snake_case};

pub mod derive;

pub use derive::derive;

/// Maximum number of letters in a name.
pub const MAX_LENGTH: usize = 35;

/// What handles have already, or what would name a request like something the module of a group imports.
pub const TAKEN: [&str; 14] = [
    "client",
    "clone",
    "display",
    "effect",
    "into",
    "into_iterator",
    "multipart",
    "new",
    "operation",
    "option",
    "request",
    "scope",
    "string",
    "types",
];

/// Words that only the fixed endings of a name may have.
const JOINTS: [&str; 9] = ["at", "by", "for", "from", "in", "of", "on", "to", "with"];

/// What an operation answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseKind {
    /// A page of things.
    Page,
    /// One object, or a list that is no page.
    One,
    /// A file.
    Bytes,
    /// No body: the status says it.
    Nothing,
}

/// What the name of an operation must fit.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// HTTP method in capitals.
    pub method: &'a str,
    /// Path template as in the document.
    pub path: &'a str,
    /// What it answers with.
    pub answer: ResponseKind,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub problem: String,
    /// What the maintainer can do.
    pub hint: String,
}

impl Problem {
    fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: hint.into() }
    }
}

/// A name in its parts.
struct Parts<'n> {
    verb: &'n str,
    noun: Vec<&'n str>,
    owner: Option<&'n str>,
    with_body: bool,
}

impl<'n> Parts<'n> {
    /// Takes the endings off; what is no ending stays in the noun.
    fn of(name: &'n str, group: &'n Group) -> Self {
        let with_body = name.ends_with("_with_body");
        let rest = name.strip_suffix("_with_body").or_else(|| name.strip_suffix("_by_name")).unwrap_or(name);
        let (rest, owner) = match rest.split_once("_for_") {
            Some((rest, owner)) => (rest, Some(owner)),
            None => (rest.strip_suffix("_at_revision").unwrap_or(rest), None),
        };
        let mut words = rest.split('_');
        let verb = if group.verb { group.module.as_str() } else { words.next().unwrap_or_default() };
        Self { verb, noun: words.collect(), owner, with_body }
    }
}

/// Holds the name of an operation to the rules.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(name: &str, endpoint: &Endpoint<'_>, group: &Group, operations: &Operations) -> Result<(), Problem> {
    if !is_snake_case(name) {
        let hint = "use lower-case letters, digits and single underscores, and no word of Rust";
        return Err(Problem::new(format!("`{name}` is no name for a method"), hint));
    }
    if name.len() > MAX_LENGTH {
        let problem = format!("`{name}` has {} letters, the maximum is {MAX_LENGTH}", name.len());
        return Err(Problem::new(problem, "leave out what the accessor or the owner says"));
    }
    if TAKEN.contains(&name) || group.taken.iter().any(|taken| taken == name) {
        let problem = format!("`{name}` is taken: handles or generated modules have it already");
        return Err(Problem::new(problem, "choose another verb, or add a noun"));
    }
    let parts = Parts::of(name, group);
    check_verb(&parts, endpoint, group, operations)?;
    check_noun(&parts, group, operations)?;
    check_owner(&parts, endpoint, group, operations)
}

fn check_verb(
    parts: &Parts<'_>,
    endpoint: &Endpoint<'_>,
    group: &Group,
    operations: &Operations,
) -> Result<(), Problem> {
    if group.verb {
        return Ok(());
    }
    let verb = parts.verb;
    if !operations.verbs.contains_key(verb) {
        let problem = format!("`{verb}` is no verb of the SDK");
        return Err(Problem::new(problem, "[verbs] in operations.toml is closed; docs/naming.md says when it grows"));
    }
    match (verb == "list", endpoint.answer == ResponseKind::Page) {
        (true, false) => {
            let hint = if endpoint.method == "GET" { "use `get`" } else { "use the verb of what it does" };
            return Err(Problem::new("`list` promises a page, and this is none", hint));
        }
        (false, true) => {
            let hint = if endpoint.method == "GET" { "use `list`" } else { "use `list` and end with `_with_body`" };
            return Err(Problem::new(format!("it answers with a page, which `{verb}` does not say"), hint));
        }
        _ => {}
    }
    if verb == "is" && endpoint.answer != ResponseKind::Nothing {
        return Err(Problem::new("`is` is answered by the status alone, and this has a body", "use `get`"));
    }
    let takes_back = verb.strip_prefix("un").is_some_and(|verb| operations.verbs.contains_key(verb));
    let deletes = takes_back || ["delete", "remove", "reopen"].contains(&verb);
    let reads = ["list", "get", "is"].contains(&verb);
    let fits = match endpoint.method {
        "GET" | "HEAD" => reads,
        "DELETE" => deletes,
        "POST" => !deletes && (!reads || (verb == "list" && parts.with_body)),
        _ => !deletes && !reads && verb != "create",
    };
    if fits {
        return Ok(());
    }
    let hint = match endpoint.method {
        "GET" | "HEAD" => "use `list`, `get` or `is`",
        "DELETE" => "use `delete`, `remove`, or what takes the action back: `unapprove`",
        "POST" if verb == "list" => "end with `_with_body`",
        "POST" => "use `create`, `set`, or Bitbucket's word for the action",
        _ => "use `update`, `set`, or Bitbucket's word for the action",
    };
    Err(Problem::new(format!("`{verb}` is no verb of a {}", endpoint.method), hint))
}

fn check_noun(parts: &Parts<'_>, group: &Group, operations: &Operations) -> Result<(), Problem> {
    let noun = parts.noun.join("_");
    if let Some(joint) = parts.noun.iter().find(|word| JOINTS.contains(word)) {
        let hint = "only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order";
        return Err(Problem::new(format!("`{joint}` is part of no noun"), hint));
    }
    for accessor in [group.module.clone(), singular(&group.module)] {
        if format!("_{noun}_").contains(&format!("_{accessor}_")) {
            let problem = format!("the accessor `{}` says `{accessor}` already", group.module);
            return Err(Problem::new(problem, "leave it out"));
        }
    }
    let said = std::iter::once(&parts.verb).chain(&parts.noun);
    if let Some((word, _)) = said.zip(&parts.noun).find(|(one, other)| singular(one) == singular(other)) {
        return Err(Problem::new(format!("`{word}` is said twice"), "say it once"));
    }
    let last = parts.noun.last().copied().unwrap_or_default();
    if parts.verb == "list" && !noun.is_empty() && !is_plural(last) && !operations.nouns.contains_key(&noun) {
        let hint = "use the plural; [nouns] in operations.toml has the nouns without one";
        return Err(Problem::new(format!("`list` gives many, and `{noun}` is one"), hint));
    }
    Ok(())
}

fn check_owner(
    parts: &Parts<'_>,
    endpoint: &Endpoint<'_>,
    group: &Group,
    operations: &Operations,
) -> Result<(), Problem> {
    let Some(owner) = parts.owner else { return Ok(()) };
    if !operations.owners.values().any(|known| known.text == owner) {
        let hint = "[owners] in operations.toml lists the words that follow `_for_`";
        return Err(Problem::new(format!("`{owner}` is no owner"), hint));
    }
    if is_silent(owner, group) {
        let problem = format!("`{owner}` is whom methods of `{}` are about anyway", group.module);
        return Err(Problem::new(problem, format!("leave `_for_{owner}` out")));
    }
    match operations.owner(endpoint.path) {
        Some((of_path, _)) if of_path != owner => {
            let hint = if is_silent(of_path, group) {
                format!("leave `_for_{owner}` out")
            } else {
                format!("use `_for_{of_path}`")
            };
            Err(Problem::new(format!("the path leads to a {}, not a {owner}", of_path.replace('_', " ")), hint))
        }
        _ => Ok(()),
    }
}

/// Whether methods of the group leave this owner out: the usual one, and the resource that the accessor names.
fn is_silent(owner: &str, group: &Group) -> bool {
    owner == group.owner || owner == singular(&group.module)
}

/// Holds the names of one group, each with its HTTP method, to what they must be among each other.
///
/// # Errors
/// A name that two have; a `set` beside a `create` of the same.
pub fn check_group(names: &[(&str, &str)]) -> Result<(), Problem> {
    for (index, (name, method)) in names.iter().enumerate() {
        if let Some((_, other)) = names[..index].iter().find(|(other, _)| other == name) {
            let problem = format!("two operations are called `{name}`, a {other} and a {method}");
            return Err(Problem::new(problem, "tell them apart by noun or owner in operations.toml"));
        }
    }
    let object = |name: &str, verb: &str| {
        let rest = name.strip_prefix(verb).filter(|rest| rest.is_empty() || rest.starts_with('_'))?;
        Some(rest.split('_').map(singular).collect::<Vec<_>>())
    };
    for (set, _) in names {
        let Some(what) = object(set, "set") else { continue };
        if let Some((create, _)) = names.iter().find(|(name, _)| object(name, "create").as_ref() == Some(&what)) {
            let hint = "what `create` makes is changed by `update`; `set` is for what nothing else creates";
            return Err(Problem::new(format!("`{set}` stands beside `{create}`"), hint));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::decisions::Groups;
    use crate::source::Source;

    fn spec() -> Result<(Groups, Operations), String> {
        let groups = Source { name: "groups.toml", text: include_str!("../../../../spec/groups.toml") };
        let operations = Source { name: "operations.toml", text: include_str!("../../../../spec/operations.toml") };
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
}

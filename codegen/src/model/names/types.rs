//! Names of types, variants, members and arguments, and the older names under which documentation finds a method.
//!
//! A name is taken apart into words and put together by the rules; what they do not give stands in `types.toml`.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::singular;
use crate::read::decisions::{GroupEntry, Operations, Table, TypeNames, is_keyword};

/// Ends of names that say how the document is made, and what is written instead.
const ENDS: [(&[&str], &[&str]); 4] = [
    (&["post", "request", "body"], &["create"]),
    (&["put", "request", "body"], &["update"]),
    (&["change", "request"], &["update"]),
    (&["schema"], &[]),
];

/// A snake-case name whose words are split as the table says: `paginated_pullrequests` is `paginated_pull_requests`.
#[must_use]
pub fn split(words: &Table, name: &str) -> String {
    let split = name.split('_').map(|word| match words.get(word) {
        // A word with capitals is one word, which only types write so.
        Some(entry) if entry.text.chars().all(|c| !c.is_ascii_uppercase()) => entry.text.as_str(),
        _ => word,
    });
    split.collect::<Vec<_>>().join("_")
}

/// The words of any name in upper camel case.
fn camel(words: &Table, name: &str) -> String {
    let camel = name.split('_').map(|word| match words.get(word) {
        Some(entry) if entry.text.chars().any(|c| c.is_ascii_uppercase()) => entry.text.clone(),
        _ => word.to_upper_camel_case(),
    });
    camel.collect()
}

/// Letters and digits in the form that Rust takes: as typify does it, so that both agree where no word is split.
fn snake(wire: &str) -> String {
    match wire {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    let name = words_of(wire);
    if name.starts_with(char::is_alphabetic) { name } else { format!("x{name}") }
}

fn words_of(wire: &str) -> String {
    wire.replace('\'', "").replace(|c: char| !c.is_alphanumeric() && c != '_', "-").to_snake_case()
}

/// The argument of progenitor's method for a parameter: a field of the type space, but for a digit at its beginning.
#[must_use]
pub fn progenitor_argument(wire: &str) -> String {
    let name = words_of(wire);
    if name.starts_with(char::is_numeric) && wire != "+1" && wire != "-1" {
        return format!("_{name}");
    }
    type_space_field(wire)
}

/// The field of a member in typify's type space: no words are split.
#[must_use]
pub fn type_space_field(wire: &str) -> String {
    let name = snake(wire);
    if is_keyword(&name) { format!("{name}_") } else { name }
}

/// The field of a member.
#[must_use]
pub fn member(wire: &str, words: &Table) -> String {
    let name = split(words, &snake(wire));
    if is_keyword(&name) { format!("{name}_") } else { name }
}

/// The setter of a field on a model.
#[must_use]
pub fn setter(field: &str) -> String {
    format!("with_{}", field.trim_end_matches('_'))
}

/// The argument, or the setter of a request, for a parameter.
#[must_use]
pub fn argument(wire: &str, operations: &Operations, words: &Table) -> String {
    operations.arguments.get(wire).map_or_else(|| member(wire, words), |entry| entry.text.clone())
}

/// The name of the type that is called `derived` after the document alone.
#[must_use]
pub fn type_name(derived: &str, names: &TypeNames) -> String {
    if let Some(entry) = names.rename.get(derived) {
        return entry.text.clone();
    }
    let snake = split(&names.words, &derived.to_snake_case());
    let mut words: Vec<&str> = snake.split('_').collect();
    for (end, instead) in ENDS {
        if words.len() > end.len() && words.ends_with(end) {
            words.truncate(words.len() - end.len());
            words.extend(instead);
        }
    }
    camel(&names.words, &say_once(&words).join("_"))
}

/// Leaves out words that repeat the ones right before them: `report_report_type` is `report_type`.
fn say_once<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut said: Vec<&str> = Vec::new();
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        let repeated =
            (1..=said.len().min(rest.len())).rev().find(|count| said[said.len() - count..] == rest[..*count]);
        if let Some(count) = repeated {
            rest = &rest[count..];
        } else {
            said.push(word);
            rest = after;
        }
    }
    said
}

/// The variants of a union, in the order of its subtypes: what is left of a subtype's name when the words that it shares
/// with the base are taken from both ends. `base` and `subtypes` are names of schemas, `union` is that of the type.
#[must_use]
pub fn union_variants(union: &str, base: &str, subtypes: &[&str], names: &TypeNames) -> Vec<String> {
    let mut variants: Vec<String> = Vec::new();
    for subtype in subtypes {
        let short = union_variant(union, base, subtype, names);
        let whole = camel(&names.words, &split(&names.words, &subtype.to_snake_case()));
        variants.push(if variants.contains(&short) { whole } else { short });
    }
    variants
}

/// The variant of a union for one of its subtypes.
#[must_use]
pub fn union_variant(union: &str, base: &str, subtype: &str, names: &TypeNames) -> String {
    let whole = split(&names.words, &subtype.to_snake_case());
    let base = split(&names.words, &base.to_snake_case());
    let (words, base): (Vec<&str>, Vec<&str>) = (whole.split('_').collect(), base.split('_').collect());
    let head = words.iter().zip(&base).take_while(|(one, other)| one == other).count();
    let (rest, left) = (&words[head..], &base[head..]);
    let tail = rest.iter().rev().zip(left.iter().rev()).take_while(|(one, other)| one == other).count();
    let short = camel(&names.words, &rest[..rest.len() - tail].join("_"));
    let fits = short.starts_with(|first: char| first.is_ascii_alphabetic()) && short != "Unknown";
    let name = if fits { short } else { camel(&names.words, &whole) };
    chosen(union, name, names)
}

/// The variant of an open enum for one of its values.
#[must_use]
pub fn enum_variant(union: &str, wire: &str, names: &TypeNames) -> String {
    chosen(union, camel(&names.words, &split(&names.words, &snake(wire))), names)
}

/// The name that `types.toml` has for a variant, else the one the rules give.
fn chosen(union: &str, name: String, names: &TypeNames) -> String {
    match names.variant.get(&format!("{union}::{name}")) {
        Some(entry) => entry.text.clone(),
        None if name == "Self" => "Self_".to_owned(),
        None => name,
    }
}

/// The resource that a method is about, in the singular: `pipeline_step` of `pipelines().list_steps`.
#[must_use]
pub fn resource(group: &GroupEntry, name: &str) -> String {
    let accessor = singular(&group.module);
    let words: Vec<&str> = if group.verb { Vec::new() } else { name.split('_').skip(1).collect() };
    let end = words.iter().position(|word| matches!(*word, "for" | "at" | "with" | "by")).unwrap_or(words.len());
    match words[..end].split_last() {
        None => accessor,
        Some((last, before)) => {
            let noun: Vec<String> = before.iter().map(|word| (*word).to_owned()).chain([singular(last)]).collect();
            format!("{accessor}_{}", noun.join("_"))
        }
    }
}

/// Verb and resource of a method, as people guess it who do not know the accessor: `list_pipelines`, `list_pipeline_steps`.
#[must_use]
pub fn verb_and_resource(group: &GroupEntry, name: &str) -> String {
    if group.verb {
        return format!("{}_{name}", group.module);
    }
    let (verb, rest) = name.split_once('_').unwrap_or((name, ""));
    let ending = ["for_", "at_revision", "with_body", "by_name"].iter().any(|end| rest.starts_with(end));
    let accessor = if (rest.is_empty() || ending) && verb == "list" {
        super::plural(&group.module)
    } else {
        singular(&group.module)
    };
    if rest.is_empty() { format!("{verb}_{accessor}") } else { format!("{verb}_{accessor}_{rest}") }
}

/// Other names under which documentation finds a method: the id as upstream spells it, in snake case, the locked id, and
/// verb with resource. They are distinct, and none is the method's own.
#[must_use]
pub fn aliases(upstream: Option<&str>, locked: &str, verb_and_resource: &str, name: &str) -> Vec<String> {
    let snake = upstream.map(str::to_snake_case);
    let all = [upstream, snake.as_deref(), Some(locked), Some(&locked.to_snake_case()), Some(verb_and_resource)]
        .map(|alias| alias.map(str::to_owned));
    let mut aliases: Vec<String> = Vec::new();
    for alias in all.into_iter().flatten() {
        if !alias.is_empty() && alias != name && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::decisions::Groups;
    use crate::source::Source;

    fn names() -> Result<TypeNames, String> {
        let source = Source { name: "types.toml", text: include_str!("../../../../spec/types.toml") };
        TypeNames::read(&source).map_err(|error| error.to_string())
    }

    #[test]
    fn values_of_parameters_are_called_after_the_resource() -> Result<(), String> {
        let group = |module: &str| {
            let text = "[[group]]\nmodule = \"M\"\nfeature = \"f\"\npage = \"p\"\ndoc = \"D.\"\nowner = \"o\"\n";
            let text = text.replace("\"M\"", &format!("\"{module}\""));
            let groups =
                Groups::read(&Source { name: "groups.toml", text: &text }).map_err(|error| error.to_string())?;
            groups.0.into_iter().next().ok_or_else(|| "no group".to_owned())
        };
        for (module, name, expected) in [
            ("pipelines", "list", "pipeline"),
            ("pipelines", "list_steps", "pipeline_step"),
            ("webhooks", "list_for_workspace", "webhook"),
            ("pull_requests", "list_file_conflicts", "pull_request_file_conflict"),
            ("snippets", "get_file_at_revision", "snippet_file"),
        ] {
            assert_eq!(resource(&group(module)?, name), expected);
        }
        Ok(())
    }

    #[test]
    fn members_setters_and_arguments_have_split_words() -> Result<(), String> {
        let (names, operations) = (names()?, arguments()?);
        let words = &names.words;
        assert_eq!(split(words, "paginated_pullrequest_comments"), "paginated_pull_request_comments");
        assert_eq!(split(words, "oauth_client"), "oauth_client");
        for (wire, field, set) in [
            ("pullrequest", "pull_request", "with_pull_request"),
            ("use_mainbranch", "use_main_branch", "with_use_main_branch"),
            ("pagelen", "page_len", "with_page_len"),
            ("type", "type_", "with_type"),
            ("self", "self_", "with_self"),
            ("gen", "gen_", "with_gen"),
            ("reportId", "report_id", "with_report_id"),
            ("has_2fa_enabled", "has_2fa_enabled", "with_has_2fa_enabled"),
            ("2fa", "x2fa", "with_x2fa"),
            ("creator.uuid", "creator_uuid", "with_creator_uuid"),
            ("+1", "plus1", "with_plus1"),
        ] {
            assert_eq!((member(wire, words).as_str(), setter(&member(wire, words)).as_str()), (field, set));
        }
        for (wire, name) in [
            ("selected_user_id", "user"),
            ("encoded_id", "id"),
            ("node_id", "revision"),
            ("pullrequest_id", "pull_request_id"),
            ("annotationId", "annotation_id"),
            ("revspec", "rev_spec"),
            ("async", "async_"),
        ] {
            assert_eq!(argument(wire, &operations, words), name);
        }
        Ok(())
    }

    fn arguments() -> Result<Operations, String> {
        let text = "[arguments]\nselected_user_id = \"user\"\nencoded_id = \"id\"\nnode_id = \"revision\"\n";
        let source = Source { name: "operations.toml", text };
        Operations::read(&source, &Groups::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn names_of_new_types_follow_the_rules() -> Result<(), String> {
        let names = names()?;
        for (derived, name) in [
            ("PullrequestActivityApproval", "PullRequestActivityApproval"),
            ("PipelineSchedulePutRequestBody", "PipelineScheduleUpdate"),
            ("GroupPermissionUpdateSchema", "GroupPermissionUpdate"),
            ("Schema", "Schema"),
            ("OauthToken", "OAuthToken"),
            ("DeploymentStateDeploymentState", "DeploymentState"),
            ("PipelinePipelineTriggerTriggerKind", "PipelineTriggerKind"),
            ("GetPipelinesForRepositorySort", "PipelineSort"),
        ] {
            assert_eq!(type_name(derived, &names), name);
        }
        Ok(())
    }

    #[test]
    fn words_are_split_once() -> Result<(), String> {
        let text = "[words]\nabcd = \"ab_cd\"\nab = \"a_b\"\ncd = \"cD\"\n";
        let names = TypeNames::read(&Source { name: "types.toml", text }).map_err(|error| error.to_string())?;
        assert_eq!(split(&names.words, "abcd_ab"), "ab_cd_a_b");
        assert_eq!(type_name("Abcd", &names), "AbcD");
        Ok(())
    }

    #[test]
    fn names_of_variants_are_what_the_base_does_not_say() -> Result<(), String> {
        let names = names()?;
        for (union, base, subtypes, expected) in [
            ("PipelineState", "pipeline_state", vec!["pipeline_state_completed"], vec!["Completed"]),
            (
                "PipelineResult",
                "pipeline_state_completed_result",
                vec!["pipeline_state_completed_failed"],
                vec!["Failed"],
            ),
            ("PipelineTarget", "pipeline_target", vec!["pipeline_pullrequest_target"], vec!["PullRequest"]),
            ("PipelineTarget", "pipeline_target", vec!["pipeline_merge_queue_ref_target"], vec!["MergeQueueRef"]),
            ("AnyCommit", "base_commit", vec!["commit", "snippet_commit"], vec!["Commit", "SnippetCommit"]),
            ("TreeEntry", "treeentry", vec!["commit_file", "commit_directory"], vec!["File", "Directory"]),
            ("Ref", "ref", vec!["branch", "named_branch", "tag"], vec!["Branch", "NamedBranch", "Tag"]),
            ("A", "a", vec!["a_unknown", "b_a", "a_b"], vec!["AUnknown", "B", "AB"]),
        ] {
            assert_eq!(union_variants(union, base, &subtypes, &names), expected);
        }
        for (wire, expected) in [
            ("INPROGRESS", "InProgress"),
            ("Inprogress", "InProgress"),
            ("created_on", "CreatedOn"),
            ("repo:push", "RepoPush"),
            ("pullrequest:comment_created", "PullRequestCommentCreated"),
            ("NOT_RUN", "NotRun"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("self", "Self_"),
        ] {
            assert_eq!(enum_variant("CommitStatusState", wire, &names), expected);
        }
        Ok(())
    }

    #[test]
    fn former_names_of_methods_stay_findable() -> Result<(), String> {
        let source = Source { name: "groups.toml", text: include_str!("../../../../spec/groups.toml") };
        let groups = Groups::read(&source).map_err(|error| error.to_string())?;
        for (group, name, expected) in [
            ("pipelines", "list", "list_pipelines"),
            ("pipelines", "get", "get_pipeline"),
            ("pipelines", "list_steps", "list_pipeline_steps"),
            ("webhooks", "list_for_workspace", "list_webhooks_for_workspace"),
            ("webhooks", "create_for_workspace", "create_webhook_for_workspace"),
            ("search", "code", "search_code"),
        ] {
            let group = groups.by_module(group).ok_or("no such group")?;
            assert_eq!(verb_and_resource(group, name), expected);
        }
        let found = aliases(Some("getPipelinesForRepository"), "getPipelinesForRepository", "list_pipelines", "list");
        assert_eq!(found, ["getPipelinesForRepository", "get_pipelines_for_repository", "list_pipelines"]);
        assert_eq!(aliases(None, "list_commits", "list_commits", "list"), ["list_commits"]);
        assert_eq!(aliases(Some("fork"), "fork", "fork_repository", "fork"), ["fork_repository"]);
        Ok(())
    }
}

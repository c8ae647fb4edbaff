//! Names: from paths, tags and schema names to words that read well in Rust.
//!
//! Everything here is a pure function of its arguments, so a name never depends on the order of the document.

use heck::{ToKebabCase, ToSnakeCase};

/// Words that Bitbucket writes together.
const COMPOUNDS: [(&str, &str); 4] = [
    ("pullrequests", "pull_requests"),
    ("pullrequest", "pull_request"),
    ("filehistory", "file_history"),
    ("diffstat", "diffstat"),
];

/// Path segments that are actions rather than resources.
const ACTIONS: [&str; 8] =
    ["approve", "decline", "merge", "request-changes", "resolve", "watch", "stopPipeline", "vote"];

/// Beginnings of paths that say whose resource it is, longest first, with the word for it.
const SCOPES: [(&str, &str); 11] = [
    ("/repositories/{workspace}/{repo_slug}", "repository"),
    ("/workspaces/{workspace}/projects/{project_key}", "project"),
    ("/snippets/{workspace}/{encoded_id}", "snippet"),
    ("/user/workspaces/{workspace}", "own_workspace"),
    ("/workspaces/{workspace}", "workspace"),
    ("/users/{selected_user}", "user"),
    ("/teams/{username}", "team"),
    ("/addon/{addon_key}", "addon"),
    ("/repositories", "workspace"),
    ("/snippets", "workspace"),
    ("/user", "own"),
];

/// A name for an operation that nobody named: verb and resource, such as `list_pull_requests`.
///
/// `lists` says that it answers with a page; `scoped` puts the owner into the name, where the short one is ambiguous.
#[must_use]
pub fn derive_operation_id(method: &str, path: &str, lists: bool, scoped: bool) -> String {
    let (scope, rest) = SCOPES
        .iter()
        .find_map(|(prefix, word)| {
            let rest = path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((*word, rest))
        })
        .unwrap_or(("", path));
    let segments: Vec<&str> = rest.split('/').filter(|segment| !segment.is_empty()).collect();
    let mut nouns: Vec<String> = Vec::new();
    let mut action = None;
    let last_word = segments.iter().rposition(|segment| !segment.starts_with('{'));
    for (index, segment) in segments.iter().enumerate() {
        if segment.starts_with('{') {
            continue;
        }
        let ends = index + 1 == segments.len();
        let last = Some(index) == last_word && (ends || lists);
        if ends && ACTIONS.contains(segment) {
            action = Some(segment.to_snake_case());
            continue;
        }
        let word = COMPOUNDS
            .iter()
            .find(|(from, _)| from == segment)
            .map_or_else(|| segment.to_snake_case(), |(_, to)| (*to).to_owned());
        let plural_wanted = last && lists;
        nouns.push(if plural_wanted || (last && method == "GET") { word } else { singular(&word) });
    }
    if scoped || nouns.is_empty() {
        let whole = if nouns.is_empty() && lists { plural(scope) } else { scope.to_owned() };
        nouns.insert(0, whole);
    }
    let noun = nouns.iter().filter(|noun| !noun.is_empty()).cloned().collect::<Vec<_>>().join("_");
    let verb = match (method, action.as_deref()) {
        ("POST" | "PUT", Some(action)) => return format!("{action}_{noun}"),
        ("DELETE", Some(action)) => return format!("un{action}_{noun}"),
        ("GET", Some(action)) => return format!("get_{noun}_{action}"),
        ("GET", None) if lists => "list",
        ("GET", None) => "get",
        ("POST", None) => "create",
        ("PUT" | "PATCH", None) => "update",
        ("DELETE", None) => "delete",
        _ => "call",
    };
    format!("{verb}_{noun}")
}

/// Modules that the generated code has already.
pub const TAKEN_MODULES: [&str; 1] = ["shared"];

/// Method names whose request type would stand in the way of what the file of a group imports or defines.
pub const TAKEN_METHODS: [&str; 11] = [
    "client",
    "display",
    "effect",
    "into",
    "into_iterator",
    "multipart",
    "new",
    "operation",
    "option",
    "request",
    "string",
];

/// Module name for a tag that `groups.toml` does not know.
#[must_use]
pub fn module(tag: &str) -> String {
    let word = tag.to_snake_case();
    let fits = is_identifier(&word) && !TAKEN_MODULES.contains(&word.as_str());
    if fits { word } else { format!("group_{}", word.replace(|c: char| !c.is_ascii_alphanumeric(), "_")) }
}

/// Whether the word can be the name of a method or module: lower-case letters, digits and underscores, no keyword.
#[must_use]
pub fn is_identifier(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && word != "gen"
        && syn::parse_str::<syn::Ident>(word).is_ok()
}

/// The names between braces, in order.
#[must_use]
pub fn path_parameters(path: &str) -> Vec<String> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned())).collect()
}

/// Bitbucket's page about an operation.
#[must_use]
pub fn docs_url(page: &str, path: &str, method: &str) -> String {
    let anchor = path.replace(['{', '}'], "").to_kebab_case();
    format!(
        "https://developer.atlassian.com/cloud/bitbucket/rest/api-group-{page}/#api-{anchor}-{}",
        method.to_lowercase()
    )
}

/// The singular of an English plural, as far as paths need it.
#[must_use]
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "uses", "shes", "nches", "xes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") => stem.to_owned(),
        _ => word.to_owned(),
    }
}

fn plural(word: &str) -> String {
    word.strip_suffix('y').map_or_else(|| format!("{word}s"), |stem| format!("{stem}ies"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_names_read_like_their_neighbours() {
        let cases = [
            ("GET", "/repositories/{workspace}/{repo_slug}/pullrequests", true, "list_pull_requests"),
            ("GET", "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}", false, "get_pull_request"),
            (
                "POST",
                "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/approve",
                false,
                "approve_pull_request",
            ),
            ("DELETE", "/repositories/{workspace}/{repo_slug}/refs/branches/{name}", false, "delete_ref_branch"),
            ("GET", "/repositories/{workspace}", true, "list_workspaces"),
            ("GET", "/repositories/{workspace}/{repo_slug}", false, "get_repository"),
        ];
        for (method, path, lists, name) in cases {
            assert_eq!(derive_operation_id(method, path, lists, false), name, "{method} {path}");
        }
    }

    #[test]
    fn the_singular_of_what_occurs_in_paths() {
        for (plural, one) in [
            ("repositories", "repository"),
            ("branches", "branch"),
            ("status", "status"),
            ("statuses", "status"),
            ("caches", "cache"),
            ("keys", "key"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn the_page_of_an_operation() {
        assert_eq!(
            docs_url("pipelines", "/repositories/{workspace}/{repo_slug}/pipelines_config", "PUT"),
            "https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/#api-repositories-workspace-repo-slug-pipelines-config-put"
        );
    }
}

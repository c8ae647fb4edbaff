//! What follows from paths and tags alone: ids of operations that have none, modules, addresses of pages.
//!
//! Everything here is a pure function of its arguments, so a name never depends on the order of the document.

use heck::{ToKebabCase, ToSnakeCase};

use crate::read::decisions::is_snake_case;

/// What a group cannot be called, because it becomes a module of the crate, a feature, a method of the client and of the
/// handles, and a type in a file that imports others.
const TAKEN_MODULES: [&str; 55] = [
    // Generated modules, and what the file of a group imports.
    "display",
    "effect",
    "groups",
    "id",
    "identify",
    "multipart",
    "operation",
    "requests",
    "shared",
    "types",
    // Modules of the crate.
    "auth",
    "backoff",
    "boxed",
    "client",
    "cpu_time",
    "errors",
    "ext",
    "generated",
    "prelude",
    "serialization",
    "trace",
    "transport",
    // Methods of the client and of the handles.
    "api_revision",
    "base_url",
    "builder",
    "clone",
    "from_env",
    "rate_limit",
    "repository",
    "request",
    "slug",
    "workspace",
    // Features.
    "default",
    "full",
    "native_tls",
    "rustls",
    "schemars",
    "yaml",
    // Crates.
    "alloc",
    "base64",
    "bytes",
    "chrono",
    "core",
    "fastrand",
    "futures_core",
    "futures_util",
    "httpdate",
    "reqwest",
    "secrecy",
    "serde",
    "serde_json",
    "std",
    "tokio",
    "tracing",
    "uuid",
];

/// An id for an operation that has none upstream and is not locked: what it does, where. Nobody sees it; the names of
/// methods and types follow from rules of their own.
#[must_use]
pub fn operation_id(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_lowercase()).to_snake_case()
}

/// Module name for a tag that `groups.toml` does not know.
#[must_use]
pub fn module(tag: &str) -> String {
    let name = tag.to_snake_case();
    let fits = is_snake_case(&name) && !TAKEN_MODULES.contains(&name.as_str());
    if fits {
        return name;
    }
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("group_{}", words.join("_"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_without_an_id_is_called_after_its_place() {
        let id = operation_id("GET", "/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}");
        assert_eq!(id, "get_repositories_workspace_repo_slug_pullrequests_pull_request_id");
    }

    #[test]
    fn a_tag_becomes_a_module() {
        assert_eq!(module("Pull requests"), "pull_requests");
        assert_eq!(module("Type"), "group_type");
        assert_eq!(module("shared"), "group_shared");
    }

    #[test]
    fn the_page_of_an_operation() {
        assert_eq!(
            docs_url("pipelines", "/repositories/{workspace}/{repo_slug}/pipelines_config", "PUT"),
            "https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/#api-repositories-workspace-repo-slug-pipelines-config-put"
        );
    }
}

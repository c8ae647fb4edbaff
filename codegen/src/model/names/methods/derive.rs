//! A name for an operation that nobody named yet, by the rules that names are held to.
//!
//! It is a proposal for review: what Bitbucket's pages call a thing, and which of two things is meant, no path says.

use heck::ToSnakeCase;

use super::{MAX_LENGTH, ResponseKind, is_silent};
use crate::model::names::{plural, singular};
use crate::read::decisions::{GroupEntry, Operations};

/// Verbs that no path says: they follow from the HTTP method.
const GENERAL: [&str; 9] = ["list", "get", "is", "create", "update", "set", "delete", "add", "remove"];

/// A word of the path, and whether a parameter follows it.
struct PathWord {
    word: String,
    item: bool,
}

/// The name that the rules give to an operation.
#[must_use]
pub fn derive(method: &str, path: &str, answer: ResponseKind, group: &GroupEntry, operations: &Operations) -> String {
    let (owner, rest) = operations.owner(path).unwrap_or(("", path));
    if let Some(without) = without_revision(method, path, rest, operations) {
        return format!("{}_at_revision", derive(method, &without, answer, group, operations));
    }
    let mut path_words = path_words(rest, &group.module);
    put_permissions_last(&mut path_words);
    let mut ending = String::new();
    if !owner.is_empty() && !is_silent(owner, group) {
        ending.push_str("_for_");
        ending.push_str(owner);
    }
    if method == "POST" && answer == ResponseKind::Page && !group.verb {
        ending.push_str("_with_body");
    }
    let words = |path_words: &[PathWord]| match words(method, path, answer, path_words, group, operations).join("_") {
        none if none.is_empty() => format!("all{ending}"),
        words => format!("{words}{ending}"),
    };
    let name = words(&path_words);
    // The last word alone, where the name of what it belongs to makes it too long.
    match path_words.split_last() {
        Some((last, [_, ..])) if name.len() > MAX_LENGTH => words(std::slice::from_ref(last)),
        _ => name,
    }
}

/// The words below the accessor's own resource.
fn path_words(rest: &str, module: &str) -> Vec<PathWord> {
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let mut path_words: Vec<PathWord> = Vec::new();
    let mut own = false;
    for (index, part) in parts.iter().enumerate() {
        if part.starts_with('{') {
            // A parameter of the accessor's own resource says nothing about the word before that.
            if let Some(last) = path_words.last_mut().filter(|_| !own) {
                last.item = true;
            }
            continue;
        }
        // `.well-known` and its like say where files lie.
        if part.starts_with('.') {
            continue;
        }
        let word = part.trim_end_matches(".json").to_snake_case();
        let ends = parts[index + 1..].iter().all(|part| part.starts_with('{'));
        let word = less_accessor(&word, module, ends).unwrap_or(word);
        own = word.is_empty();
        if !own {
            path_words.push(PathWord { word, item: false });
        }
    }
    path_words
}

/// What a word says beyond the accessor, if it speaks of its resource at all: `effective_branching_model` says
/// `effective`. In the middle of a path such a word only leads on: `pipelines_config/variables`.
fn less_accessor(word: &str, module: &str, ends: bool) -> Option<String> {
    let joined = |word: &str| word.replace('_', "");
    for own in [module.to_owned(), singular(module)] {
        if joined(word) == joined(&own) || (word.len() > 3 && own.ends_with(word)) {
            return Some(String::new());
        }
        let more = word.strip_prefix(&format!("{own}_")).or_else(|| word.strip_suffix(&format!("_{own}")));
        if let Some(more) = more {
            return Some(if ends { more.to_owned() } else { String::new() });
        }
    }
    let (first, more) = word.split_once('_')?;
    (first.len() > 3 && !module.contains('_') && singular(module).ends_with(first)).then(|| more.to_owned())
}

/// `permissions-config/groups` are permissions of groups.
fn put_permissions_last(path_words: &mut Vec<PathWord>) {
    let is_permissions =
        |path_word: &PathWord| ["permissions", "permissions_config"].contains(&path_word.word.as_str());
    let Some(index) = path_words.iter().position(is_permissions) else { return };
    if index + 1 == path_words.len() {
        "permissions".clone_into(&mut path_words[index].word);
        return;
    }
    let PathWord { word, item } = path_words.remove(index + 1);
    path_words[index] = PathWord { word: format!("{}_permissions", singular(&word)), item };
}

fn words(
    method: &str,
    path: &str,
    answer: ResponseKind,
    path_words: &[PathWord],
    group: &GroupEntry,
    operations: &Operations,
) -> Vec<String> {
    if let Some((_, changed)) = path_words.split_last().filter(|(last, _)| method == "POST" && last.word == "changes") {
        return verb_and_noun("update", changed, group, operations);
    }
    if let Some(name) = action(method, answer, path_words, group, operations) {
        return name;
    }
    let verb = match (method, answer) {
        (_, ResponseKind::Page) => "list",
        ("GET" | "HEAD", ResponseKind::Nothing) => "is",
        ("GET" | "HEAD", _) => "get",
        ("POST", _) => "create",
        ("DELETE", _) => "delete",
        _ if is_created(path, operations) || !has(operations, "DELETE", path) => "update",
        _ => "set",
    };
    verb_and_noun(verb, path_words, group, operations)
}

/// Whether a locked `create` makes what the path leads to.
fn is_created(path: &str, operations: &Operations) -> bool {
    let list = path.strip_suffix('}').and_then(|path| path.rsplit_once("/{")).map(|(list, _)| list);
    std::iter::once(path).chain(list).any(|path| {
        let entry = operations.entries.get(&("POST".to_owned(), path.to_owned()));
        entry.is_some_and(|entry| entry.name == "create" || entry.name.starts_with("create_"))
    })
}

fn has(operations: &Operations, method: &str, path: &str) -> bool {
    operations.entries.contains_key(&(method.to_owned(), path.to_owned()))
}

fn verb_and_noun(verb: &str, path_words: &[PathWord], group: &GroupEntry, operations: &Operations) -> Vec<String> {
    if group.verb {
        return noun("get", path_words, operations).into_iter().collect();
    }
    std::iter::once(verb.to_owned()).chain(noun(verb, path_words, operations)).collect()
}

/// The last word of the path; before it the word it belongs to, unless it says that itself.
fn noun(verb: &str, path_words: &[PathWord], operations: &Operations) -> Option<String> {
    let (last, before) = path_words.split_last()?;
    let word = match verb {
        "list" if operations.nouns.contains_key(&last.word) => last.word.clone(),
        "list" => plural(&last.word),
        "create" => singular(&last.word),
        _ if last.item => singular(&last.word),
        _ => last.word.clone(),
    };
    let first = |word: &str| word.split('_').next().map(singular);
    match before.last().filter(|before| first(&before.word) != first(&word)) {
        Some(before) if before.item => Some(format!("{}_{word}", singular(&before.word))),
        Some(before) => Some(format!("{}_{word}", before.word)),
        None => Some(word),
    }
}

/// The name of an operation whose path ends with an action: `approve`, `request-changes`, `stopPipeline`, `forks`.
fn action(
    method: &str,
    answer: ResponseKind,
    path_words: &[PathWord],
    group: &GroupEntry,
    operations: &Operations,
) -> Option<Vec<String>> {
    let (last, before) = path_words.split_last().filter(|(last, _)| !last.item)?;
    let (first, more) = last.word.split_once('_').unwrap_or((&last.word, ""));
    let verb = if method == "POST" && more.is_empty() { singular(first) } else { first.to_owned() };
    if !operations.verbs.contains_key(&verb) || GENERAL.contains(&verb.as_str()) {
        return None;
    }
    let more = if more == singular(&group.module) { String::new() } else { more.to_owned() };
    let (back, asked) = (format!("un{verb}"), format!("{}ing", verb.trim_end_matches('e')));
    let words = match method {
        "POST" | "PUT" => vec![verb, more],
        "DELETE" if operations.verbs.contains_key(&back) => vec![back],
        "DELETE" => vec!["remove".to_owned(), singular(&more), verb],
        "GET" if answer == ResponseKind::Nothing => vec!["is".to_owned(), asked],
        _ => return None,
    };
    let object = before.last().map(|object| singular(&object.word)).unwrap_or_default();
    Some(words.into_iter().chain([object]).filter(|word| !word.is_empty()).collect())
}

/// The path without the revision that follows the accessor's own resource in it, where that is an operation too.
fn without_revision(method: &str, path: &str, rest: &str, operations: &Operations) -> Option<String> {
    let (parameter, below) = rest.strip_prefix("/{")?.split_once('}')?;
    let argument = operations.arguments.get(parameter).map_or(parameter, |entry| entry.text.as_str());
    let without = format!("{}{below}", path.strip_suffix(rest)?);
    (argument == "revision" && has(operations, method, &without)).then_some(without)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::decisions::Groups;
    use crate::source::Source;

    #[test]
    fn each_rule_gives_a_name() -> Result<(), String> {
        use ResponseKind::{Nothing, One, Page};
        let groups = Source { name: "groups.toml", text: include_str!("../../../../../spec/groups.toml") };
        let groups = Groups::read(&groups).map_err(|error| error.to_string())?;
        let operations = Source { name: "operations.toml", text: include_str!("../../../../../spec/operations.toml") };
        let operations = Operations::read(&operations, &groups).map_err(|error| error.to_string())?;
        for (group, method, below, answer, expected) in [
            // Verbs.
            ("pipelines", "GET", "/things", Page, "list_things"),
            ("pipelines", "GET", "/things/{id}", One, "get_thing"),
            ("pipelines", "GET", "/things/{id}", Nothing, "is_thing"),
            ("pipelines", "POST", "/things", One, "create_thing"),
            ("pipelines", "POST", "/things", Page, "list_things_with_body"),
            ("pipelines", "POST", "/things/{id}/changes", One, "update_thing"),
            ("pipelines", "DELETE", "/things/{id}", Nothing, "delete_thing"),
            ("pipelines", "PUT", "/things/{id}", One, "update_thing"),
            // Nouns.
            ("pipelines", "GET", "/root", Page, "list_root"),
            ("pipelines", "GET", "/things/{id}/limits", One, "get_thing_limits"),
            ("pipelines", "GET", "/settings/limits", One, "get_settings_limits"),
            ("pipelines", "GET", "/deployment-environment/settings", One, "get_deployment_environment_settings"),
            ("pipelines", "GET", "/deployment-environment/variables", One, "get_variables"),
            // Paths that end with an action.
            ("repositories", "POST", "/forks", One, "fork"),
            ("repositories", "PUT", "/forks", One, "update_forks"),
            ("repositories", "GET", "/watch", Nothing, "is_watching"),
            ("repositories", "GET", "/watch", One, "get_watch"),
            ("repositories", "DELETE", "/watch", Nothing, "unwatch"),
            ("repositories", "DELETE", "/request-changes", Nothing, "remove_change_request"),
        ] {
            let group = groups.by_module(group).ok_or("no such group")?;
            let path = format!("/repositories/{{workspace}}/{{repo_slug}}{below}");
            assert_eq!(derive(method, &path, answer, group, &operations), expected, "{method} {path}");
        }
        let search = groups.by_module("search").ok_or("no such group")?;
        assert_eq!(derive("GET", "/workspaces/{workspace}/search", Page, search, &operations), "all");
        assert_eq!(derive("GET", "/workspaces/{workspace}/search/code", Page, search, &operations), "code");
        Ok(())
    }

    #[test]
    fn words_that_the_accessor_says_are_left_out() {
        let less = |word, module, ends| less_accessor(word, module, ends);
        assert_eq!(less("deploy_keys", "deploy_keys", true).as_deref(), Some(""));
        assert_eq!(less("keys", "deploy_keys", true).as_deref(), Some(""));
        // Three letters may be the end of any word.
        assert_eq!(less("key", "deploy_key", true), None);
        assert_eq!(less("don_things", "addons", true), None);
        assert_eq!(less("hook_events", "webhooks", true).as_deref(), Some("events"));
        assert_eq!(less("effective_branching_model", "branching_model", true).as_deref(), Some("effective"));
        assert_eq!(less("pipelines_config", "pipelines", false).as_deref(), Some(""));
        assert_eq!(less("pipelines_config", "pipelines", true).as_deref(), Some("config"));
        assert_eq!(less("things", "pipelines", true), None);
    }
}

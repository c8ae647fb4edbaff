//! Scopes, credentials, servers, and the document as a whole: one line each, with a count.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comparing::Comparing;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{pointers, security};
use crate::english;
use crate::model::Handle;

/// Where Bitbucket names the kinds of credentials of an operation.
const AUTH_KINDS: &str = "x-atlassian-auth-types";

/// Extensions that are compared elsewhere, or are ours.
const ELSEWHERE: [&str; 8] = [
    AUTH_KINDS,
    "x-atlassian-oauth2-scopes",
    "x-revision",
    "x-deprecation-reason",
    "x-required-on-send",
    "x-keep-struct",
    "x-read-only",
    "x-type-on-send",
];

/// Compares them.
pub(super) fn compare(all: &mut Comparing<'_>) {
    scopes(all);
    auth_kinds(all);
    whole(all);
    let mut counts = Counts::default();
    counts.walk(&all.old.corrected, &all.new.corrected, false);
    if counts.prose > 0 {
        all.add(Finding::new("docs-changed", Class::None, "documentation").is(english::count(
            counts.prose,
            "text",
            "texts",
        )));
    }
    for (key, count) in counts.extensions {
        let places = english::count(count, "place", "places");
        all.add(Finding::new("extension-changed", Class::None, key).is(places));
    }
}

/// One finding per scope, with the operations that need it now, or no longer.
fn scopes(all: &mut Comparing<'_>) {
    let mut changed: BTreeMap<(&str, &'static str), Vec<String>> = BTreeMap::new();
    let mut first: BTreeMap<(&str, &'static str), String> = BTreeMap::new();
    for (old, new) in all.pairs.operations.iter().chain(&all.pairs.moved) {
        let (was, is): (BTreeSet<&str>, BTreeSet<&str>) =
            (old.scopes.iter().map(String::as_str).collect(), new.scopes.iter().map(String::as_str).collect());
        let added = is.difference(&was).map(|scope| (*scope, "scope-added"));
        let removed = was.difference(&is).map(|scope| (*scope, "scope-removed"));
        for key in added.chain(removed) {
            changed.entry(key).or_default().push(new.qualified_name());
            first.entry(key).or_insert_with(|| security::place(all.new, new));
        }
    }
    let findings: Vec<Finding> = changed
        .into_iter()
        .map(|((scope, rule), operations)| {
            let class = if rule == "scope-added" { Class::Runtime } else { Class::None };
            let count = english::count(operations.len(), "operation", "operations");
            let say = |there: bool| if there { count.clone() } else { "none".to_owned() };
            let mut finding = Finding::new(rule, class, format!("scope {scope}"))
                .was(say(rule == "scope-removed"))
                .is(say(rule == "scope-added"))
                .at(first.get(&(scope, rule)).cloned().unwrap_or_default());
            finding.reached_by = operations;
            finding.reached_by.sort();
            finding
        })
        .collect();
    findings.into_iter().for_each(|finding| all.add(finding));
}

fn auth_kinds(all: &mut Comparing<'_>) {
    let pairs = all.pairs.operations.iter();
    let of = |json: &Value, pointer: &str| pointers::at(json, pointer)?.get(AUTH_KINDS).cloned();
    let changed = pairs.filter(|(old, new)| {
        of(&all.old.corrected, &pointers::operation(old)) != of(&all.new.corrected, &pointers::operation(new))
    });
    let operations: Vec<String> = changed.map(|(_, new)| new.qualified_name()).collect();
    if !operations.is_empty() {
        let mut finding = Finding::new("auth-kinds-changed", Class::None, AUTH_KINDS).is(english::count(
            operations.len(),
            "operation",
            "operations",
        ));
        finding.reached_by = operations;
        all.add(finding);
    }
}

/// Servers and revision.
fn whole(all: &mut Comparing<'_>) {
    let servers = |json: &Value| {
        let servers = json.get("servers").and_then(Value::as_array).into_iter().flatten();
        let urls: Vec<String> = servers.filter_map(address).collect();
        urls
    };
    let (was, is) = (servers(&all.old.corrected), servers(&all.new.corrected));
    if was != is {
        // The first is the address that calls go to; nobody is led to another.
        let class = if was.first() == is.first() { Class::None } else { Class::Runtime };
        let say = |urls: &[String]| if urls.is_empty() { "none".to_owned() } else { urls.join(", ") };
        all.add(Finding::new("server-changed", class, "servers").was(say(&was)).is(say(&is)).at("#/servers"));
    }
    let (was, is) = (&all.old.model.revision, &all.new.model.revision);
    if was != is {
        let pointer = if all.new.corrected.get("x-revision").is_some() { "#/x-revision" } else { "#/info/version" };
        all.add(
            Finding::new("version-changed", Class::None, "Client::api_revision()")
                .was(was.clone())
                .is(is.clone())
                .at(pointer),
        );
    }
}

/// The address of a server, with the values that its variables have if nobody chooses others.
fn address(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let value = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value);
    }
    Some(url)
}

/// Texts and extensions that differ at places that both sides have.
#[derive(Debug, Default)]
struct Counts {
    prose: usize,
    extensions: BTreeMap<String, usize>,
}

impl Counts {
    /// `names` says that the keys of these objects are names, not words of OpenAPI.
    fn walk(&mut self, old: &Value, new: &Value, names: bool) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if names => {
                let both = old.iter().filter_map(|(key, known)| Some((known, new.get(key)?)));
                both.for_each(|(known, value)| self.walk(known, value, false));
            }
            (Value::Object(old), Value::Object(new)) => {
                for (key, value) in new {
                    let known = old.get(key);
                    if is_prose(key) && (value.is_string() || known.is_some_and(Value::is_string)) {
                        self.prose += usize::from(known != Some(value));
                    } else if key.starts_with("x-") {
                        self.extension(key, known != Some(value));
                    } else if let Some(known) = known {
                        self.walk(known, value, NAMES.contains(&key.as_str()));
                    }
                }
                for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
                    if is_prose(key) && value.is_string() {
                        self.prose += 1;
                    } else if key.starts_with("x-") {
                        self.extension(key, true);
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) => {
                old.iter().zip(new).for_each(|(old, new)| self.walk(old, new, false));
            }
            _ => {}
        }
    }

    fn extension(&mut self, key: &str, differs: bool) {
        if differs && !ELSEWHERE.contains(&key) {
            *self.extensions.entry(key.to_owned()).or_default() += 1;
        }
    }
}

/// Keys whose objects have names for keys.
const NAMES: [&str; 5] = ["headers", "properties", "schemas", "securitySchemes", "variables"];

fn is_prose(key: &str) -> bool {
    matches!(key, "description" | "summary" | "title")
}

/// Groups, handles and what is withdrawn: decisions without a place in the document.
pub(super) fn compare_decisions(all: &mut Comparing<'_>) {
    let mut found = Vec::new();
    for new in &all.new.model.groups {
        let old = all.old.model.groups.iter().find(|group| group.module == new.module);
        let Some(old) = old.filter(|old| old.feature != new.feature) else { continue };
        let entry = |feature: &str| Some(format!("feature = \"{feature}\""));
        let mut finding = Finding::new("feature-renamed", Class::Compile, format!("feature {}", new.feature))
            .was(old.feature.clone())
            .is(new.feature.clone())
            .explains([format!("feature:{}", old.feature), format!("feature:{}", new.feature)])
            .decided(DecisionFile::Groups, entry(&old.feature), entry(&new.feature));
        finding.group.clone_from(&new.module);
        found.push(finding);
    }
    let say = |handle: &Handle| {
        let list = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let knows = list(handle.knows.iter().map(|(parameter, _)| parameter.as_str()).collect());
        let leaves = list(handle.leaves.iter().map(String::as_str).collect());
        format!("{} of {}, knows {knows}, leaves {leaves}", handle.prefix, handle.group)
    };
    let handles = [all.old, all.new]
        .map(|side| side.model.handles.iter().map(|handle| (handle.name.clone(), handle)).collect::<BTreeMap<_, _>>());
    let names: BTreeSet<&String> = handles.iter().flat_map(BTreeMap::keys).collect();
    for name in names {
        let [old, new] = [0, 1].map(|side| handles[side].get(name));
        if old.map(|handle| say(handle)) == new.map(|handle| say(handle)) {
            continue;
        }
        let class = if old.is_some() { Class::Compile } else { Class::Extends };
        let prefixes = old.iter().chain(&new).map(|handle| format!("handle:{}", handle.prefix));
        let entry = Some(format!("name = \"{name}\""));
        let mut finding = Finding::new("handle-changed", class, name.clone())
            .explains(prefixes)
            .explains([format!("handle:{name}")])
            .decided(DecisionFile::Handles, entry.clone(), entry);
        (finding.old, finding.new) = (old.map(|handle| say(handle)), new.map(|handle| say(handle)));
        found.push(finding);
    }
    let withdrawn = |side: &Side<'_>| -> BTreeSet<String> {
        side.model.withdrawn.iter().map(|gone| format!("{} {}", gone.method, gone.path)).collect()
    };
    let (was, is) = (withdrawn(all.old), withdrawn(all.new));
    for gone in was.symmetric_difference(&is) {
        let say = |there: bool| if there { "withdrawn" } else { "not listed" };
        let entry = gone.split_once(' ').map(|(_, path)| format!("path = \"{path}\""));
        found.push(
            Finding::new("withdrawn-changed", Class::None, gone.clone())
                .was(say(was.contains(gone)))
                .is(say(is.contains(gone)))
                .decided(DecisionFile::Withdrawn, entry.clone(), entry),
        );
    }
    found.into_iter().for_each(|finding| all.add(finding));
}

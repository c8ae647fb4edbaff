//! Group and method name of each operation: the locked ones, or derived ones, held to the rules of `names`.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToKebabCase;
use openapiv3::{ReferenceOr, StatusCode};

use super::names::methods;
use crate::document::paths::module;
use crate::document::{self, Context, Document};
use crate::error::Error;
use crate::read::decisions::{GroupEntry, OperationEntry, is_snake_case};

const PASS: &str = "name operations";

/// The name of an operation's method, and its group.
#[derive(Debug, Clone)]
pub(super) struct MethodName {
    /// Its group.
    pub(super) group: GroupEntry,
    /// Bitbucket's page of the group that upstream has it in.
    pub(super) page: String,
    /// Name of the method.
    pub(super) name: String,
}

/// The names of all operations, by method and path.
#[derive(Debug, Default)]
pub(super) struct MethodNames(BTreeMap<(String, String), MethodName>);

impl MethodNames {
    /// The name of an operation.
    pub(super) fn of(&self, known: &document::OperationInfo) -> Option<&MethodName> {
        self.0.get(&(known.method.clone(), known.path.clone()))
    }
}

/// Names every operation; also returns which names were derived.
pub(super) fn names(document: &Document, context: &Context<'_>) -> Result<(MethodNames, Vec<String>), Error> {
    let sizes = tag_sizes(document);
    let naming = Naming { context };
    let mut names = BTreeMap::new();
    let mut report = Vec::new();
    for known in &document.operations {
        let Some(openapi) = document.openapi(known) else { continue };
        let key = (known.method.clone(), known.path.clone());
        let entry = context.decisions.operations.entries.get(&key);
        let (module, page) = naming.group(known, entry, &sizes);
        let group = context.decisions.groups.by_module(&module).cloned().unwrap_or_else(|| unknown_group(&module));
        let name = naming.name(known, entry, &group, answer(known, openapi), &mut report)?;
        names.insert(key, MethodName { group, page, name });
    }
    naming.disambiguate(&mut names);
    naming.check_groups(&names, &mut report)?;
    Ok((MethodNames(names), report))
}

/// The kind of response, as far as names of methods depend on it.
fn answer(known: &document::OperationInfo, openapi: &openapiv3::Operation) -> methods::ResponseKind {
    let response = openapi.responses.responses.get(&StatusCode::Range(2)).and_then(ReferenceOr::as_item);
    let media = response.and_then(|response| response.content.keys().next());
    match media.map(String::as_str) {
        _ if known.page.is_some() => methods::ResponseKind::Page,
        Some("application/json") => methods::ResponseKind::One,
        Some(_) => methods::ResponseKind::Bytes,
        None => methods::ResponseKind::Nothing,
    }
}

struct Naming<'a> {
    context: &'a Context<'a>,
}

impl Naming<'_> {
    /// Module of the group, and Bitbucket's page: by the lock, else by the rarest tag, which says most about it.
    fn group(
        &self,
        known: &document::OperationInfo,
        entry: Option<&OperationEntry>,
        tags: &BTreeMap<&str, usize>,
    ) -> (String, String) {
        let groups = &self.context.decisions.groups;
        let tag =
            known.tags.iter().min_by_key(|tag| (tags.get(tag.as_str()).copied().unwrap_or_default(), tag.as_str()));
        let module = match (entry, tag) {
            (Some(entry), _) => entry.group.clone(),
            (None, Some(tag)) => groups.by_tag(tag).map_or_else(|| module(tag), |group| group.module.clone()),
            (None, None) => "general".to_owned(),
        };
        let page = known.tags.first().map_or_else(
            || module.to_kebab_case(),
            |tag| groups.by_tag(tag).map_or_else(|| tag.to_kebab_case(), |group| group.page.clone()),
        );
        (module, page)
    }

    /// The locked name, or a derived one, held to the rules.
    fn name(
        &self,
        known: &document::OperationInfo,
        entry: Option<&OperationEntry>,
        group: &GroupEntry,
        answer: methods::ResponseKind,
        report: &mut Vec<String>,
    ) -> Result<String, Error> {
        let operations = &self.context.decisions.operations;
        let endpoint = methods::Endpoint { method: &known.method, path: &known.path, answer };
        let Some(entry) = entry else {
            let mut name = methods::derive(&known.method, &known.path, answer, group, operations);
            if !is_snake_case(&name) {
                name = format!("call_{name}");
            }
            report.push(format!("derived: {}.{name} ({} {})", group.module, known.method, known.path));
            return Ok(name);
        };
        match methods::check(&entry.name, &endpoint, group, operations) {
            Ok(()) if entry.name_reason.is_some() && self.context.decisions.strict => {
                let hint = "delete `name_reason`".to_owned();
                let problem = "the name follows the rules, so it needs no reason".to_owned();
                return Err(self.at_entry(entry, &methods::Problem { problem, hint }));
            }
            Err(_) if entry.name_reason.as_ref().is_some_and(|reason| !reason.trim().is_empty()) => {}
            Ok(()) => {}
            Err(problem) if self.context.decisions.strict => return Err(self.at_entry(entry, &problem)),
            Err(problem) => report.push(format!("{}.{}: {}", group.module, entry.name, problem.problem)),
        }
        Ok(entry.name.clone())
    }

    fn at_entry(&self, entry: &OperationEntry, problem: &methods::Problem) -> Error {
        Error::in_line(
            PASS,
            &self.context.inputs.operations,
            Some(entry.line),
            format!("operation `{}`", entry.id),
            problem.problem.clone(),
            problem.hint.clone(),
        )
    }

    /// A derived name that is taken gets a number; it is to be locked anyway. Where nothing is checked strictly, so does a
    /// locked one that comes twice: what is generated must compile.
    fn disambiguate(&self, names: &mut BTreeMap<(String, String), MethodName>) {
        let locked = &self.context.decisions.operations.entries;
        let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
        for round in [true, false] {
            for (_, named) in names.iter_mut().filter(|(key, _)| locked.contains_key(*key) == round) {
                let wanted = named.name.clone();
                let mut number = 1;
                while !taken.insert((named.group.module.clone(), named.name.clone())) {
                    if round && self.context.decisions.strict {
                        break;
                    }
                    number += 1;
                    named.name = format!("{wanted}_{number}");
                }
            }
        }
    }

    /// Rules on the names of a whole group.
    fn check_groups(
        &self,
        names: &BTreeMap<(String, String), MethodName>,
        report: &mut Vec<String>,
    ) -> Result<(), Error> {
        let locked = &self.context.decisions.operations.entries;
        let modules: BTreeSet<&str> = names.values().map(|named| named.group.module.as_str()).collect();
        for module in modules {
            let group: Vec<(&(String, String), &MethodName)> =
                names.iter().filter(|(_, named)| named.group.module == module).collect();
            let pairs: Vec<(&str, &str)> =
                group.iter().map(|((method, _), named)| (named.name.as_str(), method.as_str())).collect();
            let Err(problem) = methods::check_group(&pairs) else { continue };
            let culprit = group.iter().rev().find_map(|(key, named)| {
                let entry = locked.get(*key)?;
                problem.problem.contains(&format!("`{}`", named.name)).then_some(entry)
            });
            match culprit {
                Some(entry) if self.context.decisions.strict => return Err(self.at_entry(entry, &problem)),
                _ => report.push(format!("{module}: {}", problem.problem)),
            }
        }
        Ok(())
    }
}

fn tag_sizes(document: &Document) -> BTreeMap<&str, usize> {
    let mut sizes = BTreeMap::new();
    for tag in document.operations.iter().flat_map(|operation| &operation.tags) {
        *sizes.entry(tag.as_str()).or_default() += 1;
    }
    sizes
}

/// A group for a tag that no decision knows.
fn unknown_group(module: &str) -> GroupEntry {
    GroupEntry {
        tag: None,
        module: module.to_owned(),
        feature: module.to_kebab_case(),
        page: module.to_kebab_case(),
        doc: format!("The group `{module}`."),
        owner: "repository".to_owned(),
        taken: Vec::new(),
        verb: false,
        example: None,
    }
}

//! Keys: what a line of the public surface is about, and what a finding explains. A line has its keys from the most to the
//! least specific, and the first finding that has one of them is its cause.

use super::rust_text::request;
use crate::model::names::types::setter;
use crate::model::{Model, Operation, Parameter};

/// All that is there because of an operation.
pub(super) fn operation(operation: &Operation) -> Vec<String> {
    vec![signature_key(operation), request_key(operation), group(&operation.group)]
}

/// The method of an operation: its arguments.
pub(super) fn signature(operation: &Operation) -> Vec<String> {
    vec![signature_key(operation)]
}

/// What the request of an operation answers.
pub(super) fn answer(operation: &Operation) -> Vec<String> {
    vec![format!("answer:{}.{}", operation.group, request(&operation.name))]
}

/// A setter, or for an argument the method.
pub(super) fn parameter(operation: &Operation, parameter: &Parameter) -> Vec<String> {
    if parameter.required {
        return signature(operation);
    }
    vec![format!("setter:{}.{}.{}", operation.group, request(&operation.name), parameter.name)]
}

/// The setter `body` of a request.
pub(super) fn body(operation: &Operation, required: bool) -> Vec<String> {
    if required {
        return signature(operation);
    }
    let request = request(&operation.name);
    ["body", "form"].iter().map(|name| format!("setter:{}.{request}.{name}", operation.group)).collect()
}

fn signature_key(operation: &Operation) -> String {
    format!("method:{}.{}", operation.group, request(&operation.name))
}

fn request_key(operation: &Operation) -> String {
    format!("request:{}.{}", operation.group, request(&operation.name))
}

pub(super) fn group(module: &str) -> String {
    format!("group:{module}")
}

pub(super) fn ty(name: &str) -> String {
    format!("type:{name}")
}

/// What the macros say of a type as a whole: each of its members is listed there.
pub(super) fn shape(name: &str) -> String {
    format!("shape:{name}")
}

/// A field, a variant or a method of a type.
pub(super) fn member(ty: &str, member: &str) -> String {
    format!("member:{ty}.{member}")
}

/// Whatever is written otherwise because a type is of another kind: text and enums are given by `Into`, structs are not.
pub(super) fn mention(name: &str) -> String {
    format!("mention:{name}")
}

/// The keys of a line.
pub(super) fn of_line(line: &str, models: [&Model; 2]) -> Vec<String> {
    let mut found = of_subject(line, models);
    let mentioned = line.split("types::").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
    found.extend(mentioned.map(mention));
    found
}

fn of_subject(line: &str, models: [&Model; 2]) -> Vec<String> {
    let path = path(line);
    let words: Vec<&str> = path.split("::").flat_map(|part| part.split('.')).collect();
    match words.as_slice() {
        ["types" | "id", name, rest @ ..] => of_type(name, rest.first().copied(), line),
        ["RepositoryHandle" | "WorkspaceHandle" | "Client", method] => {
            let mut found = Vec::new();
            for handle in models.iter().flat_map(|model| &model.handles).filter(|handle| handle.name == words[0]) {
                found.extend([
                    format!("method:{}.{}", handle.group, request(method)),
                    format!("request:{}.{}", handle.group, request(method)),
                ]);
            }
            found.extend([group(method), format!("handle:{}", words[0])]);
            found
        }
        [module, "requests", name, rest @ ..] => {
            let mut found: Vec<String> =
                rest.first().map(|setter| format!("setter:{module}.{name}.{setter}")).into_iter().collect();
            if rest.is_empty() {
                found.push(format!("answer:{module}.{name}"));
            }
            found.push(format!("request:{module}.{name}"));
            found
        }
        [module, owner, method] => {
            let mut found =
                vec![format!("method:{module}.{}", request(method)), format!("request:{module}.{}", request(method))];
            found.extend(handles(owner, models));
            found
        }
        [module, owner] => std::iter::once(group(module)).chain(handles(owner, models)).collect(),
        [module] => vec![group(module)],
        _ => Vec::new(),
    }
}

/// A field and its setter.
pub(super) fn field(ty: &str, field: &str) -> [String; 3] {
    [member(ty, field), member(ty, &setter(field)), shape(ty)]
}

/// The handles whose struct this may be: `RepositoryPipelines`.
fn handles<'m>(owner: &'m str, models: [&'m Model; 2]) -> impl Iterator<Item = String> {
    let all = models.into_iter().flat_map(|model| &model.handles);
    all.filter(move |handle| owner.starts_with(&handle.prefix)).map(|handle| format!("handle:{}", handle.prefix))
}

fn of_type(name: &str, rest: Option<&str>, line: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(rest) = rest {
        found.push(member(name, rest));
        for beginning in ["with_", "as_", "is_"] {
            found.extend(rest.strip_prefix(beginning).map(|rest| member(name, rest)));
        }
    }
    if line.contains(" identified_by! ") {
        found.push(format!("identified:{name}"));
    }
    if line.contains(" impl fmt::Debug") {
        found.push(format!("debug:{name}"));
    }
    found.push(ty(name));
    if rest.is_none() {
        found.push(shape(name));
    }
    found
}

/// The path at the beginning of a line.
fn path(line: &str) -> &str {
    let end = line.find([' ', '(', '<']).unwrap_or(line.len());
    line[..end].trim_end_matches(':')
}

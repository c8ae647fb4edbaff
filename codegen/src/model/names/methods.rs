//! Names of methods: `verb[_noun][_for_OWNER|_at_revision][_with_body|_by_name]` below the accessor of a group.
//!
//! [`check`] and [`check_group`] hold a name to the rules, [`mod@derive`] derives one by them.

use super::{is_plural, singular};
use crate::read::decisions::{GroupEntry, Operations, is_snake_case};

pub mod derive;

pub use derive::derive;

/// Maximum number of letters in a name.
pub const MAX_LENGTH: usize = 35;

/// Names that handles have already, or whose request would have the name of an import in the module of a group.
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

/// Prepositions, which only the fixed endings of a name may have.
const PREPOSITIONS: [&str; 9] = ["at", "by", "for", "from", "in", "of", "on", "to", "with"];

/// The kind of response, as far as names depend on it.
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

/// The operation that a name is for.
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
    fn of(name: &'n str, group: &'n GroupEntry) -> Self {
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
pub fn check(name: &str, endpoint: &Endpoint<'_>, group: &GroupEntry, operations: &Operations) -> Result<(), Problem> {
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
    group: &GroupEntry,
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

fn check_noun(parts: &Parts<'_>, group: &GroupEntry, operations: &Operations) -> Result<(), Problem> {
    let noun = parts.noun.join("_");
    if let Some(preposition) = parts.noun.iter().find(|word| PREPOSITIONS.contains(word)) {
        let hint = "only `_for_OWNER`, `_at_revision`, `_with_body` and `_by_name` end a name, in this order";
        return Err(Problem::new(format!("`{preposition}` is part of no noun"), hint));
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
    group: &GroupEntry,
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
fn is_silent(owner: &str, group: &GroupEntry) -> bool {
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

//! `groups.toml`: which groups of operations there are, and the tags of the document that lead to them.

use serde::Deserialize;
use toml::Spanned;

use super::{PASS, field_line, is_snake_case, parse};
use crate::error::Error;
use crate::source::Source;

/// Modules that the generated code has already.
const TAKEN_MODULES: [&str; 1] = ["shared"];

/// Longest line of an example: a longer one has to be scrolled on the pages of the documentation.
const EXAMPLE_WIDTH: usize = 88;

/// One group of operations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// The document's tag; none for a group of our own.
    pub tag: Option<String>,
    /// Module and accessor name.
    pub module: String,
    /// Cargo feature.
    pub feature: String,
    /// Bitbucket's page of this group, the part after `api-group-`.
    pub page: String,
    /// One line of documentation.
    pub doc: String,
    /// Whose resources these usually are; names of methods leave it out.
    pub owner: String,
    /// Methods of extension traits on the handles of the group, which no operation may be called like.
    #[serde(default)]
    pub taken: Vec<String>,
    /// Whether the accessor is the verb: `search().code(..)`.
    #[serde(default)]
    pub verb: bool,
    /// What people come for, in a few lines of Rust that have a `client`.
    pub example: Option<String>,
}

/// All groups, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Groups(pub Vec<GroupEntry>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    group: Vec<Spanned<GroupEntry>>,
}

impl Groups {
    /// Reads `groups.toml`.
    ///
    /// # Errors
    /// A file that is no TOML of the right form, a module that cannot be one, an empty text, a repeated tag, two
    /// tags that disagree about their module.
    pub fn read(source: &Source<'_>) -> Result<Self, Error> {
        let mut groups = Self::default();
        for group in parse::<File>(source)?.group {
            let line = source.line_of_offset(group.span().start);
            let line = field_line(source, line, "module");
            let group = group.into_inner();
            groups.check(&group).map_err(|(problem, hint)| {
                Error::in_line(PASS, source, Some(line), format!("group `{}`", group.module), problem, hint)
            })?;
            groups.0.push(group);
        }
        Ok(groups)
    }

    fn check(&self, group: &GroupEntry) -> Result<(), (String, &'static str)> {
        let module = &group.module;
        if !is_snake_case(module) || TAKEN_MODULES.contains(&module.as_str()) {
            let hint = "use lower-case letters, digits and underscores, and no word of Rust";
            return Err((format!("`{module}` is no module name"), hint));
        }
        let texts = [
            ("tag", group.tag.as_deref().unwrap_or("-")),
            ("feature", &group.feature),
            ("page", &group.page),
            ("doc", &group.doc),
            ("owner", &group.owner),
        ];
        if let Some((field, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err((format!("`{field}` is empty"), "every field has a text"));
        }
        if let Some(name) = group.taken.iter().find(|name| !is_snake_case(name)) {
            return Err((format!("`{name}` in `taken` is no method name"), "list the methods of the traits in `ext`"));
        }
        if let Some(problem) = group.example.as_deref().and_then(check_example) {
            return Err((
                problem,
                "show a task in lines of at most 88 characters; the function around it is generated",
            ));
        }
        for other in &self.0 {
            if other.tag.is_some() && other.tag == group.tag {
                let tag = other.tag.as_deref().unwrap_or_default();
                return Err((format!("the tag `{tag}` is listed twice"), "keep one entry"));
            }
            if other.module != *module {
                continue;
            }
            let (Some(tag), Some(_)) = (&other.tag, &group.tag) else {
                return Err(("the group is listed twice".to_owned(), "keep one entry, or give each its tag"));
            };
            let same = |group: &GroupEntry| {
                let GroupEntry { feature, doc, owner, taken, verb, example, .. } = group.clone();
                (feature, doc, owner, taken, verb, example)
            };
            if same(other) != same(group) {
                let problem = format!(
                    "the module `{module}` has another feature, doc, owner, verb, taken list or example under the tag `{tag}`"
                );
                return Err((problem, "one module is one feature: make them equal or choose another module"));
            }
        }
        Ok(())
    }

    /// The group with this module name.
    #[must_use]
    pub fn by_module(&self, module: &str) -> Option<&GroupEntry> {
        self.0.iter().find(|group| group.module == module)
    }

    /// The group that this tag of the document leads to.
    #[must_use]
    pub fn by_tag(&self, tag: &str) -> Option<&GroupEntry> {
        self.0.iter().find(|group| group.tag.as_deref() == Some(tag))
    }
}

/// What is wrong with an example, if anything: readers must see it, whole.
fn check_example(example: &str) -> Option<String> {
    if let Some(line) = example.lines().find(|line| line.chars().count() > EXAMPLE_WIDTH) {
        return Some(format!("a line of the example has {} characters: `{line}`", line.chars().count()));
    }
    let hidden = |line: &str| line.trim() == "#" || line.trim_start().starts_with("# ");
    let shown = example.lines().any(|line| !line.trim().is_empty() && !hidden(line));
    (!shown).then(|| "the example shows nothing".to_owned())
}

//! `facts.toml`: rules about Bitbucket that hold in many places at once, each with a selector.
//!
//! A rule says where it holds and why that is known. The document passes and the model apply them; a selector that takes
//! nothing of the vendored document is an error there.

use serde::Deserialize;
use toml::Spanned;

use super::{PASS, parse};
use crate::error::Error;
use crate::source::Source;

/// All rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Parameters that operations take without declaring them.
    #[serde(default)]
    pub parameter: Vec<Rule<ParameterRule>>,
    /// What lists support.
    #[serde(default)]
    pub list: Vec<Rule<ListRule>>,
    /// Parameters that lists ignore beside `q`.
    #[serde(default)]
    pub filter: Vec<Rule<FilterRule>>,
    /// Operations that answer with the log of a step.
    #[serde(default)]
    pub log: Vec<Rule<LogRule>>,
    /// Members that only the service sets.
    #[serde(default)]
    pub received: Vec<Rule<ReceivedRule>>,
    /// Members whose text has a type of its own.
    #[serde(default)]
    pub value: Vec<Rule<ValueRule>>,
    /// Members that are the discriminator of a union where `type` is absent.
    #[serde(default)]
    pub discriminator: Vec<Rule<DiscriminatorRule>>,
}

/// A rule with its place in the file.
pub type Rule<T> = Spanned<T>;

/// Which operations a rule applies to: every condition must hold, of a list one entry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// HTTP method in capitals.
    pub method: Option<String>,
    /// What the operation answers with.
    pub answers: Option<ResponseFilter>,
    /// Ends of the path template.
    #[serde(default)]
    pub path_ends: Vec<String>,
    /// Beginning of the name of a parameter that the operation declares itself.
    pub declares: Option<String>,
}

/// The kind of response that a selector asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseFilter {
    /// A page of a list.
    Page,
    /// JSON, pages included.
    Json,
    /// Bytes.
    Bytes,
}

/// A parameter that operations take without declaring it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterRule {
    /// Name in the request.
    pub name: String,
    /// `query` or `header`.
    #[serde(rename = "in")]
    pub place: String,
    /// `string` or `integer`.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its documentation; `{page_len}` stands for the maximum of `pagelen`.
    pub doc: String,
    /// Which operations take it.
    #[serde(rename = "where")]
    pub selector: Selector,
    /// Which of them do not.
    #[serde(default)]
    pub except: Vec<Exception>,
    /// How that is known.
    pub reason: String,
}

/// Operations that a rule leaves out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Which ones.
    #[serde(rename = "where")]
    pub selector: Selector,
    /// How that is known.
    pub reason: String,
}

/// What lists support; a later rule overrides an earlier one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRule {
    /// Which lists.
    #[serde(rename = "where")]
    pub selector: Selector,
    /// Maximum of `pagelen`.
    pub page_len: Option<u32>,
    /// Whether a page says how many items the whole list has.
    pub size: Option<bool>,
    /// Whether that number may count items that are never returned.
    pub counts_hidden: Option<bool>,
    /// How that is known.
    pub reason: String,
}

/// A query parameter that lists ignore beside `q`, so that requests put it into `q`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterRule {
    /// Which lists.
    #[serde(rename = "where")]
    pub selector: Selector,
    /// Name in the request; also of the field in the query language.
    pub parameter: String,
    /// What the documentation of both parameters says about it.
    pub doc: String,
    /// How that is known.
    pub reason: String,
}

/// Operations that answer with the log of a step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRule {
    /// Which ones.
    #[serde(rename = "where")]
    pub selector: Selector,
    /// How that is known.
    pub reason: String,
}

/// Members that only the service sets, whatever the object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedRule {
    /// Names in JSON.
    pub members: Vec<String>,
    /// How that is known.
    pub reason: String,
}

/// Members whose text has a type of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueRule {
    /// Names in JSON, or their ends with a `*` in front.
    pub members: Vec<String>,
    /// `Uuid`.
    #[serde(rename = "type")]
    pub ty: TextType,
    /// How that is known.
    pub reason: String,
}

/// A type of the SDK for text of a certain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum TextType {
    /// A UUID, with or without braces.
    Uuid,
}

/// Members that are the discriminator of a union where `type` is absent, in order of preference.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscriminatorRule {
    /// Names in JSON.
    pub members: Vec<String>,
    /// How that is known.
    pub reason: String,
}

impl Facts {
    /// Reads `facts.toml`.
    ///
    /// # Errors
    /// A file that is no TOML of the right form, a rule without a reason, an unknown place or type of a parameter.
    pub fn read(source: &Source<'_>) -> Result<Self, Error> {
        let facts: Self = parse(source)?;
        let refuse = |offset: usize, subject: String, problem: &str, hint: &str| {
            Err(Error::in_line(PASS, source, Some(source.line_of_offset(offset)), subject, problem, hint))
        };
        let reasons = (facts.parameter.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.list.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.filter.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.log.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.received.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.value.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)))
            .chain(facts.discriminator.iter().map(|rule| (rule.span().start, &rule.get_ref().reason)));
        for (offset, reason) in reasons {
            if reason.trim().is_empty() {
                return refuse(offset, "fact".to_owned(), "the reason is empty", "say how the fact is known");
            }
        }
        for rule in &facts.parameter {
            let parameter = rule.get_ref();
            let subject = format!("parameter `{}`", parameter.name);
            if !matches!(parameter.place.as_str(), "query" | "header") {
                let hint = "parameters can be added to the query and to the headers";
                return refuse(rule.span().start, subject, "`in` is neither `query` nor `header`", hint);
            }
            if !matches!(parameter.ty.as_str(), "string" | "integer" | "boolean") {
                let hint = "a parameter that is added is a `string`, an `integer` or a `boolean`";
                return refuse(rule.span().start, subject, "`type` is not supported", hint);
            }
            if parameter.except.iter().any(|except| except.reason.trim().is_empty()) {
                return refuse(
                    rule.span().start,
                    subject,
                    "an exception has no reason",
                    "say how the exception is known",
                );
            }
        }
        Ok(facts)
    }
}

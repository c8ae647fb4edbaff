//! An operation of the model: where its parameters and its body go, and what it answers with.

use serde::Serialize;
use serde_json::Value;

use super::{TypeRef, is_false};
use crate::read::decisions::Effect;

/// One operation.
#[derive(Debug, Clone, Serialize)]
pub struct Operation {
    /// Module of its group.
    pub group: String,
    /// Name of the method.
    pub name: String,
    /// Upstream's operation id, where the document has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Other names under which people may search for it.
    #[serde(skip)]
    pub aliases: Vec<String>,
    /// HTTP method in capitals.
    pub method: String,
    /// Path template as the document writes it.
    pub path: String,
    /// In the order of the arguments: path, required ones of the query, then what is optional.
    pub parameters: Vec<Parameter>,
    /// The request body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What JSON is asked for, where it has a media type of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// The response.
    pub answer: Answer,
    /// What the list supports, where the response is a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// Query parameters that the service ignores beside `q`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Whether the answer is the log of a step.
    #[serde(skip_serializing_if = "is_false")]
    pub log: bool,
    /// What a repeated request does.
    pub effect: Effect,
    /// OAuth scopes.
    pub scopes: Vec<String>,
    /// Names of the members of its body that are secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Why it is deprecated, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<String>,
    /// Its place in `spec/`.
    pub origin: String,
    /// One line of documentation.
    #[serde(skip)]
    pub summary: String,
    /// The rest of its documentation.
    #[serde(skip)]
    pub description: String,
    /// Bitbucket's page about it.
    #[serde(skip)]
    pub docs: String,
    /// Schema of the answer in the document, for the test that decodes recorded bodies.
    #[serde(skip)]
    pub answer_schema: Option<String>,
    /// A sample of the response, for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// A piece of a path template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Fixed text.
    Text(&'a str),
    /// The value of the parameter of this name.
    Parameter(&'a str),
}

impl Operation {
    /// The pieces of the path template.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment<'_>> {
        let mut segments = Vec::new();
        for piece in self.path.split_inclusive('}') {
            let (text, parameter) = piece.split_once('{').unwrap_or((piece, ""));
            if !text.is_empty() {
                segments.push(Segment::Text(text));
            }
            if let Some(name) = parameter.strip_suffix('}') {
                segments.push(Segment::Parameter(name));
            }
        }
        segments
    }

    /// Parameters that are arguments of the method.
    pub fn required(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.required)
    }

    /// Parameters that are setters of the request.
    pub fn optional(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| !parameter.required)
    }

    /// Group and method, as errors and traces name it.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        format!("{}.{}", self.group, self.name)
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
}

/// A parameter of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Name in the request.
    pub wire: String,
    /// Name of the argument or setter.
    pub name: String,
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Type of its value.
    #[serde(rename = "type")]
    pub ty: TypeRef,
    /// Whether it is an argument.
    pub required: bool,
    /// Whether the values of a list stand in one, with commas between them.
    #[serde(skip_serializing_if = "is_false")]
    pub joined: bool,
    /// The model whose objects may be passed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifies: Option<String>,
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
    /// A value for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// The media type of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/octet-stream`, or another type that the caller writes
    Bytes,
    /// `multipart/form-data`, which the caller builds
    Multipart,
}

/// A request body.
#[derive(Debug, Clone, Serialize)]
pub struct Body {
    /// How it is written.
    pub media: Media,
    /// What it is sent as, where that is another media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Type of what is written as JSON or as a form.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<TypeRef>,
    /// Whether it is an argument.
    pub required: bool,
    /// Whether the service refuses a `type` in it.
    #[serde(skip_serializing_if = "is_false")]
    pub without_type: bool,
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
    /// A value for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// The response of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// A page of items.
    Page {
        /// The type of the items.
        item: TypeRef,
        /// The type of the page, where it has more members than other pages.
        #[serde(skip_serializing_if = "Option::is_none")]
        envelope: Option<TypeRef>,
    },
    /// One object.
    One(TypeRef),
    /// Bytes.
    Bytes,
    /// Nothing.
    Nothing,
}

impl Answer {
    /// Type of what is decoded.
    #[must_use]
    pub fn decoded(&self) -> Option<TypeRef> {
        match self {
            Self::Page { item, envelope } => {
                Some(envelope.clone().unwrap_or_else(|| TypeRef::Page(Box::new(item.clone()))))
            }
            Self::One(ty) => Some(ty.clone()),
            Self::Bytes | Self::Nothing => None,
        }
    }
}

/// What a list supports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct List {
    /// Maximum of `pagelen`.
    pub page_len: u32,
    /// Whether `q` filters it.
    pub q: bool,
    /// Whether `sort` orders it.
    pub sort: bool,
    /// Whether `fields` chooses members.
    pub fields: bool,
    /// Whether a page says how many items the list has.
    pub size: bool,
    /// Whether that number may count items that are never returned.
    #[serde(skip_serializing_if = "is_false")]
    pub counts_hidden: bool,
}

//! The API as the SDK shows it: operations, types, groups and handles, each thing said once.
//!
//! Built once, from the corrected document and the decisions ([`build`]); the emitters read nothing else. Names are Rust's
//! here, and what upstream calls a thing stands beside. As JSON ([`Model::to_json`]) it is what a review compares.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::read::decisions::Effect;
use crate::read::decisions::withdrawn::Withdrawn;

mod build;
mod checks;
mod collapse;
mod constructors;
mod groups;
mod identifiers;
mod judge;
mod method_names;
pub mod names;
mod operations;
mod print;
mod reach;
mod samples;
mod schemas;
mod shortcuts;
mod sizes;
mod type_space;
mod unions;

pub use build::{Built, build};

/// The whole API.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// Revision of the document.
    pub revision: String,
    /// Groups that have operations, by module name.
    pub groups: Vec<Group>,
    /// Handles that know a part of the path.
    pub handles: Vec<Handle>,
    /// By group, then in the order of the lock; those that it does not have follow by path and method.
    pub operations: Vec<Operation>,
    /// By name.
    pub types: Vec<Type>,
    /// Members that identify objects in paths, as type and field.
    pub identifiers: Vec<(String, String)>,
    /// Operations that are gone.
    pub withdrawn: Vec<Withdrawn>,
    /// What becomes of each object of the document, by the name of its schema there.
    #[serde(skip)]
    pub schemas: Vec<(String, TypeRef)>,
}

/// A group of operations: an accessor, a module and a Cargo feature.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Module and accessor.
    pub module: String,
    /// Name of the struct with its methods.
    pub handle: String,
    /// Cargo feature.
    pub feature: String,
    /// One line about it.
    #[serde(skip)]
    pub doc: String,
    /// What people come for, in a few lines of Rust that have a `client`.
    #[serde(skip)]
    pub example: Option<String>,
}

/// A handle that knows the beginning of a path, such as a repository.
#[derive(Debug, Clone, Serialize)]
pub struct Handle {
    /// Name of the struct, which is written by hand.
    pub name: String,
    /// First part of the names of its groups: `Repository` in `RepositoryPipelines`.
    pub prefix: String,
    /// The group that is the handle itself.
    pub group: String,
    /// Path parameters it knows, with the methods that give them.
    pub knows: Vec<(String, String)>,
    /// Path parameters with which an operation belongs to a narrower handle.
    pub leaves: Vec<String>,
}

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
    /// What is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What comes back.
    pub answer: Answer,
    /// What is known of the list, where a page comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// Whether the answer is the log of a step.
    #[serde(skip_serializing_if = "is_false")]
    pub log: bool,
    /// What a repetition does.
    pub effect: Effect,
    /// OAuth scopes.
    pub scopes: Vec<String>,
    /// Why it is deprecated, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<String>,
    /// Where it comes from.
    pub origin: String,
    /// One line.
    #[serde(skip)]
    pub summary: String,
    /// What else is said of it.
    #[serde(skip)]
    pub description: String,
    /// Bitbucket's page about it.
    #[serde(skip)]
    pub docs: String,
    /// Schema of the answer in the document, for the test that decodes recorded bodies.
    #[serde(skip)]
    pub answer_schema: Option<String>,
    /// What the document would have it answer, for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// A piece of a path template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// As it is.
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

    /// Group and method, as errors and traces say it.
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
    /// The model whose objects identify what is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifies: Option<String>,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
    /// A value for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/octet-stream`
    Bytes,
    /// `multipart/form-data`, which the caller builds
    Multipart,
}

/// What an operation sends.
#[derive(Debug, Clone, Serialize)]
pub struct Body {
    /// How it is written.
    pub media: Media,
    /// Type of what is written as JSON or as a form.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<TypeRef>,
    /// Whether it is an argument.
    pub required: bool,
    /// Whether the service refuses a `type` in it.
    #[serde(skip_serializing_if = "is_false")]
    pub without_type: bool,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
    /// A value for the test that calls every operation.
    #[serde(skip)]
    pub sample: Value,
}

/// What an operation answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// A page of items.
    Page {
        /// What the list holds.
        item: TypeRef,
        /// A type of its own, where the page has more members than pages have.
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

/// What is known of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct List {
    /// Largest page length.
    pub page_len: u32,
    /// Whether `q` filters it.
    pub q: bool,
    /// Whether `sort` orders it.
    pub sort: bool,
    /// Whether `fields` chooses members.
    pub fields: bool,
    /// Whether a page says how many items the list has.
    pub size: bool,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeRef {
    /// Text.
    Text,
    /// A truth value.
    Boolean,
    /// A whole number of 64 bits.
    Integer,
    /// A number of 64 bits.
    Number,
    /// Any JSON.
    Json,
    /// A point in time.
    Timestamp,
    /// A UUID, as the service writes them.
    Uuid,
    /// The value of a `type`.
    TypeName,
    /// Bytes.
    Bytes,
    /// A list.
    List(Box<TypeRef>),
    /// An object with any members of one type.
    Map(Box<TypeRef>),
    /// One of [`Model::types`].
    Named(String),
    /// A page of a list.
    Page(Box<TypeRef>),
    /// A map from relation to links.
    Links,
    /// One link.
    Link,
}

impl TypeRef {
    /// Names of the types in it.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(inner) | Self::Map(inner) | Self::Page(inner) => inner.named(),
            _ => None,
        }
    }
}

/// A public type.
#[derive(Debug, Clone, Serialize)]
pub struct Type {
    /// Rust name.
    pub name: String,
    /// Name of the schema in the document, which is also the value of `type`.
    pub schema: String,
    /// Where it comes from.
    pub origin: String,
    /// Other names under which people may search for it.
    #[serde(skip)]
    pub aliases: Vec<String>,
    /// Whether requests send it.
    #[serde(skip_serializing_if = "is_false")]
    pub sent: bool,
    /// Modules of the groups that reach it.
    pub groups: BTreeSet<String>,
    /// The group whose operations come to it first.
    #[serde(skip)]
    pub home: String,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
    /// What it is.
    #[serde(flatten)]
    pub shape: Shape,
}

/// What a type is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An object.
    Struct(Struct),
    /// A list of words that may grow.
    Enum(OpenEnum),
    /// Objects of several variants.
    Union(Union),
    /// Another name.
    Alias(TypeRef),
}

/// An object.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Struct {
    /// By name in JSON, so that the order of the document does not matter.
    pub fields: Vec<Field>,
    /// Whether `type` is filled in when it is sent.
    #[serde(skip_serializing_if = "is_false")]
    pub names_itself: bool,
    /// Arguments of `new`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constructor: Vec<Argument>,
    /// Accessors through chains of members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shortcuts: Vec<Shortcut>,
}

/// A member of an object.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Name in JSON.
    pub wire: String,
    /// Rust name.
    pub name: String,
    /// Type of its value; every field is optional.
    #[serde(rename = "type")]
    pub ty: TypeRef,
    /// Whether the value is in a box: it is large, or the type holds itself.
    #[serde(skip)]
    pub boxed: bool,
    /// Whether requests set it.
    #[serde(skip_serializing_if = "is_false")]
    pub sent: bool,
    /// Whether the service refuses the object without it.
    #[serde(skip_serializing_if = "is_false")]
    pub required_on_send: bool,
    /// Whether its value must not be shown.
    #[serde(skip_serializing_if = "is_false")]
    pub secret: bool,
    /// Whether it is deprecated.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
}

/// An argument of a constructor.
#[derive(Debug, Clone, Serialize)]
pub struct Argument {
    /// Name of the argument.
    pub name: String,
    /// Rust names of the members that lead to it, with the type at each.
    pub path: Vec<Step>,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
}

/// One member on the way to another.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Rust name of the field.
    pub field: String,
    /// Type of the field.
    #[serde(rename = "type")]
    pub ty: TypeRef,
}

/// A list of words that may grow.
#[derive(Debug, Clone, Serialize)]
pub struct OpenEnum {
    /// Variant and word.
    pub words: Vec<Word>,
    /// Name of the variant that keeps what is not known.
    #[serde(skip)]
    pub fallback: String,
}

/// A word of an open enum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Word {
    /// Name of the variant.
    pub variant: String,
    /// As it is sent.
    pub wire: String,
}

/// Objects of several variants, told apart by `type`.
#[derive(Debug, Clone, Serialize)]
pub struct Union {
    /// The member whose value is the variant.
    pub discriminator: &'static str,
    /// Name of the struct of what all variants share, where they share anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The variants.
    pub variants: Vec<Variant>,
    /// The member that decides where `type` is absent, and the variant for each of its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// Whether the variants are in boxes.
    #[serde(skip)]
    pub boxed: bool,
    /// Members that all variants share.
    #[serde(skip)]
    pub shared: Vec<Field>,
    /// Accessors through chains of members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shortcuts: Vec<Shortcut>,
}

/// A variant of a union.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// Rust name.
    pub name: String,
    /// Value of `type`.
    pub wire: String,
    /// Name of the struct it holds.
    pub payload: String,
}

/// What decides where `type` is absent.
#[derive(Debug, Clone, Serialize)]
pub struct Fallback {
    /// Name in JSON.
    pub wire: String,
    /// Rust name.
    pub field: String,
    /// Word and index of its variant.
    pub words: Vec<(String, usize)>,
}

/// An accessor through a chain of members.
#[derive(Debug, Clone, Serialize)]
pub struct Shortcut {
    /// Name of the accessor.
    pub name: String,
    /// Name of its argument, where one is needed to choose a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// Ways to the value, in order of preference.
    pub ways: Vec<Way>,
    /// Type of the value; nothing where only a variant is asked for.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<TypeRef>,
    /// What is said of it.
    #[serde(skip)]
    pub docs: String,
}

/// A way through members.
#[derive(Debug, Clone, Serialize)]
pub struct Way {
    /// The members, one after the other.
    pub hops: Vec<Hop>,
    /// Taken only where the member at the end of these hops has one of these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<(Vec<Hop>, Vec<String>)>,
}

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hop {
    /// A field of a struct, with its type.
    Field(String, TypeRef),
    /// A member that all variants of a union share, with its type.
    Shared(String, TypeRef),
    /// A variant of a union, by its Rust name.
    Variant(String),
    /// The first link of a relation.
    Relation(String),
    /// The link of a relation that has the name that is asked for.
    NamedRelation(String),
    /// The address of a link.
    Href,
}

impl Model {
    /// The operations of a group.
    pub fn operations_of<'m>(&'m self, module: &'m str) -> impl Iterator<Item = &'m Operation> {
        self.operations.iter().filter(move |operation| operation.group == module)
    }

    /// The type of this name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        let index = self.types.binary_search_by(|known| known.name.as_str().cmp(name)).ok()?;
        self.types.get(index)
    }

    /// Cargo feature of a group.
    #[must_use]
    pub fn feature(&self, module: &str) -> Option<&str> {
        self.groups.iter().find(|group| group.module == module).map(|group| group.feature.as_str())
    }
}

impl Struct {
    /// The field of this Rust name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

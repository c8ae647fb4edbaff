//! A public type of the model: a struct, an open enum, a union or an alias, with all that is emitted for it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::is_false;

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
    /// One of [`Model::types`](super::Model::types).
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
    /// Its place in `spec/`.
    pub origin: String,
    /// Other names under which people may search for it.
    #[serde(skip)]
    pub aliases: Vec<String>,
    /// Whether requests send it.
    #[serde(skip_serializing_if = "is_false")]
    pub sent: bool,
    /// Modules of the groups that reach it.
    pub groups: BTreeSet<String>,
    /// The nearest of these groups: the one whose operations reach it through the fewest members.
    #[serde(skip)]
    pub home: String,
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
    /// Its definition.
    #[serde(flatten)]
    pub shape: Shape,
}

/// The definition of a type.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An object.
    Struct(Struct),
    /// An open enum.
    Enum(OpenEnum),
    /// Objects of several variants.
    Union(Union),
    /// An alias of another type.
    Alias(TypeRef),
}

/// An object.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Struct {
    /// By name in JSON, so that the order of the document does not matter.
    pub fields: Vec<Field>,
    /// Whether `type` is filled in when it is sent.
    #[serde(skip_serializing_if = "is_false")]
    pub writes_type: bool,
    /// Arguments of `new`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constructor: Vec<ConstructorArgument>,
    /// Accessors through chains of members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shortcuts: Vec<Shortcut>,
}

impl Struct {
    /// The field of this Rust name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
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
    /// Whether the value is boxed: it is large, or the type is recursive.
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
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
}

/// An argument of a constructor.
#[derive(Debug, Clone, Serialize)]
pub struct ConstructorArgument {
    /// Name of the argument.
    pub name: String,
    /// Rust names of the members that lead to it, with the type at each.
    pub path: Vec<Step>,
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
}

/// One member on the path to an argument's value.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Rust name of the field.
    pub field: String,
    /// Type of the field.
    #[serde(rename = "type")]
    pub ty: TypeRef,
}

/// An open enum: the service may add values.
#[derive(Debug, Clone, Serialize)]
pub struct OpenEnum {
    /// The values that are known.
    pub values: Vec<EnumValue>,
    /// Name of the variant that holds unknown values.
    #[serde(skip)]
    pub fallback: String,
}

/// A value of an open enum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnumValue {
    /// Name of the variant.
    pub variant: String,
    /// As it is sent.
    pub wire: String,
}

/// Objects of several variants, with `type` as discriminator.
#[derive(Debug, Clone, Serialize)]
pub struct Union {
    /// The member whose value is the variant.
    pub discriminator: &'static str,
    /// Name of the struct with the members that all variants share, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The variants.
    pub variants: Vec<Variant>,
    /// The discriminator where `type` is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<FallbackDiscriminator>,
    /// Whether the variants are boxed.
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

/// A member that takes the place of `type` where that is absent.
#[derive(Debug, Clone, Serialize)]
pub struct FallbackDiscriminator {
    /// Name in JSON.
    pub wire: String,
    /// Rust name.
    pub field: String,
    /// Value and index of its variant.
    pub values: Vec<(String, usize)>,
}

/// An accessor through a chain of members.
#[derive(Debug, Clone, Serialize)]
pub struct Shortcut {
    /// Name of the accessor.
    pub name: String,
    /// Name of its argument, where one is needed to choose a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// Paths to the value, in order of preference.
    pub paths: Vec<MemberPath>,
    /// Type of the value; `None` where the accessor only asks for a variant.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<TypeRef>,
    /// Its documentation.
    #[serde(skip)]
    pub docs: String,
}

/// A path through members.
#[derive(Debug, Clone, Serialize)]
pub struct MemberPath {
    /// The members, one after the other.
    pub steps: Vec<PathStep>,
    /// Taken only where the member at the end of these steps has one of these values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<(Vec<PathStep>, Vec<String>)>,
}

/// One step of such a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PathStep {
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

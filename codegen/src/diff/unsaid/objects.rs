//! The objects of OpenAPI 3.0: which of their keywords hold further objects.

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObjectKind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Response,
    Header,
    Link,
    Callback,
    Example,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    Flows,
    Flow,
    Tag,
    ExternalDocs,
    Components,
}

/// What a keyword holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    One(ObjectKind),
    Map(ObjectKind),
    List(ObjectKind),
}

impl ObjectKind {
    /// Its name in output.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Document => "the document",
            Self::Info => "info",
            Self::Contact => "contact",
            Self::License => "license",
            Self::Server => "a server",
            Self::ServerVariable => "a server variable",
            Self::PathItem => "a path",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::RequestBody => "a request body",
            Self::MediaType => "a media type",
            Self::Encoding => "an encoding",
            Self::Response => "an answer",
            Self::Header => "a header",
            Self::Link => "a link",
            Self::Callback => "a callback",
            Self::Example => "an example",
            Self::Schema => "a schema",
            Self::Discriminator => "a discriminator",
            Self::Xml => "xml",
            Self::SecurityScheme => "a security scheme",
            Self::Flows | Self::Flow => "an OAuth flow",
            Self::Tag => "a tag",
            Self::ExternalDocs => "externalDocs",
            Self::Components => "the components",
        }
    }

    /// What a keyword of it holds, if that is further objects.
    pub(super) fn holds(self, keyword: &str) -> Option<Holds> {
        use Holds::{List, Map, One};
        Some(match (self, keyword) {
            (Self::Document, "info") => One(Self::Info),
            (Self::Document, "components") => One(Self::Components),
            (Self::Document, "tags") => List(Self::Tag),
            (Self::Document, "paths") => Map(Self::PathItem),
            (Self::Callback, _) => One(Self::PathItem),
            (Self::Info, "contact") => One(Self::Contact),
            (Self::Info, "license") => One(Self::License),
            (Self::Server, "variables") => Map(Self::ServerVariable),
            (Self::Document | Self::PathItem | Self::Operation, "servers") => List(Self::Server),
            (Self::PathItem | Self::Operation, "parameters") => List(Self::Parameter),
            (Self::PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace") => {
                One(Self::Operation)
            }
            (Self::Operation, "requestBody") => One(Self::RequestBody),
            (Self::Operation | Self::Components, "responses") => Map(Self::Response),
            (Self::Operation | Self::Components, "callbacks") => Map(Self::Callback),
            (Self::Parameter | Self::Header | Self::MediaType, "schema")
            | (Self::Schema, "items" | "not" | "additionalProperties") => One(Self::Schema),
            (Self::Parameter | Self::Header | Self::RequestBody | Self::Response, "content") => Map(Self::MediaType),
            (Self::Parameter | Self::Header | Self::MediaType | Self::Components, "examples") => Map(Self::Example),
            (Self::MediaType, "encoding") => Map(Self::Encoding),
            (Self::Encoding | Self::Response | Self::Components, "headers") => Map(Self::Header),
            (Self::Response | Self::Components, "links") => Map(Self::Link),
            (Self::Link, "server") => One(Self::Server),
            (Self::Schema, "properties") | (Self::Components, "schemas") => Map(Self::Schema),
            (Self::Schema, "allOf" | "oneOf" | "anyOf") => List(Self::Schema),
            (Self::Schema, "discriminator") => One(Self::Discriminator),
            (Self::Schema, "xml") => One(Self::Xml),
            (Self::SecurityScheme, "flows") => One(Self::Flows),
            (Self::Flows, _) => One(Self::Flow),
            (Self::Components, "parameters") => Map(Self::Parameter),
            (Self::Components, "requestBodies") => Map(Self::RequestBody),
            (Self::Components, "securitySchemes") => Map(Self::SecurityScheme),
            (_, "externalDocs") => One(Self::ExternalDocs),
            _ => return None,
        })
    }
}

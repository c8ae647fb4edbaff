//! The document on its way through the passes: openapiv3's model plus what the passes have learned about it.
//!
//! Passes change `api`; what OpenAPI has no place for (page envelopes, unions, rules for sending) is held beside it.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{OpenAPI, PathItem, ReferenceOr, Schema, SchemaKind, Type};
use serde_json::Value;

use crate::error::Error;
use crate::inputs::Inputs;
use crate::read::decisions::Decisions;
use crate::source::{Source, escape};

pub mod passes;
pub mod paths;

/// Prefix of references to component schemas.
pub const SCHEMAS: &str = "#/components/schemas/";

/// An operation, as far as the passes know it.
#[derive(Debug, Clone)]
pub struct OperationInfo {
    /// HTTP method in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Upstream's operation id, a locked one, or a derived one: distinct, and what inline schemas are named after.
    pub id: String,
    /// Upstream's operation id, where the document has one.
    pub upstream: Option<String>,
    /// Tags, which progenitor must not see.
    pub tags: Vec<String>,
    /// The page envelope and the schema of its items, if it answers with a page.
    pub page: Option<PageOf>,
    /// Its request body.
    pub body: RequestBody,
    /// What JSON is asked for, where it is a media type of its own.
    pub accept: Option<String>,
}

/// A page envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf {
    /// Schema of the envelope.
    pub envelope: String,
    /// Schema of the items.
    pub items: String,
}

/// The request body of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RequestBody {
    /// Nothing.
    #[default]
    None,
    /// One of the media types that progenitor writes; `required` as in the document.
    Typed {
        /// Whether the caller must give it.
        required: bool,
        /// What it is sent as, where that is not what progenitor writes.
        content_type: Option<String>,
    },
    /// `multipart/form-data`, which the caller builds.
    Multipart {
        /// Whether the caller must give it.
        required: bool,
        /// What is said of it.
        docs: String,
    },
}

impl OperationInfo {
    /// JSON pointer of the operation.
    #[must_use]
    pub fn pointer(&self) -> String {
        pointer(&self.path, &self.method)
    }
}

/// JSON pointer of an operation.
#[must_use]
pub fn pointer(path: &str, method: &str) -> String {
    format!("#/paths/{}/{}", escape(path), method.to_lowercase())
}

/// The document between two passes.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The OpenAPI model.
    pub api: OpenAPI,
    /// The document as it was read, for passes that report JSON pointers: `api` has been changed since.
    pub json: Value,
    /// Operations in order of path, then method.
    pub operations: Vec<OperationInfo>,
    /// Direct subtypes by base, by schema name, from `allOf`.
    pub subtypes: BTreeMap<String, BTreeSet<String>>,
    /// Bases that become unions.
    pub unions: BTreeMap<String, UnionBase>,
    /// Bases that others extend and that stay structs, with the reason.
    pub struct_bases: BTreeMap<String, String>,
    /// Members that only the service sets, as schema and member.
    pub received_only: BTreeSet<(String, String)>,
    /// Members without which the service refuses an object, by schema.
    pub required_on_send: BTreeMap<String, Vec<String>>,
    /// Schemas that must not name their `type` when they are sent.
    pub untyped: BTreeSet<String>,
    /// Schemas that were removed, with the reason.
    pub dropped: BTreeMap<String, String>,
    /// The name in the document of schemas whose name had to change; also the value of `type` that stands for them.
    pub renamed: BTreeMap<String, String>,
    /// What the overlay added: JSON pointer and name of the action.
    pub added: BTreeMap<String, String>,
    /// Schemas that were written in place, with the place.
    pub inline: BTreeMap<String, InlineSchema>,
}

/// Where a schema was written in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineSchema {
    /// JSON pointer of the place.
    pub pointer: String,
    /// Id of the operation and name of the parameter whose values it describes.
    pub parameter: Option<(String, String)>,
}

/// A base schema that becomes a union of its subtypes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionBase {
    /// Schemas that extend it, directly or through others.
    pub subtypes: Vec<String>,
    /// Where `type` is absent: the member that takes its place as discriminator, and the subtype (by index) of each value.
    pub fallback: Option<(String, Vec<(String, usize)>)>,
}

/// The inputs that passes may read beside the document.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The text of the document, for places in messages.
    pub source: &'a Source<'a>,
    /// All texts.
    pub inputs: &'a Inputs<'a>,
    /// The decision files.
    pub decisions: &'a Decisions,
}

impl Document {
    /// A document that no pass has seen.
    #[must_use]
    pub fn new(json: Value, api: OpenAPI) -> Self {
        Self { api, json, ..Self::default() }
    }

    /// Where in `spec/` the node at a JSON pointer comes from: the document, or the action of the overlay that added it.
    #[must_use]
    pub fn origin_of(&self, pointer: &str) -> String {
        let mut ends = pointer.match_indices('/').map(|(index, _)| index).chain([pointer.len()]);
        match ends.find_map(|end| self.added.get(&pointer[..end])) {
            Some(action) => format!("corrections.overlay.yaml {action}"),
            None => format!("bitbucket.json {pointer}"),
        }
    }

    /// JSON pointer of a component schema, or of the place where it was written.
    #[must_use]
    pub fn pointer_of(&self, schema: &str) -> String {
        let upstream = self.wire_type(schema);
        match self.inline.get(upstream).or_else(|| self.inline.get(schema)) {
            Some(inline) => inline.pointer.clone(),
            None => format!("#/components/schemas/{}", escape(upstream)),
        }
    }

    /// An error about an extension of a schema: in the action of the overlay that wrote it, else at the schema.
    #[must_use]
    pub fn extension_error(
        &self,
        pass: &str,
        context: &Context<'_>,
        (schema, key): (&str, &str),
        problem: String,
        hint: &str,
    ) -> Error {
        let pointer = self.pointer_of(schema);
        // The parts of an `allOf` are the same schema.
        let wrote_it = |added: &str| {
            let rest = added.strip_prefix(&pointer).and_then(|rest| rest.strip_suffix(&format!("/{key}")));
            rest.is_some_and(|rest| {
                rest.split('/').skip(1).all(|part| part == "allOf" || part.parse::<usize>().is_ok())
            })
        };
        let wrote_schema = |added: &str| pointer == added || pointer.starts_with(&format!("{added}/"));
        let find = |wrote: &dyn Fn(&str) -> bool| self.added.iter().find(|(added, _)| wrote(added));
        let action = find(&wrote_it).or_else(|| find(&wrote_schema)).map(|(_, action)| action);
        match (action, context.inputs.overlay) {
            (Some(action), Some(overlay)) => {
                let line = overlay.line_in_action(action, |line| line.contains(&format!("{key}: ")));
                Error::in_line(pass, &overlay, line, format!("action `{action}`"), problem, hint)
            }
            _ => Error::at(pass, context.source, pointer, problem, hint),
        }
    }

    /// Component schemas; created when the document has none.
    pub fn schemas(&mut self) -> &mut indexmap::IndexMap<String, ReferenceOr<Schema>> {
        &mut self.api.components.get_or_insert_with(Default::default).schemas
    }

    /// The value of `type` that stands for a schema.
    #[must_use]
    pub fn wire_type<'d>(&'d self, schema: &'d str) -> &'d str {
        self.renamed.get(schema).map_or(schema, String::as_str)
    }

    /// The OpenAPI model as JSON, for a person to read.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.api).unwrap_or_default()
    }

    /// A component schema by name.
    #[must_use]
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.api.components.as_ref()?.schemas.get(name)?.as_item()
    }

    /// The OpenAPI operation behind an entry of `operations`.
    #[must_use]
    pub fn openapi(&self, operation: &OperationInfo) -> Option<&openapiv3::Operation> {
        let item = self.api.paths.paths.get(&operation.path)?.as_item()?;
        verbs(item).into_iter().find(|(verb, _)| *verb == operation.method)?.1
    }

    /// Calls `visit` with every operation and what is known of it.
    pub fn each_operation(
        &mut self,
        mut visit: impl FnMut(&mut OperationInfo, &mut openapiv3::Operation) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for known in &mut self.operations {
            let Some(ReferenceOr::Item(item)) = self.api.paths.paths.get_mut(&known.path) else { continue };
            if let Some(operation) = verb_mut(item, &known.method) {
                visit(known, operation)?;
            }
        }
        Ok(())
    }
}

/// The graph of references between schemas.
#[derive(Debug)]
pub struct Graph<'d> {
    document: &'d Document,
    edges: BTreeMap<&'d str, BTreeSet<String>>,
}

impl<'d> Graph<'d> {
    /// The graph of the component schemas as they are now.
    #[must_use]
    pub fn of(document: &'d Document) -> Self {
        let schemas = document.api.components.iter().flat_map(|components| &components.schemas);
        Self { document, edges: schemas.map(|(name, schema)| (name.as_str(), references(schema))).collect() }
    }

    /// The same without the members that only the service sets.
    #[must_use]
    pub fn of_sent(document: &'d Document) -> Self {
        let schemas = document.api.components.iter().flat_map(|components| &components.schemas);
        let edges = schemas.map(|(name, schema)| {
            let ReferenceOr::Item(Schema { schema_kind: SchemaKind::Type(Type::Object(object)), .. }) = schema else {
                return (name.as_str(), references(schema));
            };
            let members = object.properties.iter();
            let sent =
                members.filter(|(member, _)| !document.received_only.contains(&(name.clone(), (*member).clone())));
            (name.as_str(), sent.flat_map(|(_, property)| references(property)).collect())
        });
        Self { document, edges: edges.collect() }
    }

    /// Names of the schemas that `seeds` reach through references and, for bases, through their subtypes.
    #[must_use]
    pub fn reach(&self, seeds: BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<String> = seeds.into_iter().collect();
        while let Some(name) = open.pop() {
            if !self.edges.contains_key(name.as_str()) || !reached.insert(name.clone()) {
                continue;
            }
            open.extend(self.edges.get(name.as_str()).into_iter().flatten().cloned());
            open.extend(self.document.subtypes.get(&name).into_iter().flatten().cloned());
        }
        reached
    }
}

/// The verbs of a path item with their operations.
pub fn verbs(item: &PathItem) -> [(&'static str, Option<&openapiv3::Operation>); 8] {
    [
        ("GET", item.get.as_ref()),
        ("PUT", item.put.as_ref()),
        ("POST", item.post.as_ref()),
        ("DELETE", item.delete.as_ref()),
        ("OPTIONS", item.options.as_ref()),
        ("HEAD", item.head.as_ref()),
        ("PATCH", item.patch.as_ref()),
        ("TRACE", item.trace.as_ref()),
    ]
}

fn verb_mut<'i>(item: &'i mut PathItem, verb: &str) -> Option<&'i mut openapiv3::Operation> {
    match verb {
        "GET" => item.get.as_mut(),
        "PUT" => item.put.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        "OPTIONS" => item.options.as_mut(),
        "HEAD" => item.head.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "TRACE" => item.trace.as_mut(),
        _ => None,
    }
}

/// Names of the component schemas that a part of the document refers to.
pub fn references(part: &impl serde::Serialize) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    match value {
                        Value::String(reference) if key == "$ref" => {
                            found.extend(reference.strip_prefix(SCHEMAS).map(str::to_owned));
                        }
                        value => walk(value, found),
                    }
                }
            }
            Value::Array(array) => array.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(part) {
        walk(&value, &mut found);
    }
    found
}

//! Builds the operations of the model from the document: parameters, body, answer, effect, and what a list supports.

use openapiv3::{Parameter as Declared, ParameterSchemaOrContent, ReferenceOr, Schema, StatusCode};
use serde_json::{Value, json};

use super::method_names::{MethodName, MethodNames};
use super::names;
use super::type_mapping::{MappedType, TypeMapping, target};
use super::{Answer, Body, List, Media, Operation, Parameter, Place, samples};
use crate::document::passes::{SelectorSubject, matches};
use crate::document::paths::{docs_url, path_parameters};
use crate::document::{self, Context, Document};
use crate::error::Error;
use crate::read::decisions::Effect;
use crate::read::decisions::facts::{FilterRule, Rule, Selector};

const PASS: &str = "operations";

/// Methods that every request builder has already.
const TAKEN: [&str; 9] =
    ["query", "header", "configure", "send", "send_as", "send_raw", "operation", "into_request", "clone"];

/// Methods of the extension traits of lists and logs, which a setter would hide. `page_len` is one on purpose: it is called
/// the same and does the same.
const EXTENSIONS: [&str; 13] = [
    "collect_all",
    "download_to",
    "follow",
    "into_log_request",
    "items",
    "limit",
    "lines",
    "paginate",
    "pages",
    "prefetch",
    "read",
    "resume_from",
    "stream",
];

/// Every operation, by group and in the order of the lock; those that it does not have follow by path and method.
pub(super) fn operations(
    document: &Document,
    names: &MethodNames,
    mapping: &TypeMapping,
    context: &Context<'_>,
) -> Result<Vec<Operation>, Error> {
    let build = Build { document, mapping, context };
    let mut operations = Vec::new();
    for known in &document.operations {
        if let (Some(openapi), Some(named)) = (document.openapi(known), names.of(known)) {
            operations.push(build.one(known, openapi, named)?);
        }
    }
    let rank = |method: &str| ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().position(|known| *known == method);
    operations.sort_by(|one, other| {
        let key = |operation: &Operation| {
            let (method, path) = (operation.method.clone(), operation.path.clone());
            let rank = rank(&method);
            let locked = context.decisions.operations.entries.get(&(method, path.clone()));
            (operation.group.clone(), locked.map_or(usize::MAX, |entry| entry.place), path, rank)
        };
        key(one).cmp(&key(other))
    });
    build.check_rules(&operations)?;
    Ok(operations)
}

struct Build<'a> {
    document: &'a Document,
    mapping: &'a TypeMapping,
    context: &'a Context<'a>,
}

impl Build<'_> {
    fn one(
        &self,
        known: &document::OperationInfo,
        openapi: &openapiv3::Operation,
        named: &MethodName,
    ) -> Result<Operation, Error> {
        let decisions = self.context.decisions;
        let entry = decisions.operations.entries.get(&(known.method.clone(), known.path.clone()));
        let answer = self.answer(known, openapi);
        let declared: Vec<String> = parameters(openapi).map(|data| data.parameter_data_ref().name.clone()).collect();
        let subject = SelectorSubject {
            method: &known.method,
            path: &known.path,
            page: known.page.is_some(),
            json: matches!(answer, Answer::Page { .. } | Answer::One(_)),
            bytes: answer == Answer::Bytes,
            declared: &declared,
        };
        let list = known.page.is_some().then(|| self.list(&subject));
        let effect = entry.and_then(|entry| entry.effect).unwrap_or(match known.method.as_str() {
            "GET" | "HEAD" | "OPTIONS" | "TRACE" => Effect::Read,
            "PUT" | "DELETE" => Effect::IdempotentWrite,
            _ => Effect::NonIdempotentWrite,
        });
        let deprecation = openapi.deprecated.then(|| {
            let reason = openapi.extensions.get("x-deprecation-reason").and_then(|reason| reason.as_str());
            reason.unwrap_or("deprecated by Bitbucket; its page may name a replacement").to_owned()
        });
        let aliases = names::types::aliases(
            known.upstream.as_deref(),
            &known.id,
            &names::types::verb_and_resource(&named.group, &named.name),
            &named.name,
        );
        let mut parameters = self.parameters(known, openapi, list.as_ref())?;
        let filters = self.filters(&subject, &mut parameters);
        Ok(Operation {
            aliases,
            id: known.upstream.clone(),
            method: known.method.clone(),
            path: known.path.clone(),
            parameters,
            body: self.body(known, openapi),
            filters,
            log: decisions.facts.log.iter().any(|rule| matches(&rule.get_ref().selector, &subject)),
            list,
            effect,
            scopes: scopes(openapi, self.document.api.security.as_deref()),
            secrets: Vec::new(),
            deprecation,
            origin: self.document.origin_of(&known.pointer()),
            summary: openapi.summary.clone().unwrap_or_else(|| known.id.clone()),
            description: openapi.description.clone().unwrap_or_default(),
            docs: docs_url(&named.page, &known.path, &known.method),
            accept: known.accept.clone(),
            answer_schema: self.answer_schema(openapi),
            sample: self.answer_sample(openapi, &answer),
            answer,
            group: named.group.module.clone(),
            name: named.name.clone(),
        })
    }

    /// Rules that take no operation are typing mistakes, or the service has changed.
    fn check_rules(&self, operations: &[Operation]) -> Result<(), Error> {
        let Some(source) = self.context.inputs.facts.filter(|_| self.context.decisions.strict) else { return Ok(()) };
        let response = |operation: &Operation| {
            let json = matches!(operation.answer, Answer::Page { .. } | Answer::One(_));
            (operation.list.is_some(), json, operation.answer == Answer::Bytes)
        };
        let takes = |selector: &Selector| {
            operations.iter().any(|operation| {
                let (page, json, bytes) = response(operation);
                let declared: Vec<String> =
                    operation.parameters.iter().map(|parameter| parameter.wire.clone()).collect();
                let (method, path) = (operation.method.as_str(), operation.path.as_str());
                matches(selector, &SelectorSubject { method, path, page, json, bytes, declared: &declared })
            })
        };
        let facts = &self.context.decisions.facts;
        let list = |rule: &Rule<_>| (rule.span().start, "list");
        let filters = |rule: &FilterRule| {
            operations.iter().any(|operation| operation.filters.contains(&rule.parameter)) && takes(&rule.selector)
        };
        let filter = |rule: &Rule<_>| (rule.span().start, "filter");
        let unused = (facts.list.iter().find(|rule| !takes(&rule.get_ref().selector)).map(list))
            .or_else(|| facts.filter.iter().find(|rule| !filters(rule.get_ref())).map(filter))
            .or_else(|| Some((facts.log.iter().find(|rule| !takes(&rule.get_ref().selector))?.span().start, "log")));
        match unused {
            Some((offset, subject)) => Err(Error::in_line(
                "facts",
                &source,
                Some(source.line_of_offset(offset)),
                format!("{subject} rule"),
                "the selector takes no operation of the document",
                "correct the selector, or delete the rule",
            )),
            None => Ok(()),
        }
    }

    fn list(&self, subject: &SelectorSubject<'_>) -> List {
        let mut list = List { page_len: 100, q: false, sort: false, fields: false, size: true, counts_hidden: false };
        for rule in &self.context.decisions.facts.list {
            let rule = rule.get_ref();
            if matches(&rule.selector, subject) {
                list.page_len = rule.page_len.unwrap_or(list.page_len);
                list.size = rule.size.unwrap_or(list.size);
                list.counts_hidden = rule.counts_hidden.unwrap_or(list.counts_hidden);
            }
        }
        let has = |name: &str| subject.declared.iter().any(|declared| declared == name);
        List { q: has("q"), sort: has("sort"), fields: has("fields"), ..list }
    }

    /// The parameters that are ignored beside `q`; the documentation of both says so.
    fn filters(&self, subject: &SelectorSubject<'_>, parameters: &mut [Parameter]) -> Vec<String> {
        let mut filters = Vec::new();
        let has = |name: &str| subject.declared.iter().any(|declared| declared == name);
        for rule in &self.context.decisions.facts.filter {
            let rule = rule.get_ref();
            if !matches(&rule.selector, subject) || !has("q") || !has(&rule.parameter) {
                continue;
            }
            for parameter in parameters.iter_mut().filter(|known| known.wire == "q" || known.wire == rule.parameter) {
                parameter.docs = format!("{} {}", parameter.docs.trim(), rule.doc.trim());
            }
            filters.push(rule.parameter.clone());
        }
        filters
    }

    fn parameters(
        &self,
        known: &document::OperationInfo,
        openapi: &openapiv3::Operation,
        list: Option<&List>,
    ) -> Result<Vec<Parameter>, Error> {
        let order = path_parameters(&known.path);
        let mut all: Vec<Parameter> = Vec::new();
        for declared in parameters(openapi) {
            let data = declared.parameter_data_ref();
            let ParameterSchemaOrContent::Schema(schema) = &data.format else { continue };
            let (place, required) = match declared {
                Declared::Path { .. } => (Place::Path, true),
                Declared::Header { .. } => (Place::Header, data.required),
                Declared::Query { .. } | Declared::Cookie { .. } => (Place::Query, data.required),
            };
            let mut name = names::types::argument(
                &data.name,
                &self.context.decisions.operations,
                &self.context.decisions.types.words,
            );
            if !required && (TAKEN.contains(&name.as_str()) || EXTENSIONS.contains(&name.as_str())) {
                name.push_str("_parameter");
            }
            if matches!(name.as_str(), "body" | "form" | "request") || all.iter().any(|other| other.name == name) {
                return Err(Error::at(
                    PASS,
                    self.context.source,
                    known.pointer(),
                    format!("another argument is called `{name}` as `{}` would be", data.name),
                    "a parameter becomes an argument, and body, form and request are taken: name it in [arguments] of spec/operations.toml",
                ));
            }
            let page_len = list.map_or(0, |list| list.page_len).to_string();
            let docs = data.description.clone().unwrap_or_default().replace("{page_len}", &page_len);
            all.push(Parameter {
                wire: data.name.clone(),
                name,
                place,
                ty: self.mapping.place(schema),
                required,
                joined: is_joined(declared),
                identifies: None,
                docs,
                sample: samples::of_parameter(self.document, &data.name, schema),
            });
        }
        let rank = |parameter: &Parameter| match (parameter.place, parameter.required) {
            (Place::Path, _) => (0, order.iter().position(|name| *name == parameter.wire), String::new()),
            (_, true) => (1, None, parameter.wire.clone()),
            (_, false) => (2, None, parameter.wire.clone()),
        };
        all.sort_by_key(rank);
        Ok(all)
    }

    fn body(&self, known: &document::OperationInfo, openapi: &openapiv3::Operation) -> Option<Body> {
        let declared = openapi.request_body.as_ref().and_then(ReferenceOr::as_item);
        let docs = declared.and_then(|body| body.description.clone()).unwrap_or_default();
        match &known.body {
            document::RequestBody::None => None,
            document::RequestBody::Multipart { required, docs } => Some(Body {
                media: Media::Multipart,
                content_type: None,
                ty: None,
                required: *required,
                without_type: false,
                docs: docs.clone(),
                sample: Value::Null,
            }),
            document::RequestBody::Typed { required, content_type } => {
                let (media, content) = declared?.content.first()?;
                let schema = content.schema.as_ref()?;
                let media = match media.as_str() {
                    "application/json" => Media::Json,
                    "application/x-www-form-urlencoded" => Media::Form,
                    _ => Media::Bytes,
                };
                Some(Body {
                    media,
                    content_type: content_type.clone(),
                    ty: (media != Media::Bytes).then(|| self.mapping.place(schema)),
                    required: *required,
                    without_type: target(schema).is_some_and(|schema| self.document.untyped.contains(schema)),
                    docs,
                    sample: samples::of_body(self.document, schema),
                })
            }
        }
    }

    fn answer(&self, known: &document::OperationInfo, openapi: &openapiv3::Operation) -> Answer {
        if let Some(page) = &known.page {
            let envelope = match self.mapping.of(&page.envelope) {
                Some(MappedType::Page(_)) => None,
                _ => Some(self.mapping.reference(&page.envelope)),
            };
            return Answer::Page { item: self.mapping.reference(&page.items), envelope };
        }
        match content(openapi) {
            Some(("application/json", Some(schema))) => Answer::One(self.mapping.place(schema)),
            Some(_) => Answer::Bytes,
            None => Answer::Nothing,
        }
    }

    fn answer_schema(&self, openapi: &openapiv3::Operation) -> Option<String> {
        let (media, schema) = content(openapi)?;
        let schema = target(schema.filter(|_| media == "application/json")?)?;
        Some(self.document.wire_type(schema).to_owned())
    }

    fn answer_sample(&self, openapi: &openapiv3::Operation, answer: &Answer) -> Value {
        match (answer, content(openapi)) {
            (Answer::Page { .. } | Answer::One(_), Some((_, Some(schema)))) => samples::of(self.document, schema),
            _ => json!({}),
        }
    }
}

fn content(openapi: &openapiv3::Operation) -> Option<(&str, Option<&ReferenceOr<Schema>>)> {
    let response = openapi.responses.responses.get(&StatusCode::Range(2))?.as_item()?;
    response.content.first().map(|(media, content)| (media.as_str(), content.schema.as_ref()))
}

fn parameters(openapi: &openapiv3::Operation) -> impl Iterator<Item = &Declared> {
    openapi.parameters.iter().filter_map(ReferenceOr::as_item)
}

/// Whether the values of a list are to stand in one: `explode: false`.
fn is_joined(declared: &Declared) -> bool {
    matches!(declared, Declared::Query { parameter_data, .. } if parameter_data.explode == Some(false))
}

/// The OAuth scopes of the security requirements, its own or those of the document, in the order in which they are written.
fn scopes(openapi: &openapiv3::Operation, all: Option<&[openapiv3::SecurityRequirement]>) -> Vec<String> {
    let mut scopes = Vec::new();
    for scope in
        openapi.security.as_deref().or(all).into_iter().flatten().flat_map(|requirement| requirement.values().flatten())
    {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    scopes
}

//! Adds the parameters that the service takes although the document does not declare them, by the rules of `facts.toml`.

use heck::ToSnakeCase;
use openapiv3::{Parameter, ReferenceOr, StatusCode};
use serde_json::json;

use super::select::{SelectorSubject, matches};
use crate::document::{Context, Document, OperationInfo};
use crate::error::Error;
use crate::read::decisions::facts::{self, Rule};

const PASS: &str = "add_parameters";

pub(super) fn add_parameters(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let facts = &context.decisions.facts;
    let mut touched = Vec::new();
    let mut used = vec![false; facts.parameter.len()];
    let mut excepted: Vec<Vec<bool>> =
        facts.parameter.iter().map(|rule| vec![false; rule.get_ref().except.len()]).collect();
    document.each_operation(|known, operation| {
        let declared = names(operation);
        let content = operation.responses.responses.get(&StatusCode::Range(2)).and_then(ReferenceOr::as_item);
        let answers = |media: &str| content.is_some_and(|response| response.content.contains_key(media));
        let subject = SelectorSubject {
            method: &known.method,
            path: &known.path,
            page: known.page.is_some(),
            json: answers("application/json"),
            bytes: answers("application/octet-stream"),
            declared: &declared,
        };
        for (index, rule) in facts.parameter.iter().enumerate() {
            let fact = rule.get_ref();
            if !matches(&fact.selector, &subject) {
                continue;
            }
            used[index] = true;
            let exception = fact.except.iter().position(|except| matches(&except.selector, &subject));
            if let Some(exception) = exception {
                excepted[index][exception] = true;
            } else if !declared.iter().any(|name| name.to_snake_case() == fact.name.to_snake_case()) {
                touched.push(format!("{}: {}", known.id, fact.name));
                operation.parameters.push(ReferenceOr::Item(parameter(fact, known, context)?));
            }
        }
        Ok(())
    })?;
    let unused = |rule: &Rule<facts::ParameterRule>, what: &str| {
        let source = context.inputs.facts.unwrap_or(*context.source);
        Err(Error::in_line(
            PASS,
            &source,
            Some(source.line_of_offset(rule.span().start)),
            format!("parameter `{}`", rule.get_ref().name),
            format!("{what} takes no operation of the document"),
            "correct the selector, or delete it when the service no longer does so",
        ))
    };
    if context.decisions.strict {
        for (index, rule) in facts.parameter.iter().enumerate() {
            if !used[index] {
                return unused(rule, "the selector");
            }
            if excepted[index].contains(&false) {
                return unused(rule, "an exception");
            }
        }
    }
    Ok(touched)
}

fn names(operation: &openapiv3::Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().filter_map(ReferenceOr::as_item);
    parameters.map(|parameter| parameter.parameter_data_ref().name.clone()).collect()
}

fn parameter(fact: &facts::ParameterRule, known: &OperationInfo, context: &Context<'_>) -> Result<Parameter, Error> {
    let parameter = json!({
        "in": fact.place,
        "name": fact.name,
        "description": fact.doc,
        "schema": {"type": fact.ty},
    });
    serde_json::from_value(parameter)
        .map_err(|error| Error::at(PASS, context.source, known.pointer(), error.to_string(), "report this as a bug"))
}

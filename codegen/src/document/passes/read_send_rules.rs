//! Reads the rules for objects that are sent: members that only the service sets, members that it requires, and whether it
//! refuses a `type`.
//!
//! Members that only the service sets are `readOnly` ones, what the overlay lists in `x-read-only` of a schema, and those
//! that `facts.toml` names for all objects. `x-required-on-send` lists the arguments of a constructor.

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type};
use serde_json::Value;

use crate::document::{Context, Document};
use crate::error::Error;

const PASS: &str = "read_send_rules";
const READ_ONLY: &str = "x-read-only";
const REQUIRED: &str = "x-required-on-send";
const TYPE: &str = "x-type-on-send";

pub(super) fn read_send_rules(document: &mut Document, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let rules = &context.decisions.facts.received;
    let mut used = vec![false; rules.len()];
    let mut report = Vec::new();
    let (mut received, mut required, mut untyped) = (Vec::new(), Vec::new(), Vec::new());
    for (name, schema) in document.api.components.iter().flat_map(|components| &components.schemas) {
        let ReferenceOr::Item(schema) = schema else { continue };
        let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { continue };
        let refuse = |key: &str, problem: String| {
            let hint = "correct the action of the overlay that says so";
            Err(document.extension_error(PASS, context, (name, key), problem, hint))
        };
        let listed = match texts(schema, READ_ONLY) {
            Ok(listed) => listed,
            Err(problem) => return refuse(READ_ONLY, problem),
        };
        if let Some(unknown) = listed.iter().find(|member| !object.properties.contains_key(**member)) {
            return refuse(READ_ONLY, format!("`x-read-only` lists `{unknown}`, which is no property"));
        }
        for (member, property) in &object.properties {
            let read_only = property.as_item().is_some_and(|property| property.schema_data.read_only);
            let rule = rules.iter().position(|rule| rule.get_ref().members.contains(member));
            if let Some(rule) = rule {
                used[rule] = true;
            }
            if read_only || rule.is_some() || listed.contains(&member.as_str()) {
                report.push(format!("{name}.{member}: only received"));
                received.push((name.clone(), member.clone()));
            }
        }
        match texts(schema, REQUIRED) {
            Ok(members) if members.is_empty() => {}
            Ok(members) => {
                report.push(format!("{name}: {} required", members.join(", ")));
                required.push((name.clone(), members.into_iter().map(str::to_owned).collect()));
            }
            Err(problem) => return refuse(REQUIRED, problem),
        }
        match schema.schema_data.extensions.get(TYPE) {
            None => {}
            Some(value) if value == "refused" => {
                report.push(format!("{name}: `type` refused"));
                untyped.push(name.clone());
            }
            Some(other) => return refuse(TYPE, format!("`x-type-on-send` is {other}, and can only be \"refused\"")),
        }
    }
    if let (Some(index), true, Some(source)) =
        (used.iter().position(|used| !used), context.decisions.strict, context.inputs.facts)
    {
        return Err(Error::in_line(
            PASS,
            &source,
            Some(source.line_of_offset(rules[index].span().start)),
            format!("received `{}`", rules[index].get_ref().members.join("`, `")),
            "no object of the document has such a member",
            "correct the names, or delete the rule",
        ));
    }
    document.received_only = received.into_iter().collect();
    document.required_on_send = required.into_iter().collect();
    document.untyped = untyped.into_iter().collect();
    Ok(report)
}

/// The texts of a list in an extension.
fn texts<'s>(schema: &'s Schema, key: &str) -> Result<Vec<&'s str>, String> {
    let Some(value) = schema.schema_data.extensions.get(key) else { return Ok(Vec::new()) };
    let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    texts.ok_or_else(|| format!("`{key}` is no list of texts"))
}

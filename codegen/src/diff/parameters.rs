//! Parameters: arguments of methods and setters of requests.

use openapiv3::{ParameterSchemaOrContent, ReferenceOr};
use serde_json::Value;

use super::comparing::Comparing;
use super::facets;
use super::finding::{DecisionFile, Finding};
use super::rule::EffectClass as Class;
use super::side::Side;
use super::{keys, pointers, rust_text};
use crate::model::{Operation, Parameter, Place, TypeRef};

/// Compares the parameters of an operation.
pub(super) fn compare(all: &mut Comparing<'_>, old: &Operation, new: &Operation) {
    let mut left: Vec<&Parameter> = old.parameters.iter().collect();
    let in_path = |operation: &Operation, parameter: &Parameter| {
        let mut places = operation.parameters.iter().filter(|known| known.place == Place::Path);
        places.position(|known| known.wire == parameter.wire)
    };
    let mut open: Vec<&Parameter> = new.parameters.iter().collect();
    let mut pairs: Vec<(&Parameter, &Parameter)> = Vec::new();
    // By name and place, by name, and in a path by position.
    type Same<'a> = dyn Fn(&Parameter, &Parameter) -> bool + 'a;
    let rounds: [&Same<'_>; 3] = [
        &|known, parameter| known.wire == parameter.wire && known.place == parameter.place,
        &|known, parameter| known.wire == parameter.wire,
        &|known, parameter| {
            known.place == Place::Path
                && parameter.place == Place::Path
                && in_path(old, known) == in_path(new, parameter)
        },
    ];
    for same in rounds {
        open.retain(|parameter| match left.iter().position(|known| same(known, parameter)) {
            Some(index) => {
                pairs.push((left.remove(index), parameter));
                false
            }
            None => true,
        });
    }
    for parameter in left {
        let finding = of(all.old, old, parameter, "param-removed", Class::Compile)
            .was(described(parameter))
            .at(pointers::parameter(all.old, old, &parameter.wire));
        all.add(finding);
    }
    for parameter in open {
        let (rule, class) = if parameter.required {
            ("param-added-required", Class::Compile)
        } else {
            ("param-added-optional", Class::Extends)
        };
        let finding = of(all.new, new, parameter, rule, class).is(described(parameter)).at(pointers::parameter(
            all.new,
            new,
            &parameter.wire,
        ));
        all.add(finding);
    }
    let order = |pairs: &[(&Parameter, &Parameter)], operation: &Operation, of_new: bool| -> Vec<String> {
        let both = pairs.iter().filter(|(known, parameter)| known.required && parameter.required);
        let kept: Vec<(&str, &str)> =
            both.map(|(known, parameter)| (known.wire.as_str(), parameter.wire.as_str())).collect();
        let own = operation.required().filter_map(|parameter| {
            let wire = parameter.wire.as_str();
            kept.iter()
                .find(|(known, new)| if of_new { *new == wire } else { *known == wire })
                .map(|(_, new)| (*new).to_owned())
        });
        own.collect()
    };
    let (was, is) = (order(&pairs, old, false), order(&pairs, new, true));
    if was != is {
        let finding = Finding::new("param-reordered", Class::Compile, rust_text::method(new))
            .of_operation(new)
            .was(was.join(", "))
            .is(is.join(", "))
            .at(pointers::operation(new))
            .explains(keys::signature(new));
        all.add(finding);
    }
    for (known, parameter) in pairs {
        one(all, (old, known), (new, parameter));
    }
}

/// A finding about a parameter.
fn of(side: &Side<'_>, operation: &Operation, parameter: &Parameter, rule: &'static str, class: Class) -> Finding {
    let declared = pointers::parameter(side, operation, &parameter.wire) != pointers::operation(operation);
    let entry = (!declared).then(|| format!("name = \"{}\"", parameter.wire));
    let mut finding = Finding::new(rule, class, rust_text::parameter(operation, parameter))
        .of_parameter(&parameter.wire)
        .of_operation(operation)
        .explains(keys::parameter(operation, parameter));
    if entry.is_some() {
        finding = finding.decided(DecisionFile::Facts, entry.clone(), entry);
    }
    finding
}

fn described(parameter: &Parameter) -> String {
    format!("{}: {}", rust_text::place(parameter.place), rust_text::parameter_type(parameter))
}

fn one(all: &mut Comparing<'_>, (old, known): (&Operation, &Parameter), (new, parameter): (&Operation, &Parameter)) {
    let old_pointer = pointers::parameter(all.old, old, &known.wire);
    let pointer = pointers::parameter(all.new, new, &parameter.wire);
    let begin = |side: &Side<'_>, rule, class| {
        of(side, new, parameter, rule, class)
            .explains(keys::parameter(old, known))
            .was_at(old_pointer.clone())
            .at(pointer.clone())
    };
    let new_side = all.new;
    if known.required != parameter.required {
        let rule = if parameter.required { "param-became-required" } else { "param-became-optional" };
        let say = |required: bool| if required { "argument" } else { "setter" };
        all.add(begin(new_side, rule, Class::Compile).was(say(known.required)).is(say(parameter.required)));
    }
    if known.place != parameter.place {
        let (was, is) = (rust_text::place(known.place), rust_text::place(parameter.place));
        all.add(begin(new_side, "param-place-changed", Class::Runtime).was(was).is(is));
    }
    let wire_differs = known.wire != parameter.wire;
    let setter_differs = known.name != parameter.name && !parameter.required && !known.required;
    if wire_differs || known.name != parameter.name {
        let class = if setter_differs { Class::Compile } else { Class::None };
        let say = |parameter: &Parameter| format!("{} (sent as {})", parameter.name, parameter.wire);
        let entry = |parameter: &Parameter| (!wire_differs).then(|| format!("{} = ", parameter.wire));
        let finding = begin(new_side, "param-renamed", class).was(say(known)).is(say(parameter)).decided(
            DecisionFile::Operations,
            entry(known),
            entry(parameter),
        );
        all.add(finding);
    }
    let was = Parameter { ty: all.pairs.rename(&known.ty), identifies: renamed(all, known), ..known.clone() };
    let (was, is) = (rust_text::parameter_type(&was), rust_text::parameter_type(parameter));
    let types = (was != is).then_some((was, is));
    let typed = types.is_some();
    if let Some((was, is)) = types {
        // What took text takes objects as well, where they stand for it.
        let class = match (&known.identifies, &parameter.identifies) {
            (None, Some(_)) if known.place == Place::Path => Class::Extends,
            _ => Class::Compile,
        };
        let entry = format!("parameter = \"{}\"", parameter.wire);
        let mut finding = begin(new_side, "param-type-changed", class).was(was).is(is);
        if known.identifies != parameter.identifies {
            finding = finding.decided(DecisionFile::Identifiers, Some(entry.clone()), Some(entry));
        }
        all.add(finding);
    }
    if known.joined != parameter.joined && matches!(parameter.ty, TypeRef::List(_)) {
        let say = |joined: bool| if joined { "joined by commas" } else { "one by one" };
        all.add(begin(new_side, "param-form-changed", Class::Runtime).was(say(known.joined)).is(say(parameter.joined)));
    }
    let is_deprecated = |side: &Side<'_>, operation: &Operation, pointer: &str| {
        // What a fact declares stands nowhere in the document.
        let written = pointers::at(&side.corrected, pointer).filter(|_| pointer != pointers::operation(operation));
        written.is_some_and(|written| written.get("deprecated") == Some(&Value::Bool(true)))
    };
    // A setter has no mark of it.
    let (was, is) = (is_deprecated(all.old, old, &old_pointer), is_deprecated(all.new, new, &pointer));
    if was != is {
        let rule = if is { "param-deprecated" } else { "param-undeprecated" };
        let say = |deprecated: bool| if deprecated { "deprecated" } else { "in use" };
        all.add(begin(new_side, rule, Class::None).was(say(was)).is(say(is)));
    }
    let facets = |side: &Side<'_>, operation: &Operation, wire: &str| schema(side, operation, wire);
    let (was, is) = (facets(all.old, old, &known.wire), facets(all.new, new, &parameter.wire));
    if let (Some(was), Some(is)) = (was, is) {
        let default = |value: &Value| value.get("default").cloned();
        if default(&was) != default(&is) {
            let finding = begin(new_side, "param-default-changed", Class::None)
                .was(facets::short(default(&was).as_ref()))
                .is(facets::short(default(&is).as_ref()));
            all.add(finding);
        }
        let limits = (facets::bounds(&was), facets::bounds(&is));
        if limits.0 != limits.1 {
            let (was, is) = facets::difference(&limits.0, &limits.1);
            all.add(begin(new_side, "param-bounds-changed", Class::Runtime).was(was).is(is));
        }
        let (was, is) = (facets::form(&was), facets::form(&is));
        if was != is && !typed {
            let (was, is) = facets::difference(&was, &is);
            all.add(begin(new_side, "param-spelling-only", Class::None).was(was).is(is));
        }
    }
}

fn renamed(all: &Comparing<'_>, parameter: &Parameter) -> Option<String> {
    parameter.identifies.as_ref().map(|name| all.pairs.renamed.get(name).unwrap_or(name).clone())
}

/// The schema of a parameter as the regular document has it.
fn schema(side: &Side<'_>, operation: &Operation, wire: &str) -> Option<Value> {
    let operation = super::regular::operation(side, operation)?;
    let mut parameters = operation.parameters.iter().filter_map(ReferenceOr::as_item);
    let parameter = parameters.find(|parameter| parameter.parameter_data_ref().name == wire)?;
    match &parameter.parameter_data_ref().format {
        ParameterSchemaOrContent::Schema(schema) => serde_json::to_value(schema).ok(),
        ParameterSchemaOrContent::Content(_) => None,
    }
}

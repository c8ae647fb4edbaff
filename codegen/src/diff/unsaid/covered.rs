//! Whether a finding tells a difference already: by the place that it points to.

use std::collections::BTreeSet;

use super::objects::ObjectKind;
use super::walk::Difference;
use crate::diff::comparing::Comparing;
use crate::diff::pointers;

/// What has been told.
pub(super) struct Told {
    /// Rule and place.
    places: BTreeSet<(String, &'static str)>,
    /// Schemas of types of which something was told.
    schemas: BTreeSet<String>,
}

/// Keywords of a schema that make up the type: each has its own rules, whose findings point to members.
const STRUCTURE: [&str; 9] = ["$ref", "allOf", "anyOf", "enum", "items", "oneOf", "properties", "required", "type"];

impl Told {
    pub(super) fn of(all: &Comparing<'_>) -> Self {
        let mut told = Self { places: BTreeSet::new(), schemas: BTreeSet::new() };
        for finding in &all.findings {
            for pointer in finding.pointer.iter().chain(&finding.old_pointer) {
                told.places.insert((pointer.clone(), finding.rule));
            }
            let Some(name) = &finding.of_type else { continue };
            for side in [all.old, all.new] {
                told.schemas.extend(side.model.type_named(name).map(|ty| pointers::schema(side, ty)));
            }
        }
        told
    }

    pub(super) fn covers(&self, difference: &Difference) -> bool {
        let places = [&difference.old_at, &difference.new_at, &difference.seen[0], &difference.seen[1]];
        let structure = difference.kind == ObjectKind::Schema && STRUCTURE.contains(&difference.keyword.as_str());
        places.into_iter().any(|place| {
            self.tells_of(place)
                || self.tells_within(place)
                || (structure && above(place).any(|above| self.schemas.contains(above)))
        })
    }

    /// A finding points to the place, or to what it is in.
    fn tells_of(&self, place: &str) -> bool {
        above(place).any(|above| {
            let rest = &place[above.len()..];
            self.rules(above).any(|rule| reaches(rule, rest))
        })
    }

    /// A finding points into the place.
    fn tells_within(&self, place: &str) -> bool {
        let below = format!("{place}/");
        let next = self.places.range((below.clone(), "")..).next();
        next.is_some_and(|(pointer, _)| pointer.starts_with(&below))
    }

    fn rules<'t>(&'t self, pointer: &'t str) -> impl Iterator<Item = &'static str> + 't {
        let from = self.places.range((pointer.to_owned(), "")..);
        from.take_while(move |(known, _)| known == pointer).map(|(_, rule)| *rule)
    }
}

/// A place and all that it is in.
fn above(place: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(place), |place| place.rfind('/').map(|end| &place[..end]))
}

/// Whether a finding at a place tells of what is so far below it. One about an operation or a type as a whole does not tell
/// of all that is in it.
fn reaches(rule: &str, rest: &str) -> bool {
    match rule {
        "op-deprecated" | "op-undeprecated" => rest == "/deprecated",
        "op-id-changed" | "op-renamed" => rest == "/operationId",
        "op-group-changed" | "op-group-respelled" => rest == "/tags",
        "op-became-paged" | "op-lost-paging" => rest.starts_with("/responses/2"),
        "resp-status-changed" | "resp-error-documented" | "resp-redirect-documented" => rest.matches('/').count() == 1,
        "type-closed" => rest == "/additionalProperties",
        "op-added" | "op-removed" | "type-added" | "type-removed" | "type-kind-changed" | "schema-changed"
        | "server-changed" | "scheme-added" | "scheme-removed" | "scheme-changed" => true,
        _ if rest.is_empty() => true,
        _ if rule.starts_with("resp-header-") => true,
        _ if rule.starts_with("resp-") => rest.starts_with("/2"),
        // A parameter, a body or a member holds a schema of its own.
        _ => ["param-", "body-", "field-", "enum-"].iter().any(|part| rule.starts_with(part)),
    }
}

//! The JSON Schema of the report.

use serde_json::{Value, json};

use crate::diff::rule::{EffectClass, RULES};

/// The schema, as text.
#[must_use]
pub fn schema() -> String {
    let side = object(&json!({
        "source": {"type": "string", "description": "Revision or path."},
        "sha256": {"type": "string", "description": "Digest of the document; empty where it could not be generated."},
        "operations": {"type": "integer"},
        "types": {"type": "integer"},
    }));
    let spot = json!({"oneOf": [{"type": "null"}, object(&json!({
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "parent": {"type": "boolean", "description": "Whether this is what the thing stands in, because it is not on this side."},
    }))]});
    let text = || json!({"type": ["string", "null"]});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let finding = object(&json!({
        "id": {"enum": RULES.iter().map(|rule| rule.id).collect::<Vec<_>>()},
        "class": {"enum": EffectClass::ALL.map(EffectClass::name)},
        "area": {"type": "string"},
        "group": {"type": "string", "description": "Group of operations; empty where there is none."},
        "subject": {"type": "string", "description": "What it is about, in terms of Rust."},
        "wire": object(&json!({"method": text(), "path": text(), "pointer": text()})),
        "old": text(),
        "new": text(),
        "note": {"type": "string"},
        "direction": {"enum": ["sent", "received", "both", null]},
        "reached_by": texts(),
        "relied_on": {"type": "boolean", "description": "Whether hand-written extensions rely on it."},
        "location": object(&json!({"old": spot, "new": spot})),
        "items": object(&json!({"removed": texts(), "added": texts()})),
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "accepted": {"oneOf": [{"type": "null"}, object(&json!({"reason": {"type": "string"}, "until": {"type": "string"}}))]},
    }));
    let count = json!({"type": "integer", "minimum": 0});
    let counts: serde_json::Map<String, Value> =
        EffectClass::ALL.iter().map(|class| (class.name().to_owned(), count.clone())).collect();
    let mut schema = object(&json!({
        "format": {"const": 1},
        "old": side,
        "new": side,
        "bump": object(&json!({
            "required": {"enum": ["none", "patch", "minor", "major"]},
            "released": text(),
            "declared": {"type": "string"},
            "enough": {"type": "boolean"},
        })),
        "counts": object(&Value::Object(counts)),
        "items": object(&json!({"removed": count, "added": count})),
        "notes": texts(),
        "unfit": {"type": "array", "items": {"type": "string"}, "description": "Decisions that do not apply, each with its side."},
        "findings": {"type": "array", "items": finding},
        "quiet": object(&json!({
            "docs": text(),
            "extensions": {"type": "object", "additionalProperties": {"type": "string"}},
            "spelling": count,
        })),
    }));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("Report of `cargo xtask spec diff --format json`"));
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// An object with exactly these members.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

//! The rules that the table of single changes does not reach: the way back, decisions, and sides that do not generate.

use bitbucket_codegen::diff;
use bitbucket_codegen::{Error, Inputs, Source};
use serde_json::json;

use crate::fixture::{Spec, back, between, compare, there};

const THING: &str = "/components/schemas/thing/properties";
const ONE: &str = "/paths/~1boxes~1{box}~1things~1{thing_id}";
const LIST: &str = "/paths/~1boxes~1{box}~1things/get";

#[test]
fn the_way_back_of_operations() {
    assert_eq!(
        back(|spec| spec.at(&format!("{ONE}/get"))["deprecated"] = json!(true)),
        ["none op-undeprecated things().get: deprecated → in use"]
    );
    assert_eq!(
        back(|spec| spec.at(&format!("{ONE}/put/requestBody"))["required"] = json!(false)),
        ["compile body-became-required things().update(body): setter → argument"]
    );
    assert_eq!(
        back(|spec| spec.at(&format!("{LIST}/parameters/1"))["required"] = json!(true)),
        ["compile param-became-optional things().list().since(): argument → setter"]
    );
    assert_eq!(
        back(|spec| spec.at(&format!("{LIST}/security/0"))["oauth2"] = json!(["thing", "box"])),
        ["none scope-removed scope box: 1 operation → none"]
    );
    assert_eq!(
        back(|spec| spec.at(&format!("{ONE}/put"))["tags"] = json!(["Logs"])),
        [
            "compile features-lost feature logs: 8 types → not with this feature",
            "compile op-group-changed things().update: logs().update_thing → things().update",
        ]
    );
    let paged = back(|spec| {
        let schema = format!("{ONE}/get/responses/200/content/application~1json/schema");
        spec.at(&schema)["$ref"] = json!("#/components/schemas/paginated_things");
    });
    assert!(paged.contains(&"compile op-lost-paging things().get: Page<Thing> → Thing".to_owned()), "{paged:#?}");
}

#[test]
fn the_way_back_of_members() {
    assert_eq!(
        back(|spec| spec.at("/components/schemas/thing")["required"] = json!(["note"])),
        ["none field-became-optional types::Thing.note: required → optional"]
    );
    assert_eq!(
        back(|spec| spec.at(THING)["note"]["deprecated"] = json!(true)),
        ["none field-undeprecated types::Thing.note: deprecated → in use"]
    );
    assert_eq!(
        back(|spec| spec.facts = spec.facts.replace("[\"created_on\"]", "[\"created_on\", \"note\"]")),
        ["extends field-became-writable types::Thing.note: has no setter → has a setter"]
    );
    assert_eq!(
        back(|spec| spec.shortcuts.clear()),
        ["extends accessor-added types::Thing::owner_name: – → String by owner.name"]
    );
    let identified = back(|spec| spec.identifiers.clear());
    let gained = "extends type-trait-gained types::Thing: none → Identify by id".to_owned();
    assert!(identified.contains(&gained), "{identified:#?}");
}

#[test]
fn members_of_another_kind() {
    assert_eq!(
        there(|spec| spec.types = "[words]\nnote = \"no_te\"\n".to_owned()),
        ["compile field-renamed types::Thing.no_te: note → no_te"]
    );
    assert_eq!(
        there(|spec| spec.at("/components/schemas/owner/properties/mail")["format"] = json!("password")),
        ["runtime field-secret-changed types::Owner.mail: shown → hidden"]
    );
    let grown = there(|spec| {
        for index in 0..12 {
            spec.at("/components/schemas/owner/properties")[format!("part_{index}")] = json!({"type": "string"});
        }
    });
    let boxed = "compile field-boxing-changed types::Thing.owner: Option<Owner> → Option<Box<Owner>>".to_owned();
    assert!(grown.contains(&boxed), "{grown:#?}");
    let union = there(|spec| {
        for index in 0..12 {
            let members = spec.at("/components/schemas/square/allOf/1/properties");
            members[format!("part_{index}")] = json!({"type": "string"});
        }
    });
    assert!(union.contains(&"compile union-boxing-changed types::Shape: not boxed → boxed".to_owned()), "{union:#?}");
    assert_eq!(
        there(|spec| spec.at("/components/schemas/paginated_things/properties/size")["minimum"] = json!(0)),
        ["none schema-changed schema paginated_things: – → –"]
    );
}

#[test]
fn types_of_another_kind() {
    let alias = there(|spec| {
        spec.at("/components/schemas")["owner"] = json!({"type": "string", "enum": ["ANN", "BOB"]});
        spec.shortcuts.clear();
    });
    assert!(alias.contains(&"compile type-kind-changed types::Owner: struct → enum".to_owned()), "{alias:#?}");
    let received = |spec: &mut Spec| {
        spec.at(&format!("{ONE}/put")).as_object_mut().unwrap().remove("requestBody");
        spec.at("/paths/~1boxes~1{box}~1things").as_object_mut().unwrap().remove("post");
        spec.overlay = "overlay: 1.1.0\ninfo: {title: Corrections, version: 1.0.0}\nactions: []\n".to_owned();
    };
    let less = there(received);
    assert!(less.contains(&"compile type-no-longer-sent types::Owner: sent → received only".to_owned()), "{less:#?}");
    let more = back(received);
    assert!(more.contains(&"extends type-became-sent types::Owner: received only → sent".to_owned()), "{more:#?}");
    let untyped = "- x-name: square-untyped
  x-reason: It is refused with a type.
  target: $.components.schemas.square
  x-expect: {x-type-on-send: null}
  update: {x-type-on-send: refused}
- x-name: thing-untyped
  x-reason: It is refused with a type.
  target: $.components.schemas.thing
  x-expect: {x-type-on-send: null}
  update: {x-type-on-send: refused}
";
    let told = there(|spec| spec.overlay.push_str(untyped));
    assert!(told.iter().any(|line| line.contains(" type-writes-type-changed types::Square: ")), "{told:#?}");
    assert!(told.iter().any(|line| line.contains(" body-type-name-changed things().create(body): ")), "{told:#?}");
}

#[test]
fn variants_are_told_apart_and_called_otherwise() {
    let named = |spec: &mut Spec| {
        for (name, value) in [("circle", "ROUND"), ("square", "FLAT")] {
            let members = spec.at(&format!("/components/schemas/{name}/allOf/1/properties"));
            members["kind"] = json!({"type": "string", "enum": [value]});
        }
        spec.at("/components/schemas/shape/allOf/1/properties")["kind"] = json!({"type": "string"});
    };
    let fact = "\n[[discriminator]]\nmembers = [\"kind\"]\nreason = \"seen\"\n";
    let told = between(named, |spec| {
        named(spec);
        spec.facts.push_str(fact);
    });
    assert!(told.iter().any(|line| line.starts_with("runtime discriminator-changed types::Shape: ")), "{told:#?}");
    assert_eq!(
        there(|spec| spec.types = "[variant]\n\"Shape::Circle\" = \"Round\"\n".to_owned()),
        ["compile union-branch-changed types::Shape::Round: Circle(Circle) → Round(Circle)"]
    );
}

#[test]
fn operations_by_decision() {
    let locked = |effect: &str| {
        format!(
            "\n[[operation]]\nmethod = \"POST\"\npath = \"/boxes/{{box}}/things\"\nid = \"createThing\"\ngroup = \"things\"\nname = \"create\"\n{effect}"
        )
    };
    assert_eq!(
        between(
            |spec| spec.operations.push_str(&locked("")),
            |spec| spec.operations.push_str(&locked("effect = \"read\"\neffect_reason = \"tried\"\n"))
        ),
        ["runtime op-effect-changed things().create: non-idempotent write → read"]
    );
    let log = "\n[[log]]\nwhere = { path_ends = [\"/log\"] }\nreason = \"so\"\n";
    assert_eq!(there(|spec| spec.facts.push_str(log)), ["extends op-log-changed logs().get_thing: bytes → a log"]);
    let moved = there(|spec| {
        let log = spec.at("/paths").as_object_mut().unwrap().remove("/boxes/{box}/things/{thing_id}/log").unwrap();
        spec.at("/paths")["/boxes/{box}/things/{thing_id}/text"] = log;
    });
    let expected = "runtime op-moved logs().get_thing_text: \
                    GET /boxes/{box}/things/{thing_id}/log → GET /boxes/{box}/things/{thing_id}/text";
    assert!(moved.iter().any(|line| line == expected), "{moved:#?}");
    let gone = "[[operation]]\nmethod = \"GET\"\npath = \"/old\"\nsince = \"2026-01\"\ninstead = \"`things().list`\"\nreason = \"it ended\"\n";
    assert_eq!(
        there(|spec| spec.withdrawn.push_str(gone)),
        ["none withdrawn-changed GET /old: not listed → withdrawn"]
    );
    let mut reordered = there(|spec| {
        spec.at(&format!("{LIST}/parameters/0"))["required"] = json!(true);
        spec.at(&format!("{LIST}/parameters/1"))["required"] = json!(true);
    });
    reordered.retain(|line| line.contains(" param-reordered "));
    assert!(reordered.is_empty(), "new arguments are no other order: {reordered:#?}");
    assert_eq!(
        there(|spec| spec.at(LIST)["x-example-key"] = json!(1)),
        ["none extension-changed x-example-key: – → 1 place"]
    );
    let (old, mut new) = (Spec::new(), Spec::new());
    new.at(LIST)["summary"] = json!("Lists all things");
    let comparison = compare(&old, &new);
    assert_eq!(crate::fixture::line(&comparison.findings[0]), "none docs-changed documentation: – → 1 text");
}

#[test]
fn handles() {
    let handle = |knows: &str| {
        format!(
            "[[handle]]\nname = \"RepositoryHandle\"\nprefix = \"Repository\"\ngroup = \"things\"\nknows = {{ {knows} }}\n"
        )
    };
    let told = there(|spec| spec.handles = handle("box = \"slug\""));
    assert_eq!(told, ["extends handle-changed RepositoryHandle: – → Repository of things, knows box, leaves nothing"]);
    let told = between(
        |spec| spec.handles = handle("box = \"slug\""),
        |spec| spec.handles = handle("box = \"slug\", thing_id = \"workspace\""),
    );
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("compile handle-changed RepositoryHandle: "), "{told:#?}");
}

/// The rule of what the generator answers.
fn rule_of(change: impl FnOnce(&mut Spec)) -> &'static str {
    let mut spec = Spec::new();
    change(&mut spec);
    let text = spec.text();
    let error: Error = spec.side("new", |side| match side {
        Err(error) => error,
        Ok(_) => panic!("it is not refused"),
    });
    let source = |name: &'static str| Source { name, text: "" };
    let inputs = Inputs {
        document: Source { name: "spec/bitbucket.json", text: &text },
        overlay: Some(Source { name: "spec/corrections.overlay.yaml", text: &spec.overlay }),
        operations: source("operations"),
        groups: source("groups"),
        handles: source("handles"),
        identifiers: source("identifiers"),
        types: source("types"),
        facts: None,
        shortcuts: source("shortcuts"),
        withdrawn: source("withdrawn"),
        manifest: source("manifest"),
        strict: true,
    };
    let finding = diff::refused(&error, &inputs, true);
    assert!(finding.new_spot.is_some() && !finding.note.is_empty(), "{finding:#?}");
    finding.rule
}

#[test]
fn what_does_not_generate() {
    let content = |media: &'static str| {
        move |spec: &mut Spec| {
            let content = spec.at(&format!("{ONE}/put/requestBody/content"));
            let json = content["application/json"].take();
            *content = json!({ media: json });
        }
    };
    let two_bodies = |spec: &mut Spec| {
        spec.at(&format!("{ONE}/put/responses"))["201"] = json!({"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/owner"}}}});
    };
    let told = [
        ("a gen-unsupported-media b", rule_of(content("image/*"))),
        ("a gen-response-types b", rule_of(two_bodies)),
        ("a gen-name-collision b", rule_of(|spec| spec.at(&format!("{LIST}/parameters/0"))["name"] = json!("state"))),
        (
            "a gen-correction-stale b",
            rule_of(|spec| spec.overlay = spec.overlay.replace("schemas.thing", "schemas.gone")),
        ),
        (
            "a gen-correction-absorbed b",
            rule_of(|spec| spec.at("/components/schemas/thing")["x-required-on-send"] = json!(["name"])),
        ),
        ("a gen-decision-stale b", rule_of(|spec| spec.shortcuts = spec.shortcuts.replace("owner.name", "owner.gone"))),
        ("a gen-refused b", rule_of(|spec| spec.operations.push_str("[[nonsense]]\n"))),
    ];
    for (expected, rule) in told {
        assert_eq!(expected.split(' ').nth(1), Some(rule));
    }
}

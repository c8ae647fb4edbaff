//! The vendored document and its corrections: canonical, and nothing is mended twice.

use bitbucket_codegen::Source;
use bitbucket_codegen::read::overlay;
use serde_json::Value;

use crate::inputs::Vendored;

#[test]
fn the_vendored_document_is_in_canonical_form() {
    let text = Vendored::read().document;
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document.sort_all_objects();
    let canonical = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let line = text.lines().zip(canonical.lines()).position(|(left, right)| left != right);
    assert_eq!(
        line.map(|index| index + 1),
        None,
        "spec/bitbucket.json: keys sorted, two spaces, one newline at the end"
    );
    assert!(text == canonical, "spec/bitbucket.json: keys sorted, two spaces, one newline at the end");
}

#[test]
fn no_correction_applies_to_the_corrected_document() {
    let vendored = Vendored::read();
    let mut corrected: Value = serde_json::from_str(&vendored.document).unwrap();
    let applied = overlay::apply(&mut corrected, &vendored.overlay()).unwrap();
    let (head, actions) = vendored.overlay.split_once("actions:\n").unwrap();
    let actions: Vec<&str> = actions.split("  - x-name: ").skip(1).collect();
    assert_eq!(actions.len(), applied.len());
    for (action, applied) in actions.into_iter().zip(applied) {
        let text = format!("{head}actions:\n  - x-name: {action}");
        let alone = Source { name: "alone.yaml", text: &text };
        let Err(error) = overlay::apply(&mut corrected.clone(), &alone) else {
            panic!("`{}` applies twice: its x-expect does not tell the old value from the new", applied.name)
        };
        assert_eq!(error.place.pointer, format!("action `{}`", applied.name), "{error}");
        let refused = error.problem.contains(" where x-expect has ") || error.problem.contains(" matches nothing");
        assert!(refused, "{error}");
    }
}

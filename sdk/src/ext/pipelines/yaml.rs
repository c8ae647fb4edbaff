//! Checks a configuration before it is sent: that it is not empty, that it is YAML, and that it has the selected
//! pipeline. Everything else is left to the service.

#[cfg(feature = "yaml")]
use self::outline::Outline;
use super::target::Target;

#[cfg(feature = "yaml")]
mod outline;

#[inline]
pub(super) fn check(text: &str, target: &Target, merged: bool) -> Result<(), String> {
    let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---";
    if text.lines().all(blank) {
        return Err("the YAML is empty".into());
    }
    content(text, target, merged)
}

#[cfg(not(feature = "yaml"))]
#[inline]
fn content(_: &str, _: &Target, _: bool) -> Result<(), String> {
    Ok(())
}

#[cfg(feature = "yaml")]
#[inline]
fn content(text: &str, target: &Target, merged: bool) -> Result<(), String> {
    // The parser's own text would show parts of the configuration, which may hold secrets.
    let document = Outline::read(text)
        .map_err(|(line, column)| format!("the configuration is not YAML at line {line}, column {column}"))?;
    let Some(root) = document.root() else {
        return Err("the YAML is not a mapping, so it has no `pipelines`".into());
    };
    let Some((section, entry)) = target.selected() else { return Ok(()) };
    if merged || !matches!(section, "custom" | "pull-requests") {
        return Ok(());
    }
    let section_keys = document.get(root, "pipelines").and_then(|pipelines| document.get(pipelines, section));
    let known = section_keys.map(|found| document.keys(found)).unwrap_or_default();
    if known.contains(&entry) {
        return Ok(());
    }
    let known: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(format!("the YAML has no `{entry}` under `pipelines`, `{section}`; it has: {known}"))
}

#[cfg(all(test, feature = "yaml"))]
mod tests {
    use super::*;

    #[inline]
    fn unmerged(text: &str, target: &Target) -> Result<(), String> {
        check(text, target, false)
    }

    #[test]
    #[inline]
    fn only_clear_mistakes_are_refused() {
        let scan = Target::branch("main").custom("scan");
        let fine = [
            "pipelines:\n  custom:\n    scan:\n      - step:\n          script: [echo]\n",
            "definitions:\n  s: &s\n    scan: []\npipelines:\n  custom:\n    <<: *s\n",
            "image: a\nimage: b\npipelines:\n  custom:\n    scan: &x\n      - step: {name: \"x\"}\n    other: *x\n",
            "---\n# note\npipelines: {custom: {scan: []}}\n",
            "definitions:\n  a: &a {scan: []}\n  b: &b {other: []}\npipelines:\n  custom:\n    <<: [*b, *a]\n",
            "x: &x {scan: []}\ny: &y {custom: *x}\npipelines: *y\n",
            "pipelines:\n  custom: {}\n  custom: {scan: []}\n",
            "x: &x scan\npipelines:\n  custom:\n    *x : []\n",
            "&p pipelines: {&c custom: {&s scan: []}}\nx: {*p : {*c : {*s : []}}}\n",
            "? [a, b]\n: c\npipelines: {custom: {'scan': []}}\n---\nsecond: document\n",
        ];
        for text in fine {
            assert_eq!(unmerged(text, &scan), Ok(()), "{text}");
        }
        assert_eq!(unmerged("image: x\n", &Target::branch("main")), Ok(()));
        assert_eq!(check("image: x\n", &scan, true), Ok(()));
        let refused = [
            ("", "empty"),
            (" \n# only a note\n", "empty"),
            ("pipelines: [", "not YAML"),
            ("pipelines:\n\t- a: b: c\n", "not YAML"),
            ("just text", "not a mapping"),
            ("pipelines:\n  default: []\n", "it has: none"),
            ("pipelines: {custom: [scan]}\n", "it has: none"),
            ("pipelines: {custom: *scan}\n", "not YAML"),
            ("pipelines: &x {custom: &y {<<: [*y, *x, {a: 1}], 7: b}}\n", "it has: `7`, `a`, `custom`"),
            ("pipelines:\n  custom:\n    Scan: []\n", "it has: `Scan`"),
        ];
        for (text, reason) in refused {
            let error = unmerged(text, &scan).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let pull_request = Target::branch("x").pull_requests("**");
        assert_eq!(unmerged("pipelines:\n  pull-requests:\n    '**': []\n", &pull_request), Ok(()));
        assert!(unmerged("pipelines:\n  pull-requests:\n    feature: []\n", &pull_request).is_err());
    }

    #[test]
    #[inline]
    fn errors_show_no_line_of_the_configuration() {
        let error = unmerged("token: hunter2\nx: hunter2: hunter2\n", &Target::branch("main")).unwrap_err();
        assert!(error.ends_with("line 2, column 11") && !error.contains("hunter2"), "{error}");
    }
}

//! Annotations of GitHub's workflows: at most ten of a kind, which is all that it shows.

use super::cells;
use crate::diff::comparison::Comparison;
use crate::diff::finding::{Finding, Spot};
use crate::diff::rule::EffectClass;

/// Annotations of one kind that GitHub shows per step.
const MOST: usize = 10;

/// The annotations, the worst first.
#[must_use]
pub fn annotations(comparison: &Comparison) -> String {
    let mut text = String::new();
    for kind in ["error", "warning", "notice"] {
        let of_kind = comparison.findings.iter().filter(|finding| kind_of(finding) == Some(kind));
        let of_kind: Vec<&Finding> = of_kind.collect();
        let left = of_kind.len().saturating_sub(MOST);
        for (index, finding) in of_kind.iter().take(MOST).enumerate() {
            let more =
                if index + 1 == MOST && left > 0 { format!(" ({left} more are not shown)") } else { String::new() };
            text.push_str(&annotation(kind, finding, &more));
        }
    }
    text
}

/// The counts, as lines of `$GITHUB_OUTPUT`.
#[must_use]
pub fn outputs(comparison: &Comparison) -> String {
    let counts = EffectClass::ALL.map(|class| format!("{}={}\n", class.name(), comparison.count(class)));
    let bump = &comparison.bump;
    format!("{}bump={}\nenough={}\n", counts.concat(), bump.required.name(), bump.enough)
}

/// What has no effect is no news on a line.
fn kind_of(finding: &Finding) -> Option<&'static str> {
    match finding.class {
        _ if finding.accepted.is_some() => Some("notice"),
        EffectClass::Blocks | EffectClass::Compile => Some("error"),
        EffectClass::Runtime => Some("warning"),
        EffectClass::Extends | EffectClass::Lint => Some("notice"),
        EffectClass::None => None,
    }
}

fn annotation(kind: &str, finding: &Finding, more: &str) -> String {
    let (old, new) = cells::values(finding);
    let reach = cells::reach(finding);
    let reach = if reach.is_empty() { String::new() } else { format!(" ({reach})") };
    let message = format!("{}: {old} → {new}{reach}; {}{more}", finding.subject, cells::says(finding));
    let place = finding.new_spot.as_ref().or(finding.old_spot.as_ref());
    let place =
        place.map(|Spot { file, line, column, .. }| format!("file={},line={line},col={column},", property(file)));
    format!("::{kind} {}title={}::{}\n", place.unwrap_or_default(), property(finding.rule), escaped(&message))
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_property_or_a_line_is_escaped() {
        let mut finding = Finding::new("op-added", EffectClass::Extends, "a%b\nc::d");
        finding.new_spot = Some(Spot { file: "a,b:c.json".to_owned(), line: 3, column: 7, parent: false });
        let text = annotation("notice", &finding, "");
        let start = "::notice file=a%2Cb%3Ac.json,line=3,col=7,title=op-added::a%25b%0Ac::d: – → –; ";
        assert!(text.starts_with(start), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}

//! Markdown: a comment of a pull request, short enough for one.

use std::collections::BTreeMap;

use super::cells;
use crate::diff::comparison::Comparison;
use crate::diff::finding::Finding;
use crate::diff::rule::{Area, EffectClass};
use crate::english;

/// Characters of the whole; a comment holds some thousand more.
const LONGEST: usize = 60_000;

/// Rows of a section.
const ROWS: usize = 25;

/// The report as Markdown; `reproduce` is the command that gives it.
#[must_use]
pub fn markdown(comparison: &Comparison, reproduce: &str) -> String {
    let head = head(comparison);
    let foot = format!("Reproduce: `{reproduce}`\n");
    let mut sections = sections(comparison);
    let mut cut = Vec::new();
    let length = |text: &str| text.chars().count();
    let mut total = length(&head) + length(&foot) + 200;
    total += sections.iter().map(|section| length(&section.text) + 1).sum::<usize>();
    // The least harmful stand last.
    while total > LONGEST
        && let Some(section) = sections.pop()
    {
        total = total - length(&section.text) + length(&section.title);
        cut.push(section.title);
    }
    let mut text = head;
    for section in sections {
        text.push('\n');
        text.push_str(&section.text);
    }
    if !cut.is_empty() {
        cut.reverse();
        text.push_str(&format!("\nLeft out here, because the report is long; the JSON has it: {}.\n", cut.join(", ")));
    }
    text.push('\n');
    text.push_str(&foot);
    text
}

struct Section {
    title: String,
    text: String,
}

fn head(comparison: &Comparison) -> String {
    let (old, new) = (&comparison.old.source, &comparison.new.source);
    let mut text = format!("## Spec diff: {} → {}\n\n", plain(old), plain(new));
    if comparison.findings.is_empty() {
        text.push_str("No difference.\n");
        return text;
    }
    text.push_str(&format!("**{}**\n{}\n", cells::verdict(comparison), cells::sizes(comparison)));
    for note in comparison.notes.iter().take(ROWS) {
        text.push_str(&format!("\n> {}\n", plain(&cells::shortened(note))));
    }
    if comparison.notes.len() > ROWS {
        text.push_str(&format!("\n> and {} more notes, see the JSON\n", comparison.notes.len() - ROWS));
    }
    text.push_str("\n| |");
    text.extend(EffectClass::ALL.iter().map(|class| format!(" {} |", class.name())));
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(EffectClass::ALL.len()));
    text.push('\n');
    for area in Area::ALL {
        let counts = EffectClass::ALL.map(|class| {
            comparison.findings.iter().filter(|finding| finding.area() == area && finding.class == class).count()
        });
        if counts.iter().any(|count| *count > 0) {
            let cells: Vec<String> = counts.iter().map(ToString::to_string).collect();
            text.push_str(&format!("| {} | {} |\n", area.name(), cells.join(" | ")));
        }
    }
    text
}

fn sections(comparison: &Comparison) -> Vec<Section> {
    let open = |finding: &&Finding| finding.accepted.is_none();
    let of = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<&Finding> {
        comparison.findings.iter().filter(open).filter(|finding| wanted(finding)).collect()
    };
    let blocks = |finding: &Finding| finding.class == EffectClass::Blocks;
    let relied = |finding: &Finding| finding.relied_on && !blocks(finding);
    let class = |class: EffectClass| of(&|finding| finding.class == class && !finding.relied_on);
    let mut sections = vec![
        table("Cannot be generated", &of(&blocks)),
        table("The extensions rely on this", &of(&relied)),
        table("Breaks code", &class(EffectClass::Compile)),
        table("Behaves differently", &class(EffectClass::Runtime)),
        news(&class(EffectClass::Extends)),
        folded("Deprecated", &class(EffectClass::Lint)),
    ];
    let accepted: Vec<&Finding> = comparison.findings.iter().filter(|finding| finding.accepted.is_some()).collect();
    sections.push(folded("Accepted", &accepted));
    sections.push(quiet(&class(EffectClass::None)));
    sections.into_iter().flatten().collect()
}

fn table(title: &str, findings: &[&Finding]) -> Option<Section> {
    if findings.is_empty() {
        return None;
    }
    let title = format!("{title} ({})", findings.len());
    let mut text =
        format!("### {title}\n\n| rule | subject | was → is | reached by | where |\n|---|---|---|---|---|\n");
    for finding in findings.iter().take(ROWS) {
        let (old, new) = cells::values(finding);
        let mut reach = cells::reach(finding);
        if !finding.note.is_empty() {
            let note = cells::shortened(&finding.note);
            reach = if reach.is_empty() { note } else { format!("{reach}; {note}") };
        }
        let row = [
            finding.rule.to_owned(),
            code(&finding.subject),
            format!("{} → {}", code(&old), code(&new)),
            cell(&reach),
            cell(&cells::place(finding)),
        ];
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text.push_str(&more(findings.len(), ROWS));
    Some(Section { title, text })
}

fn more(all: usize, shown: usize) -> String {
    if all > shown { format!("\nand {} more, see the JSON\n", all - shown) } else { String::new() }
}

/// What is new, by group.
fn news(findings: &[&Finding]) -> Option<Section> {
    if findings.is_empty() {
        return None;
    }
    let title = format!("New ({})", findings.len());
    let mut groups: BTreeMap<&str, Vec<&&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(&finding.group).or_default().push(finding);
    }
    let mut text = format!("### {title}\n");
    for (group, findings) in groups {
        let name = if group.is_empty() { "Everywhere" } else { group };
        text.push_str(&format!("\n**{name}**\n\n"));
        for finding in findings.iter().take(ROWS) {
            let (old, new) = cells::values(finding);
            let change = if old == "–" { code(&new) } else { format!("{} → {}", code(&old), code(&new)) };
            text.push_str(&format!("- {} {}: {change}\n", finding.rule, code(&finding.subject)));
        }
        text.push_str(&more(findings.len(), ROWS));
    }
    Some(Section { title, text })
}

fn folded(title: &str, findings: &[&Finding]) -> Option<Section> {
    if findings.is_empty() {
        return None;
    }
    let title = format!("{title} ({})", findings.len());
    let mut text = format!("<details><summary>{title}</summary>\n\n");
    for finding in findings.iter().take(2 * ROWS) {
        let note = match &finding.accepted {
            Some(accepted) => format!("accepted until {}: {}", accepted.until, accepted.reason),
            None => finding.note.clone(),
        };
        let note = if note.is_empty() { String::new() } else { format!(": {}", cell(&cells::shortened(&note))) };
        text.push_str(&format!("- {} {}{note}\n", finding.rule, code(&finding.subject)));
    }
    text.push_str(&more(findings.len(), 2 * ROWS));
    text.push_str("\n</details>\n");
    Some(Section { title, text })
}

/// What users do not see: by rule, the first subjects of each.
fn quiet(findings: &[&Finding]) -> Option<Section> {
    if findings.is_empty() {
        return None;
    }
    let title = format!("No effect on Rust ({})", findings.len());
    let mut rules: BTreeMap<&str, Vec<&&Finding>> = BTreeMap::new();
    for finding in findings {
        rules.entry(finding.rule).or_default().push(finding);
    }
    let mut text = format!("<details><summary>{title}</summary>\n\n");
    for (rule, findings) in rules {
        let shown = findings.iter().take(10).map(|finding| {
            let (old, new) = cells::values(finding);
            match (old.as_str(), new.as_str()) {
                ("–", "–") => code(&finding.subject),
                ("–", new) => format!("{} ({})", code(&finding.subject), cell(new)),
                (old, new) => format!("{} ({} → {})", code(&finding.subject), cell(old), cell(new)),
            }
        });
        let shown: Vec<String> = shown.collect();
        let more = if findings.len() > shown.len() { ", …" } else { "" };
        let count = english::count(findings.len(), "finding", "findings");
        text.push_str(&format!("- {rule}, {count}: {}{more}\n", shown.join(", ")));
    }
    text.push_str("\n</details>\n");
    Some(Section { title, text })
}

/// Text in a cell: nothing in it ends the cell or begins something.
fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;").replace('@', "&#64;")
}

/// Code in a cell.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'").replace('|', "\\|");
    if text == "–" { text } else { format!("`{text}`") }
}

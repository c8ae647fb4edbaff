//! Effects: each line of the public surface that came or went is given to the one finding that explains it.

use std::collections::{BTreeMap, BTreeSet};

use super::comparing::Comparing;
use super::finding::Finding;
use super::keys;
use super::rule::EffectClass as Class;
use crate::english;

/// A line of the surface that came or went.
struct Change<'l> {
    line: &'l str,
    added: bool,
}

/// Gives every change of the surface to a finding; adds findings for Cargo features, and one for what nothing explains.
pub(super) fn attribute(all: &mut Comparing<'_>) {
    let (old, new) = (&all.old.surface, &all.new.surface);
    let removed: BTreeSet<&str> = old.difference(new).map(String::as_str).collect();
    let added: BTreeSet<&str> = new.difference(old).map(String::as_str).collect();
    let owners = Owners::of(&all.findings);
    let mut features = Features::default();
    let mut open = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut claimed: Vec<(usize, String, bool)> = Vec::new();
    let by_base: BTreeMap<&str, &str> = added.iter().map(|line| (without_features(line).0, *line)).collect();
    for line in &removed {
        let (renamed, old_name) = rename(line, &all.pairs.renamed);
        let owner = old_name.and_then(|name| owners.of_key(&format!("renamed:{name}")));
        if let (Some(owner), Some(now)) = (owner, added.get(renamed.as_str())) {
            claimed.extend([(owner, (*line).to_owned(), false), (owner, (*now).to_owned(), true)]);
            told.insert(now);
            continue;
        }
        let (base, had) = without_features(&renamed);
        match by_base.get(base).filter(|now| !told.contains(**now)) {
            Some(now) => {
                told.insert(now);
                features.add(line, &had, now, &owners, &mut claimed);
            }
            None => open.push(Change { line, added: false }),
        }
    }
    open.extend(added.iter().filter(|line| !told.contains(**line)).map(|line| Change { line, added: true }));
    let models = [&all.old.model, &all.new.model];
    let mut unexplained = Finding::new("unexplained", Class::Compile, "public surface");
    for change in open {
        let line = change.line.to_owned();
        match keys::of_line(change.line, models).iter().find_map(|key| owners.of_key(key)) {
            Some(owner) => claimed.push((owner, line, change.added)),
            None if change.added => unexplained.added.push(line),
            None => unexplained.removed.push(line),
        }
    }
    for (owner, line, added) in claimed {
        let finding = &mut all.findings[owner];
        if added { finding.added.push(line) } else { finding.removed.push(line) }
    }
    for finding in features.findings() {
        all.add(finding);
    }
    let (gone, came) = (unexplained.removed.len(), unexplained.added.len());
    if gone + came > 0 {
        let lines = |count| english::count(count, "line", "lines");
        all.add(unexplained.was(lines(gone)).is(lines(came)).note("no rule says why: report this as a bug"));
    }
}

/// The finding of each key: of several the one that is worst.
struct Owners {
    by_key: BTreeMap<String, usize>,
}

impl Owners {
    fn of(findings: &[Finding]) -> Self {
        let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
        for (index, finding) in findings.iter().enumerate() {
            for key in &finding.keys {
                let known = by_key.entry(key.clone()).or_insert(index);
                if findings[*known].class > finding.class {
                    *known = index;
                }
            }
        }
        Self { by_key }
    }

    fn of_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}

/// The line under the new names of types, and the first old name in it.
fn rename<'n>(line: &str, names: &'n BTreeMap<String, String>) -> (String, Option<&'n str>) {
    if names.is_empty() {
        return (line.to_owned(), None);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let (mut text, mut first) = (String::with_capacity(line.len()), None);
    let mut rest = line;
    while let Some(begin) = rest.find(is_part) {
        text.push_str(&rest[..begin]);
        let end = rest[begin..].find(|c| !is_part(c)).map_or(rest.len(), |length| begin + length);
        let word = &rest[begin..end];
        match names.get_key_value(word) {
            Some((old, new)) => {
                text.push_str(new);
                first = first.or(Some(old.as_str()));
            }
            None => text.push_str(word),
        }
        rest = &rest[end..];
    }
    text.push_str(rest);
    (text, first)
}

/// A line without the Cargo features at its end, and these.
fn without_features(line: &str) -> (&str, BTreeSet<&str>) {
    match line.strip_suffix(']').and_then(|line| line.rsplit_once(" [")) {
        Some((base, features)) if !features.contains(['(', '{', '<', ',']) => {
            (base, features.split([' ', '|', '&']).filter(|name| !name.is_empty()).collect())
        }
        _ => (line, BTreeSet::new()),
    }
}

/// Lines that differ in nothing but their Cargo features.
#[derive(Debug, Default)]
struct Features {
    lost: BTreeMap<String, FeatureLines>,
    gained: BTreeMap<String, FeatureLines>,
}

/// What a feature no longer brings, or brings as well.
#[derive(Debug, Default)]
struct FeatureLines {
    items: BTreeSet<String>,
    removed: Vec<String>,
    added: Vec<String>,
}

impl Features {
    fn add(
        &mut self,
        line: &str,
        had: &BTreeSet<&str>,
        now: &str,
        owners: &Owners,
        claimed: &mut Vec<(usize, String, bool)>,
    ) {
        let (base, has) = without_features(now);
        let renamed = had.symmetric_difference(&has).find_map(|feature| owners.of_key(&format!("feature:{feature}")));
        if let Some(owner) = renamed {
            claimed.extend([(owner, line.to_owned(), false), (owner, now.to_owned(), true)]);
            return;
        }
        // Without features at its end, a line is there with all of them.
        let lost = if has.is_empty() {
            None
        } else {
            had.difference(&has).next().copied().or(had.is_empty().then_some("others"))
        };
        let gained =
            if had.is_empty() { None } else { has.difference(had).next().copied().or(has.is_empty().then_some("all")) };
        let (table, feature) = match (lost, gained) {
            (Some(feature), _) => (&mut self.lost, feature),
            (None, feature) => (&mut self.gained, feature.unwrap_or("all")),
        };
        let lines = table.entry(feature.to_owned()).or_default();
        let item = base.split([' ', '(']).next().unwrap_or(base);
        lines.items.insert(
            item.split("::").take(2).collect::<Vec<_>>().join("::").split('.').next().unwrap_or(item).to_owned(),
        );
        lines.removed.push(line.to_owned());
        lines.added.push(now.to_owned());
    }

    fn findings(self) -> Vec<Finding> {
        let lost = self.lost.into_iter().map(|entry| ("features-lost", Class::Compile, entry));
        let gained = self.gained.into_iter().map(|entry| ("features-gained", Class::Extends, entry));
        let found = lost.chain(gained).map(|(rule, class, (feature, lines))| {
            let items: Vec<String> = lines.items.into_iter().collect();
            let count = english::count(items.len(), "type", "types");
            let mut finding = Finding::new(rule, class, format!("feature {feature}")).note(items.join(", "));
            if rule == "features-lost" {
                finding = finding.was(count).is("not with this feature");
            } else {
                finding = finding.was("not with this feature").is(count);
            }
            (finding.removed, finding.added) = (lines.removed, lines.added);
            finding
        });
        found.collect()
    }
}

//! The table in the documentation, between two markers: a line for each row, which is replaced when it is measured again.

use std::fmt;

use anyhow::{Context as _, Result, bail};

use super::measure::{Cost, median};
use super::rows::Row;

const BEGIN: &str = "<!-- written by cargo xtask bench build -->\n";
const END: &str = "<!-- end -->\n";
const HEAD: &str =
    "| row | what | measured | against | ratio | at most | of that | when |\n|---|---|---|---|---|---|---|---|\n";
/// The lines, in their order.
const NAMES: [&str; 9] =
    ["full", "slim", "debug", "debug-memory", "program", "program-default", "binary", "first-command", "xtask"];

/// What a row may be at most.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// Of CPU seconds, or of sizes.
    Ratio(f64),
    /// On the clock.
    Seconds(f64),
    Megabytes(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(ratio) => write!(f, "{ratio} ×"),
            Self::Seconds(seconds) => write!(f, "{seconds} s"),
            Self::Megabytes(size) => write!(f, "{size} MB"),
        }
    }
}

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    name: String,
    what: String,
    goal: Goal,
    ours: String,
    /// In the unit of the goal, unless that is a ratio.
    value: f64,
    costs: Vec<Cost>,
    peer: String,
    ratio: Option<f64>,
}

impl Line {
    pub(crate) fn new(row: Row, goal: Goal) -> Self {
        let (ours, peer) = (String::new(), String::new());
        Self { name: row.name(), what: row.what(), goal, ours, value: f64::NAN, costs: Vec::new(), peer, ratio: None }
    }

    /// Another line of the same row.
    pub(crate) fn named(self, name: &str, what: &str) -> Self {
        Self { name: name.to_owned(), what: what.to_owned(), ..self }
    }

    pub(crate) fn ours(self, costs: &[Cost]) -> Self {
        let value = median(costs.iter().map(|cost| cost.wall));
        Self { ours: shown(costs), value, costs: costs.to_vec(), ..self }
    }

    /// The ratio is the median of those of each turn.
    pub(crate) fn peer(self, costs: &[Cost], name: &str) -> Self {
        let ratio = median(self.costs.iter().zip(costs).map(|(own, peer)| own.cpu / peer.cpu));
        Self { peer: format!("{name}: {}", shown(costs)), ratio: Some(ratio), ..self }
    }

    pub(crate) fn size(self, megabytes: f64) -> Self {
        Self { ours: format!("{megabytes:.2} MB"), value: megabytes, ..self }
    }

    pub(crate) fn peer_size(self, megabytes: f64, name: &str) -> Self {
        Self { peer: format!("{name}: {megabytes:.2} MB"), ratio: Some(self.value / megabytes), ..self }
    }

    pub(crate) fn note(self, note: impl fmt::Display) -> Self {
        Self { ours: format!("{}; {note}", self.ours), ..self }
    }

    /// How much of the goal it takes, 1 being all of it.
    fn share(&self) -> Option<f64> {
        match self.goal {
            Goal::Ratio(goal) => self.ratio.map(|ratio| ratio / goal),
            Goal::Seconds(goal) | Goal::Megabytes(goal) => Some(self.value / goal),
        }
    }

    fn cells(&self, when: &str) -> [String; 8] {
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let share = self.share().map_or_else(String::new, |share| format!("{:.0} %", share * 100.0));
        let name = format!("`{}`", self.name);
        [
            name,
            self.what.clone(),
            self.ours.clone(),
            self.peer.clone(),
            ratio,
            self.goal.to_string(),
            share,
            when.to_owned(),
        ]
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ours)?;
        if !self.peer.is_empty() {
            write!(f, " against {}", self.peer)?;
        }
        if let Some(ratio) = self.ratio {
            write!(f, ": ratio {ratio:.2}")?;
        }
        write!(f, "; at most {}", self.goal)
    }
}

/// CPU seconds, and those on the clock.
fn shown(costs: &[Cost]) -> String {
    let (cpu, wall) = (median(costs.iter().map(|cost| cost.cpu)), median(costs.iter().map(|cost| cost.wall)));
    format!("{cpu:.1} CPU s, {wall:.1} s")
}

/// A document with such a table.
#[derive(Debug)]
pub(crate) struct Table {
    before: String,
    /// Name and line, in the order of the rows.
    lines: Vec<(String, String)>,
    after: String,
}

impl Table {
    pub(crate) fn read(document: &str) -> Result<Self> {
        let missing = "bench: docs/benchmarks.md: the two comments around the table are missing";
        let (before, rest) = document.split_once(BEGIN).context(missing)?;
        let (table, after) = rest.split_once(END).context(missing)?;
        let mut lines = Vec::new();
        for line in table.lines().filter(|line| line.starts_with("| `")) {
            let name = line.split('`').nth(1).unwrap_or_default();
            if !NAMES.contains(&name) {
                bail!("bench: docs/benchmarks.md: there is no row `{name}`; remove its line from the table");
            }
            lines.push((name.to_owned(), format!("{line}\n")));
        }
        Ok(Self { before: before.to_owned(), lines, after: after.to_owned() })
    }

    /// Replaces the lines that were measured, and leaves the others.
    pub(crate) fn take(&mut self, measured: &[Line], when: &str) {
        for line in measured {
            self.lines.retain(|(name, _)| *name != line.name);
            self.lines.push((line.name.clone(), format!("| {} |\n", line.cells(when).join(" | "))));
        }
        self.lines.sort_by_key(|(name, _)| NAMES.iter().position(|known| known == name));
    }

    pub(crate) fn document(&self) -> String {
        let lines: String = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        format!("{}{BEGIN}{HEAD}{lines}{END}{}", self.before, self.after)
    }

    /// Per cent of the goal that each line takes, for the plot; lines without a ratio are left out.
    pub(crate) fn shares(&self) -> Vec<(String, f64)> {
        let share = |line: &str| line.split(" | ").nth(6)?.strip_suffix(" %")?.parse().ok();
        self.lines.iter().filter_map(|(name, line)| Some((name.clone(), share(line)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::measure::Cost;
    use super::{Goal, Line, Row, Table};

    const DOCUMENT: &str = "# Benchmarks\n\n<!-- written by cargo xtask bench build -->\n<!-- end -->\n\nMore.\n";

    fn cost(cpu: f64) -> Cost {
        Cost { cpu, wall: cpu / 2.0, peak: 1 }
    }

    #[test]
    fn a_line_is_replaced_and_the_others_stay() {
        let mut table = Table::read(DOCUMENT).unwrap();
        let slim = Line::new(Row::Slim, Goal::Ratio(0.5)).ours(&[cost(9.0)]).peer(&[cost(12.0)], "a3a5ccc");
        let full = Line::new(Row::Full, Goal::Ratio(0.6)).ours(&[cost(3.0)]).peer(&[cost(10.0)], "progenitor's output");
        table.take(&[slim], "then");
        table.take(&[full], "then");
        let (names, shares): (Vec<_>, Vec<_>) = table.shares().into_iter().unzip();
        assert_eq!((names, shares), (vec!["full".to_owned(), "slim".to_owned()], vec![50.0, 150.0]));

        let mut table = Table::read(&table.document()).unwrap();
        let faster = Line::new(Row::Slim, Goal::Ratio(0.5)).ours(&[cost(3.0)]).peer(&[cost(12.0)], "a3a5ccc");
        table.take(&[faster], "now");
        let document = table.document();
        assert!(document.starts_with("# Benchmarks\n") && document.ends_with("<!-- end -->\n\nMore.\n"), "{document}");
        assert!(
            document.contains("| 3.0 CPU s, 1.5 s | a3a5ccc: 12.0 CPU s, 6.0 s | 0.25 | 0.5 × | 50 % | now |"),
            "{document}"
        );
        assert_eq!(document.matches("`slim`").count(), 1);
        assert_eq!(Table::read(&document).unwrap().document(), document);
    }

    #[test]
    fn medians_are_compared_by_turn() {
        let ours = [cost(1.0), cost(20.0), cost(3.0)];
        let peer = [cost(2.0), cost(40.0), cost(4.0)];
        let line = Line::new(Row::Full, Goal::Ratio(0.6)).ours(&ours).peer(&peer, "peer");
        assert_eq!(line.ratio, Some(0.5));
        assert_eq!(
            line.to_string(),
            "full: 3.0 CPU s, 1.5 s against peer: 4.0 CPU s, 2.0 s: ratio 0.50; at most 0.6 ×"
        );
    }

    #[test]
    fn a_row_without_its_peer_has_no_share() {
        let mut table = Table::read(DOCUMENT).unwrap();
        table.take(&[Line::new(Row::Slim, Goal::Ratio(0.5)).ours(&[cost(1.0)])], "now");
        assert_eq!(table.shares(), []);
        assert!(table.document().contains("| 1.0 CPU s, 0.5 s |  |  | 0.5 × |  | now |\n"), "{}", table.document());
    }

    #[test]
    fn a_document_without_the_table_is_refused() {
        let error = Table::read("# Benchmarks\n").unwrap_err().to_string();
        assert!(error.contains("the two comments around the table are missing"), "{error}");
        let document = DOCUMENT.replace("<!-- end", "| `slow` | x |\n<!-- end");
        let error = Table::read(&document).unwrap_err().to_string();
        assert!(error.contains("there is no row `slow`"), "{error}");
    }
}

//! What a command costs: CPU seconds of it and of all that it starts, and seconds on the clock.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Ticks of `/proc` in a second: the kernel's interface to programs has had this number for as long as there is Linux.
const TICKS: f64 = 100.0;

/// Seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
}

/// Runs a command to its end. What it prints is shown if it fails.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let (cpu, begun) = (cpu_of_children()?, Instant::now());
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    let cost = Cost { cpu: cpu_of_children()? - cpu, wall: begun.elapsed().as_secs_f64() };
    if !output.status.success() {
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{} {}` failed ({}):\n{said}", command.get_program().display(), arguments.join(" "), output.status);
    }
    Ok(cost)
}

/// CPU seconds of the processes that this one has started and waited for, and of those that they have waited for.
pub(crate) fn cpu_of_children() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat")
        .context("bench: /proc/self/stat cannot be read; CPU time is measured on Linux only")?;
    children(&text).context("bench: /proc/self/stat is not understood")
}

/// The fields 16 and 17 of proc(5); the second one is a name, in which anything may be.
fn children(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(13);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

/// The middle of what was measured; of an even number, the larger of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{children, cpu_of_children, median, run};
    use std::process::Command;

    #[test]
    fn times_of_children_are_found_behind_any_name() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194560 100 200 0 0 11 12 250 50 20 0 1 0 5 6 7";
        assert_eq!(children(stat), Some(3.0));
        assert_eq!(children("7 (a"), None);
    }

    #[test]
    fn work_of_a_grandchild_is_counted() {
        let before = cpu_of_children().unwrap();
        let script = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; true";
        let cost = run(Command::new("sh").args(["-c", script])).unwrap();
        assert!(cost.cpu > 0.05, "{cost:?}");
        assert!(cpu_of_children().unwrap() >= before + cost.cpu - 0.02);
    }

    #[test]
    fn a_failure_says_what_was_printed() {
        let error = run(Command::new("sh").args(["-c", "echo no such crate >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("no such crate"), "{error}");
    }

    #[test]
    fn the_median_of_few() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([1.0]), 1.0);
        assert!(median([]).is_nan());
    }
}

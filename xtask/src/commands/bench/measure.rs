//! What a command costs: CPU seconds of it and of all that it starts, seconds on the clock, and memory.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use wait4::Wait4 as _;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Seconds of CPU, of the processes that it has waited for too.
    pub(crate) cpu: f64,
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// The most bytes in memory of any one process.
    pub(crate) peak: u64,
}

/// Runs a command to its end. What it says on standard error is shown if it fails.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let begun = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_end(&mut said)?;
    }
    let used = child.wait4().context("what a process has used is not told on this system")?;
    if !used.status.success() {
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        let (program, said) = (command.get_program().display(), String::from_utf8_lossy(&said));
        bail!("`{program} {}` failed ({}):\n{said}", arguments.join(" "), used.status);
    }
    let cpu = (used.rusage.utime + used.rusage.stime).as_secs_f64();
    Ok(Cost { cpu, wall: begun.elapsed().as_secs_f64(), peak: used.rusage.maxrss })
}

/// The middle of what was measured; of an even number, the larger of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{median, run};
    use std::process::Command;

    #[test]
    fn work_of_a_grandchild_is_counted() {
        let script = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; true";
        let cost = run(Command::new("sh").args(["-c", script])).unwrap();
        assert!(cost.cpu > 0.05 && cost.peak > 100_000, "{cost:?}");
        let idle = run(Command::new("sh").args(["-c", "sleep 0.1"])).unwrap();
        assert!(idle.cpu < cost.cpu && idle.wall >= 0.1, "{idle:?}");
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

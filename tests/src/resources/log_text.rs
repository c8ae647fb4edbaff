//! The text of a step's log. It only grows: what was visible once is a prefix of all that is visible later, or a
//! client that follows by byte ranges would be tested against something the service does not do.

use std::time::Duration;

use bytes::Bytes;

use super::steps;
use crate::state::Pipeline;
use crate::timeline::{Outcome, Phase, StepMoment};

/// What of the step's log is visible at `now`, and a tag for it. `lines` is the length of a log that was not cut off.
pub(super) fn visible(
    pipeline: &Pipeline,
    index: usize,
    step: &StepMoment,
    lines: usize,
    now: Duration,
) -> (Bytes, String) {
    let running = step.completed.unwrap_or(now).saturating_sub(step.started.unwrap_or(now));
    let count = match step.phase {
        Phase::Completed(Outcome::Stopped) | Phase::Running => grown(lines, running, pipeline.plan.step),
        _ => lines,
    };
    let mut text: String = (0..count).map(|number| line(pipeline, index, number, lines)).collect();
    if step.phase == Phase::Completed(Outcome::Stopped) {
        text.push_str("✗ stopped by an account\n");
    }
    let step_uuid = steps::uuid(pipeline, index);
    let etag = format!("\"{}-{}\"", crate::ids::hex(&step_uuid, 16), text.len());
    (Bytes::from(text), etag)
}

/// The first line is there at once; the last one only when the step is over.
fn grown(lines: usize, running: Duration, whole: Duration) -> usize {
    let share = running.as_secs_f64() / whole.as_secs_f64().max(f64::EPSILON);
    let between = lines.saturating_sub(2);
    // The share lies between 0 and 1, so nothing is cut off that matters.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let more = (share.clamp(0.0, 1.0) * (between as f64 + 1.0)) as usize;
    1 + more.min(between)
}

fn line(pipeline: &Pipeline, index: usize, number: usize, lines: usize) -> String {
    let name = steps::name(index);
    match number {
        _ if number + 1 == lines => match pipeline.plan.outcome(index) {
            Outcome::Failed => format!("\u{1b}[31m✗ {name}: exit code 1\u{1b}[0m\n"),
            Outcome::Error => format!("\u{1b}[31m✗ {name}: {}\u{1b}[0m\n", pipeline.error.message),
            _ => format!("\u{1b}[32m✓ {name}: done\u{1b}[0m\n"),
        },
        0 => "+ umask 000\n".to_owned(),
        _ => {
            let script = steps::script(index);
            format!("[{number}/{lines}] {}: unit {number}\n", script[number % script.len()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_grows_line_by_line() {
        let whole = Duration::from_secs(10);
        let after = |seconds| grown(12, Duration::from_secs(seconds), whole);
        assert_eq!(after(0), 1);
        assert_eq!(after(5), 6);
        assert_eq!(after(10), 11);
        assert_eq!(after(99), 11);
        assert_eq!(grown(2, Duration::ZERO, Duration::ZERO), 1);
    }
}

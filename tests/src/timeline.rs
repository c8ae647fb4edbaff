//! How a run proceeds: a pure function of its plan and the time, so that no background task is needed and every
//! question about the past has one answer. It must not read a clock or know how a state is written in JSON.

use std::time::Duration;

/// What the run was asked to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scenario {
    /// All steps succeed.
    Pass,
    /// The second step fails, the rest is not run.
    Fail,
    /// The last step is manual and waits for ever.
    Pause,
    /// The service halts the run after its first step.
    Halt,
    /// The first step cannot be carried out.
    Error,
}

/// A run as it was started. All times are those of the server's clock.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) created: Duration,
    pub(crate) step: Duration,
    pub(crate) steps: usize,
    pub(crate) scenario: Scenario,
    pub(crate) stopped: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Phase {
    Pending,
    Running,
    Paused,
    Halted,
    Completed(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Successful,
    Failed,
    Error,
    Stopped,
    NotRun,
}

/// A run at one moment.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) phase: Phase,
    pub(crate) completed: Option<Duration>,
    pub(crate) steps: Vec<StepMoment>,
}

/// A step at one moment.
#[derive(Clone, Debug)]
pub(crate) struct StepMoment {
    pub(crate) phase: Phase,
    /// Also set for a step that was not run: the time of that decision, as the service does.
    pub(crate) started: Option<Duration>,
    pub(crate) completed: Option<Duration>,
}

impl Plan {
    pub(crate) fn at(&self, now: Duration) -> Moment {
        let stopped = self.stopped.filter(|stopped| *stopped <= now);
        let until = stopped.unwrap_or(now);
        let steps = (0..self.steps).map(|index| self.step_at(index, until, stopped)).collect();
        let (phase, completed) = self.phase_at(until);
        match (phase, stopped) {
            (Phase::Completed(_), _) | (_, None) => Moment { phase, completed, steps },
            (_, Some(_)) => Moment { phase: Phase::Completed(Outcome::Stopped), completed: stopped, steps },
        }
    }

    /// Whether the step at that index waits for somebody.
    pub(crate) fn is_manual(&self, index: usize) -> bool {
        self.scenario == Scenario::Pause && index == self.runs()
    }

    /// How the step at that index ends if nobody stops the run.
    pub(crate) fn outcome(&self, index: usize) -> Outcome {
        match self.scenario {
            _ if index >= self.runs() => Outcome::NotRun,
            Scenario::Fail if index + 1 == self.runs() => Outcome::Failed,
            Scenario::Error => Outcome::Error,
            _ => Outcome::Successful,
        }
    }

    /// How many steps are carried out.
    fn runs(&self) -> usize {
        let runs = match self.scenario {
            Scenario::Pass => self.steps,
            Scenario::Fail => 2,
            Scenario::Pause => self.steps.saturating_sub(1),
            Scenario::Halt | Scenario::Error => 1,
        };
        runs.min(self.steps)
    }

    /// When the step at that index starts, or the one before it ends.
    fn start(&self, index: usize) -> Duration {
        let count = u32::try_from(index).unwrap_or(u32::MAX);
        let waited = self.created.saturating_add(self.step / 4);
        waited.saturating_add(self.step.saturating_mul(count))
    }

    /// Leaves a stop out of account.
    fn phase_at(&self, now: Duration) -> (Phase, Option<Duration>) {
        let end = self.start(self.runs());
        match self.scenario {
            // Even steps that take no time come after the moment of creation.
            _ if now <= self.created || now < self.start(0) => (Phase::Pending, None),
            _ if now < end => (Phase::Running, None),
            Scenario::Pause => (Phase::Paused, None),
            Scenario::Halt => (Phase::Halted, None),
            Scenario::Pass => (Phase::Completed(Outcome::Successful), Some(end)),
            Scenario::Fail => (Phase::Completed(Outcome::Failed), Some(end)),
            Scenario::Error => (Phase::Completed(Outcome::Error), Some(end)),
        }
    }

    fn step_at(&self, index: usize, until: Duration, stopped: Option<Duration>) -> StepMoment {
        let natural = self.natural_step(index, until);
        match (natural.phase, stopped) {
            (Phase::Running, Some(_)) => {
                StepMoment { phase: Phase::Completed(Outcome::Stopped), completed: stopped, ..natural }
            }
            (Phase::Pending | Phase::Paused | Phase::Halted, Some(_)) => StepMoment::not_run(until),
            _ => natural,
        }
    }

    fn natural_step(&self, index: usize, now: Duration) -> StepMoment {
        let waiting = |phase| StepMoment { phase, started: None, completed: None };
        if index >= self.runs() {
            // What follows the last step that is carried out shares the fate of the whole run.
            return match self.phase_at(now) {
                (phase @ (Phase::Paused | Phase::Halted), _) if index == self.runs() => waiting(phase),
                (Phase::Completed(_), Some(end)) => StepMoment::not_run(end),
                _ => waiting(Phase::Pending),
            };
        }
        let (start, end) = (self.start(index), self.start(index + 1));
        if now <= self.created || now < start {
            waiting(Phase::Pending)
        } else if now < end {
            StepMoment { phase: Phase::Running, started: Some(start), completed: None }
        } else {
            StepMoment { phase: Phase::Completed(self.outcome(index)), started: Some(start), completed: Some(end) }
        }
    }
}

impl StepMoment {
    fn not_run(at: Duration) -> Self {
        Self { phase: Phase::Completed(Outcome::NotRun), started: Some(at), completed: Some(at) }
    }

    /// Whether there is a log: the step was started and did not end before that.
    pub(crate) fn has_log(&self) -> bool {
        self.started.is_some() && self.phase != Phase::Completed(Outcome::NotRun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn plan(scenario: Scenario) -> Plan {
        Plan { created: SECOND, step: 4 * SECOND, steps: 3, scenario, stopped: None }
    }

    fn phases(plan: &Plan, seconds: u32) -> (Phase, Vec<Phase>) {
        let moment = plan.at(SECOND * seconds);
        (moment.phase, moment.steps.iter().map(|step| step.phase).collect())
    }

    use Outcome::{Error, Failed, NotRun, Stopped, Successful};
    use Phase::{Completed, Halted, Paused, Pending, Running};

    #[test]
    fn a_run_passes_step_by_step() {
        let plan = plan(Scenario::Pass);
        let done = Completed(Successful);
        assert_eq!(phases(&plan, 1), (Pending, vec![Pending; 3]));
        assert_eq!(phases(&plan, 2), (Running, vec![Running, Pending, Pending]));
        assert_eq!(phases(&plan, 6), (Running, vec![done, Running, Pending]));
        assert_eq!(phases(&plan, 14), (done, vec![done; 3]));
        assert_eq!(plan.at(SECOND * 99).completed, Some(SECOND * 14));
    }

    #[test]
    fn the_other_ways_to_end() {
        let done = Completed(Successful);
        let not_run = Completed(NotRun);
        assert_eq!(phases(&plan(Scenario::Fail), 10), (Completed(Failed), vec![done, Completed(Failed), not_run]));
        assert_eq!(phases(&plan(Scenario::Error), 6), (Completed(Error), vec![Completed(Error), not_run, not_run]));
        assert_eq!(phases(&plan(Scenario::Pause), 99), (Paused, vec![done, done, Paused]));
        assert_eq!(phases(&plan(Scenario::Halt), 99), (Halted, vec![done, Halted, Pending]));
    }

    #[test]
    fn a_stop_keeps_what_was_done() {
        let plan = Plan { stopped: Some(7 * SECOND), ..plan(Scenario::Pass) };
        let stopped = (Completed(Stopped), vec![Completed(Successful), Completed(Stopped), Completed(NotRun)]);
        assert_eq!(phases(&plan, 6).0, Running);
        assert_eq!(phases(&plan, 7), stopped);
        assert_eq!(phases(&plan, 99), stopped);
        assert_eq!(plan.at(99 * SECOND).completed, Some(7 * SECOND));
    }

    #[test]
    fn steps_without_duration_still_start_pending() {
        let plan = Plan { step: Duration::ZERO, ..plan(Scenario::Pass) };
        assert_eq!(phases(&plan, 1), (Pending, vec![Pending; 3]));
        assert_eq!(phases(&plan, 2).0, Completed(Successful));
    }
}

//! For tests of how long something takes: the time of the processor, which other work on the machine does not lengthen.

use std::time::Duration;

/// How long the processor has worked for this thread.
#[cfg(unix)]
pub(crate) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

/// The time of day, where there is nothing better.
#[cfg(not(unix))]
pub(crate) fn cpu_time() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap()
}

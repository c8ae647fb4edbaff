//! What the benchmarks share: each contender is a process of its own that counts its own CPU time, and so is the server,
//! so that no work is counted that is not the contender's and none leaves another one a used heap.
//!
//! Criterion says how long each takes and what has changed since the last run; after that, the contenders of a group take
//! turns, and the medians are compared, because a busy machine is as busy for one as for the other then.
#![allow(dead_code, reason = "each benchmark uses a part")]

pub(crate) mod bodies;
pub(crate) mod hand;
pub(crate) mod one_call;
pub(crate) mod server;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use criterion::Criterion;
use rustix::time::{ClockId, clock_gettime};

/// Contenders that do the same.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// Ours first, then the one that all are compared with.
    pub(crate) contenders: &'static [&'static str],
    /// Samples that criterion takes.
    pub(crate) samples: usize,
    /// How often a contender repeats its work in one of its turns.
    pub(crate) repeat: u64,
    /// Whether memory that was freed stays with the process. By default, glibc gives the top of the heap back, and whether a
    /// page that was read lies there, so that the next one costs hundreds of page faults, is a matter of luck.
    pub(crate) keeps_heap: bool,
}

impl Group {
    /// Starts the process of a contender.
    fn start(&self, contender: &str, base: &str) -> Result<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        if self.keeps_heap {
            let most = "1073741824";
            command.env("MALLOC_TRIM_THRESHOLD_", most).env("MALLOC_MMAP_THRESHOLD_", most);
        }
        Process::start(command.args(["work", self.name, contender, base]))
    }
}

/// Does the work a number of times.
pub(crate) type Work = Box<dyn FnMut(u64) -> Result<()>>;

/// What was allocated since the process began.
#[derive(Clone, Copy)]
pub(crate) struct Allocations {
    pub(crate) new: usize,
    pub(crate) grown: usize,
}

/// The `main` of a benchmark. `prepare` takes the names of group and contender and the base URL of the server.
pub(crate) fn run(
    groups: &[Group],
    allocations: Option<fn() -> Allocations>,
    prepare: impl Fn(&str, &str, &str) -> Result<Work>,
) -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => return server::serve(),
        ["work", group, contender, base] => return work(prepare(group, contender, base)?, allocations),
        _ => {}
    }
    let mut server = Process::start(Command::new(std::env::current_exe()?).arg("serve"))?;
    let base = server.line()?;
    let mut criterion = Criterion::default().configure_from_args();
    for group in groups {
        let mut measured = criterion.benchmark_group(group.name);
        measured.sample_size(group.samples);
        let seen = RefCell::new(BTreeSet::new());
        for contender in group.contenders {
            measured.bench_function(*contender, |bencher| {
                seen.borrow_mut().insert(*contender);
                let mut process = group.start(contender, &base).expect("a contender starts");
                bencher.iter_custom(|count| process.work(count).expect("a contender works").cpu);
            });
        }
        measured.finish();
        // Without the flag that cargo gives, criterion only tests that each contender works.
        if seen.borrow().len() == group.contenders.len() && arguments.iter().any(|argument| argument == "--bench") {
            compare(group, &base)?;
        }
    }
    criterion.final_summary();
    Ok(())
}

/// The contenders take turns, each time in another order, and each time with a new heap: where things lie in it can make a
/// difference of a third. The first work only warms up.
fn compare(group: &Group, base: &str) -> Result<()> {
    const TURNS: usize = 11;
    let mut turns = vec![Vec::new(); group.contenders.len()];
    for turn in 0..TURNS {
        for place in 0..group.contenders.len() {
            let place = (place + turn) % group.contenders.len();
            let mut process = group.start(group.contenders[place], base)?;
            process.work(group.repeat)?;
            turns[place].push(process.work(group.repeat)?);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    let repeat = group.repeat as f64;
    let seconds = |turns: &[Worked]| turns.iter().map(|turn| turn.cpu.as_secs_f64() / repeat).collect::<Vec<_>>();
    let peer = seconds(&turns[1]);
    println!("{}: CPU time and ratio to {}, medians of {TURNS} turns", group.name, group.contenders[1]);
    for (contender, turns) in group.contenders.iter().zip(&turns) {
        let own = seconds(turns);
        let ratio = median(own.iter().zip(&peer).map(|(own, peer)| own / peer).collect());
        print!("  {contender:<16} {:>10.1} µs {ratio:.3}", median(own) * 1e6);
        if let [.., Worked { allocations: Some([new, grown]), .. }] = turns[..] {
            let repeat = usize::try_from(group.repeat)?;
            print!("  {} allocations, {} reallocations", new / repeat, grown / repeat);
        }
        println!();
    }
    println!();
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The side of a contender: reads how often it is to work, and prints the CPU time of that in nanoseconds, and what was
/// allocated if that is counted.
fn work(mut work: Work, allocations: Option<fn() -> Allocations>) -> Result<()> {
    for line in std::io::stdin().lines() {
        let (count, before) = (line?.parse()?, allocations.map(|count| count()));
        let begun = cpu()?;
        work(count)?;
        print!("{}", (cpu()? - begun).as_nanos());
        if let (Some(before), Some(after)) = (before, allocations.map(|count| count())) {
            print!(" {} {}", after.new - before.new, after.grown - before.grown);
        }
        println!();
    }
    Ok(())
}

/// What a contender reports.
#[derive(Clone, Copy)]
struct Worked {
    cpu: Duration,
    /// New ones, and those that were grown.
    allocations: Option<[usize; 2]>,
}

/// CPU time of this process.
fn cpu() -> Result<Duration> {
    Ok(Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?)
}

/// This program again, as another part.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Self { child, input, output })
    }

    fn work(&mut self, count: u64) -> Result<Worked> {
        writeln!(self.input, "{count}")?;
        let line = self.line()?;
        let mut numbers = line.split(' ');
        let cpu = Duration::from_nanos(numbers.next().unwrap_or_default().parse()?);
        let allocations = match (numbers.next(), numbers.next()) {
            (Some(new), Some(grown)) => Some([new.parse()?, grown.parse()?]),
            _ => None,
        };
        Ok(Worked { cpu, allocations })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("the process ended: {}", self.child.wait()?);
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One thread, as most of what a call does is waiting.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// What somebody has who does without this crate.
pub(crate) fn reqwest_client() -> Result<reqwest::Client> {
    // The process has no TLS provider, and needs none for http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().build()?)
}

/// This crate with a token.
pub(crate) fn client(base: &str) -> Result<bitbucket_cloud::Client> {
    let credentials = bitbucket_cloud::Credentials::access_token("x");
    Ok(bitbucket_cloud::Client::builder().base_url(base).credentials(credentials).build()?)
}

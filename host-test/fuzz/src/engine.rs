//! Runs a target on its seeds and on what is made of them. What reaches new places, or comes out in a new way, is kept and changed
//! further.

use crate::coverage::Reached;
use crate::mutate::Mutator;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What is fuzzed: a function that panics where something does not hold, as the targets of cargo-fuzz do. It says in a word what
/// came of the input.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]) -> &'static str,
    /// Inputs beside those in the folder of its name.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// No input takes longer to work on. Most take some microseconds.
const LONGEST: Duration = Duration::from_secs(20);
/// So many inputs are kept; then new ones take the places of old ones.
const MAX_INPUTS: usize = 6000;
/// After so many findings something is broken that hides the rest.
const ENOUGH: usize = 10;
/// How often a finding is made smaller.
const SMALLER: usize = 20_000;

/// What came of a target.
#[derive(Default)]
pub struct Report {
    pub executions: u64,
    pub took: Duration,
    pub inputs: usize,
    pub places: usize,
    /// How often what came of inputs.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// What does not hold, with the smallest input that shows it.
    pub findings: Vec<(String, Vec<u8>)>,
}

/// The input that is being tried, since when.
type Trying = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Runs a target so often.
pub fn run(target: Target, executions: u64, seed: u64, words: &[Vec<u8>]) -> Report {
    let mut runner = Runner {
        target,
        report: Report::default(),
        reached: Reached::default(),
        known: BTreeSet::new(),
        trying: watch(target.name),
    };
    let begun = Instant::now();
    let mut corpus: Vec<Vec<u8>> =
        files(target.name).into_iter().map(|(_, bytes)| bytes).chain((target.seeds)()).collect();
    corpus.push(Vec::new());
    corpus.iter().for_each(|input| _ = runner.tried(input));
    let seeds = corpus.len();
    let mut mutator = Mutator::new(seed, words.to_vec());
    while runner.report.executions < executions && runner.report.findings.len() < ENOUGH {
        let input = mutator.mutated(&corpus, seeds);
        if runner.tried(&input) {
            match corpus.len() - seeds {
                added if added < MAX_INPUTS => corpus.push(input),
                added => corpus[seeds + mutator.below(added)] = input,
            }
        }
    }
    let places = runner.reached.places();
    Report { took: begun.elapsed(), inputs: corpus.len(), places, ..runner.report }
}

/// The committed inputs of a target, with their files.
pub fn files(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries = folder.read_dir().into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files.into_iter().filter_map(|file| std::fs::read(&file).ok().map(|bytes| (file, bytes))).collect()
}

struct Runner {
    target: Target,
    report: Report,
    reached: Reached,
    /// What was found already, by what is said of it.
    known: BTreeSet<String>,
    trying: Trying,
}

impl Runner {
    /// Whether an input is worth keeping.
    fn tried(&mut self, input: &[u8]) -> bool {
        self.report.executions += 1;
        match self.once(input) {
            Ok(outcome) => {
                let count = self.report.outcomes.entry(outcome).or_default();
                *count += 1;
                // Both have to be looked at.
                (*count == 1) | self.reached.more()
            }
            Err(problem) => {
                if self.known.insert(kind(&problem)) {
                    let smallest = self.smallest(input, &kind(&problem));
                    self.report.findings.push((problem, smallest));
                }
                false
            }
        }
    }

    fn once(&self, input: &[u8]) -> Result<&'static str, String> {
        *self.trying.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), input.to_vec()));
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.target.run)(input)));
        *self.trying.lock().unwrap_or_else(PoisonError::into_inner) = None;
        outcome.map_err(|panic| said(&*panic))
    }

    /// The same finding with less input: pieces are left out as long as it stays.
    fn smallest(&self, input: &[u8], finding: &str) -> Vec<u8> {
        let mut smallest = input.to_vec();
        let (mut size, mut tries) = (smallest.len() / 2, 0);
        while size > 0 {
            let mut at = 0;
            while at < smallest.len() && tries < SMALLER {
                tries += 1;
                let end = (at + size).min(smallest.len());
                let less = [&smallest[..at], &smallest[end..]].concat();
                match self.once(&less) {
                    Err(problem) if kind(&problem) == finding => smallest = less,
                    _ => at += size,
                }
            }
            size /= 2;
        }
        smallest
    }
}

/// Findings that differ in numbers and quoted texts only are one.
fn kind(problem: &str) -> String {
    problem.chars().take_while(|c| !"\"'`{[\n".contains(*c)).filter(|c| !c.is_ascii_digit()).collect()
}

thread_local! {
    /// Where the last panic was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics are told at the end, with the input that made them.
pub fn quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        PLACE.set(place.rsplit_once("/out/").map_or(place.clone(), |(_, place)| place.to_owned()));
    }));
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    format!("{}: {}", PLACE.take(), text.unwrap_or("a panic without words"))
}

/// Ends the program when an input takes too long, and tells it: a loop without an end cannot be caught.
fn watch(target: &'static str) -> Trying {
    let trying = Trying::default();
    let watched = Arc::downgrade(&trying);
    let worked = worked();
    thread::spawn(move || {
        // The input that was seen last, by when it began, and how long the thread had worked then.
        let mut last: Option<(Instant, Duration)> = None;
        while let Some(trying) = watched.upgrade() {
            if let Some((since, input)) = &*trying.lock().unwrap_or_else(PoisonError::into_inner) {
                let now = worked();
                let (_, before) = last.filter(|(seen, _)| seen == since).unwrap_or((*since, now));
                last = Some((*since, before));
                // What waits does not work; on a busy machine, neither does what would.
                if now.saturating_sub(before) > LONGEST || since.elapsed() > 30 * LONGEST {
                    eprintln!("{target}: this takes longer than {} s: {}", LONGEST.as_secs(), input.escape_ascii());
                    std::process::abort();
                }
            }
            drop(trying);
            thread::sleep(Duration::from_millis(500));
        }
    });
    trying
}

/// Tells how long this thread has worked, without the time in which others had the machine; where the system does not tell,
/// how long ago this was.
fn worked() -> impl Fn() -> Duration {
    let file = std::fs::read_link("/proc/thread-self").map(|thread| Path::new("/proc").join(thread).join("schedstat"));
    let begun = Instant::now();
    move || {
        let schedstat = file.as_ref().ok().and_then(|file| std::fs::read_to_string(file).ok());
        let nanoseconds = schedstat.and_then(|schedstat| schedstat.split(' ').next()?.parse().ok());
        nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
    }
}

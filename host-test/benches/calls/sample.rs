//! Samples, and how many of them are taken.

use anyhow::Result;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    quick: bool,
}

impl Effort {
    pub fn new(quick: bool) -> Effort {
        Effort { quick }
    }

    /// So many for a whole run, few for a quick one.
    pub fn of(self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }
}

/// What was measured, in the order in which it came.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a time, in microseconds.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1e6);
    }

    /// Times what is done.
    pub fn time<T>(&mut self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        let done = run()?;
        self.push(begun.elapsed());
        Ok(done)
    }

    /// What so much of all samples (0.5: half of them) do not exceed.
    pub fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = ((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len().max(1));
        sorted.get(at - 1).copied().unwrap_or(f64::NAN)
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Samples {
        Samples(values.into_iter().collect())
    }
}

/// Several things that take turns, some runs of each at a time.
pub struct Turns {
    runs: usize,
    samples: BTreeMap<&'static str, Samples>,
}

impl Turns {
    /// With so many runs of each in a turn.
    pub fn new(runs: usize) -> Turns {
        Turns { runs, samples: BTreeMap::new() }
    }

    /// Forgets what was measured: the first turn only warms up.
    pub fn forget(&mut self) {
        self.samples.clear();
    }

    /// One thing's turn.
    pub async fn take(&mut self, name: &'static str, mut run: impl AsyncFnMut() -> Result<()>) -> Result<()> {
        let samples = self.samples.entry(name).or_default();
        for _ in 0..self.runs {
            let begun = Instant::now();
            run().await?;
            samples.push(begun.elapsed());
        }
        Ok(())
    }

    /// Whether a thing was measured.
    pub fn has(&self, name: &str) -> bool {
        self.samples.contains_key(name)
    }

    /// What was measured of a thing.
    pub fn of(&self, name: &str) -> Samples {
        self.samples.get(name).cloned().unwrap_or_default()
    }
}

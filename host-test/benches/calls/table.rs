//! The rows, and how they are written: as a table for people and as JSON.

use crate::sample::Samples;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// What a row measures in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Microseconds,
    Milliseconds,
    /// Of which more is better.
    CallsPerSecond,
    Kilobytes,
    Mebibytes,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Unit::Microseconds => "µs",
            Unit::Milliseconds => "ms",
            Unit::CallsPerSecond => "calls/s",
            Unit::Kilobytes => "KB",
            Unit::Mebibytes => "MiB",
        }
    }
}

/// What a row should reach: of its p50, in the row's unit, or of its ratio to native.
#[derive(Clone, Copy)]
pub enum Target {
    Most(f64),
    Least(f64),
    Ratio(f64),
}

/// One thing that was measured.
pub struct Row {
    pub name: String,
    pub unit: Unit,
    /// Half of the samples are better, half are worse.
    pub p50: f64,
    /// One of a hundred is worse; none where there is but one value.
    pub p99: Option<f64>,
    /// How many times as long it takes as what it is compared with: the same done natively, or by a reference.
    pub ratio: Option<f64>,
    pub target: Option<Target>,
    /// Whether it is one of those that the chart compares.
    pub charted: bool,
}

impl Row {
    /// One value.
    pub fn one(name: impl Into<String>, unit: Unit, value: f64) -> Row {
        Row { name: name.into(), unit, p50: value, p99: None, ratio: None, target: None, charted: false }
    }

    /// Of times in microseconds, or of rates.
    pub fn of(name: impl Into<String>, unit: Unit, samples: &Samples) -> Row {
        let scale = if unit == Unit::Milliseconds { 1e-3 } else { 1.0 };
        // The worst of rates are the low ones.
        let worst = if unit == Unit::CallsPerSecond { 0.01 } else { 0.99 };
        let p99 = Some(samples.quantile(worst) * scale);
        Row { p99, ..Row::one(name, unit, samples.quantile(0.5) * scale) }
    }

    /// Beside the samples of what it is compared with, of the same kind.
    pub fn beside(self, other: &Samples) -> Row {
        let other = other.quantile(0.5);
        let ratio = if self.unit == Unit::CallsPerSecond { other / self.p50 } else { self.p50 / other };
        Row { ratio: Some(ratio), ..self }
    }

    pub fn in_chart(self) -> Row {
        Row { charted: true, ..self }
    }

    pub fn target(self, target: Target) -> Row {
        Row { target: Some(target), ..self }
    }

    /// Whether the target is reached; none without one.
    fn met(&self) -> Option<bool> {
        Some(match self.target? {
            Target::Most(most) => self.p50 <= most,
            Target::Least(least) => self.p50 >= least,
            Target::Ratio(most) => self.ratio? <= most,
        })
    }

    fn wanted(&self) -> String {
        let unit = self.unit.as_str();
        match self.target {
            None => String::new(),
            Some(Target::Most(most)) => format!("≤ {} {unit}", exact(most)),
            Some(Target::Least(least)) => format!("≥ {} {unit}", exact(least)),
            Some(Target::Ratio(most)) => format!("≤ {most} ×"),
        }
    }
}

/// As a table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut table = "| | p50 | p99 | | ratio | target | |\n|---|--:|--:|---|--:|--:|---|\n".to_owned();
    for row in rows {
        let p99 = row.p99.map(readable).unwrap_or_default();
        let ratio = row.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let verdict = row.met().map_or("", |met| if met { "met" } else { "missed" });
        let (unit, wanted) = (row.unit.as_str(), row.wanted());
        table +=
            &format!("| {} | {} | {p99} | {unit} | {ratio} | {wanted} | {verdict} |\n", row.name, readable(row.p50));
    }
    table
}

/// As JSON, with what it was measured on.
pub fn json(rows: &[Row], machine: &Machine, took: Duration, quick: bool) -> String {
    let row = |row: &Row| {
        json!({
            "what": row.name, "p50": row.p50, "p99": row.p99, "unit": row.unit.as_str(), "ratio": row.ratio,
            "target": row.target.map(|_| row.wanted()), "met": row.met(),
        })
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    let run = json!({
        "rows": rows, "cores": machine.cores, "load-before": machine.load, "profile": machine.profile,
        "seconds": took.as_secs(), "quick": quick,
    });
    format!("{run:#}\n")
}

/// Where it was measured.
pub struct Machine {
    cores: usize,
    /// How many processes wanted a core in the minute before; none where the system does not tell.
    load: Option<f64>,
    profile: &'static str,
}

impl Machine {
    pub fn here() -> Machine {
        let loadavg = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Machine {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            load: loadavg.split_whitespace().next().and_then(|load| load.parse().ok()),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} build, {} cores", self.profile, self.cores)?;
        match self.load {
            // Others at work make every figure worse, so that it has to stand beside them.
            Some(load) => write!(out, ", load {load} before the run"),
            None => Ok(()),
        }
    }
}

/// With about three digits.
pub fn readable(value: f64) -> String {
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    grouped(value, decimals)
}

/// With a decimal where it has one.
fn exact(value: f64) -> String {
    grouped(value, usize::from(value.fract() != 0.0))
}

/// With a comma at each thousand.
fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let whole = plain.find('.').unwrap_or(plain.len());
    let mut text = String::new();
    for (at, digit) in plain.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

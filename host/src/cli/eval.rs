//! `outwit eval-search`

use super::Global;
use super::failure::{Failure, usage};
use super::paint::{BOLD, DIM, RESET};
use super::tools::Tools;
use outwit::Offer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How far down a hit still counts.
const DEPTH: usize = 5;
/// How far down the rank of a hit is looked for.
const DEEPEST: usize = 20;

/// What to measure by.
#[derive(clap::Args)]
pub struct Arguments {
    /// Lines of JSON: {"intent": "…", "expect": ["accelo.create-activity", …]}. Any of the expected ones counts as a hit; an
    /// empty list means that nothing fits.
    file: PathBuf,
    /// Show each intent whose best operation is not an expected one.
    #[arg(long)]
    misses: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    intent: String,
    expect: Vec<String>,
}

/// What came of all intents.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Measured {
    /// Intents that an operation serves.
    intents: usize,
    /// How many of them find an expected operation first, and among the first five.
    #[serde(rename = "r@1")]
    first: f64,
    #[serde(rename = "r@5")]
    among: f64,
    /// The mean of 1 / rank of the first expected operation.
    mrr: f64,
    /// Intents that no operation serves, and how many of them find none.
    no_match_intents: usize,
    no_match_accuracy: f64,
    /// What is expected and not there, with how many intents expect it. Where nothing else is expected, the intent is not
    /// measured.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unknown: BTreeMap<String, usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misses: Option<Vec<Miss>>,
}

#[derive(Serialize)]
struct Miss {
    intent: String,
    expect: Vec<String>,
    found: Vec<String>,
}

pub async fn eval(global: &Global, arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let file = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file).map_err(|problem| usage(format!("{file}: {problem}")))?;
    let tools = Tools::new(global)?;
    let offer = tools.offer().await?;
    let (mut cases, mut unknown) = (Vec::new(), BTreeMap::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |problem: String| usage(format!("{file}, line {}: {problem}", number + 1));
        let mut case: Case = serde_json::from_str(line).map_err(|problem| at(problem.to_string()))?;
        let (known, other): (Vec<String>, Vec<String>) =
            std::mem::take(&mut case.expect).into_iter().partition(|id| offer.operation(id).is_ok());
        let measured = !known.is_empty() || other.is_empty();
        other.into_iter().for_each(|id| *unknown.entry(id).or_default() += 1);
        if measured {
            cases.push(Case { expect: known, ..case });
        }
    }
    if cases.is_empty() {
        return Err(usage(format!("{file} holds no intent")));
    }
    let measured = Measured { unknown, ..measure(&offer, cases, arguments.misses) };
    Ok(if people { table(&measured) } else { serde_json::to_string(&measured).map_err(anyhow::Error::from)? + "\n" })
}

fn measure(offer: &Offer, cases: Vec<Case>, show: bool) -> Measured {
    let (mut first, mut among, mut ranks, mut none) = (0, 0, 0.0, 0);
    let (mut served, mut unserved, mut misses) = (0, 0, Vec::new());
    for Case { intent, expect } in cases {
        let found = offer.search(&intent, DEEPEST);
        let rank = found.iter().position(|found| expect.contains(&found.operation.id));
        let right = if expect.is_empty() {
            unserved += 1;
            none += usize::from(found.is_empty());
            found.is_empty()
        } else {
            served += 1;
            first += usize::from(rank == Some(0));
            among += usize::from(rank.is_some_and(|rank| rank < DEPTH));
            ranks += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
            rank == Some(0)
        };
        if !right {
            let found = found.iter().take(DEPTH).map(|found| found.operation.id.clone()).collect();
            misses.push(Miss { intent, expect, found });
        }
    }
    let part = |of: f64, all: usize| if all == 0 { 1.0 } else { of / all as f64 };
    Measured {
        intents: served,
        first: part(first as f64, served),
        among: part(among as f64, served),
        mrr: part(ranks, served),
        no_match_intents: unserved,
        no_match_accuracy: part(none as f64, unserved),
        unknown: BTreeMap::new(),
        misses: show.then_some(misses),
    }
}

fn table(measured: &Measured) -> String {
    let Measured { intents, first, among, mrr, no_match_intents, no_match_accuracy, unknown, misses } = measured;
    let mut out = format!(
        "{BOLD}{intents}{RESET} intents that an operation serves\n  R@1  {first:.3}\n  R@5  {among:.3}\n  MRR  {mrr:.3}\n\
         {BOLD}{no_match_intents}{RESET} that none serves\n  no-match accuracy  {no_match_accuracy:.3}\n"
    );
    if !unknown.is_empty() {
        let named: Vec<String> = unknown.iter().map(|(id, intents)| format!("{id} ({intents})")).collect();
        out.push_str(&format!("{BOLD}{}{RESET} expected and not there: {}\n", unknown.len(), named.join(", ")));
    }
    for Miss { intent, expect, found } in misses.iter().flatten() {
        let said = |ids: &[String]| if ids.is_empty() { "nothing".to_owned() } else { ids.join(", ") };
        out.push_str(&format!(
            "\n{intent}\n  {DIM}expected{RESET} {}\n  {DIM}found{RESET}    {}\n",
            said(expect),
            said(found)
        ));
    }
    out
}

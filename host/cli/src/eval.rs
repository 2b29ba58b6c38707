//! `outwit eval-search`

use super::Global;
use super::failure::{Failure, read_text, unreadable, usage};
use super::setup::Tools;
use super::style::{BOLD, DIM, RESET};
use outwit::OperationIndex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How far down a hit still counts.
const DEPTH: usize = 5;
/// How far down the rank of a hit is looked for.
const DEEPEST: usize = 20;

/// What to measure by.
#[derive(clap::Args)]
pub struct Arguments {
    /// JSON lines: {"intent": "…", "expect": ["accelo.create-activity", …]}. Each expected operation counts as a hit, weak or
    /// not. An empty list means that no operation fits. In a folder, all .jsonl files are read, and each is also measured alone.
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
    /// How many of them find nothing at all, and nothing but weak hits.
    none: f64,
    weak: f64,
    /// Intents that no operation serves, and how many of them find nothing, or nothing but weak hits.
    no_match_intents: usize,
    no_match_accuracy: f64,
    /// The same by file, where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, Measured>,
    /// What is expected and not there, or never found since it gives or takes a credential, with how many intents expect it. Where nothing else is expected, the intent is not
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
    let tools = Tools::new(global)?;
    let offer = tools.index().await?;
    let (mut all, mut unknown, mut files) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    let paths = files_of(&arguments.file).map_err(|problem| unreadable(&arguments.file, &problem))?;
    for path in &paths {
        let cases = read(path, &offer, &mut unknown)?;
        if paths.len() > 1 {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, measure(&offer, &cases, false));
        }
        all.extend(cases);
    }
    if all.is_empty() {
        return Err(usage(format!("{} holds no intent", arguments.file.display())));
    }
    let measured = Measured { unknown, files, ..measure(&offer, &all, arguments.misses) };
    Ok(if people { table(&measured) } else { serde_json::to_string(&measured).map_err(anyhow::Error::from)? + "\n" })
}

/// The file, or those in the folder, by name.
fn files_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir()? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    Ok(files)
}

fn read(path: &Path, offer: &OperationIndex, unknown: &mut BTreeMap<String, usize>) -> Result<Vec<Case>, Failure> {
    let file = path.display();
    let text = read_text(path)?;
    let mut cases = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |problem: String| usage(format!("{file}, line {}: {problem}", number + 1));
        let mut case: Case = serde_json::from_str(line).map_err(|problem| at(problem.to_string()))?;
        let (known, other): (Vec<String>, Vec<String>) =
            std::mem::take(&mut case.expect).into_iter().partition(|id| searched(offer, id));
        let measured = !known.is_empty() || other.is_empty();
        other.into_iter().for_each(|id| *unknown.entry(id).or_default() += 1);
        if measured {
            cases.push(Case { expect: known, ..case });
        }
    }
    Ok(cases)
}

/// Whether a search can find an operation.
fn searched(offer: &OperationIndex, id: &str) -> bool {
    offer.operation(id).is_ok_and(|(_, operation)| !operation.secret)
}

fn measure(offer: &OperationIndex, cases: &[Case], show: bool) -> Measured {
    let (mut first, mut among, mut ranks, mut none, mut weak, mut refused) = (0, 0, 0.0, 0, 0, 0);
    let (mut served, mut unserved, mut misses) = (0, 0, Vec::new());
    for Case { intent, expect } in cases {
        // Not as `search` has them: there, what nobody has set up comes last.
        let mut found = offer.ranked(intent);
        found.truncate(DEEPEST);
        let unlikely = found.iter().all(|found| found.weak);
        let rank = found.iter().position(|found| expect.contains(&found.operation.id));
        let right = if expect.is_empty() {
            unserved += 1;
            refused += usize::from(unlikely);
            unlikely
        } else {
            served += 1;
            none += usize::from(found.is_empty());
            weak += usize::from(unlikely && !found.is_empty());
            first += usize::from(rank == Some(0));
            among += usize::from(rank.is_some_and(|rank| rank < DEPTH));
            ranks += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
            rank == Some(0)
        };
        if !right {
            let found = found.iter().take(DEPTH).map(|found| found.operation.id.clone()).collect();
            misses.push(Miss { intent: intent.clone(), expect: expect.clone(), found });
        }
    }
    let part = |of: f64, all: usize| if all == 0 { 1.0 } else { of / all as f64 };
    Measured {
        intents: served,
        first: part(first as f64, served),
        among: part(among as f64, served),
        mrr: part(ranks, served),
        none: part(none as f64, served),
        weak: part(weak as f64, served),
        no_match_intents: unserved,
        no_match_accuracy: part(refused as f64, unserved),
        files: BTreeMap::new(),
        unknown: BTreeMap::new(),
        misses: show.then_some(misses),
    }
}

fn table(measured: &Measured) -> String {
    let Measured { intents, first, among, mrr, none, weak, no_match_intents, no_match_accuracy, .. } = measured;
    let Measured { files, unknown, misses, .. } = measured;
    let mut out = format!(
        "{BOLD}{intents}{RESET} intents that an operation serves\n  R@1  {first:.3}\n  R@5  {among:.3}\n  MRR  {mrr:.3}\n  \
         only weak hits  {weak:.3}\n  no hit  {none:.3}\n\
         {BOLD}{no_match_intents}{RESET} that none serves\n  no hit, or only weak ones  {no_match_accuracy:.3}\n"
    );
    for (name, Measured { first, among, mrr, no_match_accuracy, .. }) in files {
        out.push_str(&format!(
            "{name:<12} R@1 {first:.3}  R@5 {among:.3}  MRR {mrr:.3}  refused or weak {no_match_accuracy:.3}\n"
        ));
    }
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

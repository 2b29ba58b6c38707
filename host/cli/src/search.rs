//! `outwit search`

use super::Global;
use super::failure::{Failure, usage};
use super::list::effect;
use super::setup::Tools;
use super::style::{CYAN, DIM, RESET};
use outwit::SearchHit;
use serde_json::{Value, json};

/// What to find.
#[derive(clap::Args)]
pub struct Arguments {
    /// The intent, such as: log half an hour for a client. Quotes are not needed.
    #[arg(required = true)]
    intent: Vec<String>,
    /// Search one vendor's operations only.
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<String>,
    /// The maximum number of hits.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

pub async fn search(global: &Global, arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let tools = Tools::of_vendors(global, arguments.vendor.as_slice())?;
    let offer = tools.index().await?;
    let intent = arguments.intent.join(" ");
    if intent.trim().is_empty() {
        return Err(usage("the intent is empty; say what is to be done, in plain words".to_owned()));
    }
    let found = offer.search(&intent, usize::from(arguments.limit));
    if people {
        return Ok(table(&found));
    }
    let entry = |found: &SearchHit<'_>| {
        let operation = found.operation;
        // As short as it is exact: a score tells no more than two digits.
        let score = (f64::from(found.score) * 100.0).round() / 100.0;
        let mut entry = json!({ "id": operation.id, "effect": operation.effect, "summary": operation.summary_text() });
        entry["score"] = score.into();
        entry["weak"] = found.weak.into();
        if !found.configured {
            entry["configured"] = false.into();
        }
        entry
    };
    Ok(found.iter().map(entry).collect::<Value>().to_string() + "\n")
}

fn table(found: &[SearchHit<'_>]) -> String {
    if found.is_empty() {
        return format!("{DIM}No operation fits. `outwit list` shows all.{RESET}\n");
    }
    // Where nobody has set anything up, it says nothing of one.
    let some = found.iter().any(|found| found.configured);
    let ids = found.iter().map(|found| found.operation.id.len()).max().unwrap_or(0);
    let effects = found.iter().map(|found| effect(found.operation.effect).len()).max().unwrap_or(0);
    let line = |found: &SearchHit<'_>| {
        let (id, effect) = (&found.operation.id, effect(found.operation.effect));
        let (score, summary) = (found.score, found.operation.summary_text());
        let weak = if found.weak { "weak" } else { "" };
        let missing = if some && !found.configured { " (not set up)" } else { "" };
        format!("{CYAN}{id:<ids$}{RESET}  {effect:<effects$}  {DIM}{score:.2}  {weak:<4}{RESET}  {summary}{missing}\n")
    };
    found.iter().map(line).collect()
}

//! `outwit search`

use super::failure::{Failure, usage};
use super::list::effect;
use super::setup::Tools;
use super::style::{CYAN, DIM, RESET};
use super::{Global, terminal};
use outwit::SearchHit;
use serde_json::{Value, json};

/// What stands before a summary below its operation.
const BELOW: &str = "    ";

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
        return Ok(table(&found, terminal::known_width()));
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

/// Lines of hits. If a summary does not fit into the width beside its operation, all stand below theirs.
fn table(found: &[SearchHit<'_>], width: Option<usize>) -> String {
    if found.is_empty() {
        return format!("{DIM}No operation fits. `outwit list` shows all.{RESET}\n");
    }
    // Where nobody has set anything up, it says nothing of one.
    let some = found.iter().any(|found| found.configured);
    let summary = |found: &SearchHit<'_>| {
        let missing = if some && !found.configured { " (not set up)" } else { "" };
        terminal::line(&format!("{}{missing}", found.operation.summary_text()), usize::MAX)
    };
    let ids = found.iter().map(|found| found.operation.id.len()).max().unwrap_or(0);
    let effects = found.iter().map(|found| found.operation.effect.as_str().len()).max().unwrap_or(0);
    let used = ids + effects + "  ".len() * 4 + "0.00".len() + "weak".len();
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(used));
    let beside = found.iter().map(summary).all(|summary| terminal::line(&summary, room) == summary);
    let line = |found: &SearchHit<'_>| {
        let (id, word) = (&found.operation.id, found.operation.effect.as_str());
        let (effect, gap) = (effect(found.operation.effect), " ".repeat(effects - word.len()));
        let weak = if found.weak { "weak" } else { "" };
        let score = format!("{:.2}  {weak:<4}", found.score);
        let summary = summary(found);
        let rest = if beside {
            format!("{score}{RESET}  {summary}")
        } else {
            let below = terminal::line(&summary, terminal::rest(width, BELOW.len()));
            format!("{}{RESET}\n{BELOW}{below}", score.trim_end())
        };
        format!("{CYAN}{id:<ids$}{RESET}  {effect}{gap}  {DIM}{rest}\n")
    };
    found.iter().map(line).collect()
}

//! `outwit call`

use super::Global;
use super::failure::{Failure, usage};
use super::tools::Tools;
use super::{paint, progress};
use anyhow::Context;
use std::io::Read;

pub async fn call(
    global: &Global,
    operation: &str,
    input: &str,
    reveal: bool,
    people: bool,
) -> Result<String, Failure> {
    let tools = Tools::new(global)?;
    let plugin = tools.of_operation(operation).await?;
    let secret = plugin.catalogue().operation(operation).is_some_and(|operation| operation.secret);
    if secret && !reveal {
        return Err(usage(format!(
            "{operation} gives or takes a credential; it was not called. --reveal calls it and shows the result"
        )));
    }
    let input = match input {
        "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("standard input")?;
            text
        }
        text => match text.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file).map_err(|problem| usage(format!("{file}: {problem}")))?,
            None => text.to_owned(),
        },
    };
    let loaded = tools.ready(&plugin).await?;
    let output = match loaded.plugin.catalogue().operation(operation) {
        Some(known) => progress::call(&loaded.plugin, known, &input, global.json).await?,
        None => loaded.plugin.call(operation, &input).await?,
    };
    Ok(match serde_json::from_str(&output) {
        Ok(value) if people => paint::json(&value) + "\n",
        // What no JSON is has a bug behind it, which is best seen as it is.
        _ => output + "\n",
    })
}

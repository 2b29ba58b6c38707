//! `outwit mock`

use super::failure::Failure;
use anyhow::Context;
use serde_json::{Map, Value};
use std::io::Write;

/// Runs mocks until Ctrl-C.
pub async fn serve(vendors: &[String], port: u16, json: bool) -> Result<String, Failure> {
    let known = outwit_mocks::vendors();
    if let Some(unknown) = vendors.iter().find(|vendor| !known.contains(&vendor.as_str())) {
        return Err(outwit::unknown_vendor(unknown, known.iter().copied()).into());
    }
    let wanted: Vec<&str> = match vendors {
        [] => known.to_vec(),
        named => named.iter().map(String::as_str).collect(),
    };
    let mut servers: Vec<outwit_mocks::Server> = Vec::new();
    for vendor in wanted {
        if servers.iter().any(|server| server.vendors().contains(&vendor)) {
            continue;
        }
        let index = u16::try_from(servers.len()).unwrap_or(u16::MAX);
        let port = if port == 0 { 0 } else { port.saturating_add(index) };
        let server = outwit_mocks::start(vendor, ([127, 0, 0, 1], port).into()).await;
        let server = server.with_context(|| format!("the mock of {vendor} on port {port}"))?;
        eprintln!("{}: {}", server.vendors().join(", "), server.url());
        servers.push(server);
    }
    let settings = servers.iter().flat_map(|server| server.settings());
    let text = if json {
        let members = settings.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        Value::Object(members.collect::<Map<_, _>>()).to_string() + "\n"
    } else {
        settings.map(|(name, value)| format!("export {name}={}\n", quoted(value))).collect()
    };
    super::print(&text)?;
    eprintln!("Ctrl-C ends the mocks.");
    _ = std::io::stderr().flush();
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    Ok(String::new())
}

/// A value as a shell reads it.
pub fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_survives_the_shell() {
        assert_eq!(quoted("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(quoted("a b$c"), "'a b$c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}

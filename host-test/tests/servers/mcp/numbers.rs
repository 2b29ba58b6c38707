//! Whole numbers in free-form inputs: each digit reaches the vendor, or the call is refused.

use super::Mocks;
use outwit_host_test::build::outwit;
use serde_json::{Value, json};
use std::process::Command;

const OPERATION: &str = "airops.execute-workflow";

/// A number; then whether it fits.
const NUMBERS: [(&str, bool); 6] = [
    ("18446744073709551615", true),
    ("-9223372036854775808", true),
    ("1e+30", true),
    ("18446744073709551616", false),
    ("-9223372036854775809", false),
    ("123456789012345678901234567890", false),
];

fn input(number: &str) -> String {
    format!(r#"{{"workflow-id":"wf_research_001","inputs":{{"order":[{number}]}}}}"#)
}

fn refused(error: &Value, field: &str) {
    assert_eq!((&error["kind"], &error["field"]), (&json!("invalid-input"), &json!(field)), "{error}");
    assert_eq!(error["operation"], OPERATION, "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("18446744073709551615, or the digits as a text"), "{error}");
}

/// Whether a number arrived as it was sent.
fn arrived(mocks: &Mocks, number: &str) -> bool {
    let seen = mocks.servers[0].seen();
    mocks.servers[0].forget();
    seen.iter().any(|seen| String::from_utf8_lossy(&seen.body).contains(&format!("[{number}]")))
}

#[test]
fn on_the_command_line_a_whole_number_is_exact_or_refused() {
    let mocks = Mocks::start(&["airops"]);
    for (number, fits) in NUMBERS {
        let mut command = Command::new(outwit());
        command.args(["call", OPERATION, &input(number)]).envs(mocks.settings());
        let output = command.output().unwrap();
        assert_eq!(arrived(&mocks, number), fits, "{number}: {output:?}");
        if !fits {
            assert_eq!(output.status.code(), Some(3), "{output:?}");
            refused(&serde_json::from_slice(&output.stderr).unwrap(), "input.inputs.order[0]");
        }
    }
}

#[test]
fn over_mcp_a_whole_number_is_exact_or_refused() {
    let mocks = Mocks::start(&["airops"]);
    for tools in ["few", "all"] {
        let mut client = mocks.client(&["--tools", tools]);
        for (place, (number, fits)) in (900..).zip(NUMBERS) {
            let (input, text) = (input(number), json!(input(number)).to_string());
            let ways = match tools {
                "few" => vec![
                    ("call-write-operation", format!(r#"{{"operation":"{OPERATION}","input":{input}}}"#)),
                    ("call-write-operation", format!(r#"{{"operation":"{OPERATION}","input":{text}}}"#)),
                ],
                _ => vec![("airops-execute-workflow", input), ("airops-execute-workflow", text)],
            };
            let field = if tools == "few" { "input.inputs.order[0]" } else { "inputs.order[0]" };
            for (tool, arguments) in ways {
                let params = format!(r#"{{"name":"{tool}","arguments":{arguments}}}"#);
                let message = format!(r#"{{"jsonrpc":"2.0","id":{place},"method":"tools/call","params":{params}}}"#);
                client.raw(message.as_bytes());
                let answer = client.end(place)["result"].clone();
                assert_eq!(arrived(&mocks, number), fits, "{arguments}: {answer}");
                if !fits {
                    refused(&answer["structuredContent"], field);
                }
            }
        }
    }
}

/// An id of any length is no input, and comes back as it was.
#[test]
fn an_id_may_have_more_digits() {
    let mut client = super::client::Client::start(&["--mock"], &[]);
    client.raw(br#"{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"ping"}"#);
    client.next();
    assert!(client.heard.contains("\"id\":123456789012345678901234567890"), "{}", client.heard);
}

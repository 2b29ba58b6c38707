//! The MCP server of the host and that of a composed file answer the same arguments alike.

use super::served::{Served, TOKEN, answer, serving};
use crate::mcp::client::Client;
use serde_json::{Value, json};

/// Tool and arguments, as they are sent; then whether that is carried out, or else the field or rule of the error.
const ARGUMENTS: [(&str, &str, Result<(), &str>); 33] = [
    ("read", r#"{"operation":"accelo.list-staff"}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":{}}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":null}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":""}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":"null"}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":" {} "}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","input":[]}"#, Err("input")),
    ("read", r#"{"operation":"accelo.list-staff","input":"[]"}"#, Err("input")),
    ("read", r#"{"operation":"accelo.list-staff","input":[1]}"#, Err("input")),
    ("read", r#"{"operation":"accelo.list-staff","input":7}"#, Err("input")),
    ("read", r#"{"operation":"accelo.list-staff","input":"{"}"#, Err("input")),
    ("read", r#"{"operation":"accelo.list-staff","input":{"limit":1,"limit":2}}"#, Err("input.limit")),
    ("read", r#"{"operation":"accelo.list-staff","input":"{\"limit\":1,\"limit\":2}"}"#, Err("input.limit")),
    ("read", r#"{"operation":"accelo.list-staff","input":{"limit":"x"}}"#, Err("input.limit")),
    ("read", r#"{"operation":"accelo.list-staff","input":{"limit":18446744073709551616}}"#, Err("input.limit")),
    ("read", r#"{"operation":"accelo.list-staff","input":"{\"limit\":18446744073709551616}"}"#, Err("input.limit")),
    ("read", r#"{"operation":"accelo.list-staff","account":null,"cursor":null}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","account":"","cursor":""}"#, Ok(())),
    ("read", r#"{"operation":"accelo.list-staff","limit":3}"#, Err("limit")),
    ("read", r#"{"operation":"accelo.list-staff","limit":null}"#, Err("limit")),
    ("read", r#"{"operation":"accelo.list-staff","operation":"accelo.list-companies"}"#, Err("operation")),
    ("read", r#"{"operation":"accelo.list-stuff"}"#, Err("")),
    ("read", r#"{"operation":"accelo.list-stuff","input":7}"#, Err("input")),
    ("read", r#"{"operation":"nobody.list-staff"}"#, Err("")),
    ("read", r#"{"operation":""}"#, Err("operation")),
    ("read", r#"{"operation":5}"#, Err("operation")),
    ("read", "{}", Err("operation")),
    ("read", "[]", Err("operation")),
    ("read", r#"{"operation":"accelo.create-company","input":{"name":"x"}}"#, Err("operation")),
    ("write", r#"{"operation":"accelo.create-company","input":{"nam":"x"}}"#, Err("input.nam")),
    ("read", r#"{"operation":"accelo.exchange-token"}"#, Err("no credentials for agents")),
    ("write", r#"{"operation":"accelo.exchange-token","input":"{"}"#, Err("no credentials for agents")),
    ("write", r#"{"operation":"accelo.exchange-token","input":{"a":1,"a":2}}"#, Err("no credentials for agents")),
];

fn message(tool: &str, arguments: &str) -> String {
    let params = format!(r#"{{"name":"{tool}","arguments":{arguments}}}"#);
    format!(r#"{{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{params}}}"#)
}

async fn by_gateway(served: &Served, message: String) -> Value {
    let request = served.request("POST", "/mcp").bearer_auth(TOKEN).header("content-type", "application/json");
    let (status, answer) = answer(request.body(message)).await;
    assert_eq!(status, 200, "{answer}");
    answer["result"].clone()
}

fn by_host(client: &mut Client, message: &str) -> Value {
    client.raw(message.as_bytes());
    client.end(900)["result"].clone()
}

#[test]
fn the_same_arguments_get_the_same_answer_from_both_servers() {
    serving(&["accelo"], async |served| {
        let settings: Vec<_> = served.mocks[0].settings().to_vec();
        let mut client = tokio::task::block_in_place(|| Client::start(&["--vendors", "accelo"], &settings));
        for (tool, arguments, expected) in ARGUMENTS {
            let message = message(&format!("call-{tool}-operation"), arguments);
            let host = tokio::task::block_in_place(|| by_host(&mut client, &message));
            let gateway = by_gateway(&served, message).await;
            let answer = &host["structuredContent"];
            assert_eq!(*answer, gateway["structuredContent"], "{arguments}");
            assert_eq!(host["isError"] == true, expected.is_err(), "{arguments}: {answer}");
            if let Err(expected_by) = expected {
                let by = answer["details"]["rule"].as_str().or(answer["field"].as_str()).unwrap_or_default();
                assert_eq!(by, expected_by, "{arguments}: {answer}");
            }
        }
        let long = format!("accelo.{}", "x".repeat(500));
        for arguments in [json!({ "operation": long }), json!({ "operation": "accelo.exchange-token" })] {
            let message = message("describe-operation", &arguments.to_string());
            let host = tokio::task::block_in_place(|| by_host(&mut client, &message));
            assert_eq!(host, by_gateway(&served, message).await, "{arguments}");
            assert_eq!(host["isError"], true, "{host}");
        }
    });
}

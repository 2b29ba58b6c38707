//! MCP over HTTP, as a client of an older protocol and one of the current speak it.

use super::served::{Served, all, answer, serving};
use serde_json::{Value, json};

async fn rpc(served: &Served, method: &str, params: Value) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params });
    let (status, answer) = answer(served.post("/mcp", &message)).await;
    assert_eq!((status, &answer["id"]), (200, &json!(method)), "{answer}");
    answer["result"].clone()
}

async fn tool(served: &Served, name: &str, arguments: Value) -> Value {
    rpc(served, "tools/call", json!({ "name": name, "arguments": arguments })).await
}

#[test]
fn a_client_opens_a_session_and_gets_from_tools_to_a_result() {
    serving(&all(), async |served| {
        let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let opened = rpc(&served, "initialize", hello).await;
        assert_eq!(opened["protocolVersion"], "2025-06-18");
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let noted = served.post("/mcp", &note).send().await.unwrap();
        assert_eq!((noted.status().as_u16(), noted.text().await.unwrap()), (202, String::new()));
        let tools = rpc(&served, "tools/list", json!({})).await;
        let names: Vec<&str> =
            tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["search-operations", "describe-operation", "call-read-operation", "call-write-operation"]);
        let described = tool(&served, "describe-operation", json!({ "operation": "accelo.create-activity" })).await;
        assert_eq!(described["structuredContent"]["effect"], "write");
        let input = json!({ "subject": "By MCP", "against-type": "company", "against-id": "311", "medium": "note" });
        let call = json!({ "operation": "accelo.create-activity", "input": input });
        assert_eq!(tool(&served, "call-read-operation", call.clone()).await["isError"], true);
        let created = tool(&served, "call-write-operation", call).await;
        assert_eq!(created["isError"], false, "{created}");
        let id = &created["structuredContent"]["result"]["id"];
        let get = json!({ "operation": "accelo.get-activity", "input": { "id": id } });
        let got = tool(&served, "call-read-operation", get).await;
        assert_eq!(got["structuredContent"]["result"]["subject"], "By MCP");
        for method in ["GET", "DELETE"] {
            let reply = served.request(method, "/mcp").bearer_auth(super::served::TOKEN).send().await.unwrap();
            assert_eq!((reply.status().as_u16(), &reply.headers()["allow"]), (405, &"POST".parse().unwrap()));
        }
    });
}

#[test]
fn a_client_of_the_current_protocol_needs_no_session() {
    serving(&["accelo"], async |served| {
        let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28" });
        let params = json!({
            "name": "call-read-operation", "arguments": { "operation": "accelo.list-staff" }, "_meta": meta,
        });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let request = || served.post("/mcp", &message).header("mcp-protocol-version", "2026-07-28");
        let right = request().header("mcp-method", "tools/call").header("mcp-name", "call-read-operation");
        let (status, called) = answer(right).await;
        assert_eq!((status, &called["result"]["resultType"]), (200, &json!("complete")));
        assert!(called["result"]["structuredContent"]["result"].is_array(), "{called}");
        let (status, refused) = answer(request().header("mcp-method", "tools/list")).await;
        assert_eq!((status, &refused["error"]["code"]), (400, &json!(-32020)));
    });
}

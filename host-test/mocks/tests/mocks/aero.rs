//! The mock of Aero Workflow: every operation, and every refusal, against the vendor's document.

use std::collections::BTreeSet;

use outwit_mocks::Server;
use outwit_mocks::facts::Facts;
use serde_json::{Value, json};

use crate::client::{Answer, send, setting};

pub struct Aero {
    pub server: Server,
    pub key: String,
    facts: Facts,
}

pub async fn aero() -> Aero {
    let server = outwit_mocks::start("aero", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let key = setting(&server, "AERO_API_KEY");
    Aero { server, key, facts: outwit_mocks::facts("aero", "api") }
}

/// What an answer has as JSON; null for no body.
fn json_of(answer: &Answer) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    answer.json()
}

impl Aero {
    pub async fn bare(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.server.url(), method, target, headers, body.as_bytes()).await.unwrap()
    }

    /// With the key, and a path below the account. A null is no body.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("apikey", self.key.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.bare(method, &format!("/api/4821/{path}"), &headers, &body).await
    }

    /// What does not fit the document in an answer to this request.
    fn misfits(&self, method: &str, path: &str, answer: &Answer) -> Vec<String> {
        let path = format!("/api/4821/{}", path.split('?').next().unwrap());
        let (operation, _) = self.facts.find(method, &path).unwrap();
        let body = json_of(answer);
        let body = (!answer.body.is_empty()).then_some(&body);
        self.facts.reply(operation, answer.status, body).iter().map(ToString::to_string).collect()
    }

    /// The answer to a request that succeeds as documented.
    pub async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, path, &body).await;
        let value = json_of(&answer);
        assert_eq!(self.misfits(method, path, &answer), [""; 0], "{method} {path} {body}: {} {value}", answer.status);
        assert!(answer.status < 300, "{method} {path} {body}: {} {value}", answer.status);
        value
    }

    pub async fn get(&self, path: &str) -> Value {
        self.done("GET", &format!("v1/{path}"), Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.done("POST", &format!("v1/{path}"), body).await
    }

    /// The answer to a request that is refused as documented.
    pub async fn refused(&self, method: &str, path: &str, body: Value, status: u16) -> Value {
        let answer = self.call(method, path, &body).await;
        let value = json_of(&answer);
        assert_eq!(answer.status, status, "{method} {path} {body}: {value}");
        assert_eq!(self.misfits(method, path, &answer), [""; 0], "{method} {path} {body}: {value}");
        value
    }

    /// The members that a refusal with 400 names.
    pub async fn wrong(&self, path: &str, body: Value) -> Vec<String> {
        let answer = self.refused("POST", &format!("v1/{path}"), body, 400).await;
        answer["errors"].as_object().unwrap().keys().cloned().collect()
    }

    pub async fn sql(&self, query: &str) -> Value {
        let key = setting(&self.server, "AERO_SQL_KEY");
        self.done("POST", "Sql/Select", json!({ "key": key, "query": query })).await
    }

    /// Sets switches of the mock.
    pub async fn switch(&self, query: &str) -> Value {
        self.bare("POST", &format!("/mock?{query}"), &[], "").await.json()
    }
}

/// `base` with some members replaced.
pub fn with(base: &Value, changes: Value) -> Value {
    let mut all = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

/// A create's body with all that is required.
pub fn review() -> Value {
    json!({
        "assignedTo": "Priya Raman", "aeroType": "Bank Reconciliation", "subject": "Review", "priority": "normal",
        "status": "notstarted", "scheduledStartDate": "2026-07-01T13:00:00.000Z",
    })
}

/// A recurrence: monthly, on the same day, thrice.
pub fn monthly() -> Value {
    json!({
        "renewalPattern": "monthly", "startDate": "2026-07-01T13:00:00.000Z", "endOnDate": "2026-12-31T00:00:00.000Z",
        "numberOfDates": 3, "repeatEvery": 1, "isDayOfMonth": true, "autoRenew": true, "offset": 0, "teamMemberId": 31,
    })
}

/// A valid request to each operation.
fn requests() -> Vec<(String, String, Value)> {
    serde_json::from_str(include_str!("aero_operations.json")).unwrap()
}

#[tokio::test]
async fn every_operation_answers_as_documented_whatever_the_switches() {
    let switches = [
        "members=refuse",
        "members=ignore&empty=null&hours=clock&creation=bare",
        "members=zero&empty=text&count=total",
    ];
    for switches in switches {
        let mock = aero().await;
        mock.switch(switches).await;
        let mut seen = BTreeSet::new();
        for (method, path, body) in requests() {
            mock.done(&method, &path, body).await;
            let path = format!("/api/4821/{}", path.split('?').next().unwrap());
            seen.insert(mock.facts.find(&method, &path).unwrap().0.id.clone());
        }
        assert_eq!((seen.len(), mock.facts.operations.len()), (39, 39));
    }
}

#[tokio::test]
async fn every_operation_refuses_a_wrong_key_and_another_account_as_documented() {
    let mock = aero().await;
    for (method, path, body) in requests() {
        let wrong = [("apikey", "wrong"), ("content-type", "application/json")];
        let right = [("apikey", mock.key.as_str()), wrong[1]];
        for (account, headers, status) in [("4821", wrong, 401), ("4822", right, 403)] {
            let answer = mock.bare(&method, &format!("/api/{account}/{path}"), &headers, &body.to_string()).await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(mock.misfits(&method, &path, &answer), [""; 0], "{method} {path}: {answer:?}");
        }
    }
}

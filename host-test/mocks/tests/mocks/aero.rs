//! The mock of Aero Workflow with a key, and what the tests of all its parts share.

use outwit_mocks::Server;
use serde_json::{Value, json};

use crate::client::{Answer, send, setting};

pub struct Aero {
    pub server: Server,
    pub key: String,
}

pub async fn aero() -> Aero {
    let server = outwit_mocks::start("aero", ([127, 0, 0, 1], 0).into()).await.unwrap();
    let key = setting(&server, "AERO_API_KEY");
    Aero { server, key }
}

impl Aero {
    pub async fn bare(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.server.url(), method, target, headers, body.as_bytes()).await.unwrap()
    }

    /// With the key, and a path below the account.
    pub async fn call(&self, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let headers = [("apikey", self.key.as_str()), ("content-type", kind)];
        self.bare(method, &format!("/api/4821/{path}"), &headers, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.bare("GET", &format!("/api/4821/v1/{path}"), &[("apikey", &self.key)], "").await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", &format!("v1/{path}"), "application/json", &body.to_string()).await
    }

    pub async fn sql(&self, query: &str) -> Answer {
        self.call("POST", "Sql/Select", "application/json", &json!({ "query": query }).to_string()).await
    }

    /// Sets switches of the mock.
    pub async fn switch(&self, query: &str) -> Value {
        self.bare("POST", &format!("/mock?{query}"), &[], "").await.json()
    }

    /// The items of a list with the documented member.
    pub async fn list(&self, path: &str, member: &str) -> Vec<Value> {
        done(&self.get(path).await)[member].as_array().unwrap().clone()
    }

    /// The record of that id in a list.
    pub async fn listed(&self, path: &str, member: &str, id: u64) -> Value {
        let items = self.list(path, member).await;
        items.into_iter().find(|item| item["id"] == id).unwrap()
    }
}

/// The body of a success.
pub fn done(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.header("content-type").starts_with("application/json"));
    answer.json()
}

/// The body of a refusal, after a look at the shape that all of them have.
pub fn problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.header("content-type").starts_with("application/problem+json"));
    let body = answer.json();
    assert_eq!((&body["status"], &body["type"]), (&json!(status), &json!("about:blank")));
    assert!(body["title"].is_string() && body["traceId"].is_string() && body["instance"].is_string(), "{body}");
    body
}

/// The members that a refusal with 400 names.
pub fn wrong(answer: &Answer) -> Vec<String> {
    let body = problem(answer, 400);
    assert_eq!(body["title"], "One or more validation errors occurred.", "{body}");
    body["errors"].as_object().unwrap().keys().cloned().collect()
}

/// `base` with some members replaced; null takes one away.
pub fn with(base: &Value, changes: Value) -> Value {
    let mut all = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

/// That `answer` has all of `expected`, and maybe more.
pub fn assert_has(answer: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(answer.get(name), Some(value), "{name} of {answer}");
    }
}

/// A create's body with all that is required.
pub fn review() -> Value {
    json!({
        "assignedTo": "Priya Raman", "aeroType": "Bank Reconciliation",
        "scheduledStartDate": "2026-07-01T13:00:00.000Z", "scheduledTotalHours": 1, "scheduledHours": 1,
        "scheduledMinutes": 30, "subject": "Review", "priority": "normal", "status": "notstarted",
    })
}

/// What every recurrence needs: monthly, on the same day, thrice.
pub fn monthly() -> Value {
    json!({
        "startDate": "2026-07-01T13:00:00.000Z", "assignedTo": "Priya Raman", "company": "Larkspur Bakery LLC",
        "renewalPattern": "Monthly", "autoRenew": true, "isSunday": false, "isMonday": false, "isTuesday": false,
        "isWednesday": false, "isThursday": false, "isFriday": false, "isSaturday": false, "isDayOfMonth": true,
        "numberOfDates": 3, "endOnDate": "2026-12-31T00:00:00.000Z", "offset": 0,
    })
}

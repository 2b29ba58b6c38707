//! Tidewater: readings of one gauge, `north-pier`. What is created is listed.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{Vendor, lock};

const KEY: &str = "tidewater-mock-key";
const LIST: &str = "/v1/gauges/north-pier/readings";

type Readings = Arc<Mutex<Vec<Value>>>;

pub fn vendor() -> Vendor {
    let readings = Readings::new(Mutex::new(vec![json!({ "id": 1, "gauge": "north-pier", "metres": 0.6 })]));
    let router = Router::new().route(LIST, get(list)).route("/v1/readings", post(create)).fallback(nothing);
    Vendor { settings: vec![("TIDEWATER_API_KEY", KEY.to_owned())], router: router.with_state(readings) }
}

async fn list(State(readings): State<Readings>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if !known(&headers) {
        return refusal(401, "no_key", "The key is not known.");
    }
    let query = query.unwrap_or_default();
    let limit = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "limit");
    let limit = limit.and_then(|(_, value)| value.parse().ok()).unwrap_or(usize::MAX);
    let newest: Vec<Value> = lock(&readings).iter().rev().take(limit).cloned().collect();
    answer(200, &json!({ "readings": newest }))
}

async fn create(State(readings): State<Readings>, headers: HeaderMap, body: Bytes) -> Response {
    if !known(&headers) {
        return refusal(401, "no_key", "The key is not known.");
    }
    let Ok(Value::Object(mut reading)) = serde_json::from_slice(&body) else {
        return refusal(422, "no_reading", "The body is not a JSON object.");
    };
    if reading.get("gauge") != Some(&json!("north-pier")) {
        return refusal(404, "no_gauge", "There is no such gauge.");
    }
    let mut readings = lock(&readings);
    reading.insert("id".to_owned(), json!(readings.len() + 1));
    readings.push(Value::Object(reading.clone()));
    answer(201, &Value::Object(reading))
}

async fn nothing() -> Response {
    refusal(404, "no_gauge", "There is no such gauge.")
}

fn known(headers: &HeaderMap) -> bool {
    headers.get("x-api-key").is_some_and(|key| key == KEY)
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    answer(status, &json!({ "code": code, "message": message }))
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

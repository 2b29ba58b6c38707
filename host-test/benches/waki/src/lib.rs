//! What the bench compares a vendor's component with: one operation, `list-activities` of Accelo, by hand with waki and serde,
//! as most authors of such components write it.
//!
//! It does less than `accelo.list-activities`: it checks no input, retries nothing, keeps no members that it does not know,
//! and of an error it knows the text. Reading of vendor data and writing of JSON are what serde derives.

mod vendor;

wit_bindgen::generate!({ path: ["../../../wit/plugin", "wit"], world: "outwit:reference/reference", generate_all });

use exports::outwit::plugin::operations::{Found, Guest as Operations};
use exports::outwit::reference::activities::{Activity, Condition, Guest as Activities, Order, Query};
use outwit::plugin::types::{Advice, Error, ErrorKind};
use std::time::Duration;
use waki::Client;

struct Reference;

impl Activities for Reference {
    fn list_activities(query: Query) -> Result<Vec<Activity>, String> {
        Ok(list(&query)?.into_iter().map(Activity::from).collect())
    }
}

impl Operations for Reference {
    fn describe() -> String {
        include_str!("catalogue.json").to_owned()
    }

    fn search(_: String, _: u32) -> Vec<Found> {
        Vec::new()
    }

    fn call(_: String, input: String) -> Result<String, Error> {
        let query: vendor::Query = serde_json::from_str(&input).map_err(|problem| error(problem.to_string()))?;
        let activities = list(&query.into()).map_err(error)?;
        serde_json::to_string(&activities).map_err(|problem| error(problem.to_string()))
    }
}

export!(Reference);

/// Sends the request and reads the answer.
fn list(query: &Query) -> Result<Vec<vendor::Activity>, String> {
    let environment = wasi::cli::environment::get_environment();
    let get = |wanted: &str| environment.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let base = get("ACCELO_BASE_URL").ok_or("ACCELO_BASE_URL is not set")?;
    let mut parameters = Vec::new();
    parameters.extend(query.page.map(|page| ("_page", page.to_string())));
    parameters.extend(query.limit.map(|limit| ("_limit", limit.to_string())));
    parameters.push(("_fields", query.fields.join(",")));
    let mut filters: Vec<String> = query.where_.iter().map(filter).collect();
    filters.extend(query.order.as_ref().map(|Order { by, descending }| {
        format!("order_by_{}({})", if *descending { "desc" } else { "asc" }, by.replace('-', "_"))
    }));
    if !filters.is_empty() {
        parameters.push(("_filters", filters.join(",")));
    }
    let mut request = Client::new()
        .get(&format!("{base}/api/v0/activities"))
        .query(parameters)
        .header("accept", "application/json")
        .connect_timeout(Duration::from_secs(10));
    if let Some(token) = get("ACCELO_TOKEN") {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = request.send().map_err(|problem| problem.to_string())?;
    let status = response.status_code();
    let body = response.body().map_err(|problem| problem.to_string())?;
    let reply: vendor::Reply = serde_json::from_slice(&body).map_err(|problem| problem.to_string())?;
    match reply.response {
        Some(activities) if status == 200 => Ok(activities),
        _ => Err(format!("Accelo: {status}: {}", reply.meta.message.unwrap_or(reply.meta.status))),
    }
}

fn filter(condition: &Condition) -> String {
    let field = condition.field.replace('-', "_");
    let test = match condition.test.as_deref() {
        Some("is-not") => "_not",
        Some("after") => "_after",
        Some("before") => "_before",
        _ => "",
    };
    format!("{field}{test}({})", condition.values.join(","))
}

fn error(message: String) -> Error {
    Error {
        kind: ErrorKind::Rejected,
        advice: Advice::GiveUp,
        message,
        operation: String::new(),
        field: None,
        status: None,
        code: None,
        retry_after_ms: None,
        maybe_done: false,
        details: None,
    }
}

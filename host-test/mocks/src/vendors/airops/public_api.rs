//! The vendor's own dialect, `/public_api/…`.

use serde_json::{Value, json};

use super::apps::{App, Kind};
use super::call::Call;
use super::clock::iso;
use super::reply::{Failure, bad_request, no_content, not_found, ok};
use super::submit::{Mode, chat, execute};
use super::{Answer, Dialect, World};

const WORKSPACE: u64 = 77;
/// The vendor's default is not known.
const DEFAULT_ITEMS: usize = 20;

pub fn answer(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let path: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["airops_apps"]) => Ok(Answer::Ready(ok(&world.apps.iter().map(App::record).collect()))),
        ("GET", ["airops_apps", "executions", id]) => poll(world, id),
        (method, ["airops_apps", "executions", id, verb]) => change(world, call, method, id, verb),
        ("GET", ["airops_apps", id]) => {
            let app = world.find_app(id, None)?;
            Ok(Answer::Ready(ok(&detailed(&world.apps[app]))))
        }
        ("GET", ["airops_apps", id, "executions"]) => {
            let app = world.find_app(id, None)?;
            page(world, call, app)
        }
        ("POST", ["airops_apps", id, verb]) => {
            let (verb, app) = (way(verb, "execute")?, world.find_app(id, None)?);
            let body = call.body()?;
            let mode = verb.mode(body.flag("stream")?);
            let run = execute(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::Public, if mode == Mode::Async { accepted } else { executed }))
        }
        ("POST", ["agent_apps", id, verb]) => {
            let (verb, app) = (way(verb, "chat")?, world.find_app(id, Some(Kind::Agent))?);
            let body = call.body()?;
            let mode = verb.mode(body.flag("stream")?);
            let run = chat(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::Public, if mode == Mode::Async { said } else { replied }))
        }
        _ => Err(not_found("Path")),
    }
}

/// The prefix of a verb: none, `async_` or `server_`.
enum Way {
    Wait,
    Detached,
    Server,
}

impl Way {
    /// Only the server form streams, and only if it is asked to.
    fn mode(&self, stream: bool) -> Mode {
        match self {
            Way::Detached => Mode::Async,
            Way::Server if stream => Mode::Stream,
            Way::Wait | Way::Server => Mode::Sync,
        }
    }
}

fn way(verb: &str, plain: &str) -> Result<Way, Failure> {
    match verb.strip_suffix(plain) {
        Some("") => Ok(Way::Wait),
        Some("async_") => Ok(Way::Detached),
        Some("server_") => Ok(Way::Server),
        _ => Err(not_found("Path")),
    }
}

fn poll(world: &mut World, id: &str) -> Result<Answer, Failure> {
    world.switches.poll()?;
    let run = world.find_run(id, None)?;
    Ok(Answer::Ready(ok(&world.switches.wrap(polled(world, run)))))
}

fn change(world: &mut World, call: &Call, method: &str, id: &str, verb: &str) -> Result<Answer, Failure> {
    if !matches!((method, verb), ("PATCH", "cancel" | "feedback") | ("POST", "retry")) {
        return Err(not_found("Path"));
    }
    let (now, index) = (world.clock.now(), world.find_run(id, None)?);
    let run = &mut world.runs[index];
    match verb {
        "cancel" => run.cancel(now)?,
        "retry" => run.retry(now)?,
        _ => run.rate(now, call.body()?.required_text("feedback")?)?,
    }
    Ok(Answer::Ready(no_content()))
}

/// The latest first. The cursor is the row id of the last one that was shown.
fn page(world: &World, call: &Call, app: usize) -> Result<Answer, Failure> {
    let number = |name: &str| match call.query.get(name).map(|text| text.parse::<u64>()) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(bad_request(format!("{name} must be a number"))),
    };
    let items = match number("items")? {
        None => DEFAULT_ITEMS,
        Some(items @ 1..=100) => items as usize,
        Some(_) => return Err(bad_request("items must be between 1 and 100")),
    };
    let before = number("cursor")?.unwrap_or(u64::MAX);
    let all = || world.runs.iter().enumerate().rev().filter(|(_, run)| run.app == app);
    let rest = || all().filter(|(_, run)| run.number < before);
    let shown: Vec<usize> = rest().take(items).map(|(index, _)| index).collect();
    let has_more = rest().count() > shown.len();
    let cursor = shown.last().filter(|_| has_more).map(|last| world.runs[*last].number.to_string());
    let body = json!({
        "data": shown.iter().map(|index| polled(world, *index)).collect::<Value>(),
        "meta": { "count": all().count(), "has_more": has_more, "cursor": cursor },
    });
    Ok(Answer::Ready(ok(&body)))
}

/// One app shows more of itself than a list of them.
fn detailed(app: &App) -> Value {
    let mut record = app.record();
    record["workspace_id"] = json!(WORKSPACE);
    record["inputs_schema"] = app.about["inputs"].clone();
    record["definition"] = json!([]);
    record
}

/// Bare, and with times in camel case.
fn polled(world: &World, index: usize) -> Value {
    let (run, now) = (&world.runs[index], world.clock.now());
    let about = &world.apps[run.app].about;
    let (word, since) = run.state(now);
    let failed = |name: &str| if word == "error" { about[name].clone() } else { Value::Null };
    json!({
        "id": if world.switches.string_ids { json!(run.number.to_string()) } else { json!(run.number) },
        "uuid": run.uuid,
        "status": word,
        "airops_apps_version_id": run.order.version_id,
        "conversation_id": run.order.session.as_ref().map(|session| session.conversation),
        "credits_used": if run.is_final(now) { about["credits"].clone() } else { json!(0) },
        "error_code": failed("error_code"),
        "error_message": failed("error_message"),
        "feedback": run.feedback,
        "inputs": run.order.inputs,
        "output": run.output(now, true),
        "runtime": run.runtime(now),
        "source": "API",
        "workspace_id": WORKSPACE,
        "createdAt": iso(run.created),
        "updatedAt": iso(since),
    })
}

/// With what only the answers to an execution show, and times in both spellings.
fn full(world: &World, index: usize) -> Value {
    let (run, now) = (&world.runs[index], world.clock.now());
    let app = &world.apps[run.app];
    let steps = app.about["steps"].as_array().filter(|_| run.is_final(now));
    let mut execution = polled(world, index);
    execution["created_at"] = execution["createdAt"].clone();
    execution["updated_at"] = execution["updatedAt"].clone();
    execution["airops_app_id"] = json!(app.number);
    execution["user_id"] = Value::Null;
    execution["stream_channel_id"] = json!(run.order.stream_channel);
    execution["pub_sub_channel_id"] = Value::Null;
    execution["steps_executed_count"] = json!(steps.map_or(0, Vec::len));
    execution["last_completed_step_name"] = json!(steps.and_then(|steps| steps.last()));
    execution["anonymized_at"] = Value::Null;
    execution
}

fn accepted(world: &World, index: usize) -> Value {
    json!({ "airops_app_execution": full(world, index) })
}

fn executed(world: &World, index: usize) -> Value {
    let execution = full(world, index);
    json!({ "result": execution["output"], "execution_id": execution["id"], "airops_app_execution": execution })
}

fn said(world: &World, index: usize) -> Value {
    let session = world.runs[index].order.session.as_ref().map(|session| &session.id);
    json!({ "session_id": session, "airops_app_execution": full(world, index) })
}

fn replied(world: &World, index: usize) -> Value {
    let execution = full(world, index);
    json!({ "result": execution["output"], "airops_app_execution": execution })
}

//! The dialect `/v1/…`.

use serde_json::{Value, json};

use super::apps::{App, Kind, without_nulls};
use super::call::{Call, Fields};
use super::clock::iso;
use super::reply::{Failure, bad_request, failure, no_content, ok};
use super::submit::{Mode, chat, execute};
use super::{Answer, Dialect, World};

/// What takes longer is not waited for.
const PATIENCE: u64 = 1000;
const PER_PAGE: u64 = 20;

pub fn answer(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let path: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["workflows"]) => list(world, call, Kind::Workflow),
        ("GET", ["agents"]) => list(world, call, Kind::Agent),
        ("POST", ["executions", id, "cancel"]) => cancel(world, id),
        ("GET", [family, id, "executions", execution]) => {
            let app = world.find_app(id, Some(kind(family)?))?;
            poll(world, app, execution)
        }
        ("POST", ["agents", id, "chat"]) => {
            let app = world.find_app(id, Some(Kind::Agent))?;
            let body = call.body()?;
            let mode = if streams(world, &body)? { Mode::Stream } else { Mode::Sync };
            let run = chat(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::V1, reply))
        }
        ("POST", [family, id, "execute"]) => {
            let app = world.find_app(id, Some(kind(family)?))?;
            let body = call.body()?;
            let mode = mode(world, &world.apps[app], &body)?;
            let run = execute(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::V1, |world, run| Ok(started(world, run))))
        }
        _ => Ok(Answer::Ready(super::unknown_address())),
    }
}

fn kind(family: &str) -> Result<Kind, Failure> {
    match family {
        "workflows" => Ok(Kind::Workflow),
        "agents" => Ok(Kind::Agent),
        "apps" => Ok(Kind::Legacy),
        _ => Err(super::reply::not_found("Path")),
    }
}

/// No caller says whether it waits. Who is told by a webhook does not.
fn mode(world: &World, app: &App, body: &Fields) -> Result<Mode, Failure> {
    let has_webhook = body.text("webhook_url")?.is_some();
    Ok(match streams(world, body)? {
        true => Mode::Stream,
        false if has_webhook || app.duration() > PATIENCE => Mode::Async,
        false => Mode::Sync,
    })
}

fn streams(world: &World, body: &Fields) -> Result<bool, Failure> {
    Ok(body.flag("stream")? && !world.switches.at_once)
}

fn list(world: &World, call: &Call, kind: Kind) -> Result<Answer, Failure> {
    let number = |name: &str, otherwise| match call.query.get(name).map(|text| text.parse::<u64>()) {
        None => Ok(otherwise),
        Some(Ok(number @ 1..)) => Ok(number),
        Some(_) => Err(bad_request(format!("{name} must be a number from 1"))),
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", PER_PAGE)?);
    let more = if kind == Kind::Workflow { world.switches.more } else { 0 };
    let entries = world.apps.iter().filter(|app| app.kind == kind).map(App::entry);
    let entries =
        entries.chain((1..=more).map(|n| json!({ "id": format!("wf_more_{n:03}"), "name": format!("More {n}") })));
    let before = usize::try_from((page - 1).saturating_mul(per_page)).unwrap_or(usize::MAX);
    let items = usize::try_from(per_page).unwrap_or(usize::MAX);
    Ok(Answer::Ready(ok(&entries.skip(before).take(items).collect())))
}

fn poll(world: &mut World, app: usize, id: &str) -> Result<Answer, Failure> {
    world.switches.poll()?;
    let run = world.find_run(id, Some(app))?;
    Ok(Answer::Ready(ok(&polled(world, run))))
}

fn cancel(world: &mut World, id: &str) -> Result<Answer, Failure> {
    let now = world.clock.now();
    let index = world.find_run(id, None)?;
    let run = &mut world.runs[index];
    run.cancel(now)?;
    if world.switches.empty_cancel {
        return Ok(Answer::Ready(no_content()));
    }
    let body = json!({ "execution_id": run.handle, "status": status(run.status(now)) });
    Ok(Answer::Ready(ok(&body)))
}

/// The words of `v1` for the vendor's; what it has no word for is passed on.
pub fn status(word: &str) -> &str {
    match word {
        "pending" => "queued",
        "success" => "completed",
        "error" => "failed",
        other => other,
    }
}

fn started(world: &World, index: usize) -> Value {
    let (run, now) = (&world.runs[index], world.clock.now());
    let output = run.output(now, false);
    let mut execution = json!({ "execution_id": run.handle, "status": status(run.status(now)) });
    if world.switches.seed {
        execution["outputs"] = output;
    } else {
        execution["result"] = as_object(output);
        without_nulls(&mut execution);
    }
    execution
}

/// A result is an object here.
pub fn as_object(output: Value) -> Value {
    match output {
        Value::Null | Value::Object(_) => output,
        other => json!({ "output": other }),
    }
}

fn polled(world: &World, index: usize) -> Value {
    let (run, now) = (&world.runs[index], world.clock.now());
    let (word, since) = run.state(now);
    let mut execution = started(world, index);
    if word == "error" {
        execution["error"] = world.apps[run.app].about["error_message"].clone();
    }
    execution["created_at"] = iso(run.created).into();
    without_nulls(&mut execution);
    execution["completed_at"] = run.is_final(now).then(|| iso(since)).into();
    execution
}

/// The answer to a chat: what the agent said.
fn reply(world: &World, index: usize) -> Result<Value, Failure> {
    let run = &world.runs[index];
    let (output, about) = (run.output(world.clock.now(), false), &world.apps[run.app].about);
    if output.is_null() {
        let why = about["error_message"].as_str().unwrap_or("The agent failed");
        return Err(failure(http::StatusCode::BAD_REQUEST, "agent_failed", why));
    }
    Ok(json!({ "session_id": run.order.session.as_ref().map(|session| &session.id), "response": output["response"] }))
}

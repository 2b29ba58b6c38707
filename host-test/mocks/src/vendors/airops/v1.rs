//! The seed dialect, `/v1/…`: what the catalogue page says, and what was reconstructed from it.

use serde_json::{Value, json};

use super::apps::{App, Kind};
use super::call::{Call, Fields};
use super::clock::iso;
use super::reply::{Failure, bad_request, no_content, not_found, ok};
use super::submit::{Mode, chat, execute};
use super::{Answer, Dialect, World};

pub fn answer(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let path: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["workflows"]) => Ok(list(world, Kind::Workflow)),
        ("GET", ["agents"]) => Ok(list(world, Kind::Agent)),
        ("GET", ["executions", id]) => poll(world, None, id),
        ("POST", ["executions", id, "cancel"]) => cancel(world, id),
        ("GET", [family, id, "executions", execution]) => {
            let app = world.find_app(id, Some(kind(family)?))?;
            poll(world, Some(app), execution)
        }
        ("POST", ["agents", id, "chat"]) => {
            let app = world.find_app(id, Some(Kind::Agent))?;
            let body = call.body()?;
            let mode = if body.flag("stream")? { Mode::Stream } else { Mode::Sync };
            let run = chat(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::V1, reply))
        }
        ("POST", [family, id, "execute"]) => {
            let app = world.find_app(id, Some(kind(family)?))?;
            let body = call.body()?;
            let mode = mode(&body)?;
            let run = execute(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::V1, execution))
        }
        _ => Err(not_found("Path")),
    }
}

fn kind(family: &str) -> Result<Kind, Failure> {
    match family {
        "workflows" => Ok(Kind::Workflow),
        "agents" => Ok(Kind::Agent),
        "apps" => Ok(Kind::Legacy),
        _ => Err(not_found("Path")),
    }
}

fn mode(body: &Fields) -> Result<Mode, Failure> {
    match (body.flag("async")?, body.flag("stream")?) {
        (true, true) => Err(bad_request("async and stream can't both be true")),
        (true, false) => Ok(Mode::Async),
        (false, true) => Ok(Mode::Stream),
        (false, false) => Ok(Mode::Sync),
    }
}

fn list(world: &World, kind: Kind) -> Answer {
    let entries = world.apps.iter().filter(|app| app.kind == kind).map(App::entry);
    Answer::Ready(ok(&entries.collect()))
}

fn poll(world: &mut World, app: Option<usize>, id: &str) -> Result<Answer, Failure> {
    world.switches.poll()?;
    let run = world.find_run(id, app)?;
    Ok(Answer::Ready(ok(&world.switches.wrap(execution(world, run)))))
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

/// The seed's words for the vendor's; what it has no word for is passed on.
pub fn status(word: &str) -> &str {
    match word {
        "success" => "completed",
        "error" => "failed",
        other => other,
    }
}

/// The seed's error of a run that failed.
pub fn error(world: &World, index: usize) -> Value {
    let about = &world.apps[world.runs[index].app].about;
    json!({ "code": about["error_code"], "message": about["error_message"] })
}

fn execution(world: &World, index: usize) -> Value {
    let (run, now) = (&world.runs[index], world.clock.now());
    let app = &world.apps[run.app];
    let of = match app.kind {
        Kind::Workflow => "workflow_id",
        Kind::Agent => "agent_id",
        Kind::Legacy => "app_id",
    };
    let (word, since) = run.state(now);
    let ended = run.is_final(now);
    json!({
        "execution_id": run.handle,
        of: app.id,
        "status": status(word),
        "inputs": run.order.inputs,
        "outputs": run.output(now, false),
        "error": if word == "error" { error(world, index) } else { Value::Null },
        "credits_used": if ended { app.about["credits"].clone() } else { json!(0) },
        "runtime": run.runtime(now),
        "created_at": iso(run.created),
        "updated_at": iso(since),
        "completed_at": ended.then(|| iso(since)),
    })
}

/// The answer to a chat: what the agent said, null if it failed, and the run.
fn reply(world: &World, index: usize) -> Value {
    let run = &world.runs[index];
    json!({
        "session_id": run.order.session.as_ref().map(|session| &session.id),
        "response": run.output(world.clock.now(), false)["response"],
        "execution": execution(world, index),
    })
}

//! The vendor's own dialect, `/public_api/…`: as its document says, or as clients saw it (the switch `observed`).

use serde_json::{Value, json};

use super::apps::{App, Kind, without_nulls};
use super::call::Call;
use super::clock::iso;
use super::reply::{Failure, bad_request, no_content, ok, unauthorized, unknown_address};
use super::submit::{Mode, chat, execute};
use super::v1::as_object;
use super::{Answer, Dialect, PUBLIC, WEBHOOK_TOKEN, World};

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
            Ok(Answer::Ready(ok(&detailed(world, &world.apps[app]))))
        }
        ("GET", ["airops_apps", id, "executions"]) => {
            let app = world.find_app(id, None)?;
            page(world, call, app)
        }
        ("POST", ["airops_apps", id, verb]) => {
            let Some(verb) = way(verb, "execute") else { return Ok(Answer::Ready(unknown_address())) };
            let app = world.find_app(id, None)?;
            let body = call.body()?;
            let mode = verb.mode(body.flag("stream")?);
            let run = execute(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::Public, if mode == Mode::Async { accepted } else { executed }))
        }
        ("POST", ["agent_apps", id, verb]) => {
            let Some(verb) = way(verb, "chat") else { return Ok(Answer::Ready(unknown_address())) };
            let app = world.find_app(id, Some(Kind::Agent))?;
            let body = call.body()?;
            let mode = verb.mode(body.flag("stream")?);
            let run = chat(world, app, &body, mode)?;
            Ok(Answer::to(mode, run, Dialect::Public, if mode == Mode::Async { said } else { replied }))
        }
        _ => Ok(Answer::Ready(unknown_address())),
    }
}

/// A run that is started by a webhook, if it is one: its token takes the place of the key.
pub fn by_webhook(world: &mut World, call: &Call) -> Option<Result<Answer, Failure>> {
    let ["public_api", "airops_apps", id, "webhook_async_execute"] =
        *call.segments.iter().map(|s| &**s).collect::<Vec<_>>()
    else {
        return None;
    };
    let run = |world: &mut World| {
        if call.method != "POST" {
            return Ok(Answer::Ready(unknown_address()));
        }
        call.fits(&PUBLIC)?;
        if call.query.get("auth_token").map(String::as_str) != Some(WEBHOOK_TOKEN) {
            return Err(unauthorized());
        }
        let (app, body) = (world.find_app(id, None)?, call.body()?);
        Ok(Answer::Now(execute(world, app, &body, Mode::Async)?, accepted))
    };
    Some(run(world))
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

fn way(verb: &str, plain: &str) -> Option<Way> {
    match verb.strip_suffix(plain)? {
        "" => Some(Way::Wait),
        "async_" => Some(Way::Detached),
        "server_" => Some(Way::Server),
        _ => None,
    }
}

fn poll(world: &mut World, id: &str) -> Result<Answer, Failure> {
    world.switches.poll()?;
    let run = world.find_run(id, None)?;
    let execution = polled(world, run);
    let wrapped = if world.switches.observed { json!({ "airops_app_execution": execution }) } else { execution };
    Ok(Answer::Ready(ok(&wrapped)))
}

fn change(world: &mut World, call: &Call, method: &str, id: &str, verb: &str) -> Result<Answer, Failure> {
    if !matches!((method, verb), ("PATCH", "cancel" | "feedback") | ("POST", "retry")) {
        return Ok(Answer::Ready(unknown_address()));
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
    let mut meta = json!({ "count": all().count(), "has_more": has_more, "cursor": cursor });
    without_nulls(&mut meta);
    let body = json!({ "data": shown.iter().map(|index| polled(world, *index)).collect::<Value>(), "meta": meta });
    Ok(Answer::Ready(ok(&body)))
}

/// One app was seen to show more of itself than a list of them.
fn detailed(world: &World, app: &App) -> Value {
    let mut record = app.record();
    if !world.switches.observed {
        return record;
    }
    record["workspace_id"] = json!(WORKSPACE);
    record["inputs_schema"] = app.about["inputs"].clone();
    record["definition"] = json!([]);
    record
}

/// Bare, and with times in camel case. By the document ids are texts, an output is an object, and nothing is null.
fn polled(world: &World, index: usize) -> Value {
    let (run, now, observed) = (&world.runs[index], world.clock.now(), world.switches.observed);
    let about = &world.apps[run.app].about;
    let (word, since) = run.state(now);
    let failed = |name: &str| if word == "error" { about[name].clone() } else { Value::Null };
    let number = |number: u64| if observed { json!(number) } else { json!(number.to_string()) };
    let output = run.output(now, true);
    let mut execution = json!({
        "id": number(run.number),
        "uuid": run.uuid,
        "status": word,
        "airops_apps_version_id": run.order.version_id,
        "conversation_id": run.order.session.as_ref().map(|session| number(session.conversation)),
        "credits_used": if run.is_final(now) { about["credits"].clone() } else { json!(0) },
        "error_code": failed("error_code"),
        "error_message": failed("error_message"),
        "feedback": run.feedback,
        "inputs": run.order.inputs,
        "output": if observed { output } else { as_object(output) },
        "runtime": run.runtime(now),
        "source": "API",
        "workspace_id": WORKSPACE,
        "createdAt": iso(run.created),
        "updatedAt": iso(since),
    });
    if !observed {
        without_nulls(&mut execution);
    }
    execution
}

/// What the answers to an execution were seen to show beside the documented: times in both spellings, and more.
fn full(world: &World, index: usize) -> Value {
    let mut execution = polled(world, index);
    if !world.switches.observed {
        return execution;
    }
    let (run, now) = (&world.runs[index], world.clock.now());
    let app = &world.apps[run.app];
    let steps = app.about["steps"].as_array().filter(|_| run.is_final(now));
    execution["created_at"] = execution["createdAt"].clone();
    execution["updated_at"] = execution["updatedAt"].clone();
    execution["airops_app_id"] = json!(app.number);
    for name in ["user_id", "stream_channel_id", "pub_sub_channel_id", "anonymized_at"] {
        execution[name] = Value::Null;
    }
    execution["steps_executed_count"] = json!(steps.map_or(0, Vec::len));
    execution["last_completed_step_name"] = json!(steps.and_then(|steps| steps.last()));
    execution
}

fn accepted(world: &World, index: usize) -> Result<Value, Failure> {
    Ok(json!({ "airops_app_execution": full(world, index) }))
}

fn executed(world: &World, index: usize) -> Result<Value, Failure> {
    let execution = full(world, index);
    if !world.switches.observed {
        return Ok(json!({ "airops_app_execution": execution }));
    }
    // The number is a row's, not the run's.
    Ok(json!({ "result": execution["output"], "execution_id": execution["id"], "airops_app_execution": execution }))
}

fn said(world: &World, index: usize) -> Result<Value, Failure> {
    let session = world.runs[index].order.session.as_ref().map(|session| &session.id);
    Ok(json!({ "session_id": session, "airops_app_execution": full(world, index) }))
}

/// The execution of a chat has no output, as clients saw it: what was said stands beside it.
fn replied(world: &World, index: usize) -> Result<Value, Failure> {
    let mut execution = full(world, index);
    let result = execution["output"].take();
    if !world.switches.observed {
        without_nulls(&mut execution);
    }
    let mut reply = json!({ "result": result, "airops_app_execution": execution });
    without_nulls(&mut reply);
    Ok(reply)
}

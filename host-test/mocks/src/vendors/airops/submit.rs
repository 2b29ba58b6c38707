//! Starting runs, for both dialects: what a body must hold, and what an agent answers.

use serde_json::{Map, Value, json};

use super::World;
use super::apps::{App, Kind};
use super::call::Fields;
use super::reply::{Failure, bad_request, blank, unavailable};
use super::runs::{Order, Run, Session, uuid};

/// Beyond this, a caller who waits is turned away.
const LONGEST_WAIT: u64 = 10 * 60 * 1000;

/// Session ids and conversations of the vendor's own making; far from the executions' numbers.
const FIRST_SESSION: u64 = 700_000;
const FIRST_CONVERSATION: u64 = 5521;

/// A question that contains one of these is about the conversation itself.
const ABOUT_BEFORE: [&str; 3] = ["did i ask", "i asked before", "did i say"];

/// How the caller wants the result.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// Waits for the end.
    Sync,
    /// Polls for it.
    Async,
    /// Reads it as it is made.
    Stream,
}

/// What was said in one session.
pub struct Talk {
    /// The place of the agent in the list; with another agent, the same id is another session.
    app: usize,
    session: Session,
    messages: Vec<String>,
}

/// Runs an app on `inputs`. An agent takes the message from them and remembers nothing.
pub fn execute(world: &mut World, app: usize, body: &Fields, mode: Mode) -> Result<usize, Failure> {
    let about = &world.apps[app];
    about.runnable()?;
    let inputs = body.object("inputs")?.ok_or_else(|| blank("inputs"))?;
    about.accepts(&inputs)?;
    let version_id = about.version_of(body.number("version_slug")?)?;
    let (output, text) = match (about.kind, inputs.get("message")) {
        (Kind::Agent, Some(Value::String(message))) => spoken(about.knows(message)),
        (Kind::Agent, _) => return Err(bad_request("message must be a string")),
        _ => (about.output(&inputs), about.text(&inputs)),
    };
    start(world, app, mode, Order { inputs, output, text, version_id, session: None })
}

/// Says something to an agent, as the next turn of a session that begins with its first use.
pub fn chat(world: &mut World, app: usize, body: &Fields, mode: Mode) -> Result<usize, Failure> {
    let about = &world.apps[app];
    about.runnable()?;
    let message = body.required_text("message")?.to_owned();
    let mut inputs = body.object("inputs")?.unwrap_or_default();
    inputs.insert("message".into(), json!(message));
    let session = body.text("session_id")?.filter(|id| !id.is_empty()).map(str::to_owned);
    let version_id = about.version_of(body.number("version_slug")?)?;
    patient(about, mode)?;

    let talk = talk(world, app, session);
    let before = world.talks[talk].messages.last().cloned();
    let (output, text) = spoken(&answer(&world.apps[app], &message, before.as_deref()));
    world.talks[talk].messages.push(message);
    let session = Some(world.talks[talk].session.clone());
    start(world, app, mode, Order { inputs, output, text, version_id, session })
}

fn start(world: &mut World, app: usize, mode: Mode, order: Order) -> Result<usize, Failure> {
    patient(&world.apps[app], mode)?;
    let run = Run::new(world.runs.len(), app, &world.apps[app], order, world.clock.now());
    world.runs.push(run);
    Ok(world.runs.len() - 1)
}

/// Turns away who would wait too long, at once and before anything has begun.
fn patient(app: &App, mode: Mode) -> Result<(), Failure> {
    if mode == Mode::Sync && app.duration() > LONGEST_WAIT {
        return Err(unavailable("The execution takes longer than 10 minutes. Execute it asynchronously"));
    }
    Ok(())
}

/// The place of the session; an unknown id makes a new one of that name.
fn talk(world: &mut World, app: usize, id: Option<String>) -> usize {
    let known = |talk: &Talk| talk.app == app && Some(&talk.session.id) == id.as_ref();
    world.talks.iter().position(known).unwrap_or_else(|| {
        let count = world.talks.len() as u64;
        let id = id.unwrap_or_else(|| uuid(FIRST_SESSION + count));
        let session = Session { id, conversation: FIRST_CONVERSATION + count };
        world.talks.push(Talk { app, session, messages: Vec::new() });
        world.talks.len() - 1
    })
}

fn answer(app: &App, message: &str, before: Option<&str>) -> String {
    let asked = message.to_lowercase();
    if !ABOUT_BEFORE.iter().any(|words| asked.contains(words)) {
        return app.knows(message).to_owned();
    }
    match before {
        Some(before) => format!("You asked before: “{before}”"),
        None => "You have not asked anything before.".to_owned(),
    }
}

/// An agent's output, and what a stream of it spells out.
fn spoken(text: &str) -> (Value, String) {
    (Value::Object(Map::from_iter([("response".to_owned(), json!(text))])), text.to_owned())
}

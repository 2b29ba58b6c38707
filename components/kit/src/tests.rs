//! Whole calls of a small vendor in a world in memory: which requests are sent, when, and what comes out.

mod jobs;
mod recipes;
mod records;
mod retries;
mod streams;

use crate::job::{self, Job};
use crate::wire::{Case, Field, Form, Kind, Node, Type};
use crate::world::{Answer, World};
use crate::{
    Api, Call, Component, Error, Handler, Operation, Part, Progress, Resource, Row, Setting, Stream, dispatch, stream,
};
use serde_json::{Map, Value, json};

const fn ty(kind: Kind) -> Type {
    Type { size: 8, align: 8, form: Form::Any, kind }
}

const fn field(name: &'static str, ty: &'static Type) -> Field {
    Field { name, ty, offset: 0, flat: 0 }
}

static TEXT: Type = ty(Kind::Text);
static SOME_TEXT: Type = ty(Kind::Option { some: &TEXT, payload: 8 });
static SOME_NUMBER: Type = ty(Kind::Option { some: &ty(Kind::Unsigned), payload: 8 });
static SOME_BOOL: Type = ty(Kind::Option { some: &ty(Kind::Bool), payload: 8 });
static THING: Type = ty(Kind::Record(&[field("id", &TEXT), field("name", &SOME_TEXT)]));
static FLOW: Type = ty(Kind::Record(&[field("flow-id", &TEXT)]));
static RUN_ID: Type = ty(Kind::Record(&[field("run-id", &TEXT)]));
static RUN_OF_FLOW: Type = ty(Kind::Record(&[field("flow-id", &TEXT), field("run-id", &TEXT)]));
static RUN: Type = ty(Kind::Record(&[
    field("run-id", &SOME_TEXT),
    field("status", &SOME_TEXT),
    field("outputs", &SOME_TEXT),
    field("ended-at", &SOME_TEXT),
]));
static WAITED: Type = ty(Kind::Record(&[
    field("flow-id", &TEXT),
    field("interval-ms", &SOME_NUMBER),
    field("deadline-ms", &SOME_NUMBER),
    field("keep-running", &SOME_BOOL),
]));
static REPLY: Type = ty(Kind::Record(&[field("text", &SOME_TEXT), field("complete", &SOME_BOOL)]));
static EVENTS: Type = ty(Kind::Option {
    some: &ty(Kind::Variant {
        cases: &[Case { name: "text", holds: Some(&TEXT) }, Case { name: "end", holds: Some(&REPLY) }],
        payload: 8,
    }),
    payload: 8,
});

static API: Api = Api {
    name: "acme",
    title: "Acme",
    base: "https://acme.example",
    state: &["/status"],
    failed: &["failed"],
    message: &["/message"],
    settings: &[Setting { name: "ACME_TOKEN", secret: true, ..Setting::DEFAULT }],
    ..Api::DEFAULT
};

static JOB: Job = Job {
    start: "start-run",
    with: &[],
    poll: "get-run",
    key: "flow-id",
    id: "run-id",
    state: "status",
    done: &["completed"],
    running: &["pending", "running"],
    ended: &["outputs", "ended-at"],
    cancelled: "cancelled",
    cancel: "cancel-run",
};

static STREAM: Stream =
    Stream { part, headers: &[], text: "text", complete: "complete", at_once: "", documented: &["text"] };

/// `{"text": …}` is a piece, `{"end": true}` the end.
fn part(event: &Value, _: bool) -> Part {
    match (event["text"].as_str(), event["end"] == true) {
        (Some(text), _) => Part::Text(text.to_owned()),
        (None, true) => Part::Fields(Map::new()),
        (None, false) => Part::Odd,
    }
}

static EVENTS_OF_REPLY: Resource =
    Resource { gather: stream::gather, new: number_of, events: &EVENTS, size: 0, payload: 0 };

unsafe extern "C" fn number_of(handle: u32) -> u32 {
    handle
}

const fn operation(name: &'static str, row: &'static Row, input: &'static Type, output: &'static Type) -> Operation {
    Operation {
        name,
        interface: "things",
        row,
        input: Some(input),
        spilled: false,
        output: Some(output),
        error: &TEXT,
        size: 0,
        payload: 0,
        resource: None,
    }
}

const fn recipe(run: Handler) -> Row {
    Row { run: Some(run), ..Row::new("", "") }
}

fn run(call: &Call, input: &Value) -> Result<Value, Error> {
    job::run(call, input, &JOB)
}

/// A thing that is read, and two that are made like it.
fn copy(call: &Call, input: &Value) -> Result<Value, Error> {
    let mut progress = Progress::of(call);
    let thing = progress.step("get-thing", input.clone())?;
    progress.step("create-thing", thing.clone())?;
    progress.step("create-thing", thing)
}

static COMPONENT: Component = Component {
    api: &API,
    version: "0.1.0",
    operations: &[
        operation("get-thing", &Row::new("GET", "/things/{id}"), &THING, &THING),
        operation("create-thing", &Row::new("POST", "/things"), &THING, &THING),
        operation("replace-thing", &Row::new("PUT", "/things/{id}"), &THING, &THING),
        operation("delete-thing", &Row::new("DELETE", "/things/{id}"), &THING, &THING),
        operation("start-run", &Row::new("POST", "/flows/{flow_id}/runs"), &FLOW, &RUN),
        operation("get-run", &Row::new("GET", "/flows/{flow_id}/runs/{run_id}"), &RUN_OF_FLOW, &RUN),
        operation("cancel-run", &Row { silent: true, ..Row::new("POST", "/runs/{run_id}/cancel") }, &RUN_ID, &RUN),
        operation("run", &recipe(run), &WAITED, &RUN),
        operation("copy-thing", &recipe(copy), &THING, &THING),
        Operation {
            resource: Some(&EVENTS_OF_REPLY),
            ..operation("ask", &Row { stream: Some(&STREAM), ..Row::new("POST", "/ask") }, &FLOW, &REPLY)
        },
    ],
    catalogue: &[],
    index: &[],
};

/// A world whose clock shows what was waited for.
fn world(settings: &[(&str, &str)], answers: Vec<Answer>) -> World {
    let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    World::exact(&settings, answers)
}

fn called(world: &World, name: &str, input: Value) -> Result<Value, Error> {
    dispatch(&COMPONENT, name, &input.to_string(), world)
        .map(|output| Node::parse(output.as_bytes()).unwrap().into_value())
}

/// An answer of JSON.
fn answer(status: u16, body: Value) -> Answer {
    Answer::Whole(status, Vec::new(), body.to_string().into_bytes(), 4096)
}

/// An answer that asks to wait.
fn answer_asking(status: u16, seconds: &str, body: Value) -> Answer {
    let headers = vec![("retry-after".to_owned(), seconds.as_bytes().to_vec())];
    Answer::Whole(status, headers, body.to_string().into_bytes(), 4096)
}

fn after(ms: u64, answer: Answer) -> Answer {
    Answer::After(ms, Box::new(answer))
}

/// The requests, as method and path.
fn sent(world: &World) -> Vec<String> {
    let line = |sent: crate::world::Sent| format!("{} {}", sent.method, sent.url.replace("https://acme.example", ""));
    world.take_sent().into_iter().map(line).collect()
}

//! Answers that come piece by piece: what server-sent events mean.

use crate::vendor::{Pairs, is_default};
use anyhow::{Context, Result, ensure};
use kit_build::model::{KindModel, Model, OperationModel};
use serde::{Deserialize, Serialize};

/// What the events of an answer mean. An event called `error`, the data `[DONE]` and an event called `done` mean what they say.
///
/// The operation's output is a record. Its field `data` lists the JSON of the events that have no text, or of all events where
/// `text` is empty. Its field `complete` tells whether the vendor said that nothing follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Stream {
    /// The member of the request's body that asks for events: it is sent as `true`.
    #[serde(skip_serializing_if = "is_default")]
    pub switch: Option<String>,
    /// Where an event has the next piece of the text, as JSON pointers; the first text that is not empty counts. Without any, the
    /// pieces are the events themselves, a line of JSON each.
    #[serde(skip_serializing_if = "is_default")]
    pub text: Vec<String>,
    /// The field of the output that gets the whole text.
    #[serde(skip_serializing_if = "is_default")]
    pub text_field: String,
    /// Where an event says that nothing follows, as a JSON pointer, and the word that says it. An empty word stands for anything
    /// but null.
    #[serde(skip_serializing_if = "is_default")]
    pub end: Pairs,
    /// Whether the end of the body is the end of the answer, although no event says that nothing follows.
    #[serde(skip_serializing_if = "is_default")]
    pub open_end: bool,
    /// Where an event tells what has failed, as a JSON pointer: a text, or an object with `message` and `code` or `type`.
    #[serde(skip_serializing_if = "is_default")]
    pub error: Option<String>,
}

/// Checks the facts, and that the WIT has the resource for them.
pub(crate) fn check(stream: Option<&Stream>, described: &OperationModel<'_>, model: &Model<'_>) -> Result<()> {
    let stream = match (stream, &described.resource) {
        (None, None) => return Ok(()),
        (Some(stream), Some(_)) => stream,
        (Some(_), None) => anyhow::bail!("stream: expected the operation to give a resource in the WIT"),
        (None, Some(resource)) => {
            let name = &resource.stream.name;
            anyhow::bail!(
                "stream: expected what events mean, because the operation gives the resource {name} in the WIT"
            )
        }
    };
    let is_pointer = |pointer: &str| pointer.starts_with('/');
    const EXPECTED: &str = "expected a JSON pointer, which starts with /";
    for pointer in &stream.text {
        ensure!(is_pointer(pointer), "stream.text: {pointer:?}: {EXPECTED}");
    }
    for (pointer, _) in &stream.end {
        ensure!(is_pointer(pointer), "stream.end: {pointer:?}: {EXPECTED}");
    }
    if let Some(pointer) = &stream.error {
        ensure!(is_pointer(pointer), "stream.error: {pointer:?}: {EXPECTED}");
    }
    ensure!(stream.switch.as_deref() != Some(""), "stream.switch: expected the name of a member");
    ensure!(
        stream.text.is_empty() || !stream.text_field.is_empty(),
        "stream.text-field: expected the field that gets the whole text"
    );
    ensure!(
        !stream.text.is_empty() || stream.text_field.is_empty(),
        "stream.text: expected where events have text, for stream.text-field"
    );
    let output = described.output.map(|output| &model.types[output].kind);
    let Some(KindModel::Record(fields)) = output else {
        anyhow::bail!("stream: expected a record in the last case of the events in the WIT")
    };
    let field = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &model.types[field.ty].kind);
    let data = field("data").with_context(|| "stream: expected the field data: list<json> in the output in the WIT")?;
    let is_list = matches!(data, KindModel::List(item) if matches!(model.types[*item].kind, KindModel::Json));
    ensure!(is_list, "stream: expected the field data of the output to be list<json>");
    if !stream.text.is_empty() {
        let text_field = &stream.text_field;
        field(text_field).with_context(|| format!("stream.text-field: the output has no field {text_field}"))?;
    }
    field("complete").with_context(|| "stream: expected the field complete: option<bool> in the output in the WIT")?;
    Ok(())
}

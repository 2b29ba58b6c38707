//! A reply of an AirOps agent, as it is written: the typed export's resource, by wasmtime's own bindings.

use super::Vendor;
use super::airops::DIALECTS;
use outwit::ErrorKind;
use outwit::embed::InstanceState;
use serde_json::json;
use std::time::Instant;
use wasmtime::Store;

mod bindings {
    wasmtime::component::bindgen!({
        path: ["../wit/plugin", "../wit/airops"],
        world: "outwit:airops/airops",
        exports: { default: async },
    });
}

use bindings::exports::outwit::airops::recipes::{ChatMessage, ReplyEvent};
use bindings::exports::outwit::airops::types::ChatReply;
use bindings::outwit::plugin::types::{Error, ErrorKind as Kind};

async fn component(airops: &Vendor) -> (Store<InstanceState>, bindings::Airops) {
    let (mut store, instance) = outwit::embed::instantiate_for(&airops.plugin, "airops.stream-chat").await.unwrap();
    let bindings = bindings::Airops::new(&mut store, &instance).unwrap();
    (store, bindings)
}

fn message(agent: &str, text: &str) -> ChatMessage {
    ChatMessage { agent_id: agent.to_owned(), message: text.to_owned(), session_id: None, inputs: None }
}

/// The pieces with the time at which each came, and the reply or the error at the end.
async fn streamed(airops: &Vendor, agent: &str) -> (Vec<(String, Instant)>, Result<ChatReply, Error>) {
    let (mut store, bindings) = component(airops).await;
    let recipes = bindings.outwit_airops_recipes();
    let question = message(agent, "What plans do you offer?");
    let stream = match recipes.call_stream_chat(&mut store, &question).await.unwrap() {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut pieces = Vec::new();
    let mut reply = None;
    let end = loop {
        match recipes.reply_stream().call_next(&mut store, stream).await.unwrap() {
            Ok(Some(ReplyEvent::Text(text))) => pieces.push((text, Instant::now())),
            Ok(Some(ReplyEvent::Reply(whole))) => reply = Some(whole),
            Ok(None) => break Ok(reply.take().expect("a reply comes before the end")),
            Err(error) => break Err(error),
        }
    };
    // Nothing comes after the end, however often it is asked for.
    assert!(matches!(recipes.reply_stream().call_next(&mut store, stream).await.unwrap(), Ok(None)));
    stream.resource_drop_async(&mut store).await.unwrap();
    (pieces, end)
}

fn joined(pieces: &[(String, Instant)]) -> String {
    pieces.iter().map(|(text, _)| text.as_str()).collect()
}

#[tokio::test]
async fn a_reply_comes_piece_by_piece_and_whole_at_the_end() {
    for settings in DIALECTS {
        let airops = Vendor::with("airops", settings, Default::default()).await;
        let (pieces, reply) = streamed(&airops, "agt_xyz789").await;
        let reply = reply.unwrap();
        assert!(pieces.len() > 3, "{pieces:?}");
        assert_eq!(reply.response.as_deref(), Some(&*joined(&pieces)));
        assert_eq!(reply.complete, Some(true));
        let (first, last) = (pieces[0].1, pieces[pieces.len() - 1].1);
        assert!(last > first, "the first piece is given before the last has come");
        if settings.is_empty() {
            assert!(reply.session_id.is_some() && reply.execution_id.is_some(), "the headers tell them");
        }
    }
}

#[tokio::test]
async fn by_name_the_whole_reply_is_gathered() {
    for settings in DIALECTS {
        let airops = Vendor::with("airops", settings, Default::default()).await;
        let question = json!({ "agent-id": "agt_xyz789", "message": "What plans do you offer?" });
        let gathered = airops.call("stream-chat", question.clone()).await;
        let plain = airops.call("chat-with-agent", question).await;
        assert_eq!((&gathered["response"], &gathered["complete"]), (&plain["response"], &json!(true)));
    }
}

#[tokio::test]
async fn a_stream_in_odd_dress_says_the_same() {
    let airops = Vendor::start("airops").await;
    let (_, plain) = streamed(&airops, "agt_xyz789").await;
    // Comments, CRLF, several `data:` lines, unknown objects, pieces cut in the middle of a character.
    airops.switch("sse=odd").await;
    let (pieces, odd) = streamed(&airops, "agt_xyz789").await;
    assert_eq!(odd.unwrap().response, plain.unwrap().response);
    assert!(joined(&pieces).contains('€'), "{pieces:?}");
}

#[tokio::test]
async fn a_stream_that_ends_early_is_not_called_complete_and_one_that_breaks_is_an_error() {
    let airops = Vendor::start("airops").await;
    airops.switch("no_done=1").await;
    assert_eq!(streamed(&airops, "agt_xyz789").await.1.unwrap().complete, Some(true), "the text itself has ended");
    airops.switch("no_done=0&cut=1").await;
    let (pieces, cut) = streamed(&airops, "agt_xyz789").await;
    let cut = cut.unwrap();
    assert_eq!((cut.complete, cut.response), (Some(false), Some(joined(&pieces))));
    airops.switch("cut=abort").await;
    let (pieces, broken) = streamed(&airops, "agt_xyz789").await;
    let error = broken.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (Kind::Unavailable, true), "{error:?}");
    assert!(error.details.unwrap().contains(pieces[0].0.trim()), "what came is not lost");
}

#[tokio::test]
async fn a_reply_that_fails_on_the_way_is_an_error_with_what_was_said() {
    let airops = Vendor::start("airops").await;
    let (pieces, failed) = streamed(&airops, "agt_broken").await;
    let error = failed.unwrap_err();
    assert_eq!((error.kind, pieces.is_empty()), (Kind::Failed, false), "{error:?}");
    let (pieces, unknown) = streamed(&airops, "agt_none").await;
    assert_eq!((unknown.unwrap_err().kind, pieces.is_empty()), (Kind::NotFound, true));
    let error =
        airops.attempt("stream-chat", json!({ "agent-id": "agt_broken", "message": "Hello" })).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Failed);
}

#[tokio::test]
async fn a_stream_can_be_dropped_half_way() {
    let airops = Vendor::start("airops").await;
    let (mut store, bindings) = component(&airops).await;
    let recipes = bindings.outwit_airops_recipes();
    let stream = recipes.call_stream_chat(&mut store, &message("agt_xyz789", "What plans do you offer?")).await;
    let stream = stream.unwrap().unwrap();
    let first = recipes.reply_stream().call_next(&mut store, stream).await.unwrap().unwrap();
    assert!(matches!(first, Some(ReplyEvent::Text(_))), "{first:?}");
    stream.resource_drop_async(&mut store).await.unwrap();
    // The instance goes on.
    let second = recipes.call_stream_chat(&mut store, &message("agt_helpdesk", "Which plans?")).await.unwrap().unwrap();
    second.resource_drop_async(&mut store).await.unwrap();
}

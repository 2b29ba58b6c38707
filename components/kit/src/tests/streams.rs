//! Answers that come piece by piece, and break off.

use super::*;
use crate::types::{Advice, ErrorKind};
use crate::world::Failure;

fn events(text: &str) -> Answer {
    let headers = vec![("content-type".to_owned(), b"text/event-stream; charset=utf-8".to_vec())];
    Answer::Whole(200, headers, text.as_bytes().to_vec(), 7)
}

fn asked(answer: Answer) -> (Result<Value, Error>, World) {
    let world = world(&[], vec![answer]);
    (called(&world, "ask", json!({ "flow-id": "f" })), world)
}

const PIECES: &str = "data: {\"text\":\"a\"}\n\ndata: {\"text\":\"b\"}\n\n";
const END: &str = "data: {\"end\":true}\n\n";

#[test]
fn an_answer_is_complete_only_where_the_vendor_says_so() {
    for (after, complete) in [
        ("", false),
        (END, true),
        ("data: [DONE]\n\n", true),
        ("event: done\ndata: {\"end\":true}\n\n", true),
        // What is not known may have been a piece.
        ("data: {\"more\":\"c\"}\n\ndata: [DONE]\n\n", false),
        // The last event lacks its blank line.
        ("data: [DONE]", true),
    ] {
        let (output, _) = asked(events(&[PIECES, after].concat()));
        assert_eq!(output.unwrap(), json!({ "text": "ab", "complete": complete }), "{after}");
    }
    let (output, _) = asked(events("data: [DONE]\n\n"));
    assert_eq!(output.unwrap_err().kind, ErrorKind::Unreadable, "an end alone is no answer");
}

#[test]
fn an_answer_that_breaks_off_is_an_error_with_what_had_come() {
    for failure in [Failure::Lost("the connection broke"), Failure::TimedOut] {
        let (output, world) = asked(Answer::Broken(PIECES.as_bytes().to_vec(), failure.clone()));
        let error = output.unwrap_err();
        assert_eq!((error.maybe_done, error.advice), (true, Advice::AskPerson), "{error:?}");
        assert_eq!(error.details.as_deref(), Some(r#"{"text":"ab"}"#), "{failure:?}");
        assert_eq!(sent(&world).len(), 1, "a POST that was carried out is not repeated");
    }
}

#[test]
fn a_complete_answer_waits_three_seconds_for_its_metadata() {
    let body = [PIECES, END].concat().into_bytes();
    for (failure, clock) in [(Failure::TimedOut, 3000), (Failure::Lost("the connection broke"), 0)] {
        let (output, world) = asked(Answer::Broken(body.clone(), failure));
        assert_eq!(output.unwrap(), json!({ "text": "ab", "complete": true }));
        assert_eq!(world.clock_ms(), clock);
    }
}

#[test]
fn an_error_that_comes_with_or_after_the_end_counts() {
    for end in ["data: [DONE]\n\n", "event: done\ndata: {\"end\":true}\n\n", END] {
        let failed = "event: error\ndata: out of credit\n\n";
        // All of it comes at once.
        let headers = vec![("content-type".to_owned(), b"text/event-stream".to_vec())];
        let body = [PIECES, end, failed].concat().into_bytes();
        let (output, _) = asked(Answer::Whole(200, headers, body, 4096));
        let error = output.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (ErrorKind::Failed, true), "{end} {error:?}");
        assert!(error.message.contains("out of credit"), "{}", error.message);
    }
}

#[test]
fn a_cancelled_stream_gives_nothing_more() {
    let world = world(&[], vec![after(1000, events(&[PIECES, END].concat()))]);
    world.give_up_at(500);
    let error = called(&world, "ask", json!({ "flow-id": "f" })).unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Cancelled, true), "{error:?}");
}

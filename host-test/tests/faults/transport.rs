//! Connections that are refused, broken, slow or silent.

use std::time::Duration;

use outwit::{Advice, ErrorKind};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};

use crate::answers::refusing;
use crate::table::{DEADLINE_MS, DONE, Expected, Row, call, error, good, healthy, plugin, reply, timed, try_all};

/// What a read comes to that fails each time: two waits of a quarter to half a second and of half a second to a second.
fn tried_three_times(kind: ErrorKind) -> Expected {
    Expected { hits: 3, takes_ms: 750..=DEADLINE_MS - 1, ..error(kind, Advice::RetryLater) }
}

/// What a write comes to when nobody knows whether it was done: it is sent once, and somebody has to look.
fn sent_once(kind: ErrorKind) -> Expected {
    Expected { maybe_done: true, ..error(kind, Advice::AskPerson) }
}

#[test]
fn a_broken_connection_is_tried_again_by_a_read_and_never_by_a_write() {
    let row = |name, fault| Row {
        name,
        fault,
        settings: &[],
        read: tried_three_times(ErrorKind::Unavailable),
        write: sent_once(ErrorKind::Unavailable),
    };
    try_all(vec![
        row("reset in the middle of the body", Fault::ResetMidBody),
        row("close before any answer", Fault::CloseBeforeAnswer),
        row("a body short of its content-length", Fault::Truncated { status: 200, body: "{\"meta\":".into() }),
        Row {
            read: Expected {
                error: Some((ErrorKind::Unreadable, Advice::GiveUp)),
                ..tried_three_times(ErrorKind::Unreadable)
            },
            write: sent_once(ErrorKind::Unreadable),
            ..row("no HTTP at all", Fault::Sequence(vec![reply(0, &[], "")]))
        },
    ]);
}

#[test]
fn a_read_succeeds_when_the_vendor_recovers_in_time() {
    let row = |name, fault| Row {
        name,
        fault: Fault::Sequence(vec![fault, good()]),
        settings: &[],
        read: Expected { hits: 2, takes_ms: 250..=DEADLINE_MS - 1, ..DONE },
        write: sent_once(ErrorKind::Unavailable),
    };
    try_all(vec![
        row("reset in the middle of the body, once", Fault::ResetMidBody),
        row("close before any answer, once", Fault::CloseBeforeAnswer),
        row("a body short of its content-length, once", Fault::Truncated { status: 200, body: "{".into() }),
    ]);
}

#[test]
fn a_vendor_that_never_finishes_is_left_at_the_deadline() {
    let row = |name, fault, settings, deadline: u64| {
        let at_the_deadline = |expected| Expected { takes_ms: deadline - 20..=deadline + 900, ..expected };
        Row {
            name,
            fault,
            settings,
            read: at_the_deadline(error(ErrorKind::TimedOut, Advice::RetryLater)),
            write: at_the_deadline(sent_once(ErrorKind::TimedOut)),
        }
    };
    try_all(vec![
        row("accepts and never answers", Fault::NeverAnswers, &[("OUTWIT_DEADLINE_MS", "700")], 700),
        row("a byte a second", Fault::Drip, &[("OUTWIT_DEADLINE_MS", "1500")], 1500),
    ]);
}

#[test]
fn a_refused_connection_is_tried_again_even_by_a_write_since_nothing_was_sent() {
    net::run(async {
        let (_socket, url) = refusing();
        let plugin = plugin(&url, &[]).await;
        for operation in ["get-activity", "create-activity", "delete-activity"] {
            let (outcome, took) = timed(&plugin, operation).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind, error.advice), (ErrorKind::Unavailable, Advice::RetryLater), "{error:?}");
            assert_eq!((error.status, error.maybe_done), (None, false), "{error:?}");
            assert!(error.message.contains("the connection is refused"), "{error:?}");
            // The waits before the second and the third try.
            assert!((750..DEADLINE_MS.into()).contains(&took.as_millis()), "{operation}: {took:?}");
        }
        healthy().await;
    });
}

#[test]
fn a_setting_turns_repeats_off() {
    net::run(async {
        let (_socket, refusing) = refusing();
        let broken = start(Fault::CloseBeforeAnswer).await.unwrap();
        let busy = start(reply(503, &[], "")).await.unwrap();
        let limited = start(reply(429, &[("retry-after", "1")], "")).await.unwrap();
        for url in [&refusing, broken.url(), busy.url(), limited.url()] {
            let plugin = plugin(url, &[("OUTWIT_TRIES", "1")]).await;
            for operation in ["get-activity", "create-activity"] {
                let (outcome, took) = timed(&plugin, operation).await;
                assert!(outcome.is_err());
                assert!(took < Duration::from_millis(700), "{operation} at {url}: {took:?}");
            }
        }
        assert_eq!((broken.hits(), busy.hits(), limited.hits()), (2, 2, 2), "one for each call");
    });
}

#[test]
fn a_write_on_a_reused_connection_that_breaks_is_sent_once() {
    net::run(async {
        for operation in ["create-activity", "delete-activity"] {
            let server = start(Fault::Sequence(vec![good(), Fault::CloseBeforeAnswer, good()])).await.unwrap();
            let plugin = plugin(server.url(), &[]).await;
            call(&plugin, "get-activity").await.unwrap();
            let error = call(&plugin, operation).await.unwrap_err();
            assert_eq!((error.kind, error.maybe_done), (ErrorKind::Unavailable, true), "{error:?}");
            let methods: Vec<String> = server.seen().into_iter().map(|seen| seen.method).collect();
            let method = if operation == "create-activity" { "POST" } else { "DELETE" };
            assert_eq!(methods, ["GET", method]);
        }
    });
}

#[test]
fn a_write_that_does_the_same_twice_is_tried_again() {
    net::run(async {
        let recovering = start(Fault::Sequence(vec![Fault::CloseBeforeAnswer, good()])).await.unwrap();
        call(&plugin(recovering.url(), &[]).await, "update-activity").await.unwrap();
        assert_eq!(recovering.seen().iter().map(|seen| &*seen.method).collect::<Vec<_>>(), ["PUT", "PUT"]);
        let broken = start(Fault::CloseBeforeAnswer).await.unwrap();
        let error = call(&plugin(broken.url(), &[]).await, "update-activity").await.unwrap_err();
        // Sending it once more does no harm, so that nobody has to look first.
        assert_eq!((error.advice, error.maybe_done), (Advice::RetryLater, true), "{error:?}");
        assert_eq!(broken.hits(), 3);
    });
}

//! What a reply says to browsers, caches and clients that come back, and where the bounds are.

use super::*;
use crate::answer::MOST;
use crate::offer::Offer;

const CALL: &str = "/operations/acme.list-widgets";

/// RFC 9110, 9.3.2: a HEAD request is answered as a GET would be, without the body. What is answered is for one caller
/// (RFC 9111, 5.2.2.5).
#[test]
fn replies_are_not_cacheable_or_sniffed_and_head_gets_no_body() {
    for target in
        ["/healthz", "/operations", "/openapi.json", "/search?q=widget", "/operations/acme.create-widget", "/x"]
    {
        let [get, head] = ["GET", "HEAD"].map(|method| ask_with(&Access::Open, method, target, &[], ""));
        assert_eq!((get.status, header(&get, "cache-control")), (head.status, Some("no-store")), "{target}");
        assert_eq!((get.body.is_empty(), head.body.is_empty()), (false, true), "{target}");
        assert_eq!(header(&get, "content-type"), header(&head, "content-type"));
        assert_eq!(header(&get, "x-content-type-options"), Some("nosniff"), "{target}");
    }
}

#[test]
fn the_largest_body_and_the_highest_limit_are_allowed() {
    let largest = format!("{{}}{}", " ".repeat(MOST - 2));
    let length = MOST.to_string();
    assert_eq!(ask("POST", CALL, &[JSON, ("content-length", &length)], &largest).0, 200);
    let more = (MOST + 1).to_string();
    assert_eq!(ask("POST", CALL, &[JSON, ("content-length", &more)], "{}").0, 413);
    for (limit, status) in [(1, 200), (20, 200), (0, 400), (21, 400)] {
        assert_eq!(get(&format!("/search?q=widget&limit={limit}")).0, status, "{limit}");
    }
}

/// RFC 9110, 8.4: `identity` is no encoding; RFC 9110, 8.3.1: names of media types have no case.
#[test]
fn a_body_without_an_encoding_is_read_however_that_is_said() {
    for headers in [
        [JSON, ("content-encoding", "identity")],
        [JSON, ("content-encoding", "Identity")],
        [("content-type", "Application/JSON; charset=utf-8"), ("accept", "*/*")],
    ] {
        assert_eq!(ask("POST", CALL, &headers, "{}").0, 200, "{headers:?}");
    }
}

#[test]
fn a_client_that_hangs_up_in_its_body_is_at_fault() {
    let headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
    let doors = Doors { access: Access::Open, origins: Origins::default(), docs: true };
    for target in [CALL, "/mcp"] {
        let request = Request::of("POST", target, headers.clone());
        assert_eq!(answer(&request, &mut |_| Err(NoBody::Broken), &doors, &Acme).status, 400, "{target}");
    }
}

#[test]
fn replies_expose_retry_after_to_allowed_origins_and_vary_by_origin() {
    let origins = Origins::of(&[("OUTWIT_GATEWAY_ORIGINS".to_owned(), "https://app.example.com".to_owned())]);
    let doors = Doors { access: Access::Open, origins, docs: true };
    let reply = ask_at(&doors, "POST", CALL, &[JSON, ("origin", "https://app.example.com")], r#"{"wait":1}"#);
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, Some("1")));
    assert_eq!(header(&reply, "access-control-expose-headers"), Some("retry-after"));
    // A cache must not give one origin's reply to another one, nor what came without an origin.
    assert_eq!(header(&ask_at(&doors, "GET", "/operations", &[], ""), "vary"), Some("origin"));
    let none = ask_with(&Access::Open, "GET", "/operations", &[], "");
    assert_eq!((header(&none, "vary"), header(&none, "access-control-allow-origin")), (None, None));
}

/// RFC 9110, 15.6: what a vendor or the connection to it is at fault for is no error of the client.
#[test]
fn each_kind_of_error_has_the_status_that_says_whose_fault_it_is() {
    for (kind, expected) in [
        (ErrorKind::InvalidInput, 422),
        (ErrorKind::Rejected, 422),
        (ErrorKind::Misconfigured, 500),
        (ErrorKind::Denied, 403),
        (ErrorKind::Forbidden, 403),
        (ErrorKind::NotFound, 404),
        (ErrorKind::Ambiguous, 409),
        (ErrorKind::Conflict, 409),
        (ErrorKind::Cancelled, 409),
        (ErrorKind::RateLimited, 429),
        (ErrorKind::Unauthenticated, 502),
        (ErrorKind::Unreadable, 502),
        (ErrorKind::Failed, 502),
        (ErrorKind::Incomplete, 502),
        (ErrorKind::Unavailable, 503),
        (ErrorKind::TimedOut, 504),
    ] {
        assert_eq!(status(kind), expected, "{kind:?}");
    }
}

/// MCP 2025-06-18 has no batches any more, 2025-03-26 does; a batch of notifications alone is only accepted.
#[test]
fn batches_are_answered_in_the_last_protocol_that_has_them() {
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let both = format!("[{ping},{note}]");
    for (version, status) in [("2025-03-26", 200), ("2025-06-18", 400)] {
        let (replied, answers) = ask("POST", "/mcp", &[JSON, ("mcp-protocol-version", version)], &both);
        assert_eq!((replied, answers.is_array()), (status, status == 200), "{version}: {answers}");
    }
    assert_eq!(ask("POST", "/mcp", &[JSON], &format!("[{note}]")), (202, Value::Null));
}

#[test]
fn a_path_is_percent_encoded_with_two_digits() {
    for path in ["/operations/acme.create%+2Dwidget", "/operations/%", "/operations/%2", "/operations/%G0", "/%+7"] {
        assert_eq!(get(path).0, 400, "{path}");
    }
}

/// `secret` is a member of every operation of a catalogue. What does not say it may give a credential.
#[test]
fn what_does_not_say_that_it_is_no_secret_is_offered_nowhere() {
    let operation = |id: &str, secret: Value| json!({ "id": id, "effect": "read", "secret": secret });
    let all = [operation("a.one", false.into()), operation("a.two", true.into()), operation("a.three", Value::Null)];
    let offer = Offer::from(vec![json!({ "vendor": "a", "operations": all })]);
    assert_eq!(offer.all().map(|one| one.id()).collect::<Vec<_>>(), ["a.one"]);
    assert!(["a.two", "a.three"].iter().all(|id| offer.get(id).is_err_and(|problem| problem.status == 403)));
}

#[test]
fn a_problem_names_the_step_that_failed() {
    let problem = |failed: &str| {
        let error = Problem::new(0, ErrorKind::Unavailable, Advice::RetryLater, "x").at(failed).error;
        Problem::of(error, "acme.recipe").record()
    };
    let record = problem("acme.step");
    assert_eq!((&record["operation"], record.get("step")), (&json!("acme.recipe"), Some(&json!("acme.step"))));
    assert!(["", "acme.recipe"].iter().all(|own| problem(own).get("step").is_none()));
}

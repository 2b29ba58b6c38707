//! Vendors that see the secrets, and vendors that say them again.

use outwit::Settings;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, start};
use serde_json::json;

use super::canary::{CLIENT_SECRET, TOKEN, absent, call_all, sent, settings, shown};

#[test]
fn no_result_holds_the_token_that_the_vendor_saw() {
    net::run(async {
        // The mock takes only its own token: here that is the canary.
        let (mock, plugin) = net::mocked("accelo").await;
        let setting = |name: &str| mock.settings().iter().find(|(known, _)| known == name).unwrap().1.clone();
        let secrets = [setting("ACCELO_TOKEN"), setting("ACCELO_CLIENT_SECRET")];
        let outcomes = call_all(&plugin).await;
        let succeeded = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count();
        assert!(succeeded >= 12, "{succeeded} of {}: {outcomes:?}", outcomes.len());
        for (operation, outcome) in &outcomes {
            for secret in &secrets {
                assert!(!shown(outcome).contains(secret.as_str()), "{operation}: {outcome:?}");
            }
        }
        let bearer = format!("Bearer {}", secrets[0]);
        let seen = mock.seen();
        let with_token = seen.iter().filter(|seen| seen.path.starts_with("/api/"));
        assert!(with_token.clone().count() >= 20, "{}", seen.len());
        for seen in with_token {
            assert_eq!(seen.headers["authorization"], bearer, "{} {}", seen.method, seen.path);
            assert!(
                !format!("{}?{}{:?}", seen.path, seen.query, seen.body).contains(&secrets[0]),
                "in the header alone"
            );
        }
    });
}

/// What a vendor may say that looks through the request for somebody to blame.
fn echoes() -> Vec<(&'static str, Fault)> {
    let all = sent().join(" ");
    let authorization = format!("Bearer {TOKEN}");
    let headers = |kind: &str| {
        let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
        for name in ["authorization", "x-echo", "set-cookie", "location", "retry-after", "www-authenticate"] {
            headers.push((name.to_owned(), authorization.clone()));
        }
        headers
    };
    let reply = |status, kind: &str, body: String| Fault::Reply { status, headers: headers(kind), body: body.into() };
    let refusal = |status, code: &str, message: String| {
        let body = json!({
            "meta": { "status": code, "message": message }, "response": null,
            "error": code, "error_description": message, "authorization": authorization,
        });
        reply(status, "application/json", body.to_string())
    };
    let record = json!({
        "id": TOKEN, "subject": format!("you sent {authorization}"), "name": all, "firstname": all, "surname": all,
        "staff": { "id": TOKEN, "title": all }, "standing": TOKEN, "default_affiliation": TOKEN,
        "headers": { "authorization": authorization, TOKEN: [CLIENT_SECRET] },
    });
    let ok = |response: serde_json::Value| {
        let body = json!({ "meta": { "status": "ok", "message": all }, "response": response });
        reply(200, "application/json", body.to_string())
    };
    let mut echoes = vec![
        ("a record", ok(record.clone())),
        ("a list of records", ok(json!([record]))),
        ("a record of the wrong types", ok(json!({ "id": [TOKEN], "subject": { "x": TOKEN }, "billable": TOKEN }))),
        ("a list of what is no record", ok(json!([TOKEN, { "id": "1", "date_created": TOKEN }]))),
        ("an unreadable number", ok(json!({ "id": "1", "date_created": TOKEN, "date_modified": "t" }))),
        ("HTML", reply(200, "text/html", format!("<pre>Authorization: {authorization}</pre>"))),
        ("a content type", reply(200, &format!("text/html; for={TOKEN}"), "<html>".to_owned())),
        ("JSON that breaks off", reply(200, "application/json", format!("{{\"meta\":{{\"a\":\"{TOKEN}\"}}"))),
        ("a code", refusal(403, &authorization, "No.".to_owned())),
        ("a code of a 200", refusal(200, TOKEN, "No.".to_owned())),
        ("a redirect", reply(302, "text/html", all.clone())),
        ("a server error", refusal(500, "server_error", all.clone())),
        ("a quota", refusal(429, "too_many_requests", all.clone())),
        ("a missing record", refusal(400, "invalid_request", format!("{TOKEN} is missing"))),
    ];
    // Wherever a message is cut, half a secret is still too much.
    for padding in [230, 250, 270, 290, 299] {
        let message = format!("{} {all}", "x".repeat(padding));
        echoes.push(("a long message", refusal(401, "invalid_client", message)));
    }
    for padding in [1, 20, 40, 60, 79] {
        let code = format!("{}{TOKEN}", "x".repeat(padding));
        echoes.push(("a long code", refusal(400, &code, "No.".to_owned())));
    }
    echoes
}

#[test]
fn no_outcome_holds_a_secret_even_if_the_vendor_says_it_again() {
    net::run(async {
        let mut running = tokio::task::JoinSet::new();
        for (name, fault) in echoes() {
            running.spawn(async move {
                let server = start(fault).await.unwrap();
                let plugin = net::plugin("accelo", settings(server.url())).await;
                for (operation, outcome) in call_all(&plugin).await {
                    absent(&format!("{name}, {operation}"), &shown(&outcome));
                }
                let seen = server.seen();
                let [token, .., basic] = &sent()[..] else { unreachable!() };
                let arrived = |value: String| {
                    seen.iter().any(|seen| seen.headers.get("authorization").is_some_and(|sent| *sent == value))
                };
                assert!(
                    arrived(format!("Bearer {token}")) && arrived(format!("Basic {basic}")),
                    "{name}: {} requests",
                    seen.len()
                );
            });
        }
        net::all(running).await;
    });
}

#[test]
fn one_account_never_sends_the_secret_of_another() {
    net::run(async {
        let fault = Fault::Reply { status: 403, headers: Vec::new(), body: "".into() };
        let (here, there) = (start(fault.clone()).await.unwrap(), start(fault).await.unwrap());
        let one = net::plugin("accelo", settings(here.url())).await;
        let other: Settings = [("ACCELO_BASE_URL", there.url()), ("ACCELO_TOKEN", "another")].into_iter().collect();
        let other = one.with_settings(other);
        let get = json!({ "id": "1" });
        for _ in 0..3 {
            let (a, b) = tokio::join!(
                net::call(&one, "accelo.get-activity", &get),
                net::call(&other, "accelo.get-activity", &get)
            );
            assert!(a.is_err() && b.is_err());
        }
        let tokens = |server: &outwit_mocks::faults::FaultyServer| {
            server
                .seen()
                .iter()
                .map(|seen| seen.headers["authorization"].to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(tokens(&here), vec![format!("Bearer {TOKEN}"); 3]);
        assert_eq!(tokens(&there), vec!["Bearer another"; 3]);
    });
}

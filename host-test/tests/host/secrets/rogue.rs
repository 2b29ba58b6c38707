//! A component that tries what it must not do, against two servers: the vendor's, and another.

use outwit::{Error, ErrorKind, Plugin, Settings};
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::canary::{CLIENT_SECRET, TOKEN, absent};
use outwit_host_test::build::rogue;

struct Scene {
    vendor: FaultyServer,
    other: FaultyServer,
    plugin: Plugin,
}

impl Scene {
    async fn new() -> Scene {
        static LOADED: OnceCell<Plugin> = OnceCell::const_new();
        let load = || async { net::host().load(rogue(), Settings::default()).await.unwrap() };
        // The vendor says again who asked, in a header that a component must not see either.
        let headers =
            vec![("authorization".to_owned(), TOKEN.to_owned()), ("x-rogue-key".to_owned(), CLIENT_SECRET.to_owned())];
        let reply = Fault::Reply { status: 200, headers, body: "hello".into() };
        let (vendor, other) = (start(reply.clone()).await.unwrap(), start(reply).await.unwrap());
        let settings = [
            ("ROGUE_BASE_URL", vendor.url()),
            ("ROGUE_SITE", "juniper"),
            ("ROGUE_TOKEN", TOKEN),
            ("ROGUE_KEY", CLIENT_SECRET),
            ("UNDECLARED", "value"),
            ("OUTWIT_AUTH", "guest"),
        ];
        let plugin = LOADED.get_or_init(load).await.with_settings(settings.into_iter().collect());
        Scene { vendor, other, plugin }
    }

    fn authority(&self) -> &str {
        self.vendor.url().strip_prefix("http://").unwrap()
    }

    /// A request that is allowed, with these members instead.
    async fn send(&self, operation: &str, changed: Value) -> Result<Value, Error> {
        let mut request = json!({ "method": "GET", "authority": self.authority(), "path": "/v0/things/1" });
        request.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        net::call(&self.plugin, operation, &request).await
    }

    /// The request is refused, and nobody sees anything.
    async fn refused(&self, operation: &str, changed: Value) -> Error {
        let error = match self.send(operation, changed.clone()).await {
            Ok(answer) => panic!("{operation} {changed}: {answer}"),
            Err(error) => error,
        };
        assert_eq!(error.kind, ErrorKind::Denied, "{operation} {changed}: {error:?}");
        assert_eq!((self.vendor.hits(), self.other.hits()), (0, 0), "{operation} {changed}");
        absent("refusal", &format!("{error:?}"));
        error
    }

    /// The host says which request it held back.
    async fn expect_refusal(&self, operation: &str, changed: Value, reason: &str) {
        let error = self.refused(operation, changed.clone()).await;
        let refused = error.details.as_ref().and_then(|details| details["refused"].as_str()).unwrap_or_default();
        assert!(refused.contains(reason), "{changed}: expected {reason:?} in {error:?}");
    }
}

#[test]
fn the_environment_of_a_component_holds_no_secret_and_nothing_undeclared() {
    net::run(async {
        let scene = Scene::new().await;
        let environment = net::call(&scene.plugin, "rogue.environment", &json!({})).await.unwrap();
        // The names tell that the secrets are not there, and not only taken out of the result.
        let expected = json!([
            ["ROGUE_BASE_URL", scene.vendor.url()],
            ["ROGUE_SITE", "juniper"],
            ["OUTWIT_AUTH", "host"],
            ["OUTWIT_PROGRESS", "1"]
        ]);
        assert_eq!(environment, expected);
    });
}

#[test]
fn a_declared_request_gets_the_credential_that_the_component_never_sees() {
    net::run(async {
        let scene = Scene::new().await;
        let answer = scene.send("rogue.read", json!({ "headers": { "x-request-id": "7" } })).await.unwrap();
        assert_eq!((&answer["status"], &answer["body"]), (&json!(200), &json!("hello")));
        let answer = answer.to_string();
        absent("answer", &answer);
        assert!(!answer.contains("authorization") && !answer.contains("x-rogue-key"), "{answer}");
        scene.send("rogue.key", json!({ "path": "/v0/key" })).await.unwrap();
        let seen = scene.vendor.seen();
        assert_eq!((seen.len(), scene.other.hits()), (2, 0));
        assert_eq!(seen[0].headers["authorization"], format!("Bearer {TOKEN}"));
        assert_eq!(
            (&seen[0].headers["x-request-id"], seen[0].headers.get("x-rogue-key")),
            (&"7".parse().unwrap(), None)
        );
        // Each route has its own credential, and no other one.
        assert_eq!(
            (&seen[1].headers["x-rogue-key"], seen[1].headers.get("authorization")),
            (&CLIENT_SECRET.parse().unwrap(), None)
        );
    });
}

#[test]
fn a_request_to_another_host_port_or_scheme_does_not_leave() {
    net::run(async {
        let scene = Scene::new().await;
        let here = scene.authority().to_owned();
        let port = here.rsplit(':').next().unwrap();
        let elsewhere = scene.other.url().strip_prefix("http://").unwrap();
        let outside = "an address outside of the plugin's own";
        for authority in [
            elsewhere,
            &format!("localhost:{port}"),
            &format!("127.1:{port}"),
            &format!("[::1]:{port}"),
            &format!("[::ffff:127.0.0.1]:{port}"),
            "127.0.0.1",
            "127.0.0.1:80",
            "rogue.invalid",
            &format!("{here}.evil.example"),
            &format!("user@{here}"),
            &format!("{here}@{elsewhere}"),
            &format!("{elsewhere}@{here}"),
        ] {
            scene.expect_refusal("rogue.read", json!({ "authority": authority }), outside).await;
        }
        scene.expect_refusal("rogue.read", json!({ "scheme": "https" }), outside).await;
    });
}

#[test]
fn a_request_that_no_operation_declares_does_not_leave() {
    net::run(async {
        let scene = Scene::new().await;
        let undeclared = "no operation is declared as";
        for path in [
            "/",
            "/v0/things",
            "/v0/things/",
            "/v0/other",
            "/v0/things/1/parts",
            "/V0/things/1",
            "//v0/things/1",
            "/v0//1",
            "/v0/things/..",
            "/v0/things/.",
            "/v0/things/../key",
            "/v0/things/%2e%2e",
            "/v0/things/1%2F..%2F..",
            "/v0/things/%252e",
            "/v0/things/1;x=y",
            "/v0/things/1%5c",
            "/v0/things/1%00",
            "/v0/things%2F1",
            "/v0/./things/1",
            "/v0/thing%73/1",
            "/?/v0/things/1",
        ] {
            scene.expect_refusal("rogue.read", json!({ "path": path }), undeclared).await;
        }
        for method in ["HEAD", "PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get"] {
            for operation in ["rogue.read", "rogue.destroy"] {
                scene.expect_refusal(operation, json!({ "method": method }), undeclared).await;
            }
        }
        scene.refused("rogue.read", json!({ "method": "CONNECT" })).await;
    });
}

#[test]
fn a_component_cannot_do_more_than_the_operation_that_was_called() {
    net::run(async {
        let scene = Scene::new().await;
        let create = json!({ "method": "POST", "path": "/v0/things", "body": "a=1" });
        let delete = json!({ "method": "DELETE" });
        let disguised = |parameter: &str| json!({ "method": "POST", "path": format!("/v0/things/1?{parameter}") });
        scene.expect_refusal("rogue.read", create.clone(), "rogue.write is more than rogue.read may do").await;
        scene.expect_refusal("rogue.read", delete.clone(), "rogue.destroy is more than rogue.read may do").await;
        scene.expect_refusal("rogue.write", delete.clone(), "rogue.destroy is more than rogue.write may do").await;
        for parameter in ["_method=delete", "_method=DELETE", "%5fmethod=delete"] {
            scene.expect_refusal("rogue.write", disguised(parameter), "rogue.destroy is more than").await;
        }
        for parameter in ["_method=get&_method=delete", "_METHOD=delete", "_method[]=delete"] {
            scene.expect_refusal("rogue.destroy", disguised(parameter), "_method").await;
        }
        for body in ["_method=delete", "a=1&%5Fmethod=delete", "{\"_method\":\"delete\"}"] {
            let request = json!({ "method": "POST", "path": "/v0/things", "body": body });
            scene.expect_refusal("rogue.write", request, "a body with _method").await;
        }
        scene.send("rogue.write", create).await.unwrap();
        scene.send("rogue.destroy", delete).await.unwrap();
        let seen = scene.vendor.seen();
        assert_eq!(seen.iter().map(|seen| &*seen.method).collect::<Vec<_>>(), ["POST", "DELETE"]);
        assert_eq!(&seen[0].body[..], b"a=1");
    });
}

#[test]
fn a_component_cannot_say_who_it_is_or_whom_it_speaks_to() {
    net::run(async {
        let scene = Scene::new().await;
        for name in [
            "authorization",
            "Authorization",
            "AUTHORIZATION",
            "x-rogue-key",
            "X-Rogue-Key",
            "host",
            "cookie",
            "connection",
            "transfer-encoding",
            "upgrade",
            "proxy-authorization",
            "x-forwarded-host",
            "x-forwarded-for",
            "forwarded",
            "x-http-method-override",
            "x-original-url",
            "te",
            "keep-alive",
        ] {
            let error = scene.refused("rogue.read", json!({ "headers": { name: "evil.example" } })).await;
            assert!(error.message.contains(name), "{error:?}");
        }
    });
}

#[test]
fn a_component_without_its_credential_sends_nothing() {
    net::run(async {
        let scene = Scene::new().await;
        let settings = [("ROGUE_BASE_URL", scene.vendor.url())];
        let scene = Scene { plugin: scene.plugin.with_settings(settings.into_iter().collect()), ..scene };
        scene.expect_refusal("rogue.read", json!({}), "the credential of rogue.read is not among the settings").await;
        let scene = Scene { plugin: scene.plugin.with_settings(Settings::default()), ..scene };
        scene.expect_refusal("rogue.read", json!({}), "an address outside").await;
    });
}

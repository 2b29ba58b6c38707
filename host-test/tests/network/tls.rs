//! The host's client over TLS: which servers it trusts, which protocol it speaks, how long it keeps a connection.

use super::server::Server;
use http::Version;
use outwit::{Advice, ErrorKind};
use outwit_host_test::net;
use serde_json::json;
use std::sync::atomic::Ordering;

#[test]
fn a_connection_is_reused_and_has_the_protocol_that_the_server_prefers() {
    net::run(async {
        for (protocols, version) in [
            (&["h2", "http/1.1"][..], Version::HTTP_2),
            (&["http/1.1"][..], Version::HTTP_11),
            (&[][..], Version::HTTP_11),
        ] {
            let server = Server::start(protocols).await;
            let plugin = server.plugin(true).await;
            for _ in 0..3 {
                let staff = net::call(&plugin, "accelo.get-staff", &json!({ "id": "21" })).await.unwrap();
                assert_eq!(staff["id"], "21");
            }
            assert_eq!(*server.versions.lock().unwrap(), [version; 3], "{protocols:?}");
            assert_eq!(server.connections.load(Ordering::Relaxed), 1, "{protocols:?}");
        }
    });
}

#[test]
fn a_server_that_nobody_vouches_for_gets_no_request() {
    net::run(async {
        let server = Server::start(&["h2"]).await;
        let plugin = server.plugin(false).await;
        let error = net::call(&plugin, "accelo.get-staff", &json!({ "id": "21" })).await.unwrap_err();
        assert_eq!((error.kind, error.advice), (ErrorKind::Unavailable, Advice::AskPerson), "{error:?}");
        // Which host, what is wrong, and what helps.
        for part in [server.url.strip_prefix("https://").unwrap(), "nobody that is trusted", "--roots"] {
            assert!(error.message.contains(part), "{part}: {error}");
        }
        assert!(server.versions.lock().unwrap().is_empty());
    });
}

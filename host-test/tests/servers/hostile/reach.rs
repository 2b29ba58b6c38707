//! A component that calls a machine in the neighbourhood its vendor: by address, by a name for one, or by its own name,
//! which leads there. Only what a person set may.

use outwit::embed::{Resolver, Resolving, Testing};
use outwit::{Advice, Error, ErrorKind, Host, Options, Plugin, Settings};
use outwit_host_test::build::rogue;
use outwit_host_test::net;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the component says of itself, with room for other addresses.
const BASE: &str = "https://rogue.invalid////////////////";

/// Every name leads to these addresses.
struct Leads(Vec<IpAddr>, AtomicUsize);

impl Leads {
    fn to(addresses: &[&str]) -> Arc<Leads> {
        Arc::new(Leads(addresses.iter().map(|address| address.parse().unwrap()).collect(), AtomicUsize::new(0)))
    }
}

impl Resolver for Leads {
    fn resolve(&self, _: &str) -> Resolving {
        self.1.fetch_add(1, Ordering::SeqCst);
        let addresses = self.0.clone();
        Box::pin(async { Ok(addresses) })
    }
}

/// The rogue component with another address in its catalogue.
fn rogue_at(base: &str) -> Vec<u8> {
    let padded = format!("{base}{}", "/".repeat(BASE.len() - base.len()));
    let component = rogue();
    let at = component.windows(BASE.len()).position(|window| window == BASE.as_bytes()).unwrap();
    [&component[..at], padded.as_bytes(), &component[at + BASE.len()..]].concat()
}

async fn plugin(host: &Host, base: &str, settings: &[(&str, &str)]) -> Plugin {
    let settings: Settings = settings.iter().copied().chain([("ROGUE_TOKEN", "token")]).collect();
    host.load(&rogue_at(base), settings).await.unwrap()
}

async fn read(plugin: &Plugin, base: &str) -> Result<Value, Error> {
    let (scheme, authority) = base.split_once("://").unwrap();
    let request = json!({ "method": "GET", "scheme": scheme, "authority": authority, "path": "/v0/things/1" });
    net::call(plugin, "rogue.read", &request).await
}

/// The error names the address, and the setting that would allow it.
fn refused(outcome: Result<Value, Error>, base: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind, error.maybe_done), (ErrorKind::Denied, false), "{base}: {error:?}");
    let said = error.details.as_ref().and_then(|details| details["refused"].as_str()).unwrap_or_default();
    let (named, means) = (said.starts_with(base), said.contains("leads to this machine or into a private network"));
    assert!(named && means && said.contains("ROGUE_BASE_URL"), "{base}: {error:?}");
}

async fn server() -> FaultyServer {
    start(Fault::Reply { status: 200, headers: Vec::new(), body: "hello".into() }).await.unwrap()
}

#[test]
fn a_component_cannot_call_this_machine_its_vendor_unless_a_person_does() {
    net::run(async {
        let server = server().await;
        let port = server.url().rsplit(':').next().unwrap();
        let host = Host::new(net::options()).unwrap();
        for base in [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")] {
            let (declared, before) = (plugin(&host, &base, &[]).await, server.hits());
            refused(read(&declared, &base).await, &base);
            assert_eq!(server.hits(), before, "{base}");
            let configured = plugin(&host, &base, &[("ROGUE_BASE_URL", &base)]).await;
            assert_eq!(read(&configured, &base).await.unwrap()["body"], "hello");
            // The connection that is open now is not for the other.
            refused(read(&declared, &base).await, &base);
            assert_eq!(server.hits(), before + 1, "{base}");
        }
    });
}

#[test]
fn an_address_in_a_catalogue_has_to_be_public() {
    net::run(async {
        let leads = Leads::to(&["127.0.0.1"]);
        let host = Host::new(Options {
            testing: Testing { resolver: Some(leads.clone()), ..Testing::default() },
            ..net::options()
        })
        .unwrap();
        for base in [
            "https://127.0.0.1:9",
            "https://10.0.0.1",
            "https://172.16.0.1:8443",
            "https://192.168.1.1",
            "https://169.254.169.254",
            "https://100.64.0.1",
            "https://0.0.0.0",
            "https://[::1]:9",
            "https://[::ffff:127.0.0.1]",
            "https://[fd00::1]",
            "https://[fe80::1]",
            "https://[64:ff9b::a00:1]",
        ] {
            refused(read(&plugin(&host, base, &[]).await, base).await, base);
        }
        assert_eq!(leads.1.load(Ordering::SeqCst), 0, "nobody has to be asked what an address is");
        // What only resolvers take for an address is looked at like a name, where it is one that TLS knows.
        for base in ["https://127.1", "https://2130706433", "https://0x7f.0.0.1", "https://0177.0.0.1"] {
            let error = read(&plugin(&host, base, &[]).await, base).await.unwrap_err();
            let nowhere = error.message.starts_with("ErrorCode::DestinationUnavailable");
            assert!(error.kind == ErrorKind::Denied || nowhere, "{base}: {error:?}");
        }
    });
}

#[test]
fn a_name_in_a_catalogue_has_to_lead_to_public_addresses() {
    net::run(async {
        let base = "https://rogue.invalid";
        for addresses in [
            &["127.0.0.1"][..],
            &["10.0.0.1", "192.168.0.1"],
            &["169.254.169.254"],
            &["100.64.1.1"],
            &["::1"],
            &["fd00::1"],
            &["fe80::1"],
            &["::ffff:10.0.0.1"],
        ] {
            let leads = Leads::to(addresses);
            let host = Host::new(Options {
                testing: Testing { resolver: Some(leads.clone()), ..Testing::default() },
                ..net::options()
            })
            .unwrap();
            refused(read(&plugin(&host, base, &[]).await, base).await, base);
            assert_eq!(leads.1.load(Ordering::SeqCst), 1, "{addresses:?}");
        }
    });
}

#[test]
fn a_name_that_a_person_set_may_lead_anywhere() {
    net::run(async {
        let server = server().await;
        let base = server.url().replace("127.0.0.1", "localhost");
        let leads = Leads::to(&["127.0.0.1"]);
        let host = Host::new(Options {
            testing: Testing { resolver: Some(leads.clone()), ..Testing::default() },
            ..net::options()
        })
        .unwrap();
        let plugin = plugin(&host, "https://rogue.invalid", &[("ROGUE_BASE_URL", &base)]).await;
        read(&plugin, &base).await.unwrap();
        assert_eq!((server.hits(), leads.1.load(Ordering::SeqCst)), (1, 1));
    });
}

#[test]
fn a_token_endpoint_has_to_be_public_too() {
    net::run(async {
        let host = Host::new(Options {
            testing: Testing { resolver: Some(Leads::to(&["10.0.0.1"])), ..Testing::default() },
            ..net::options()
        })
        .unwrap();
        let component = outwit::Plugins::embedded().component("accelo").unwrap().unwrap();
        let accelo = host.load(&component, Settings::default()).await.unwrap();
        let settings =
            [("ACCELO_DEPLOYMENT", "juniper"), ("ACCELO_CLIENT_ID", "app"), ("ACCELO_CLIENT_SECRET", "secret-of-app")];
        let account = outwit::Account::new(&accelo, "default", settings.into_iter().collect(), None).unwrap();
        let error = account.call("accelo.list-staff", "{}", &outwit::CallHandle::new()).await.unwrap_err();
        assert_eq!((error.kind, error.advice), (ErrorKind::Denied, Advice::AskPerson), "{error:?}");
        assert!(error.message.contains("private network"), "{error:?}");
    });
}

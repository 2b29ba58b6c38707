//! Proxies: what goes by them, what they are shown, and what is said when they refuse.

use super::server::{Server, accelo};
use outwit::embed::{Resolver, Resolving, Testing};
use outwit::{Account, Advice, CallHandle, ErrorKind, Options, Plugin, Proxies, Settings};
use outwit_host_test::net;
use serde_json::json;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A proxy that leads every tunnel to one address, or answers as it is told. It notes the heads of what it is asked.
struct Proxy {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(answer: &'static str, leads_to: Option<String>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://jo:p%40ss-word@{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (noted, leads_to) = (noted.clone(), leads_to.clone());
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut head = String::new();
                    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).await.unwrap_or(0) > 0 {}
                    noted.lock().unwrap().push(head);
                    stream.write_all(answer.as_bytes()).await.unwrap();
                    if let Some(to) = leads_to {
                        let mut vendor = TcpStream::connect(to).await.unwrap();
                        _ = tokio::io::copy_bidirectional(&mut stream, &mut vendor).await;
                    }
                });
            }
        });
        Proxy { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// This machine knows no name but by this answer, as behind a firm's proxy.
struct Knows(Option<IpAddr>);

impl Resolver for Knows {
    fn resolve(&self, _: &str) -> Resolving {
        let found = self.0.map(|address| vec![address]).ok_or_else(|| std::io::Error::other("unknown here"));
        Box::pin(async { found })
    }
}

fn behind(url: &str, knows: Option<IpAddr>, roots: Option<&Server>) -> Options {
    let proxies = Proxies::of(|name| (name == "https_proxy").then(|| url.to_owned())).unwrap();
    let roots = roots.map(|server| server.certificate.path().to_owned());
    Options {
        proxies: Some(proxies),
        testing: Testing { resolver: Some(Arc::new(Knows(knows))), ..Testing::default() },
        roots,
        ..net::options()
    }
}

const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

fn port(server: &Server) -> &str {
    server.url.rsplit_once(':').unwrap().1
}

async fn staff(plugin: &Plugin) -> Result<serde_json::Value, outwit::Error> {
    net::call(plugin, "accelo.get-staff", &json!({ "id": "21" })).await
}

async fn write(plugin: &Plugin) -> outwit::Error {
    net::call(plugin, "accelo.create-company", &json!({ "name": "Juniper" })).await.unwrap_err()
}

#[test]
fn calls_go_through_a_tunnel_that_shows_the_proxy_the_host_alone() {
    net::run(async {
        for protocols in [&["h2"][..], &["http/1.1"]] {
            let server = Server::start(protocols).await;
            let proxy = Proxy::start(OPEN, Some(format!("127.0.0.1:{}", port(&server)))).await;
            let url = format!("https://vendor.test:{}", port(&server));
            let plugin = accelo(behind(&proxy.url, None, Some(&server)), &[("ACCELO_BASE_URL", &url)]).await;
            for _ in 0..2 {
                assert_eq!(staff(&plugin).await.unwrap()["id"], "21");
            }
            let [head] = &proxy.asked()[..] else { panic!("the connection is kept: {:?}", proxy.asked()) };
            let head = head.to_ascii_lowercase();
            let authority = format!("vendor.test:{}", port(&server));
            assert!(head.starts_with(&format!("connect {authority} http/1.1\r\n")), "{head}");
            assert!(head.contains(&format!("host: {authority}\r\n")), "{head}");
            // RFC 7617: base64 of jo:p@ss-word.
            assert!(head.contains(&"proxy-authorization: Basic am86cEBzcy13b3Jk".to_ascii_lowercase()), "{head}");
            assert!(!head.contains("bearer") && !head.contains("staff"), "{head}");
        }
    });
}

/// RFC 9110, 15.5.8 and 15.5.4: nothing was sent to the vendor, and the same will be refused again.
#[test]
fn a_proxy_that_refuses_is_named_by_its_address_and_asked_once() {
    net::run(async {
        for (answer, expected) in [
            (
                "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
                "another user name and password (407)",
            ),
            ("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", "lets nothing through to vendor.test:443 (403"),
        ] {
            let proxy = Proxy::start(answer, None).await;
            let plugin = accelo(behind(&proxy.url, None, None), &[("ACCELO_BASE_URL", "https://vendor.test")]).await;
            let error = write(&plugin).await;
            let outcome = (error.kind, error.advice, error.maybe_done);
            assert_eq!(outcome, (ErrorKind::Unavailable, Advice::AskPerson, false), "{error:?}");
            let address = proxy.url.rsplit_once('@').unwrap().1;
            assert!(error.message.contains(expected) && error.message.contains(address), "{error}");
            assert!(!format!("{error:?}").contains("ss-word"), "{error:?}");
            assert_eq!(proxy.asked().len(), 1);
        }
    });
}

#[test]
fn a_proxy_that_cannot_be_reached_or_cannot_reach_the_vendor_may_do_so_later() {
    net::run(async {
        let busy = Proxy::start("HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\n\r\n", None).await;
        for (url, times) in [(&*busy.url, 3), ("http://127.0.0.1:1", 0)] {
            let plugin = accelo(behind(url, None, None), &[("ACCELO_BASE_URL", "https://vendor.test")]).await;
            let error = write(&plugin).await;
            assert_eq!(
                (error.kind, error.advice, error.maybe_done),
                (ErrorKind::Unavailable, Advice::RetryLater, false)
            );
            assert!(error.message.contains("the proxy 127.0.0.1:"), "{error}");
            if times > 0 {
                assert_eq!(busy.asked().len(), times);
            }
        }
    });
}

/// The name is the component's, so that it may lead to public addresses only, as far as this machine can tell.
#[test]
fn a_name_that_leads_into_the_own_network_does_not_go_by_a_proxy_either() {
    net::run(async {
        let proxy = Proxy::start(OPEN, None).await;
        for (knows, asked) in [(Some("10.0.0.7"), 0), (Some("127.0.0.1"), 0), (Some("8.8.8.8"), 1), (None, 1)] {
            let before = proxy.asked().len();
            let options = behind(&proxy.url, knows.map(|address| address.parse().unwrap()), None);
            let plugin =
                accelo(options, &[("ACCELO_DEPLOYMENT", "acme"), ("OUTWIT_TRIES", "1"), ("OUTWIT_DEADLINE_MS", "500")])
                    .await;
            let error = write(&plugin).await;
            assert_eq!(error.kind == ErrorKind::Denied, asked == 0, "{knows:?}: {error:?}");
            assert_eq!(proxy.asked().len() - before, asked, "{knows:?}");
        }
    });
}

#[test]
fn this_machine_is_not_reached_by_a_proxy() {
    net::run(async {
        let server = Server::start(&["h2"]).await;
        let proxy = Proxy::start(OPEN, None).await;
        let proxies = Proxies::of(|name| (name == "ALL_PROXY").then(|| proxy.url.clone())).unwrap();
        let roots = Some(server.certificate.path().to_owned());
        let options = Options { proxies: Some(proxies), roots, ..net::options() };
        let plugin = accelo(options, &[("ACCELO_BASE_URL", &server.url)]).await;
        assert_eq!(staff(&plugin).await.unwrap()["id"], "21");
        assert!(proxy.asked().is_empty());
    });
}

#[test]
fn the_token_endpoint_is_asked_by_the_proxy_too() {
    net::run(async {
        let proxy = Proxy::start("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n", None).await;
        let plugin = accelo(behind(&proxy.url, None, None), &[]).await;
        let settings =
            [("ACCELO_DEPLOYMENT", "acme"), ("ACCELO_CLIENT_ID", "one"), ("ACCELO_CLIENT_SECRET", "secret-of-one")];
        let settings: Settings = settings.into_iter().collect();
        let account = Account::new(&plugin, "default", settings, None).unwrap();
        let error = account.call("accelo.list-staff", "{}", &CallHandle::new()).await.unwrap_err();
        assert_eq!((error.kind, error.advice), (ErrorKind::Unavailable, Advice::AskPerson), "{error:?}");
        assert!(error.message.contains("token endpoint") && error.message.contains("(407)"), "{error}");
        assert!(proxy.asked()[0].starts_with("CONNECT acme.api.accelo.com:443 "), "{:?}", proxy.asked());
    });
}

/// RFC 1928 and 1929: a server that wants a user name and password, and looks the name up itself.
#[test]
fn a_socks_proxy_gets_the_name_and_the_password() {
    net::run(async {
        let server = Server::start(&["h2"]).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("socks5h://jo:hush@{}", listener.local_addr().unwrap());
        let to = format!("127.0.0.1:{}", port(&server));
        let name = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut greeting = [0; 2];
            stream.read_exact(&mut greeting).await.unwrap();
            let mut methods = vec![0; usize::from(greeting[1])];
            stream.read_exact(&mut methods).await.unwrap();
            assert!(greeting[0] == 5 && methods.contains(&2));
            stream.write_all(&[5, 2]).await.unwrap();
            let mut login = [0; 9];
            stream.read_exact(&mut login).await.unwrap();
            assert_eq!(&login, b"\x01\x02jo\x04hush");
            stream.write_all(&[1, 0]).await.unwrap();
            let mut request = [0; 5];
            stream.read_exact(&mut request).await.unwrap();
            assert_eq!(request[..4], [5, 1, 0, 3]);
            let mut name = vec![0; usize::from(request[4]) + 2];
            stream.read_exact(&mut name).await.unwrap();
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            name.truncate(name.len() - 2);
            tokio::spawn(async move {
                let mut vendor = TcpStream::connect(to).await.unwrap();
                _ = tokio::io::copy_bidirectional(&mut stream, &mut vendor).await;
            });
            String::from_utf8(name).unwrap()
        });
        let vendor = format!("https://vendor.test:{}", port(&server));
        let plugin = accelo(behind(&url, None, Some(&server)), &[("ACCELO_BASE_URL", &vendor)]).await;
        assert_eq!(staff(&plugin).await.unwrap()["id"], "21");
        assert_eq!(name.await.unwrap(), "vendor.test");
    });
}

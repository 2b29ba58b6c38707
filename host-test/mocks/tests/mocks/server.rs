//! What every mock has in common.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{accelo, send, setting};

#[tokio::test]
async fn the_vendors_are_sorted_and_each_one_starts() {
    let vendors = outwit_mocks::vendors();
    assert!(vendors.is_sorted() && vendors.contains(&"accelo"));
    for vendor in vendors {
        let server = outwit_mocks::start(vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (name, value) = &server.settings()[0];
        assert_eq!(
            (name.as_str(), value.as_str()),
            (format!("{}_BASE_URL", vendor.to_uppercase()).as_str(), server.url())
        );
    }
}

#[tokio::test]
async fn an_unknown_vendor_is_not_found_and_the_error_names_the_known_ones() {
    let error = outwit_mocks::start("acelo", ([127, 0, 0, 1], 0).into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("acelo") && error.to_string().contains("accelo"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_not_a_panic() {
    let mock = accelo().await;
    let addr = mock.server.url().strip_prefix("http://").unwrap().parse().unwrap();
    assert_eq!(outwit_mocks::start("accelo", addr).await.unwrap_err().kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn every_request_is_seen_in_order_also_a_refused_one() {
    let mock = accelo().await;
    mock.bare("POST", "/api/v0/companies?a=b%20c", &[("x-trace", "7")], "name=No").await;
    mock.get("/api/v0/staff").await;
    let seen = mock.server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/api/v0/companies"));
    assert_eq!((seen[0].query.as_str(), &seen[0].body[..]), ("a=b%20c", &b"name=No"[..]));
    assert_eq!(seen[0].headers["x-trace"], "7");
    assert_eq!(seen[1].path, "/api/v0/staff");
    mock.server.forget();
    assert!(mock.server.seen().is_empty());
}

#[tokio::test]
async fn servers_share_no_state() {
    let (one, other) = (accelo().await, accelo().await);
    one.form("POST", "/api/v0/companies", "name=Only+here").await.ok();
    assert_eq!(one.ids("/api/v0/companies?_search=only").await, ["312"]);
    assert!(other.ids("/api/v0/companies?_search=only").await.is_empty());
}

#[tokio::test]
async fn a_dropped_server_stops_also_towards_idle_connections() {
    let mock = accelo().await;
    let url = mock.server.url().to_owned();
    let mut idle = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let token = setting(&mock.server, "ACCELO_TOKEN");
    let request = format!("GET /api/v0/staff HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    idle.write_all(request.as_bytes()).await.unwrap();
    assert!(idle.read(&mut [0; 4096]).await.unwrap() > 0);
    drop(mock);
    let rest = timeout(Duration::from_secs(5), idle.read(&mut [0; 16])).await.unwrap();
    assert_eq!(rest.unwrap(), 0);
    assert!(send(&url, "GET", "/", &[], b"").await.is_err());
}

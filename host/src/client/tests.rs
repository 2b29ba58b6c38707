//! What each way to fail is called. Servers are sockets on loopback that say what they are told, or nothing.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers each request with the next of these texts, on one connection; then it waits, or hangs up.
async fn server(answers: &'static [&'static str], hangs_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for answer in answers {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.unwrap() == 0 {
                return;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        if !hangs_up {
            std::future::pending::<()>().await;
        }
    });
    format!("http://{address}/x")
}

/// The outcome of something that takes a moment, and no more than a few seconds on a machine that is busy.
async fn soon<T>(outcome: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(5), outcome).await.expect("an outcome within five seconds")
}

async fn get(client: &Client, uri: &str) -> Result<Response<Body>, Error> {
    let short = Some(Duration::from_millis(50));
    let options =
        RequestOptions { connect_timeout: Some(PATIENCE), first_byte_timeout: short, between_bytes_timeout: short };
    soon(client.send(Request::post(uri).body(body("{}")).unwrap(), options)).await
}

async fn text(response: Response<Body>) -> Result<Bytes, Error> {
    Ok(soon(response.into_body().collect()).await?.to_bytes())
}

#[tokio::test]
async fn connections_are_reused() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let (uri, client) = (server(&[OK, OK], false).await, Client::new(None).unwrap());
    for _ in 0..2 {
        assert_eq!(text(get(&client, &uri).await.unwrap()).await.unwrap(), "ok");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let uri =
        server(&["HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"], false).await;
    assert_eq!(get(&Client::new(None).unwrap(), &uri).await.unwrap().status(), 302);
}

#[tokio::test]
async fn no_listener_is_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/x", listener.local_addr().unwrap());
    drop(listener);
    let failed = get(&Client::new(None).unwrap(), &uri).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionRefused), "{failed:?}");
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_a_dns_error() {
    // Longer than a label can be, so that no resolver is asked.
    let uri = format!("http://{}.invalid/x", "a".repeat(64));
    let failed = get(&Client::new(None).unwrap(), &uri).await.unwrap_err();
    assert!(matches!(failed, Error::DnsError { .. }), "{failed:?}");
}

#[tokio::test]
async fn no_answer_and_no_next_byte_are_read_timeouts() {
    let client = Client::new(None).unwrap();
    let failed = get(&client, &server(&[""], false).await).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionReadTimeout), "{failed:?}");

    let stalled = server(&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"], false).await;
    let failed = text(get(&client, &stalled).await.unwrap()).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionReadTimeout), "{failed:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_terminates_the_connection() {
    let client = Client::new(None).unwrap();
    let failed = get(&client, &server(&[""], true).await).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionTerminated), "{failed:?}");

    let broken = server(&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"], true).await;
    let failed = text(get(&client, &broken).await.unwrap()).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionTerminated), "{failed:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error_and_nothing_was_sent() {
    let uri = server(&["HTTP/1.1 400 Bad Request\r\n\r\n"], true).await.replace("http:", "https:");
    let failed = get(&Client::new(None).unwrap(), &uri).await.unwrap_err();
    assert!(matches!(failed, Error::TlsProtocolError), "{failed:?}");
}

#[tokio::test]
async fn a_listener_that_never_shakes_hands_is_a_connection_timeout() {
    let uri = server(&[""], false).await.replace("http:", "https:");
    let options = RequestOptions { connect_timeout: Some(Duration::from_millis(50)), ..RequestOptions::default() };
    let request = Request::get(&uri).body(body("")).unwrap();
    let failed = soon(Client::new(None).unwrap().send(request, options)).await.unwrap_err();
    assert!(matches!(failed, Error::ConnectionTimeout), "{failed:?}");
}

//! Connections of HTTP servers: how many there are, how long they may say nothing, and clients that close their sending side after
//! a request and wait for the answer.

mod connection;
mod standing;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::serve::Listener;
use connection::Connection;
use http::HeaderValue;
use http::header::X_CONTENT_TYPE_OPTIONS;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use standing::{Counted, Standing};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How often idle connections are looked for while there is no place for another one.
const LOOK: Duration = Duration::from_millis(100);

/// What clients may take up.
pub(crate) struct Limits {
    /// How long a connection may wait for a request, and the headers of a request may take.
    headers: Duration,
    /// How many connections there may be. Of more, those that have waited longest for a request are closed; where none waits, others
    /// wait until one ends.
    connections: usize,
    /// How long a connection has waited for a request before it is closed for another one.
    grace: Duration,
    /// How long a client may take nothing of an answer.
    writes: Duration,
}

impl Default for Limits {
    /// hyper's own time, and half of the 1,024 descriptors that most systems give a process: calls need some, too.
    fn default() -> Limits {
        let patience = Duration::from_secs(30);
        Limits { headers: patience, connections: 512, grace: Duration::from_secs(1), writes: patience }
    }
}

/// Serves connections until `stop` is done, and then until those that there are have ended.
pub(crate) async fn serve_connections(
    mut listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let router = router.layer(map_response(not_sniffed));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.headers);
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut standings: Vec<Weak<Standing>> = Vec::new();
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = place(&places, &mut standings, limits.grace).await;
            (Listener::accept(&mut listener).await.0, place)
        };
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        // Small answers do not wait for more.
        _ = stream.set_nodelay(true);
        let standing = Arc::new(Standing::new());
        if standings.len() >= limits.connections {
            standings.retain(|standing| standing.strong_count() > 0);
        }
        standings.push(Arc::downgrade(&standing));
        let connection = TokioIo::new(Connection::new(stream, standing.clone(), limits.writes));
        let service = Counted::new(router.clone(), standing.clone());
        let served = connections.watch(builder.serve_connection(connection, service));
        tokio::spawn(async move {
            tokio::select! {
                served = served => if let Err(problem) = served {
                    tracing::debug!(target: "outwit", %problem, "a connection ended");
                },
                () = standing.closed() => tracing::debug!(target: "outwit", "an idle connection makes room for another"),
            }
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// A place for another connection. While there is none, what has waited longest for a request is closed, one after the other.
async fn place(
    places: &Arc<Semaphore>,
    standings: &mut [Weak<Standing>],
    grace: Duration,
) -> Option<OwnedSemaphorePermit> {
    loop {
        if places.available_permits() == 0 {
            let idle = standings.iter().filter_map(Weak::upgrade);
            let idle = idle.filter_map(|standing| Some((standing.idle().filter(|idle| *idle >= grace)?, standing)));
            if let Some((_, oldest)) = idle.max_by_key(|(idle, _)| *idle) {
                oldest.close();
            }
        }
        if let Ok(place) = timeout(LOOK, places.clone().acquire_owned()).await {
            return place.ok();
        }
    }
}

/// A browser takes no answer for another type than the one that it says.
async fn not_sniffed(mut response: Response) -> Response {
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::connection::AFTER_END;
    use super::*;
    use axum::body::Bytes;
    use axum::extract::rejection::BytesRejection;
    use axum::routing::{get, post};
    use http::StatusCode;
    use std::future::pending;
    use std::io;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::{Instant, sleep};

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// A server on loopback, and a way to connect to it.
    async fn serving(limits: Limits) -> impl AsyncFn() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route(
                "/slow",
                get(async || {
                    sleep(Duration::from_secs(1)).await;
                    "slow"
                }),
            )
            .route("/large", get(async || vec![b'x'; LARGE]))
            .route("/echo", post(async |body: Result<Bytes, BytesRejection>| body.map_err(|_| StatusCode::BAD_REQUEST)))
            .fallback(async || "hello");
        tokio::spawn(serve_connections(listener, router, limits, pending()));
        async move || TcpStream::connect(address).await.unwrap()
    }

    const LARGE: usize = 64 << 20;

    /// What comes until the connection is closed.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut rest = Vec::new();
        _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await.expect("the connection stays open");
        String::from_utf8_lossy(&rest).into_owned()
    }

    async fn answered(stream: &mut TcpStream) -> String {
        stream.write_all(REQUEST).await.unwrap();
        let mut answer = vec![0; 1024];
        let length = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test]
    async fn a_client_that_sends_no_whole_request_in_time_is_disconnected() {
        let connect =
            serving(Limits { headers: Duration::from_millis(200), connections: 10, ..Limits::default() }).await;
        let (mut silent, mut slow, mut idle) = (connect().await, connect().await, connect().await);
        assert!(answered(&mut idle).await.starts_with("HTTP/1.1 200"));
        let begun = Instant::now();
        // One header after the other, and never the empty line.
        let dripping = async {
            slow.write_all(b"GET / HTTP/1.1\r\n").await?;
            loop {
                slow.write_all(b"a: b\r\n").await?;
                sleep(Duration::from_millis(20)).await;
            }
        };
        let dripped: Result<io::Result<()>, _> = timeout(Duration::from_secs(10), dripping).await;
        assert!(dripped.is_ok_and(|sent| sent.is_err()), "the connection stays open");
        for stream in [&mut silent, &mut idle] {
            let closed = timeout(Duration::from_secs(10), stream.read(&mut [0; 1024])).await;
            assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
        }
        assert!(begun.elapsed() >= Duration::from_millis(150));
    }

    #[tokio::test]
    async fn a_connection_over_the_limit_waits_until_another_one_ends() {
        let connect = serving(Limits { connections: 2, grace: Duration::from_secs(60), ..Limits::default() }).await;
        let (mut first, mut second, mut third) = (connect().await, connect().await, connect().await);
        assert!(answered(&mut first).await.starts_with("HTTP/1.1 200"));
        assert!(answered(&mut second).await.starts_with("HTTP/1.1 200"));
        assert!(timeout(Duration::from_millis(300), answered(&mut third)).await.is_err());
        drop(first);
        let mut answer = [0; 15];
        timeout(Duration::from_secs(10), third.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
    }

    /// RFC 9112, 9.5: a server may close an idle connection at any time.
    #[tokio::test]
    async fn of_too_many_connections_the_idle_ones_make_room_and_those_with_a_request_stay() {
        let limits = Limits { connections: 3, grace: Duration::from_millis(100), ..Limits::default() };
        let connect = serving(limits).await;
        let (mut busy, mut idle, mut silent) = (connect().await, connect().await, connect().await);
        busy.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(answered(&mut idle).await.starts_with("HTTP/1.1 200"));
        let mut others = Vec::new();
        for _ in 0..2 {
            let mut other = connect().await;
            let answer =
                timeout(Duration::from_secs(5), answered(&mut other)).await.expect("idle connections lock others out");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            others.push(other);
        }
        assert_eq!([rest(&mut silent).await, rest(&mut idle).await], ["", ""]);
        let answer = rest(&mut busy).await;
        assert!(answer.ends_with("slow"), "{answer}");
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_disconnected() {
        let connect = serving(Limits { writes: Duration::from_secs(2), ..Limits::default() }).await;
        let (mut deaf, mut slow) = (connect().await, connect().await);
        for client in [&mut deaf, &mut slow] {
            client.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        }
        // One that reads, if slowly, gets everything.
        let (mut read, mut piece) = (0, vec![0; 1 << 20]);
        while let Ok(length @ 1..) = slow.read(&mut piece).await {
            read += length;
            sleep(Duration::from_millis(if read < LARGE / 4 { 20 } else { 0 })).await;
        }
        assert!(read > LARGE, "{read}");
        sleep(Duration::from_secs(4)).await;
        let read = rest(&mut deaf).await.len();
        assert!(read < LARGE, "the answer was written for a client that does not read");
    }

    /// RFC 9112, 8 and 9.6: a request whose connection is closed before its end is incomplete and may be answered at once; a client
    /// that closes its sending side after a complete request may wait for the answer.
    #[tokio::test]
    async fn the_end_of_what_a_client_sends_is_waited_out_behind_a_whole_request_alone() {
        let connect = serving(Limits::default()).await;
        for (request, answer) in [
            ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", "HTTP/1.1 400"),
            ("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{", "HTTP/1.1 400"),
            ("GET / HTTP/1.1\r\nHost:", ""),
            ("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200"),
            ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200"),
        ] {
            let (mut client, begun) = (connect().await, Instant::now());
            client.write_all(request.as_bytes()).await.unwrap();
            client.shutdown().await.unwrap();
            let all = rest(&mut client).await;
            assert!(all.starts_with(answer) && all.is_empty() == answer.is_empty(), "{request}: {all}");
            assert!(begun.elapsed() < AFTER_END / 2, "{request}: {:?}", begun.elapsed());
        }
    }

    #[tokio::test]
    async fn no_answer_is_sniffed() {
        let connect = serving(Limits::default()).await;
        let answer = answered(&mut connect().await).await;
        assert!(answer.contains("x-content-type-options: nosniff\r\n"), "{answer}");
    }
}

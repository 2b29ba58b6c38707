//! Connections of HTTP servers: how many there are, how long they may say nothing, and clients that close their sending side after
//! a request and wait for the answer.

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::serve::Listener;
use http::HeaderValue;
use http::header::X_CONTENT_TYPE_OPTIONS;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};

/// How long the answer to a client that sends nothing any more is worked on. TCP does not tell whether it has left or only
/// closed its sending side (RFC 9112, 9.6), and what a client that left had asked for is to be cancelled.
const AFTER_END: Duration = Duration::from_secs(5);

/// What clients may take up.
pub(crate) struct Limits {
    /// How long a connection may wait for a request, and the headers of a request may take.
    headers: Duration,
    /// How many connections there may be. Others wait until one ends.
    connections: usize,
}

impl Default for Limits {
    /// hyper's own time, and half of the 1,024 descriptors that most systems give a process: calls need some, too.
    fn default() -> Limits {
        Limits { headers: Duration::from_secs(30), connections: 512 }
    }
}

/// Serves connections until `stop` is done, and then until those that there are have ended.
pub(crate) async fn serve_connections(
    mut listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let service = TowerToHyperService::new(router.layer(map_response(not_sniffed)));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.headers);
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (Listener::accept(&mut listener).await.0, place)
        };
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        // Small answers do not wait for more.
        _ = stream.set_nodelay(true);
        let connection = Connection { stream, owes: false, ended: None };
        let served = connections.watch(builder.serve_connection(TokioIo::new(connection), service.clone()));
        tokio::spawn(async move {
            if let Err(problem) = served.await {
                tracing::debug!(target: "outwit", %problem, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// A browser takes no answer for another type than the one that it says.
async fn not_sniffed(mut response: Response) -> Response {
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A connection that tells its end some time after it, while an answer is worked on.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Whether something came since something was written.
    owes: bool,
    ended: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// An answer is on its way. After the end of what the client sent, it may be a part of one that takes longer.
    fn wrote(&mut self) {
        self.owes &= self.ended.is_some();
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ended.is_none() {
            let before = into.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
            if into.filled().len() > before || into.remaining() == 0 {
                self.owes = true;
                return Poll::Ready(Ok(()));
            }
        }
        if self.owes {
            ready!(self.ended.get_or_insert_with(|| Box::pin(sleep(AFTER_END))).as_mut().poll(cx));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.wrote();
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wrote();
        Pin::new(&mut self.stream).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::{Instant, timeout};

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// A server on loopback, and a way to connect to it.
    async fn serving(limits: Limits) -> impl AsyncFn() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(async || "hello");
        tokio::spawn(serve_connections(listener, router, limits, pending()));
        async move || TcpStream::connect(address).await.unwrap()
    }

    async fn answered(stream: &mut TcpStream) -> String {
        stream.write_all(REQUEST).await.unwrap();
        let mut answer = vec![0; 1024];
        let length = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test]
    async fn a_client_that_sends_no_whole_request_in_time_is_disconnected() {
        let connect = serving(Limits { headers: Duration::from_millis(200), connections: 10 }).await;
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
        let connect = serving(Limits { headers: Duration::from_secs(60), connections: 2 }).await;
        let (mut first, mut second, mut third) = (connect().await, connect().await, connect().await);
        assert!(answered(&mut first).await.starts_with("HTTP/1.1 200"));
        assert!(answered(&mut second).await.starts_with("HTTP/1.1 200"));
        assert!(timeout(Duration::from_millis(300), answered(&mut third)).await.is_err());
        drop(first);
        let mut answer = [0; 15];
        timeout(Duration::from_secs(10), third.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
    }

    #[tokio::test]
    async fn no_answer_is_sniffed() {
        let connect = serving(Limits::default()).await;
        let answer = answered(&mut connect().await).await;
        assert!(answer.contains("x-content-type-options: nosniff\r\n"), "{answer}");
    }
}

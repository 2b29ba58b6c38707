//! Connections of HTTP servers, with clients that close their sending side after a request and wait for the answer.

use axum::serve::Listener as Accepts;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

/// How long the answer to a client that sends nothing any more is worked on. TCP does not tell whether it has left or only
/// closed its sending side (RFC 9112, 9.6), and what a client that left had asked for is to be cancelled.
const AFTER_END: Duration = Duration::from_secs(5);

/// Accepts connections.
pub(crate) struct Listener(pub TcpListener);

impl Accepts for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Accepts::accept(&mut self.0).await;
        // Small answers do not wait for more.
        _ = stream.set_nodelay(true);
        (Connection { stream, owes: false, ended: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
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

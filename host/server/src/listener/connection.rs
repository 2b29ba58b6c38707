//! The socket of a connection.

use super::standing::Standing;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long the answer to a client that sends nothing any more is worked on. TCP does not tell whether it has left or only
/// closed its sending side (RFC 9112, 9.6), and what a client that left had asked for is to be cancelled.
pub(super) const AFTER_END: Duration = Duration::from_secs(5);

/// A connection that tells its end some time after it, while an answer to a whole request is worked on, and fails when the client
/// takes nothing of an answer for too long.
pub(super) struct Connection {
    stream: TcpStream,
    standing: Arc<Standing>,
    ended: Option<Pin<Box<Sleep>>>,
    /// How long the client may take nothing.
    patience: Duration,
    /// Runs while something waits to be written.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub fn new(stream: TcpStream, standing: Arc<Standing>, patience: Duration) -> Connection {
        Connection { stream, standing, ended: None, patience, stuck: None }
    }

    /// What came of writing. The time runs anew with everything that the client takes.
    fn wrote(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            if self.stuck.take().is_some() {
                self.standing.stuck(false);
            }
            return written;
        }
        if self.stuck.is_none() {
            self.standing.stuck(true);
        }
        ready!(self.stuck.get_or_insert_with(|| Box::pin(sleep(self.patience))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ended.is_none() {
            let before = into.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
            if into.filled().len() > before || into.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
        }
        if self.standing.is_answering() {
            ready!(self.ended.get_or_insert_with(|| Box::pin(sleep(AFTER_END))).as_mut().poll(cx));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, data);
        self.wrote(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, data);
        self.wrote(cx, written)
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

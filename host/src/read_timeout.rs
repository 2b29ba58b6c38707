//! Bodies that are waited for, but not for ever.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::Error;

/// A body that fails when nothing comes for too long while somebody waits for it.
pub(crate) struct Patient<B> {
    body: B,
    between: Duration,
    /// Runs since the last frame was waited for in vain; none while there was something to read.
    pause: Option<Pin<Box<Sleep>>>,
}

impl<B> Patient<B> {
    pub fn new(body: B, between: Duration) -> Patient<B> {
        Patient { body, between, pause: None }
    }
}

impl<B: Body<Data = Bytes, Error = Error> + Unpin> Body for Patient<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.pause = None;
            return Poll::Ready(frame);
        }
        let until = Instant::now() + self.between;
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        ready!(pause.as_mut().poll(cx));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

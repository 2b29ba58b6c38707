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

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::collections::VecDeque;

    /// Pieces of a body, and pauses between them.
    struct Pieces(VecDeque<Option<&'static str>>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Error;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
            match self.0.pop_front() {
                Some(Some(piece)) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece.as_bytes()))))),
                Some(None) => Poll::Pending,
                None => Poll::Ready(None),
            }
        }
    }

    fn patient(pieces: impl IntoIterator<Item = Option<&'static str>>, between: Duration) -> Patient<Pieces> {
        Patient::new(Pieces(pieces.into_iter().collect()), between)
    }

    #[tokio::test]
    async fn a_body_that_falls_silent_is_an_error_and_no_end() {
        let silent = std::iter::repeat_n(None, 100);
        let mut body = patient([Some("a")].into_iter().chain(silent), Duration::ZERO);
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "a");
        assert!(matches!(body.frame().await, Some(Err(Error::ConnectionReadTimeout))));
    }

    #[tokio::test]
    async fn each_pause_counts_by_itself() {
        let mut body = patient([None, Some("a"), None, None, Some("b")], Duration::from_secs(60));
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut poll = || Pin::new(&mut body).poll_frame(&mut context).is_ready();
        assert_eq!([poll(), poll(), poll(), poll()], [false, true, false, false]);
        // Since the last piece, and not since the first pause, nor anew with each look.
        let until = body.pause.as_ref().map(|pause| pause.deadline());
        assert!(until.is_some_and(|until| until <= Instant::now() + Duration::from_secs(60)));
        assert!(Pin::new(&mut body).poll_frame(&mut context).is_ready() && body.pause.is_none());
        assert!(matches!(Pin::new(&mut body).poll_frame(&mut context), Poll::Ready(None)), "the end is an end");
    }
}

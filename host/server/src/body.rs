//! Bodies of requests, which are read before anything is begun with them.

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use gateway::message::NoBody;
use http_body_util::{BodyExt, LengthLimitError};
use std::error::Error as _;
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take in all to come, where no option says it.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);

/// How long a body that is refused is read, for its sender to see why.
const LINGER: Duration = Duration::from_secs(1);

async fn discarded(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

/// A body, of which no more than is allowed is read, for no longer than is allowed.
pub(crate) async fn read(body: Body, most: usize, within: Duration) -> Result<Bytes, NoBody> {
    // What says that it is too long is not waited for. A client that is sending it would lose the answer with the connection (RFC 9112,
    // 9.6).
    if body.size_hint().lower() > most as u64 {
        _ = timeout(within.min(LINGER), discarded(body)).await;
        return Err(NoBody::TooLarge);
    }
    match timeout(within, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(problem)) if problem.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
            Err(NoBody::TooLarge)
        }
        Ok(Err(_)) => Err(NoBody::Broken),
        Err(_) => Err(NoBody::TooLate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream::{self, StreamExt};
    use hyper::body::{Frame, SizeHint};
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// RFC 9110, 15.5.9, is about the whole request: a byte now and then does not help.
    #[tokio::test]
    async fn a_body_has_one_time_for_all_of_it() {
        let pieces = |count: usize| {
            let pause = async |piece| {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, Infallible>(piece)
            };
            Body::from_stream(stream::iter(std::iter::repeat_n("x", count)).then(pause))
        };
        let within = Duration::from_millis(400);
        assert_eq!(read(pieces(3), 100, within).await.unwrap(), "xxx");
        assert_eq!(read(pieces(100), 1000, within).await, Err(NoBody::TooLate));
        assert_eq!(read(pieces(3), 2, within).await, Err(NoBody::TooLarge));
    }

    /// As the body of a request with `Content-Length` that sends nothing.
    struct Announced(u64);

    impl HttpBody for Announced {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0)
        }
    }

    #[tokio::test]
    async fn a_body_that_says_that_it_is_too_long_is_not_waited_for() {
        let announced = |length| read(Body::new(Announced(length)), 100, Duration::from_millis(50));
        assert_eq!(announced(101).await, Err(NoBody::TooLarge));
        assert_eq!(announced(100).await, Err(NoBody::TooLate));
    }
}

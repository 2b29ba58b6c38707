//! Bodies of requests, which are read before anything is begun with them.

use axum::body::{Body, Bytes, to_bytes};
use gateway::message::NoBody;
use http_body_util::LengthLimitError;
use std::error::Error as _;
use std::time::Duration;
use tokio::time::timeout;

/// How long a whole body may take to come, where no option says it.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);

/// A body, of which no more than is allowed is read, for no longer than is allowed.
pub(crate) async fn whole(body: Body, most: usize, within: Duration) -> Result<Bytes, NoBody> {
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
    use std::convert::Infallible;

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
        assert_eq!(whole(pieces(3), 100, within).await.unwrap(), "xxx");
        assert_eq!(whole(pieces(100), 1000, within).await, Err(NoBody::TooLate));
        assert_eq!(whole(pieces(3), 2, within).await, Err(NoBody::TooLarge));
    }
}

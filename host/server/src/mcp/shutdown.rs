//! The calls that are under way, so that a server which ends can end them first.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a call may take to cancel what it started at the vendor.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// The calls of a server. Clones are about the same calls.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Inner>);

#[derive(Default)]
struct Inner {
    ending: watch::Sender<bool>,
    silent: watch::Sender<bool>,
    count: watch::Sender<usize>,
}

/// One call: under way until it is dropped.
pub(crate) struct Underway(Running);

impl Running {
    pub fn begin(&self) -> Underway {
        self.0.count.send_modify(|count| *count += 1);
        Underway(self.clone())
    }

    /// Waits until the calls are to end.
    pub async fn ending(&self) {
        _ = self.0.ending.subscribe().wait_for(|ending| *ending).await;
    }

    /// Says that the client sends nothing any more, and so answers no question.
    pub fn silence(&self) {
        self.0.silent.send_replace(true);
    }

    /// Waits until the client sends nothing any more.
    pub async fn silent(&self) {
        _ = self.0.silent.subscribe().wait_for(|silent| *silent).await;
    }

    /// Ends the calls, and waits for them, within bounds.
    pub async fn end(&self) {
        self.0.ending.send_replace(true);
        let mut count = self.0.count.subscribe();
        // A little more than they have themselves.
        _ = tokio::time::timeout(GRACE + Duration::from_secs(1), count.wait_for(|count| *count == 0)).await;
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.0.count.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[tokio::test]
    async fn shutdown_notifies_all_calls_and_waits_for_them() {
        let running = Running::default();
        let (one, two) = (running.begin(), running.begin());
        let soon = Duration::from_millis(20);
        assert!(timeout(soon, running.ending()).await.is_err());
        let mut end = Box::pin(running.end());
        assert!(timeout(soon, &mut end).await.is_err());
        assert!(timeout(GRACE / 2, running.ending()).await.is_ok());
        drop(one);
        assert!(timeout(soon, &mut end).await.is_err(), "one call goes on");
        drop(two);
        assert!(timeout(GRACE / 2, end).await.is_ok(), "it need not wait for the time to pass");
    }
}

//! A clock on which time passes faster.

use outwit::embed::Clock;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// See the module.
#[derive(Debug)]
pub struct Scaled {
    start: Instant,
    times: u32,
}

impl Scaled {
    /// A clock that is so many times faster than the machine's.
    pub fn by(times: u32) -> Scaled {
        Scaled { start: Instant::now(), times }
    }
}

impl Clock for Scaled {
    fn now(&self) -> Duration {
        self.start.elapsed() * self.times
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time / self.times))
    }
}

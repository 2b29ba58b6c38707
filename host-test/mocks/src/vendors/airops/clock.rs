//! The mock's clock: real time, made faster or moved forward by switches. All times are Unix milliseconds.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::macros::format_description;

/// Faster than this, a millisecond of real time is a quarter of an hour, and nothing can be observed any more.
const FASTEST: u64 = 1_000_000;

/// The clock is moved no further than to the year 4199, so that sums of it and a duration stay far from overflowing.
const FURTHEST: u64 = 1 << 46;

const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

pub struct Clock {
    /// The time at `since`.
    base: u64,
    since: Instant,
    speed: u64,
}

impl Clock {
    pub fn start() -> Clock {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_millis()).unwrap_or_default();
        Clock { base: u64::try_from(unix).unwrap_or_default(), since: Instant::now(), speed: 1 }
    }

    pub fn now(&self) -> u64 {
        let elapsed = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.base.saturating_add(elapsed.saturating_mul(self.speed) / 1000)
    }

    pub fn speed(&self) -> u64 {
        self.speed
    }

    /// Only from now on: what has passed stays as it was.
    pub fn set_speed(&mut self, speed: u64) {
        self.base = self.now();
        self.since = Instant::now();
        self.speed = speed.clamp(1, FASTEST);
    }

    pub fn advance(&mut self, by: u64) {
        self.base = self.base.saturating_add(by).min(FURTHEST.max(self.base));
    }

    /// How long to really wait for `due`; `None` when it has come. A long wait is cut, and whoever waits asks again.
    pub fn pause(&self, due: u64) -> Option<Duration> {
        let left = due.checked_sub(self.now()).filter(|left| *left > 0)?;
        let micros = left.saturating_mul(1000).div_ceil(self.speed);
        Some(Duration::from_micros(micros).min(LONGEST_PAUSE))
    }
}

/// As the vendor writes times: `2026-05-04T09:15:02.310Z`.
pub fn iso(time: u64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(time) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn times_are_written_as_the_vendor_writes_them() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso(1_777_886_102_310), "2026-05-04T09:15:02.310Z");
    }
}

//! How often calls may be made.

use crate::catalogue::Operation;
use crate::rules::Rules;
use crate::{Advice, Error, ErrorKind};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde_json::json;

/// Counts the calls of a minute, where a rule bounds them.
pub(crate) struct Pace(Option<DefaultDirectRateLimiter>, u32);

impl Pace {
    pub fn of(rules: &Rules) -> Pace {
        let limiter = rules.calls_per_minute.map(|most| RateLimiter::direct(Quota::per_minute(most)));
        Pace(limiter, rules.calls_per_minute.map_or(0, Into::into))
    }

    /// Counts a call, or says when it may be made.
    pub fn take(&self, operation: &Operation, whose: &str) -> Result<(), Error> {
        let Some(Err(too_soon)) = self.0.as_ref().map(RateLimiter::check) else { return Ok(()) };
        let wait = too_soon.wait_time_from(DefaultClock::default().now());
        let rule = format!("calls-per-minute {}", self.1);
        let message = format!("{} has to wait, by {whose}: {rule}", operation.id);
        let error = Error::new(ErrorKind::RateLimited, Advice::RetryLater, message).at(&operation.id);
        let retry_after_ms = u64::try_from(wait.as_millis()).ok().map(|ms| ms + 1);
        Err(Error { retry_after_ms, details: Some(json!({ "rule": rule })), ..error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_calls_than_a_minute_has_room_for_are_told_when_to_come_again() {
        let operation: Operation =
            serde_json::from_value(json!({ "id": "acme.list-things", "effect": "read" })).unwrap();
        let rules: Rules = serde_json::from_value(json!({ "calls-per-minute": 2 })).unwrap();
        let pace = Pace::of(&rules);
        assert!(pace.take(&operation, "x").is_ok() && pace.take(&operation, "x").is_ok());
        let error = pace.take(&operation, "the account x").unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert_eq!(error.details.unwrap()["rule"], "calls-per-minute 2");
        let wait = error.retry_after_ms.unwrap();
        assert!((1..=30_001).contains(&wait), "{wait}");
    }
}

//! What keeps callers out: the hourly quota and the lockout.

use std::collections::VecDeque;

use axum::response::Response;

use super::reply::{Failure, failure};

const WINDOW: u64 = 3600;
const FAILURES: usize = 100;
const LOCKOUT: u64 = 300;

/// Requests of the whole tenant in a fixed hour.
pub struct Quota {
    pub limit: u64,
    used: u64,
    started: u64,
}

impl Quota {
    pub fn new(limit: u64) -> Quota {
        Quota { limit, used: 0, started: 0 }
    }

    /// Counts one request, unless the hour's requests are spent.
    pub fn spend(&mut self, now: u64, deployment: &str) -> Result<(), Failure> {
        let started = now - now % WINDOW;
        if started != self.started {
            self.started = started;
            self.used = 0;
        }
        if self.used >= self.limit {
            let message = format!("Rate limit exceeded for {deployment}.api.accelo.com");
            return Err(failure(429, "too_many_requests", message));
        }
        self.used += 1;
        Ok(())
    }

    pub fn write_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", self.limit.saturating_sub(self.used).into());
        headers.insert("x-ratelimit-reset", (self.started + WINDOW).into());
    }
}

/// More than 100 failed authentications in five minutes lock the address out for five minutes, and each try during them
/// starts them anew. All clients on loopback count as one address.
#[derive(Default)]
pub struct Lockout {
    failures: VecDeque<u64>,
    until: u64,
}

impl Lockout {
    /// Judges one try to authenticate.
    pub fn check<T>(&mut self, now: u64, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if now < self.until {
            return Err(self.lock(now));
        }
        // Only a 401 is a failed login; a request without any token is none.
        if matches!(&outcome, Err(failure) if failure.http == 401) {
            self.failures.push_back(now);
            self.failures.retain(|failed| failed + LOCKOUT > now);
            if self.failures.len() > FAILURES {
                return Err(self.lock(now));
            }
        }
        outcome
    }

    fn lock(&mut self, now: u64) -> Failure {
        self.until = now + LOCKOUT;
        self.failures.clear();
        let refusal = failure(401, "too_many_failed_logins", "Too many failed logins from this address.");
        Failure { retry_after: Some(LOCKOUT as u32), ..refusal }
    }
}

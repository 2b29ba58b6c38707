//! A world in memory, for tests and fuzzers: settings and answers are prepared, requests are recorded, and time passes only
//! while something waits.

use super::{Body, Failure, Limits, Outside, Request};
use crate::reply::Reply;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// A call that sends more than this does not end by itself.
const MOST_SENT: usize = 5000;
/// A wait takes at least this long on the clock, so that work that never ends at the vendor is polled a few times only.
const LEAST_SLEEP_MS: u64 = 20_000;
/// When the clock starts, in seconds since 1970.
const START: u64 = 1_772_010_000;

/// An answer, or what comes instead.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Status, headers, body, and in how many bytes at once it comes.
    Whole(u16, Vec<(String, Vec<u8>)>, Vec<u8>, usize),
    /// No answer.
    Failed(Failure),
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// The world of one call. Its clones share one state.
#[derive(Clone, Debug, Default)]
pub struct World(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    settings: Vec<(String, String)>,
    answers: VecDeque<Answer>,
    sent: Vec<Sent>,
    now_ms: u64,
}

impl World {
    /// A world of these settings and answers. After the last answer, the vendor answers with status 500.
    pub fn new(settings: &[(String, String)], answers: Vec<Answer>) -> World {
        let state = State { settings: settings.to_vec(), answers: answers.into(), ..State::default() };
        World(Rc::new(RefCell::new(state)))
    }

    /// The requests that were sent since this was last asked.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.borrow_mut().sent)
    }
}

impl Outside for World {
    fn environment(&self) -> Vec<(String, String)> {
        self.0.borrow().settings.clone()
    }

    fn now_ms(&self) -> u64 {
        self.0.borrow().now_ms
    }

    fn unix_now(&self) -> u64 {
        START + self.now_ms() / 1000
    }

    fn noise(&self) -> u64 {
        4
    }

    fn sleep_ms(&self, ms: u64) {
        let mut state = self.0.borrow_mut();
        state.now_ms = state.now_ms.saturating_add(ms.max(LEAST_SLEEP_MS));
    }

    fn send(&self, request: &Request<'_>, limits: &Limits) -> Result<Incoming, Failure> {
        let scheme = if request.https { "https" } else { "http" };
        let mut state = self.0.borrow_mut();
        state.sent.push(Sent {
            method: request.method.to_owned(),
            url: format!("{scheme}://{}{}", request.authority, request.path_and_query),
            headers: request.headers.clone(),
            body: request.body.map(<[u8]>::to_vec),
        });
        assert!(state.sent.len() < MOST_SENT, "a call sends {MOST_SENT} requests");
        match state.answers.pop_front().unwrap_or(Answer::Whole(500, Vec::new(), Vec::new(), 1)) {
            Answer::Failed(failure) => Err(failure),
            Answer::Whole(_, _, body, _) if body.len() > limits.body_bytes => Err(Failure::TooLarge),
            Answer::Whole(status, headers, body, at_once) => {
                Ok(Incoming { status, headers, body: body.into(), at_once: at_once.max(1) })
            }
        }
    }
}

/// An answer whose body is still coming.
pub struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    body: VecDeque<u8>,
    at_once: usize,
}

impl Body for Incoming {
    fn wait_at_most(&mut self, _: u64) {}

    fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let bytes: Vec<u8> = self.body.drain(..self.at_once.min(self.body.len())).collect();
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    fn whole(self) -> Result<Reply, Failure> {
        Ok(Reply::of(self.status, self.headers, self.body.into()))
    }
}

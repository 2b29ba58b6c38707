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
    /// Status 200, the type of events, these bytes of a body, and what comes in place of more.
    Broken(Vec<u8>, Failure),
    /// An answer that takes so many milliseconds to come.
    After(u64, Box<Answer>),
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
    waits: Vec<u64>,
    /// Whether a wait takes just as long as it says.
    exact: bool,
    /// When the caller gives up.
    gives_up_ms: Option<u64>,
}

impl World {
    /// A world of these settings and answers. After the last answer, the vendor answers with status 500.
    pub fn new(settings: &[(String, String)], answers: Vec<Answer>) -> World {
        let state = State { settings: settings.to_vec(), answers: answers.into(), ..State::default() };
        World(Rc::new(RefCell::new(state)))
    }

    /// The same, and a wait takes just as long as it says.
    pub fn exact(settings: &[(String, String)], answers: Vec<Answer>) -> World {
        let world = World::new(settings, answers);
        world.0.borrow_mut().exact = true;
        world
    }

    /// Lets the caller give up when the clock shows so many milliseconds.
    pub fn give_up_at(&self, ms: u64) {
        self.0.borrow_mut().gives_up_ms = Some(ms);
    }

    /// The milliseconds since the clock started.
    pub fn clock_ms(&self) -> u64 {
        self.0.borrow().now_ms
    }

    /// How long was waited, each time, since this was last asked.
    pub fn take_waits(&self) -> Vec<u64> {
        std::mem::take(&mut self.0.borrow_mut().waits)
    }

    /// The requests that were sent since this was last asked.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.borrow_mut().sent)
    }
}

impl Outside for World {
    fn environment(&self) -> Vec<(String, String)> {
        let state = self.0.borrow();
        let mut settings = state.settings.clone();
        if state.gives_up_ms.is_some_and(|ms| state.now_ms >= ms) {
            settings.push(("OUTWIT_CANCELLED".to_owned(), "1".to_owned()));
        }
        settings
    }

    fn now_ms(&self) -> u64 {
        self.clock_ms()
    }

    fn unix_now(&self) -> u64 {
        START + self.now_ms() / 1000
    }

    fn noise(&self) -> u64 {
        4
    }

    fn sleep_ms(&self, ms: u64) {
        let mut state = self.0.borrow_mut();
        let took = if state.exact { ms } else { ms.max(LEAST_SLEEP_MS) };
        state.now_ms = state.now_ms.saturating_add(took);
        state.waits.push(ms);
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
        let mut answer = state.answers.pop_front().unwrap_or(Answer::Whole(500, Vec::new(), Vec::new(), 1));
        while let Answer::After(ms, then) = answer {
            let comes_ms = state.now_ms.saturating_add(ms);
            state.now_ms = comes_ms.min(limits.deadline_ms);
            if comes_ms >= limits.deadline_ms {
                return Err(Failure::TimedOut);
            }
            answer = *then;
        }
        let incoming = |status, headers, body: Vec<u8>, at_once, breaks| {
            let (world, until_ms) = (self.clone(), limits.deadline_ms);
            Incoming { status, headers, body: body.into(), at_once, breaks, world, until_ms }
        };
        match answer {
            Answer::After(..) => Err(Failure::TimedOut),
            Answer::Failed(failure) => Err(failure),
            Answer::Whole(_, _, body, _) if body.len() > limits.body_bytes => Err(Failure::TooLarge),
            Answer::Whole(status, headers, body, at_once) => Ok(incoming(status, headers, body, at_once.max(1), None)),
            Answer::Broken(body, failure) => {
                let headers = vec![("content-type".to_owned(), b"text/event-stream".to_vec())];
                let at_once = body.len().max(1);
                Ok(incoming(200, headers, body, at_once, Some(failure)))
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
    /// What comes in place of its end.
    breaks: Option<Failure>,
    world: World,
    /// How long it is waited for.
    until_ms: u64,
}

impl Incoming {
    fn broken(&self) -> Option<Failure> {
        if matches!(self.breaks, Some(Failure::TimedOut)) {
            let mut state = self.world.0.borrow_mut();
            state.now_ms = state.now_ms.max(self.until_ms);
        }
        self.breaks.clone()
    }
}

impl Body for Incoming {
    fn wait_at_most(&mut self, ms: u64) {
        self.until_ms = self.until_ms.min(self.world.clock_ms().saturating_add(ms));
    }

    fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let bytes: Vec<u8> = self.body.drain(..self.at_once.min(self.body.len())).collect();
        match Some(bytes).filter(|bytes| !bytes.is_empty()) {
            None => self.broken().map_or(Ok(None), Err),
            piece => Ok(piece),
        }
    }

    fn read_to_end(self) -> Result<Reply, Failure> {
        match self.broken() {
            Some(failure) => Err(failure),
            None => Ok(Reply::of(self.status, self.headers, self.body.into())),
        }
    }
}

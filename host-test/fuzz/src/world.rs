//! What stands in the place of `kit`'s `http.rs`: a world without WASI, in which answers are given and time passes at once.

pub(crate) use crate::tested::kit::reply::Reply;
use std::cell::RefCell;
use std::collections::VecDeque;

/// A call that sends more than this does not end by itself.
const MOST_SENT: usize = 5000;
/// Whatever waits has waited at once, and at least so long: work that never ends at the vendor is looked at a few times.
const LEAST_SLEEP_MS: u64 = 20_000;

/// What is sent.
pub struct Request<'r> {
    pub method: &'r str,
    pub https: bool,
    pub authority: &'r str,
    pub path_and_query: &'r str,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<&'r [u8]>,
}

/// How long things may take and how much may come.
#[allow(dead_code, reason = "nothing connects here")]
pub struct Limits {
    pub deadline_ms: u64,
    pub connect_ms: u64,
    pub body_bytes: usize,
}

/// Why nothing came.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "the kit matches them all, and one is only told by its limits")]
pub enum Failure {
    Denied,
    NotSent(&'static str),
    Lost(&'static str),
    TimedOut,
    TooLarge,
}

/// An answer, or what comes instead.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Status, headers, body, and in how many bytes at once it comes.
    Whole(u16, Vec<(String, Vec<u8>)>, Vec<u8>, usize),
    Failed(Failure),
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
}

/// Everything around one call.
#[derive(Default)]
struct World {
    settings: Vec<(String, String)>,
    answers: VecDeque<Answer>,
    sent: Vec<Sent>,
    now_ms: u64,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::default();
}

/// Does something in a world of these settings and answers, past the last of which a vendor fails; gives what was sent, too.
pub fn within<T>(settings: &[(String, String)], answers: Vec<Answer>, call: impl FnOnce() -> T) -> (T, Vec<Sent>) {
    let world = World { settings: settings.to_vec(), answers: answers.into(), sent: Vec::new(), now_ms: 0 };
    WORLD.set(world);
    let done = call();
    (done, WORLD.take().sent)
}

pub fn now_ms() -> u64 {
    WORLD.with_borrow(|world| world.now_ms)
}

/// Seconds since 1970.
pub fn unix_now() -> u64 {
    1_772_010_000 + now_ms() / 1000
}

pub fn noise() -> u64 {
    4
}

pub fn sleep_ms(ms: u64) {
    WORLD.with_borrow_mut(|world| world.now_ms = world.now_ms.saturating_add(ms.max(LEAST_SLEEP_MS)));
}

pub fn environment() -> Vec<(String, String)> {
    WORLD.with_borrow(|world| world.settings.clone())
}

pub fn cancelled() -> bool {
    WORLD.with_borrow(|world| world.settings.iter().any(|(name, _)| name == "OUTWIT_CANCELLED"))
}

/// Notes the request, and gives the next answer.
pub fn open(request: &Request<'_>, limits: &Limits) -> Result<Incoming, Failure> {
    let scheme = if request.https { "https" } else { "http" };
    let sent = Sent {
        method: request.method.to_owned(),
        url: format!("{scheme}://{}{}", request.authority, request.path_and_query),
        headers: request.headers.clone(),
        body: request.body.map(<[u8]>::to_vec),
    };
    let answer = WORLD.with_borrow_mut(|world| {
        world.sent.push(sent);
        assert!(world.sent.len() < MOST_SENT, "a call sends {MOST_SENT} requests");
        world.answers.pop_front()
    });
    match answer.unwrap_or(Answer::Whole(500, Vec::new(), Vec::new(), 1)) {
        Answer::Failed(failure) => Err(failure),
        Answer::Whole(_, _, body, _) if body.len() > limits.body_bytes => Err(Failure::TooLarge),
        Answer::Whole(status, headers, body, at_once) => Ok(Incoming { status, headers, body: body.into(), at_once }),
    }
}

/// An answer whose body is still coming.
pub struct Incoming {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    body: VecDeque<u8>,
    at_once: usize,
}

impl Incoming {
    /// Nothing is waited for here.
    pub fn wait_at_most(&mut self, _: u64) {}

    /// The next piece of the body, which is not empty; none at its end.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let bytes: Vec<u8> =
            self.body.drain(..self.at_once.clamp(1, self.body.len().max(1)).min(self.body.len())).collect();
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    /// Everything.
    pub fn whole(self) -> Result<Reply, Failure> {
        Ok(Reply::of(self.status, self.headers, self.body.into()))
    }
}

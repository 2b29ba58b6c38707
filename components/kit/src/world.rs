//! The boundary to the world: settings, clocks and HTTP, which a call gets as its [`World`].
//!
//! In a component the world is WASI (`wasi.rs`). A native program has one in memory (`memory.rs`): there a whole call runs
//! without a network, in no time.

#[cfg(not(target_arch = "wasm32"))]
mod memory;
#[cfg(target_arch = "wasm32")]
mod wasi;

use crate::reply::Reply;
#[cfg(not(target_arch = "wasm32"))]
pub use memory::{Answer, Incoming, Sent, World};
#[cfg(target_arch = "wasm32")]
pub use wasi::{Incoming, World};

/// What a call uses of the world.
pub(crate) trait Outside {
    /// The variables of the environment.
    fn environment(&self) -> Vec<(String, String)>;
    /// Milliseconds of a clock that never goes back.
    fn now_ms(&self) -> u64;
    /// Seconds since 1970.
    fn unix_now(&self) -> u64;
    /// Any number.
    fn noise(&self) -> u64;
    /// Waits.
    fn sleep_ms(&self, ms: u64);
    /// Sends a request; the answer's head has come, and its body comes piece by piece.
    fn send(&self, request: &Request<'_>, limits: &Limits) -> Result<Incoming, Failure>;

    /// Whether the caller has given up on the call: hosts that can tell so add this variable while it runs.
    fn cancelled(&self) -> bool {
        self.environment().iter().any(|(name, _)| name == "OUTWIT_CANCELLED")
    }
}

/// The body of an answer.
pub(crate) trait Body {
    /// Waits for what is left no longer than this.
    fn wait_at_most(&mut self, ms: u64);
    /// The next piece, which is not empty; none at the end.
    fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure>;
    /// Everything.
    fn read_to_end(self) -> Result<Reply, Failure>;
}

/// A request.
pub(crate) struct Request<'r> {
    pub method: &'r str,
    pub https: bool,
    pub authority: &'r str,
    pub path_and_query: &'r str,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<&'r [u8]>,
}

/// How long things may take and how much may come.
pub(crate) struct Limits {
    pub deadline_ms: u64,
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "nothing connects in memory"))]
    pub connect_ms: u64,
    pub body_bytes: usize,
}

/// Why nothing came.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The host refuses to send it.
    Denied,
    /// It did not reach the vendor.
    NotSent(&'static str),
    /// It was sent, and the answer is lost or broken.
    Lost(&'static str),
    /// It was sent, and no complete answer came in time.
    TimedOut,
    /// The answer is larger than what may come.
    TooLarge,
}

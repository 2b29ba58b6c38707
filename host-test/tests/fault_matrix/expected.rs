//! What a fault means to a call: what kit documents, said once more in another way.

use outwit::{Effect, ErrorKind};

use crate::targets::Target;

/// What a fault says of the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Nothing is wrong after all.
    Fine,
    /// It was not done, and the next try goes well.
    Refused,
    /// Nobody knows whether it was done; the next try goes well. With the status, if there is one.
    Lost(Option<u16>),
    /// It was not done, for a reason that the status tells.
    Says(u16),
    /// It was not done since the quota is used up. Whether the vendor says to wait longer than the call may take.
    Limited {
        /// Whether it does.
        long: bool,
    },
    /// The vendor fails with this status, and may have done it.
    Fails(u16),
    /// The vendor fails and says to wait longer than the call may take.
    Closed,
    /// The connection breaks.
    Breaks,
    /// No end comes.
    Late,
    /// The answer cannot be understood.
    Unreadable,
    /// What comes in place of an answer is no HTTP: to the component the connection is broken, and the host knows more.
    NoHttp,
    /// The answer is larger than what may come.
    TooLarge,
    /// Nothing was sent.
    Unsent,
    /// A success of another shape than it should have: whatever comes of it, it is said in peace.
    Odd,
}

/// What comes of a call.
#[derive(Debug)]
pub struct Expected {
    /// The kinds that are right; none where the call succeeds.
    pub kinds: Vec<ErrorKind>,
    pub status: Option<u16>,
    pub maybe_done: bool,
    /// How often the request is sent.
    pub sent: usize,
    /// Whether the error says how long to wait.
    pub waits: bool,
}

impl Means {
    /// Whether work that was begun is asked about until its deadline: as long as the answers are missing, or say nothing.
    pub fn is_waited_for(self, target: &Target) -> bool {
        let passing = [ErrorKind::RateLimited, ErrorKind::Unavailable, ErrorKind::TimedOut];
        let kinds = self.expected(target).kinds;
        let passes = !kinds.is_empty() && kinds.iter().all(|kind| passing.contains(kind));
        target.polls() && (passes || matches!(self, Means::Odd | Means::NoHttp))
    }

    /// Whether a call stands still until something ends.
    pub fn takes_time(self, target: &Target) -> bool {
        matches!(self, Means::Late | Means::Unsent) || self.is_waited_for(target)
    }

    /// What comes of one exchange.
    pub fn expected(self, target: &Target) -> Expected {
        let (again, writes) = (target.is_repeatable(), target.effect() != Effect::Read);
        let tries = if again { 3 } else { 1 };
        let error = |kind, status, maybe_done, sent| Expected {
            kinds: vec![kind],
            status,
            maybe_done: maybe_done && writes,
            sent,
            waits: false,
        };
        let well = |sent| Expected { kinds: Vec::new(), status: None, maybe_done: false, sent, waits: false };
        match self {
            Means::Fine => well(1),
            Means::Refused => well(2),
            Means::Lost(_) if again => well(2),
            Means::Lost(status) => error(ErrorKind::Unavailable, status, true, 1),
            Means::Breaks => error(ErrorKind::Unavailable, None, true, tries),
            Means::NoHttp => Expected {
                // A recipe of several steps tells the step's error as the component has it.
                kinds: vec![ErrorKind::Unreadable, ErrorKind::Unavailable],
                ..error(ErrorKind::Unreadable, None, true, tries)
            },
            Means::Says(status) => {
                let mut said = error(kind(status), Some(status), status == 303, 1);
                said.kinds
                    .extend(target.documented.iter().filter(|(known, _)| *known == status).map(|(_, kind)| *kind));
                said
            }
            Means::Limited { long: false } => error(ErrorKind::RateLimited, Some(429), false, 3),
            Means::Limited { long: true } => {
                Expected { waits: true, ..error(ErrorKind::RateLimited, Some(429), false, 1) }
            }
            Means::Fails(status) => error(ErrorKind::Unavailable, Some(status), true, tries),
            Means::Closed => Expected { waits: true, ..error(ErrorKind::Unavailable, Some(503), true, 1) },
            Means::Late => error(ErrorKind::TimedOut, None, true, 1),
            Means::Unreadable => error(ErrorKind::Unreadable, Some(200), true, 1),
            Means::TooLarge => error(ErrorKind::Unreadable, None, true, 1),
            Means::Unsent => error(ErrorKind::Unavailable, None, false, 0),
            Means::Odd => Expected { kinds: ODD.to_vec(), ..well(1) },
        }
    }
}

/// What may be made of an answer of another shape: nothing fits, several do, it is not understood, it says no after all, or
/// the work stays undone.
const ODD: [ErrorKind; 7] = [
    ErrorKind::Unreadable,
    ErrorKind::Rejected,
    ErrorKind::NotFound,
    ErrorKind::Ambiguous,
    ErrorKind::Failed,
    ErrorKind::TimedOut,
    ErrorKind::Incomplete,
];

fn kind(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        _ => ErrorKind::Rejected,
    }
}

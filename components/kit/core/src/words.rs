//! The words of the closed sets of `outwit:plugin`, in the order of the WIT: the number of a case is the place of its word.

/// `types.error-kind`.
pub const ERROR_KINDS: [&str; 16] = [
    "invalid-input",
    "misconfigured",
    "denied",
    "unauthenticated",
    "forbidden",
    "not-found",
    "ambiguous",
    "conflict",
    "rate-limited",
    "rejected",
    "unavailable",
    "timed-out",
    "unreadable",
    "failed",
    "cancelled",
    "incomplete",
];

/// `types.advice`.
pub const ADVICE: [&str; 5] = ["retry-now", "retry-later", "change-input", "ask-person", "give-up"];

/// `operations.effect`.
pub const EFFECTS: [&str; 3] = ["read", "write", "destroy"];

//! What each component offers, and what comes of calls of it.

mod contract;
mod input;
mod patterns;
mod search;
mod typed;

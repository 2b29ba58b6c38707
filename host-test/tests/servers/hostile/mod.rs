//! Callers and names that mean harm: what is refused, by whom, and that the next call works.

mod callers;
mod doors;
mod inputs;
mod reach;

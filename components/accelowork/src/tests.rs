//! Whole calls in a world in memory.

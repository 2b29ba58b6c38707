//! Secrets stay where they belong: in no result, error, debug print or output, and out of the component's reach.

mod canary;
mod command_line;
mod echo;
mod input;
mod load;
mod memory;
mod rogue;
mod vendors;

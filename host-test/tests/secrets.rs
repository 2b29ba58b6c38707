//! Secrets stay where they belong: in no result, error, debug print or output, and out of the component's reach.

#[path = "secrets/canary.rs"]
mod canary;
#[path = "secrets/command_line.rs"]
mod command_line;
#[path = "secrets/echo.rs"]
mod echo;
#[path = "secrets/input.rs"]
mod input;
#[path = "secrets/load.rs"]
mod load;
#[path = "secrets/memory.rs"]
mod memory;
#[path = "secrets/rogue.rs"]
mod rogue;
#[path = "secrets/vendors.rs"]
mod vendors;

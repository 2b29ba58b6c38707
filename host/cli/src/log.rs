//! What the program tells of its work, on standard error: calls and their requests, never what was said in them.

use std::io::IsTerminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How much to tell.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Level {
    /// Nothing.
    Off,
    /// What was held back.
    Warn,
    /// Each call as well.
    Info,
    /// Each request as well.
    Debug,
    /// Each look-up and decision as well.
    Trace,
}

/// Begins to tell: lines for people on a terminal, JSON elsewhere.
pub fn start(level: Level) {
    let level = match level {
        Level::Off => return,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    // Only what this program says itself: libraries might tell what was said in a request.
    let own = Targets::new().with_target("outwit", level);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_span_events(FmtSpan::NONE);
    let registry = tracing_subscriber::registry().with(own);
    if std::io::stderr().is_terminal() {
        registry.with(layer).init();
    } else {
        registry.with(layer.json().with_span_list(false)).init();
    }
}

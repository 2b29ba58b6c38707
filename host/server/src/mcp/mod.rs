//! An MCP server (Model Context Protocol, 2026-07-28, and what older clients speak): a workspace as tools for agents.
//!
//! ```no_run
//! # async fn example(workspace: outwit::Workspace) -> Result<(), outwit::Error> {
//! use outwit_server::mcp::{self, McpOptions};
//!
//! // Until the client closes the connection.
//! mcp::serve_stdio(workspace, McpOptions::default(), Box::pin(std::future::pending())).await
//! # }
//! ```
//!
//! The workspace's scope should be for an agent, so that no credential passes: [`Scope`](outwit::Scope).
//!
//! There are few tools by default: what they cost stands in an agent's context all the time, and the schemas of all
//! operations together cost more than most tasks. An agent searches, reads the description of what it found, and calls it.

mod call;
mod consent;
#[doc(hidden)]
pub mod cut;
mod describe;
mod door;
mod events;
mod http;

mod pipes;
mod rest;
mod results;
mod server;
mod sessions;
mod shutdown;
mod structured;
mod tools;

pub use http::serve_http;

use outwit::{Advice, Error, ErrorKind, Workspace};
use rmcp::ServiceExt;
use std::pin::Pin;
use std::time::Duration;

/// What the server offers, and how much it says at once.
#[derive(Clone, Debug)]
pub struct McpOptions {
    /// Which tools there are.
    pub tools: ToolSet,
    /// How long the JSON of a result may be, in bytes, before its lists and texts are cut. 20,000 by default.
    pub budget: usize,
    /// Whether there is the page `/docs` over HTTP. It is there by default.
    pub docs: bool,
}

impl Default for McpOptions {
    fn default() -> McpOptions {
        McpOptions { tools: ToolSet::Few, budget: 20_000, docs: true }
    }
}

/// Which tools a server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolSet {
    /// `search-operations`, `describe-operation`, `call-read-operation` and `call-write-operation`.
    #[default]
    Few,
    /// One for each operation, such as `accelo-list-activities`, and `continue-result`.
    All,
}

/// When to stop.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How long the answers of calls that were ended may take to be written.
const LAST: Duration = Duration::from_secs(1);

/// Serves one client on standard input and output, until it closes its end and all its requests are answered, or until `stop`
/// is done or nobody reads the answers any more. Then calls that wait for work at a vendor cancel it; this takes at most
/// ten seconds.
///
/// Nothing else may be written to standard output meanwhile.
///
/// # Errors
///
/// `unavailable`, when the client could not be served.
pub async fn serve_stdio(workspace: Workspace, options: McpOptions, stop: Stop) -> Result<(), Error> {
    let server = server::Server::new(workspace, options, true);
    let running = server.running();
    let (input, output) = rmcp::transport::stdio_pipes();
    let pipes = pipes::Pipes::new(input, output, running.clone());
    let mut open = pipes.open();
    let serving = async {
        let service = match server.serve(pipes).await {
            Ok(service) => service,
            // A client that leaves without a word.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(problem) => return Err(unavailable(format!("the client could not be served: {problem}"))),
        };
        _ = service.waiting().await;
        Ok(())
    };
    let stopping = async {
        tokio::select! {
            () = stop => {}
            () = unread() => {}
        }
        running.end().await;
        // What the calls ended with is an answer, too.
        _ = tokio::time::timeout(LAST, open.none()).await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = stopping => Ok(()),
    };
    running.end().await;
    served
}

/// Waits until nobody can read standard output any more. Where this cannot be seen, it waits for ever.
async fn unread() {
    #[cfg(target_os = "linux")]
    if let Ok(output) = tokio::net::unix::pipe::OpenOptions::new().open_sender("/proc/self/fd/1")
        && output.ready(tokio::io::Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

fn unavailable(message: String) -> Error {
    Error::new(ErrorKind::Unavailable, Advice::AskPerson, message)
}

/// A name that cannot be guessed; none where the machine has no randomness.
fn handle() -> Option<String> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

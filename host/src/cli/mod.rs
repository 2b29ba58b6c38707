//! Arguments, and what to do with them.

mod ask;
mod auth;
mod call;
mod compose;
mod eval;
mod extract;
mod failure;
mod list;
mod log;
mod loopback;
mod mcp;
mod mock;
mod oci;
mod outline;
mod paint;
mod policy;
mod progress;
mod result;
mod search;
mod serve;
mod signals;
mod snippet;
mod tools;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use failure::Failure;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Examples:
  outwit list                                   every operation
  outwit describe accelo                        what accelo is, and its settings
  outwit describe accelo.list-activities        what an operation takes and gives
  outwit --mock call accelo.list-activities '{\"limit\": 3}'
  echo '{\"id\": \"1\"}' | outwit call accelo.get-activity -
  outwit --grant read call accelo.list-staff    nothing that this runs can change anything
  outwit mcp --grant read                       an MCP server for agents, which can change nothing
  outwit mcp --print-config claude              what goes into the configuration of an agent's client
  outwit policy --host wassette accelo          what another host has to grant
  outwit policy --host wasmtime app.wasm        the same for a file from outwit compose
  outwit compose accelo airops -o app.wasm      one file that answers HTTP, for outwit serve and other hosts
  outwit mock accelo --port 4500 > mock.env &   a mock to try other programs against: `. ./mock.env`

Settings come from the environment (ACCELO_TOKEN, …) and from outwit.toml, one table for each vendor, which counts more:
  [accelo]
  ACCELO_DEPLOYMENT = \"juniper\"
  ACCELO_TOKEN = \"…\"

Registries are told OUTWIT_REGISTRY_USER and OUTWIT_REGISTRY_PASSWORD, or OUTWIT_REGISTRY_TOKEN, where they are set.

A call that waits for work at the vendor shows how the work stands, on a terminal; Ctrl-C, SIGTERM and SIGHUP cancel the work.

Proxies are those of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.

On a terminal, output is for people; elsewhere it is JSON on one line, and errors on stderr are JSON too.

Exit codes:
  0  it worked
  1  something that no other code stands for
  2  wrong usage of this program
  3  the input or a setting is wrong, or a file that is named cannot be read (invalid-input, misconfigured); nothing was
     sent. Also where `auth check` finds no account that is set up
  4  the vendor refused or the work failed (unauthenticated, forbidden, not-found, ambiguous, conflict, rate-limited,
     rejected, failed, cancelled, incomplete); also if it was carried out and its result or its line in the audit log
     cannot be written
  5  the vendor cannot be reached or understood (unavailable, unreadable)
  6  no complete answer came in time (timed-out)
  7  this host does not let the component do that (denied)";

/// Calls operations of SaaS vendors, each in a sandbox that can do nothing else.
#[derive(Parser)]
#[command(name = "outwit", version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Args)]
struct Global {
    /// Talk to mock servers inside this process instead of the vendors.
    #[arg(long, global = true, help_heading = "Global options")]
    mock: bool,
    /// Also use the components in a folder, each named VENDOR.wasm; they replace built-in ones. A file that holds no vendor of
    /// its name is left out, and told.
    #[arg(long, global = true, help_heading = "Global options", value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// A file of accounts [default: outwit.toml, if it is there; that one can neither run commands nor replace addresses]
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE", env = "OUTWIT_CONFIG")]
    config: Option<PathBuf>,
    /// What components may do at vendors.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = Grant::All)]
    grant: Grant,
    /// A PEM file of the certificates to trust instead of the system's.
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    roots: Option<PathBuf>,
    /// Add a line of JSON for each call to a file: what was called, not what was said [default: `audit` in outwit.toml]
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    audit: Option<PathBuf>,
    /// What to tell on standard error about the calls and their requests.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = log::Level::Off, env = "OUTWIT_LOG")]
    log: log::Level,
    /// Write JSON on a terminal too.
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
    /// Whether to use colours.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Grant {
    /// Read only.
    Read,
    /// Read, create and change.
    Write,
    /// Everything, deleting included.
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// List operations: id, effect and summary.
    List {
        /// Only those of one vendor.
        vendor: Option<String>,
    },
    /// Find operations for an intent in plain words, best first. What is weak may not be what is meant.
    Search(search::Arguments),
    /// Tell all about an operation or a vendor.
    Describe {
        /// An operation's id, such as accelo.list-activities, or a vendor.
        name: String,
    },
    /// Call an operation.
    Call(call::Arguments),
    /// Credentials: whose they are, and how an account gets a grant.
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Write the components to files, for other hosts; prints their paths.
    Extract {
        /// Which vendors [default: all]
        vendors: Vec<String>,
        /// Where to; made if it is not there.
        #[arg(long, default_value = ".", value_name = "DIR")]
        out: PathBuf,
    },
    /// Write one file that answers HTTP with the operations of vendors, for hosts that serve `wasi:http`; prints its path.
    Compose {
        /// Which vendors.
        #[arg(required = true)]
        vendors: Vec<String>,
        /// The file.
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// Serve a composed file over HTTP.
    Serve(serve::Arguments),
    /// Be an MCP server, for agents: on standard input and output, or over HTTP.
    Mcp(mcp::Arguments),
    /// Measure the search by intents whose operations are known.
    EvalSearch(eval::Arguments),
    /// Tell another host what a component needs there, in that host's words: hosts, environment, memory.
    Policy(policy::Arguments),
    /// Give a component to an OCI registry; tells its digest.
    Push(oci::Push),
    /// Take a component from an OCI registry; what is not as its digest says is refused.
    Pull(oci::Pull),
    /// Run mock servers until Ctrl-C; prints the settings that point a component at them.
    Mock {
        /// Which vendors [default: all that have a mock]
        vendors: Vec<String>,
        /// The port of the first one; the others follow. 0 takes free ones.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let choice = match arguments.global.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
    let people = !arguments.global.json && (std::io::stdout().is_terminal() || arguments.global.color == Color::Always);
    log::start(arguments.global.log);
    // One thread: a call is one thing after the other, and more threads take longer to start. A server has many at once.
    let mut runtime = match arguments.command {
        Command::Serve(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(problem) => return Failure::from(anyhow::Error::from(problem)).report(people),
    };
    let done = runtime.block_on(perform(&arguments, people));
    // A name that is being looked up must not hold up the end.
    runtime.shutdown_background();
    match done.and_then(|text| print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(people),
    }
}

/// Does what was asked; gives what is to be printed.
async fn perform(arguments: &Arguments, people: bool) -> Result<String, Failure> {
    let global = &arguments.global;
    match &arguments.command {
        Command::List { vendor } => list::list(global, vendor.as_deref(), people).await,
        Command::Search(arguments) => search::search(global, arguments, people).await,
        Command::EvalSearch(arguments) => eval::eval(global, arguments, people).await,
        Command::Describe { name } => list::describe(global, name, people).await,
        Command::Call(arguments) => call::call(global, arguments, people).await,
        Command::Auth(what) => auth::auth(global, what, people).await,
        Command::Extract { vendors, out } => extract::extract(global, vendors, out),
        Command::Compose { vendors, out } => compose::run(global, vendors, out),
        Command::Serve(arguments) => serve::serve(global, arguments).await,
        Command::Mcp(arguments) => mcp::mcp(global, arguments).await,
        Command::Policy(arguments) => policy::policy(global, arguments).await,
        Command::Push(arguments) => oci::push(global, arguments, people).await,
        Command::Pull(arguments) => oci::pull(global, arguments, people).await,
        Command::Mock { vendors, port } => mock::serve(vendors, *port, global.json).await,
    }
}

fn print(text: &str) -> Result<(), Failure> {
    write(text).context("it was done, but what it gives cannot be written").map_err(Failure::from)
}

/// Whoever closed the pipe has read enough.
fn write(text: &str) -> std::io::Result<()> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(problem) if problem.kind() != ErrorKind::BrokenPipe => Err(problem),
        _ => Ok(()),
    }
}

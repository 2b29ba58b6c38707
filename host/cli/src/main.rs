//! The command line: lists, describes and calls the operations of Outwit's components.

mod auth;
mod build;
mod call;
mod check;
mod client_config;
mod compose;
mod confirm;
mod eval;
mod extract;
mod failure;
mod import;
mod inspect;
mod list;
mod log;
mod loopback;
mod mcp;
mod mock;
mod oci;
mod output;
mod policy;
mod progress;
mod result;
mod schema_outline;
mod search;
mod serve;
mod setup;
mod signals;
mod style;
mod table;
mod terminal;
mod vendor_folder;

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
  outwit --mock call accelo.list-companies --columns id,name,status.title
  outwit --text list | less                     text in a pipe, which gets JSON otherwise
  echo '{\"id\": \"1\"}' | outwit call accelo.get-activity -
  outwit --grant read call accelo.list-staff    refuses every request that could change data
  outwit mcp --grant read                       an MCP server for agents, read only
  outwit mcp --print-config claude              the entry for an MCP client's configuration
  outwit policy --host wassette accelo          the permissions that another host must grant
  outwit policy --host wasmtime app.wasm        the same for a file from outwit compose
  outwit compose accelo airops -o app.wasm      one file that answers HTTP, for outwit serve and other hosts
  outwit inspect app.wasm                       what a component's file holds and may reach
  outwit inspect app.wasm --svg app.svg         the same as a picture
  outwit mock accelo --port 4500 > mock.env &   a mock server for other programs: `. ./mock.env`

Settings come from the environment (ACCELO_TOKEN, …) and from outwit.toml, with one table per vendor. outwit.toml overrides
the environment:
  [accelo]
  ACCELO_DEPLOYMENT = \"juniper\"
  ACCELO_TOKEN = \"…\"

Registry credentials: OUTWIT_REGISTRY_USER and OUTWIT_REGISTRY_PASSWORD, or OUTWIT_REGISTRY_TOKEN.

While a call waits for a job at the vendor, a terminal shows the job's state. Ctrl-C, SIGTERM and SIGHUP cancel the job.

Proxies are taken from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.

On a terminal, output is formatted for reading: lists as tables, records as fields, as wide as COLUMNS or the terminal says. In a
pipe, output and errors are JSON on one line.

Exit codes:
  0  success
  1  any other error
  2  wrong command-line usage
  3  wrong input or setting (invalid-input, misconfigured), an unreadable file, or `auth check` without a configured account;
     no request was sent
  4  the vendor refused, or the work failed (unauthenticated, forbidden, not-found, ambiguous, conflict, rate-limited,
     rejected, failed, cancelled, incomplete); also if the call succeeded and its result or audit line cannot be written
  5  the vendor is unreachable or its answer is unreadable (unavailable, unreadable)
  6  timeout (timed-out)
  7  refused by this host: a rule, a grant or an undeclared request (denied)";

/// Calls operations of SaaS vendors, each in its own sandbox.
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
    /// Use mock servers inside this process instead of the vendors.
    #[arg(long, global = true, help_heading = "Global options")]
    mock: bool,
    /// Also use the components in DIR, each named VENDOR.wasm. They replace built-in ones. A file that is not the component of its
    /// name's vendor is skipped with a warning.
    #[arg(long, global = true, help_heading = "Global options", value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Configuration file [default: outwit.toml in the current directory, which can neither run commands nor change base URLs]
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE", env = "OUTWIT_CONFIG")]
    config: Option<PathBuf>,
    /// The strongest effect that calls may have.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = Grant::All)]
    grant: Grant,
    /// PEM file of root certificates, which replace the system's.
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    roots: Option<PathBuf>,
    /// Append one JSON line per call to FILE, without inputs and outputs [default: `audit` in outwit.toml]
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Log level on standard error.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = log::Level::Off, env = "OUTWIT_LOG")]
    log: log::Level,
    /// Print JSON on a terminal, too.
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
    /// Print text in a pipe, too, for example for a pager.
    #[arg(long, global = true, help_heading = "Global options")]
    text: bool,
    /// When to use colours.
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Grant {
    /// Read only.
    Read,
    /// Read, create and change.
    Write,
    /// Everything, including deletion.
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
        /// List one vendor's operations only.
        vendor: Option<String>,
    },
    /// Find operations for an intent in plain words, best first. A weak hit may not do what is wanted.
    Search(search::Arguments),
    /// Show an operation's schema or a vendor's settings.
    Describe {
        /// An operation's id, such as accelo.list-activities, or a vendor.
        name: String,
    },
    /// Call an operation.
    Call(call::Arguments),
    /// Check, obtain and delete credentials.
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Write the components to files, for other hosts, and print their paths.
    Extract {
        /// The vendors [default: all]
        vendors: Vec<String>,
        /// Write VENDOR-tools.wasm instead: each operation is a function of plain parameters, for hosts that make a tool of every
        /// function, such as Wassette.
        #[arg(long)]
        tools: bool,
        /// Output directory. It is created if it does not exist.
        #[arg(long, default_value = ".", value_name = "DIR")]
        out: PathBuf,
    },
    /// Make a vendor's component, or a folder to review, of an OpenAPI document, without a compiler.
    Import(import::Arguments),
    /// Make a component of a vendor's folder of data (`wit`, `vendor.toml`), without a compiler.
    Build(build::Arguments),
    /// Compose a gateway and vendors into one component that answers HTTP, and print its path.
    Compose {
        /// The vendors: built-in ones, or those of --plugins.
        #[arg(required = true)]
        vendors: Vec<String>,
        /// Output file.
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
    },
    /// Serve a composed file over HTTP.
    ///
    /// With OUTWIT_GATEWAY_TOKEN in the environment, clients have to send this token. OUTWIT_GATEWAY_OPEN=1 lets in every program of this
    /// machine without one. OUTWIT_GATEWAY_ORIGINS names the origins whose pages may call (CORS). The vendors' settings are those of `call`.
    Serve(serve::Arguments),
    /// Run an MCP server over standard input and output, or over HTTP.
    Mcp(mcp::Arguments),
    /// Measure the search on intents with known operations.
    EvalSearch(eval::Arguments),
    /// Show what a component's file holds and what it may reach: operations, hosts, settings, imports, sizes.
    Inspect(inspect::Arguments),
    /// Print the permissions that another host must grant to a component: hosts, environment, memory.
    Policy(policy::Arguments),
    /// Push a component to an OCI registry and print its digest.
    Push(oci::Push),
    /// Pull a component from an OCI registry and verify its digest.
    Pull(oci::Pull),
    /// Run mock servers until Ctrl-C, and print the settings that point components at them.
    Mock {
        /// The vendors [default: all that have a mock]
        vendors: Vec<String>,
        /// Port of the first server. The others use the ports after it. 0 means free ports.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let choice = match arguments.global.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
    let text = arguments.global.text || arguments.global.color == Color::Always;
    let people = !arguments.global.json && (text || std::io::stdout().is_terminal());
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
    if global.json && global.text {
        return Err(failure::usage("--json and --text exclude each other: expected one of them".to_owned()));
    }
    match &arguments.command {
        Command::List { vendor } => list::list(global, vendor.as_deref(), people).await,
        Command::Search(arguments) => search::search(global, arguments, people).await,
        Command::EvalSearch(arguments) => eval::eval(global, arguments, people).await,
        Command::Describe { name } => list::describe(global, name, people).await,
        Command::Call(arguments) => call::call(global, arguments, people).await,
        Command::Auth(what) => auth::auth(global, what, people).await,
        Command::Extract { vendors, tools, out } => extract::extract(global, vendors, *tools, out),
        Command::Import(arguments) => import::import(arguments, people),
        Command::Build(arguments) => build::build(arguments, people).await,
        Command::Compose { vendors, out } => compose::run(global, vendors, out),
        Command::Serve(arguments) => serve::serve(global, arguments).await,
        Command::Mcp(arguments) => mcp::mcp(global, arguments).await,
        Command::Inspect(arguments) => inspect::inspect(global, arguments, people).await,
        Command::Policy(arguments) => policy::policy(global, arguments).await,
        Command::Push(arguments) => oci::push(global, arguments, people).await,
        Command::Pull(arguments) => oci::pull(global, arguments, people).await,
        Command::Mock { vendors, port } => mock::serve(vendors, *port, global.json).await,
    }
}

/// U+007F as JSON may have it: `anstream` takes it out as it takes colours out.
pub(crate) fn without_delete(text: &str) -> String {
    text.replace('\u{7f}', "\\u007f")
}

fn print(text: &str) -> Result<(), Failure> {
    write(text).context("the output cannot be written").map_err(Failure::from)
}

/// Whoever closed the pipe has read enough.
fn write(text: &str) -> std::io::Result<()> {
    let mut out = anstream::stdout();
    match out.write_all(without_delete(text).as_bytes()).and_then(|()| out.flush()) {
        Err(problem) if problem.kind() != ErrorKind::BrokenPipe => Err(problem),
        _ => Ok(()),
    }
}

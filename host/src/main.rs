//! The command line: lists, describes and calls the operations of Outwit's components.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}

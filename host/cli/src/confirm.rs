//! Asking the person at the terminal.

use super::style::{BOLD, RESET};
use outwit::{ApprovalRequest, Approver};
use std::io::{IsTerminal, Write};
use std::pin::Pin;

/// Asks on the terminal, if there is one.
pub struct Terminal {
    /// The person agreed beforehand.
    pub yes: bool,
}

impl Approver for Terminal {
    fn confirm<'c>(&'c self, question: ApprovalRequest<'c>) -> Pin<Box<dyn Future<Output = Option<bool>> + Send + 'c>> {
        Box::pin(async move {
            if self.yes {
                return Some(true);
            }
            if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
                return None;
            }
            let mut out = anstream::stderr();
            write!(out, "{BOLD}{question}{RESET} ({}) [y/N] ", question.rule).and_then(|()| out.flush()).ok()?;
            // On a thread of its own, so that Ctrl-C still ends the program.
            let answer = tokio::task::spawn_blocking(|| {
                let mut line = String::new();
                std::io::stdin().read_line(&mut line).map(|_| line)
            });
            let line = answer.await.ok()?.ok()?;
            Some(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
        })
    }
}

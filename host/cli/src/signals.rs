//! What asks the program to end: Ctrl-C, and what supervisors, time limits and terminals that close send.

/// Signals that ask for the end, heard from here on.
pub struct Signals {
    #[cfg(unix)]
    heard: Vec<(&'static str, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Signals {
    /// Listens. The closing of the terminal stays ignored where it is, as `nohup` wants it. Shells ignore Ctrl-C for what they
    /// run in the background, and whoever sends the signal itself wants the end all the same.
    pub fn new() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            ("Ctrl-C", SignalKind::interrupt()),
            ("SIGTERM", SignalKind::terminate()),
            ("SIGHUP", SignalKind::hangup()),
        ];
        let listened = kinds.into_iter().filter(|(name, kind)| *name != "SIGHUP" || !is_ignored(kind.as_raw_value()));
        Signals { heard: listened.filter_map(|(name, kind)| Some((name, signal(kind).ok()?))).collect() }
    }

    /// Waits for the next one; gives its name.
    pub async fn next(&mut self) -> &'static str {
        std::future::poll_fn(|cx| {
            let come =
                self.heard.iter_mut().find_map(|(name, signal)| signal.poll_recv(cx).is_ready().then_some(*name));
            come.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
        })
        .await
    }
}

#[cfg(unix)]
fn is_ignored(signal: std::ffi::c_int) -> bool {
    // Asks and changes nothing: without a new action, the old one is only told.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut action) == 0 && action.sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Listens.
    pub fn new() -> Signals {
        Signals {}
    }

    /// Waits for the next one; gives its name.
    pub async fn next(&mut self) -> &'static str {
        _ = tokio::signal::ctrl_c().await;
        "Ctrl-C"
    }
}

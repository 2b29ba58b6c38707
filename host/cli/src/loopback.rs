//! Where the browser comes back to after a person's consent: a server on this machine that waits for one request.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use http::{StatusCode, header};
use outwit::{Advice, Error, ErrorKind};
use secrecy::SecretString;
use std::io;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long the browser may take to read its page before this program goes on.
const GOODBYE: Duration = Duration::from_secs(1);
/// The longest part of a vendor's explanation that is shown.
const LONGEST: usize = 200;

/// What a consent gave.
type Answer = Result<SecretString, Error>;

/// A server that waits for the browser.
pub struct Loopback {
    port: u16,
    state: String,
    answer: oneshot::Receiver<Answer>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

struct Waiting {
    state: String,
    /// Taken by the first request that is the right one.
    sender: Mutex<Option<oneshot::Sender<Answer>>>,
}

impl Loopback {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    pub async fn new(port: u16) -> io::Result<Loopback> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let state = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(random);
        let (sender, answer) = oneshot::channel();
        let waiting = Arc::new(Waiting { state: state.clone(), sender: Mutex::new(Some(sender)) });
        let router = Router::new().route("/callback", get(callback)).with_state(waiting);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let server = axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) });
            drop(server.await);
        });
        Ok(Loopback { port, state, answer, stop, server })
    }

    /// What the browser is sent back to.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// The text that comes back with the answer to this login, and with no other.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Waits for the code.
    pub async fn code(self) -> Answer {
        let answer = self.answer.await;
        drop(self.stop);
        _ = timeout(GOODBYE, self.server).await;
        answer.unwrap_or_else(|_| Err(refused("the browser's answer got lost", None)))
    }
}

async fn callback(State(waiting): State<Arc<Waiting>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    // What came twice is nothing to rely on.
    let only = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
        values.next().map(|(_, value)| value).filter(|_| values.next().is_none())
    };
    if only("state").as_deref() != Some(&*waiting.state) {
        return page(StatusCode::BAD_REQUEST, "This is not the answer to the login that this program waits for.");
    }
    let answer = match (only("code").filter(|code| !code.is_empty()), only("error")) {
        (Some(code), None) => Ok(SecretString::from(code.into_owned())),
        (_, Some(code)) => {
            let why = only("error_description").unwrap_or_default();
            Err(refused(&format!("consent was not given: {}", shown(&why)), Some(shown(&code))))
        }
        (None, None) => Err(refused("the vendor sent the browser back without a code", None)),
    };
    let text = match &answer {
        Ok(_) => "Consent has arrived. You can close this window and go back to the terminal.",
        Err(_) => "Nothing was changed. You can close this window; the terminal says why.",
    };
    match waiting.sender.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(sender) => _ = sender.send(answer),
        None => return page(StatusCode::CONFLICT, "An answer has arrived already."),
    }
    page(StatusCode::OK, text)
}

fn page(status: StatusCode, text: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Outwit</title>\
         <body style=\"font: 1.2rem system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; text-align: center\">\
         <h1>Outwit</h1><p>{text}</p></body></html>\n"
    );
    // The address holds a code: it stays out of caches and of what a page could send elsewhere.
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (status, headers, html).into_response()
}

fn refused(message: &str, code: Option<String>) -> Error {
    Error { code, ..Error::new(ErrorKind::Rejected, Advice::AskPerson, message) }
}

/// What a vendor wrote, fit for a terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// Opens an address in the person's browser. Where that does not work, there is still the address.
pub fn open_browser(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    _ = command.spawn();
}

//! One cell: a call, what the server saw, and what is wrong with either.

use outwit::embed::Testing;
use outwit::{Advice, Effect, Error, ErrorKind, Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::{Exchange, Reply, Scaled, differences, net};
use outwit_mocks::Seen;
use outwit_mocks::faults::{Fault, FaultyServer, start, start_at_own_address};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::table::{Cell, How, Row, with_moments};
use crate::targets::Target;

/// How long a call may take by a component's fast clock: half a minute, so that a busy machine makes no difference, and where
/// it will take that long, three seconds.
const DEADLINE_MS: u64 = 3_000_000;
const SHORT_MS: u64 = 300_000;
/// The same for work that is waited for.
const SHORT_JOB_MS: u64 = 60_000;
/// What takes longer hangs, by everybody's clock.
const HANGS: Duration = Duration::from_secs(100);
/// Larger than each good answer, smaller than what is too large.
const LARGEST: &str = "200000";

/// What all cells share.
pub struct Ground {
    host: Host,
    times: u32,
    plugins: Mutex<BTreeMap<String, Plugin>>,
    /// Where redirects lead.
    pub elsewhere: FaultyServer,
    /// Bound, so that nobody else gets the port, and without a listener.
    _refusing: TcpSocket,
    nowhere: BTreeMap<&'static str, String>,
}

impl Ground {
    /// Where time passes faster for components.
    pub async fn new(times: u32) -> Ground {
        let clock = Some(Arc::new(Scaled::by(times)) as Arc<_>);
        let testing = Testing { clock, ..Testing::default() };
        let refusing = TcpSocket::new_v4().unwrap();
        refusing.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let nowhere = [
            ("refused", format!("http://{}", refusing.local_addr().unwrap())),
            ("without TLS", without_tls("HTTP/1.1 400 Bad Request\r\n\r\n").await),
            ("silent", without_tls("").await),
            // Longer than a label can be, so that no resolver is asked.
            ("nameless", format!("https://{}.invalid", "a".repeat(64))),
        ];
        Ground {
            host: Host::new(Options { testing, concurrency: 512, ..net::options() }).unwrap(),
            times,
            plugins: Mutex::default(),
            elsewhere: start(Fault::Reply { status: 200, headers: Vec::new(), body: "{}".into() }).await.unwrap(),
            _refusing: refusing,
            nowhere: nowhere.into(),
        }
    }

    pub async fn plugin(&self, vendor: &str, settings: BTreeMap<String, String>) -> Plugin {
        let mut plugins = self.plugins.lock().await;
        if !plugins.contains_key(vendor) {
            let component = Plugins::embedded().component(vendor).unwrap().unwrap();
            let plugin = self.host.load(&component, Settings::default()).await.unwrap();
            plugins.insert(vendor.to_owned(), plugin);
        }
        plugins[vendor].with_settings(settings.into_iter().collect())
    }

    /// An address where no request arrives.
    pub fn nowhere(&self, place: &str) -> &str {
        &self.nowhere[place]
    }

    /// What stands in a text for what this run alone knows.
    pub fn filled(&self, text: &str, vendor: &str) -> String {
        with_moments(&text.replace("{elsewhere}", self.elsewhere.url()).replace("{vendor}", vendor))
    }
}

/// A server that answers whoever connects with a text, and then waits.
async fn without_tls(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                _ = stream.write_all(answer.as_bytes()).await;
                _ = stream.read_to_end(&mut Vec::new()).await;
            });
        }
    });
    url
}

/// Whether a call takes all the time that it may have: of work, if it may come to that.
fn times_out(cell: &Cell, target: &Target) -> bool {
    let late = cell.gives.iter().filter(|gives| *gives == "timed-out").count();
    late == cell.gives.len() || target.polls() && late > 0
}

/// Whether a call stands still until something ends.
pub fn waits(target: &Target, row: &Row) -> bool {
    let cell = row.cell(target);
    times_out(&cell, target) || cell.requests == Some(0)
}

/// What is wrong with a cell.
pub async fn judge(ground: &Ground, target: &Target, row: &Row) -> Result<(), String> {
    let cell = row.cell(target);
    let how = row.how(ground);
    let (server, url) = match how {
        How::At(url) => (None, url),
        how => {
            let server = start_at_own_address(script(target, &how, row.once)).await.unwrap();
            let url = server.url().to_owned();
            (Some(server), url)
        }
    };
    let late = times_out(&cell, target);
    let deadline = match ground.times {
        1 => row.deadline_ms,
        _ if late && !target.polls() => SHORT_MS,
        _ => DEADLINE_MS,
    };
    let vendor = target.vendor().to_ascii_uppercase();
    let mut settings = target.settings.clone();
    settings.insert(format!("{vendor}_BASE_URL"), url);
    settings.insert("OUTWIT_DEADLINE_MS".to_owned(), deadline.to_string());
    settings.insert("OUTWIT_MAX_BODY_BYTES".to_owned(), LARGEST.to_owned());
    settings.extend(row.settings.clone());
    let mut input = target.input.clone();
    if target.is_job {
        input["interval-ms"] = 2_000.into();
        input["deadline-ms"] = if late && target.polls() { SHORT_JOB_MS } else { DEADLINE_MS }.into();
    }
    let plugin = ground.plugin(target.vendor(), settings).await;
    let begun = Instant::now();
    let called = timeout(HANGS, net::call(&plugin, &target.operation, &input)).await;
    let outcome = called.map_err(|_| format!("hangs: no end after {HANGS:?}"))?;
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
    let seen = server.map(|server| server.seen()).unwrap_or_default();
    let says: Vec<String> = cell.says.iter().map(|text| ground.filled(text, &vendor)).collect();
    let compared = compare(target, row, &cell, &outcome, &seen, &says);
    compared.map_err(|problem| format!("{problem}; {outcome:?}"))?;
    match cell.takes_ms.filter(|_| ground.times == 1) {
        Some((least, most)) if !(least..=most).contains(&took) => Err(format!("took {took} ms of {least} to {most}")),
        _ => Ok(()),
    }
}

/// The good answers up to the exchange that is hit, then the fault, and after one that comes once the rest.
fn script(target: &Target, how: &How, once: bool) -> Fault {
    let good = |exchange: &Exchange| {
        let Reply { status, headers, .. } = &exchange.reply;
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Fault::Reply { status: *status, headers, body: exchange.reply.bytes().into() }
    };
    let (before, rest) = target.exchanges.split_at(target.at);
    let mut script: Vec<Fault> = before.iter().map(good).collect();
    match how {
        How::At(_) => {}
        How::Answered(fault) => {
            script.push(fault.clone());
            script.extend(rest.iter().map(good).filter(|_| once));
        }
        How::Resent(how) => {
            let Reply { status, headers, .. } = &rest[0].reply;
            let mut head = format!("HTTP/1.1 {status} OK\r\n");
            headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
            let pieces = how(head.as_bytes(), &rest[0].reply.bytes());
            script.push(Fault::Raw { pieces, pause: Duration::from_millis(2), closes: true });
            script.extend(rest[1..].iter().map(good));
        }
    }
    Fault::Sequence(script)
}

type Outcome = Result<Value, Error>;

fn compare(
    target: &Target,
    row: &Row,
    cell: &Cell,
    outcome: &Outcome,
    seen: &[Seen],
    says: &[String],
) -> Result<(), String> {
    let same = |what: &str, expected: String, got: String| {
        if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected}, got {got}")) }
    };
    // Work that the vendor does is asked about for as long as it may be waited for.
    let sent = sent(target, seen);
    match cell.requests {
        _ if target.polls() => {}
        Some(requests) => same("requests", requests.to_string(), sent.to_string())?,
        None if sent == 0 => return Err("nothing was sent".to_owned()),
        None => {}
    }
    let counted = seen.get(target.at).filter(|_| cell.requests.is_some());
    // What is refused for the rate alone was not done: work is cancelled again, if there is time.
    let refused = target.polls() && row.status() == 429;
    if !refused && let Some(twice) = twice(target, seen, counted) {
        return Err(format!("a write came twice, though it may have been done: {twice}"));
    }
    let error = match outcome {
        Ok(output) if cell.gives == ["well"] => {
            let differences = differences(&target.output, output);
            return if differences.is_empty() { Ok(()) } else { Err(differences.join(", ")) };
        }
        Ok(_) if cell.gives.iter().any(|gives| gives == "well") => return Ok(()),
        Ok(_) => return Err(format!("expected {:?}, and it went well", cell.gives)),
        Err(error) => error,
    };
    if error.kind == ErrorKind::Failed && error.message.starts_with("the component ") {
        return Err("the component stopped without an answer".to_owned());
    }
    let written = target.has_written();
    let kind = match &error.details {
        Some(details) if error.kind == ErrorKind::Incomplete && written => {
            serde_json::from_value(details["failed"]["kind"].clone()).map_err(|problem| problem.to_string())?
        }
        _ => error.kind,
    };
    if !cell.gives.iter().chain(&cell.or_gives).any(|gives| gives == kind.as_str()) {
        return Err(format!("expected {:?}, got {kind:?}", cell.gives));
    }
    if written && !target.is_job && error.kind != ErrorKind::Incomplete {
        return Err("something was done before, and the error does not say so".to_owned());
    }
    let again = matches!(error.advice, Advice::RetryNow | Advice::RetryLater);
    if again && error.maybe_done && !target.is_repeatable() {
        return Err("the advice is to do again what may have been done".to_owned());
    }
    if !cell.advice.is_empty() && !cell.advice.contains(&error.advice) {
        return Err(format!("advice: expected {:?}, got {:?}", cell.advice, error.advice));
    }
    if cell.gives.len() > 1 {
        return Ok(());
    }
    same("status", format!("{:?}", cell.status.then(|| row.status())), format!("{:?}", error.status))?;
    same("maybe-done", cell.maybe_done.to_string(), error.maybe_done.to_string())?;
    match (&*cell.retry_after_ms, error.retry_after_ms) {
        ([], None) => {}
        ([least, most], Some(after)) if (least..=most).contains(&&after) => {}
        (expected, got) => return Err(format!("retry-after-ms: expected {expected:?}, got {got:?}")),
    }
    let named = target.polls() || error.message.contains(&target.title);
    if !error.operation.starts_with(target.vendor()) || !named {
        return Err(format!("the error does not name its operation and {}", target.title));
    }
    match says.iter().find(|text| !written && !error.message.contains(*text)) {
        Some(text) => Err(format!("the message does not say {text}")),
        None => Ok(()),
    }
}

/// How often the exchange that is hit was sent.
fn sent(target: &Target, seen: &[Seen]) -> usize {
    let rest = seen.get(target.at..).unwrap_or_default();
    rest.first().map_or(0, |first| rest.iter().filter(|one| key(one) == key(first)).count())
}

fn key(seen: &Seen) -> (&str, &str, &str, &[u8]) {
    (&seen.method, &seen.path, &seen.query, &seen.body)
}

/// A write that came twice, but for one that is counted already.
fn twice(target: &Target, seen: &[Seen], counted: Option<&Seen>) -> Option<String> {
    let reads = |index: usize| target.effects.get(index).is_some_and(|effect| *effect == Effect::Read);
    let repeated = seen.iter().enumerate().find(|(index, one)| {
        let first = seen[..*index].iter().position(|earlier| key(earlier) == key(one));
        matches!(&*one.method, "POST" | "DELETE" | "PATCH")
            && counted.map(key) != Some(key(one))
            && first.is_some_and(|first| !reads(first))
    });
    repeated.map(|(_, one)| format!("{} {}", one.method, one.path))
}

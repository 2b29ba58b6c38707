//! One cell: a call, what the server saw, and what is wrong with either.

use outwit::embed::Testing;
use outwit::{Advice, Effect, Error, ErrorKind, Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::{Exchange, Reply, differences, net};
use outwit_mocks::Seen;
use outwit_mocks::faults::{Fault, FaultyServer, start};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::answers::{refusing, reply};
use crate::clock::Scaled;
use crate::expected::{Expected, Means};
use crate::rows::{How, Row};
use crate::targets::Target;

/// How much faster time passes for components.
const TIMES: u32 = 100;
/// How long a call may take by the component's clock: half a minute, so that a busy machine makes no difference, and where it
/// will take that long, three seconds.
const DEADLINE_MS: &str = "3000000";
const SHORT_MS: &str = "300000";
/// The same for work that is waited for.
const JOB_MS: u64 = 3_000_000;
const SHORT_JOB_MS: u64 = 60_000;
/// What takes longer hangs, by everybody's clock.
const HANGS: Duration = Duration::from_secs(100);
/// Larger than each good answer, smaller than what is too large.
const LARGEST: &str = "200000";

/// What can be wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The component stopped without an answer.
    Trap,
    /// The call does not end.
    Hang,
    /// What comes of the call is not what the fault means.
    Wrong,
    /// The vendor got a write twice that it may have done the first time.
    Twice,
}

/// What all cells share.
pub struct Ground {
    host: Host,
    plugins: Mutex<BTreeMap<String, Plugin>>,
    /// Where redirects lead.
    pub elsewhere: FaultyServer,
    refused: (TcpSocket, String),
    /// A server that says something that is no TLS, and one that says nothing.
    open: [String; 2],
}

impl Ground {
    pub async fn new() -> Ground {
        let clock = Some(Arc::new(Scaled::by(TIMES)) as Arc<_>);
        Ground {
            host: Host::new(Options {
                testing: Testing { clock, ..Testing::default() },
                concurrency: 512,
                ..net::options()
            })
            .unwrap(),
            plugins: Mutex::default(),
            elsewhere: start(reply(200, &[], "{}")).await.unwrap(),
            refused: refusing(),
            open: [without_tls("HTTP/1.1 400 Bad Request\r\n\r\n").await, without_tls("").await],
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

    /// Addresses where no request arrives.
    pub fn nowhere(&self) -> Vec<(&'static str, String)> {
        // Longer than a label can be, so that no resolver is asked.
        let nameless = format!("https://{}.invalid", "a".repeat(64));
        vec![
            ("a refused connection", self.refused.1.clone()),
            ("no TLS where it has to be", self.open[0].clone()),
            ("silence instead of TLS", self.open[1].clone()),
            ("a name that is none", nameless),
        ]
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

/// What is wrong with a cell.
pub async fn judge(ground: &Ground, target: &Target, row: &Row) -> Vec<(Verdict, String)> {
    let (server, url) = match &row.fault {
        How::At(url) => (None, url.clone()),
        how => {
            let server = start(script(target, how)).await.unwrap();
            let url = server.url().to_owned();
            (Some(server), url)
        }
    };
    let plugin = ground.plugin(target.vendor(), settings(target, row.means, url)).await;
    let input = input(target, row.means);
    let Ok(outcome) = timeout(HANGS, net::call(&plugin, &target.operation, &input)).await else {
        return vec![(Verdict::Hang, format!("no end after {HANGS:?}"))];
    };
    let seen = server.map(|server| server.seen()).unwrap_or_default();
    let mut problems = Vec::new();
    if let Err(error) = &outcome
        && is_trap(error)
    {
        problems.push((Verdict::Trap, format!("{error:?}")));
        return problems;
    }
    let expected = row.means.expected(target);
    if let Err(problem) = compare(target, row.means, &expected, &outcome, &seen) {
        problems.push((Verdict::Wrong, format!("{problem}; {outcome:?}")));
    }
    if !matches!(row.means, Means::Limited { .. } | Means::Refused)
        && let Some(twice) = twice(target, &seen)
    {
        problems.push((Verdict::Twice, twice));
    }
    problems
}

fn settings(target: &Target, means: Means, url: String) -> BTreeMap<String, String> {
    let deadline = if means == Means::Late { SHORT_MS } else { DEADLINE_MS };
    let mut settings = target.settings.clone();
    let address = format!("{}_BASE_URL", target.vendor().to_ascii_uppercase());
    let own = [(&*address, &*url), ("OUTWIT_DEADLINE_MS", deadline), ("OUTWIT_MAX_BODY_BYTES", LARGEST)];
    settings.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if means == Means::Unsent {
        // The host measures it, by the machine's clock.
        settings.insert("OUTWIT_CONNECT_TIMEOUT_MS".to_owned(), "300".to_owned());
    }
    settings
}

fn input(target: &Target, means: Means) -> Value {
    let mut input = target.input.clone();
    if target.is_job {
        input["interval-ms"] = 2_000.into();
        input["deadline-ms"] = if means.is_waited_for(target) { SHORT_JOB_MS } else { JOB_MS }.into();
    }
    input
}

/// The good answers up to the exchange that is hit, then the fault, and after one that comes once the rest.
fn script(target: &Target, how: &How) -> Fault {
    let good = |exchange: &Exchange| answer(&exchange.reply);
    let (before, rest) = target.exchanges.split_at(target.at);
    let mut script: Vec<Fault> = before.iter().map(good).collect();
    match how {
        How::Not | How::At(_) => script.extend(rest.iter().map(good)),
        How::Always(fault) => script.push(fault.clone()),
        How::Once(fault) => {
            script.push(fault.clone());
            script.extend(rest.iter().map(good));
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

fn answer(good: &Reply) -> Fault {
    let headers = good.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Fault::Reply { status: good.status, headers, body: good.bytes().into() }
}

fn is_trap(error: &Error) -> bool {
    error.kind == ErrorKind::Failed && error.message.starts_with("the component ")
}

type Outcome = Result<Value, Error>;

fn compare(target: &Target, means: Means, expected: &Expected, outcome: &Outcome, seen: &[Seen]) -> Result<(), String> {
    let sent = sent(target, seen);
    // Work that the vendor does is asked about for as long as it may be waited for.
    if !target.polls() && sent != expected.sent && !(means == Means::Odd && sent > 0) {
        return Err(format!("expected {} requests, got {sent}", expected.sent));
    }
    let error = match outcome {
        Ok(_) if means == Means::Odd => return Ok(()),
        Ok(output) if expected.kinds.is_empty() => {
            let differences = differences(&target.output, output);
            return if differences.is_empty() { Ok(()) } else { Err(differences.join(", ")) };
        }
        Ok(_) => return Err(format!("expected {:?}, and it went well", expected.kinds)),
        Err(error) => error,
    };
    let gives_up = means != Means::Odd && means.is_waited_for(target);
    // Work that was begun, and whatever else was written before, stays.
    let written = target.has_written();
    let kind = match &error.details {
        Some(details) if error.kind == ErrorKind::Incomplete && written => {
            serde_json::from_value(details["failed"]["kind"].clone()).map_err(|problem| problem.to_string())?
        }
        _ => error.kind,
    };
    let kinds = if gives_up { &[ErrorKind::TimedOut][..] } else { &expected.kinds };
    if !kinds.contains(&kind) {
        return Err(format!("expected {kinds:?}, got {kind:?}"));
    }
    if written && !target.is_job && error.kind != ErrorKind::Incomplete {
        return Err("something was done before, and the error does not say so".to_owned());
    }
    if means == Means::Odd {
        return advised(target, error);
    }
    let status = expected.status.filter(|_| !gives_up);
    if error.status != status {
        return Err(format!("expected status {status:?}, got {:?}", error.status));
    }
    if error.maybe_done != (expected.maybe_done || written) {
        return Err(format!("maybe-done is {}", error.maybe_done));
    }
    if error.retry_after_ms.is_some() != (expected.waits && !gives_up) {
        return Err(format!("retry-after-ms is {:?}", error.retry_after_ms));
    }
    if !error.operation.starts_with(target.vendor()) || error.message.is_empty() {
        return Err("the error names no operation or says nothing".to_owned());
    }
    advised(target, error)
}

/// Nobody is told to send again what may have been done.
fn advised(target: &Target, error: &Error) -> Result<(), String> {
    let again = matches!(error.advice, Advice::RetryNow | Advice::RetryLater);
    if again && error.maybe_done && !target.is_repeatable() {
        return Err("the advice is to do again what may have been done".to_owned());
    }
    Ok(())
}

/// How often the exchange that is hit was sent.
fn sent(target: &Target, seen: &[Seen]) -> usize {
    let rest = seen.get(target.at..).unwrap_or_default();
    rest.first().map_or(0, |first| rest.iter().filter(|one| key(one) == key(first)).count())
}

fn key(seen: &Seen) -> (&str, &str, &str, &[u8]) {
    (&seen.method, &seen.path, &seen.query, &seen.body)
}

/// A write that came twice, though it may have been done the first time.
fn twice(target: &Target, seen: &[Seen]) -> Option<String> {
    let reads = |index: usize| target.effects.get(index).is_some_and(|effect| *effect == Effect::Read);
    let mut writes: BTreeMap<_, usize> = BTreeMap::new();
    for (index, one) in seen.iter().enumerate() {
        let again = seen[..index].iter().position(|earlier| key(earlier) == key(one)).unwrap_or(index);
        if matches!(&*one.method, "POST" | "DELETE" | "PATCH") && !reads(again) {
            *writes.entry(key(one)).or_default() += 1;
        }
    }
    let (write, times) = writes.into_iter().find(|(_, times)| *times > 1)?;
    Some(json!({ "method": write.0, "path": write.1, "times": times }).to_string())
}

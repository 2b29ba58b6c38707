//! A component in the real host, in a world where answers are given and time passes at once.

use http::Response;
use http_body_util::BodyExt;
use outwit::embed::{Body, Clock, HttpError, RequestOptions, Sending, Testing, Transport};
use outwit::{Advice, Error, ErrorKind, Host, Options, Plugin, Plugins, Settings};
use outwit_host_test::{Case, Exchange, Outcome, call_typed, net, test_settings};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// What a call fails with that does not end.
pub const HANGS: &str = "the call does not end";
/// Where nothing waits for anything, a call takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer of the vendor.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn of(exchange: &Exchange) -> Answer {
        let reply = &exchange.reply;
        Answer { status: reply.status, headers: reply.headers.clone(), body: reply.bytes() }
    }

    pub fn json(body: &str) -> Answer {
        let headers = [("content-type".to_owned(), "application/json".to_owned())].into();
        Answer { status: 200, headers, body: body.into() }
    }

    pub fn is_stream(&self) -> bool {
        self.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"))
    }
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    /// Whether the body is a form.
    pub form: bool,
    pub body: Vec<u8>,
}

/// Gives answers in order, whatever is asked; past the last, 500.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<(VecDeque<Answer>, Vec<Sent>)>>);

impl Answers {
    fn lock(&self) -> MutexGuard<'_, (VecDeque<Answer>, Vec<Sent>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Answers {
    fn send(&self, request: http::Request<Body>, _: RequestOptions) -> Sending {
        let answers = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes().to_vec();
            let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
            let method = parts.method.to_string();
            let mut answers = answers.lock();
            let path = parts.uri.path().to_owned();
            let kind = parts.headers.get("content-type").map(|value| value.as_bytes());
            let form = kind == Some(b"application/x-www-form-urlencoded");
            answers.1.push(Sent { method, path, query: query.collect(), form, body });
            let end = Answer { status: 500, headers: BTreeMap::new(), body: Vec::new() };
            let answer = answers.0.pop_front().unwrap_or(end);
            let mut response = Response::builder().status(answer.status);
            for (name, value) in &answer.headers {
                response = response.header(name, value);
            }
            let response = response.body(outwit::embed::body(answer.body));
            response.map_err(|problem| HttpError::InternalError(Some(problem.to_string())))
        })
    }
}

/// A clock on which whatever waits has waited at once, and longer than it asked for: work that never ends at the vendor is
/// looked at a few times.
#[derive(Default)]
struct Jumping(AtomicU64);

impl Clock for Jumping {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            // Time-outs wait beside answers, which are there as soon as everything that can go on has gone on.
            for _ in 0..64 {
                tokio::task::yield_now().await;
            }
            let longer = time.max(Duration::from_secs(20));
            self.0.fetch_add(u64::try_from(longer.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        })
    }
}

/// A vendor's component for an account.
#[derive(Clone)]
pub struct Vendor {
    pub plugin: Plugin,
    /// The values that nobody may see.
    pub secrets: Vec<String>,
    runtime: Rc<Runtime>,
    answers: Answers,
}

impl Vendor {
    pub fn new(name: &str) -> Vendor {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answers = Answers::default();
        let (transport, clock) = (Arc::new(answers.clone()), Arc::new(Jumping::default()));
        let options = Options {
            testing: Testing { transport: Some(transport), clock: Some(clock), ..Testing::default() },
            concurrency: 4,
            ..net::options()
        };
        let component = Plugins::embedded().component(name).expect("readable").expect("an embedded vendor");
        let load = async { Host::new(options).expect("a host").load(&component, Settings::default()).await };
        let plugin = runtime.block_on(load).expect("a plugin");
        Vendor { plugin, secrets: Vec::new(), runtime: Rc::new(runtime), answers }.with(&BTreeMap::new())
    }

    /// The same with other settings than those of all tests; nothing is tried twice.
    pub fn with(&self, other: &BTreeMap<String, String>) -> Vendor {
        let catalogue = self.plugin.catalogue();
        let mut settings = test_settings(catalogue);
        settings.extend(other.clone());
        settings.insert("OUTWIT_TRIES".to_owned(), "1".to_owned());
        let secrets = settings
            .iter()
            .filter(|(name, value)| catalogue.is_secret(name) && !value.is_empty())
            .map(|(_, value)| value.clone());
        Vendor {
            secrets: secrets.collect(),
            plugin: self.plugin.with_settings(settings.into_iter().collect()),
            ..self.clone()
        }
    }

    /// The id of a case's operation.
    pub fn id(&self, case: &Case) -> String {
        format!("{}.{}", self.plugin.name(), case.operation)
    }

    pub fn call(&self, id: &str, input: &Value, answers: &[Answer]) -> Result<Value, Error> {
        self.begin(answers);
        let input = input.to_string();
        let call = async { timeout(PATIENCE, self.plugin.call(id, &input)).await };
        let hangs = |_| Err(Error::new(ErrorKind::Failed, Advice::GiveUp, HANGS));
        let output = self.runtime.block_on(call).unwrap_or_else(hangs)?;
        Ok(serde_json::from_str(&output).expect("an output is JSON"))
    }

    /// As [`Vendor::call`], through the typed export; an error says that the component stopped.
    pub fn call_typed(&self, id: &str, input: &Value, answers: &[Answer]) -> Result<Option<Outcome>, String> {
        self.begin(answers);
        let call = async { timeout(PATIENCE, call_typed(&self.plugin, id, input)).await };
        match self.runtime.block_on(call) {
            Ok(outcome) => outcome.map_err(|problem| format!("typed: {problem:#}")),
            Err(_) => Err(format!("typed: {HANGS}")),
        }
    }

    /// What the last call sent.
    pub fn sent(&self) -> Vec<Sent> {
        self.answers.lock().1.clone()
    }

    fn begin(&self, answers: &[Answer]) {
        *self.answers.lock() = (answers.iter().cloned().collect(), Vec::new());
    }
}

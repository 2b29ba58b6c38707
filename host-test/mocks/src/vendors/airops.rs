//! AirOps: workflows, agents and legacy apps of one workspace, run, polled, cancelled, talked to and streamed.
//!
//! One state is served in two dialects, `/v1/…` and `/public_api/…`, each as its document says: `facts/v1.json` and
//! `facts/public.json` of the component. What they do not have is refused. A run that was started in one can be polled and
//! cancelled in the other, and an app or an execution is found by any of its ids in both: that of `v1` (`wf_abc123`,
//! `exec_7d41`), the UUID and the number. Ids count up from the same numbers on every server. `airops/seed.json` holds the
//! apps, with what they do and how long.
//!
//! Five runs of the day before are there at the start ([`runs::EARLIER`]), from `exec_7d3c` to `exec_7d40`.
//!
//! A run's state follows from the mock's clock, which switches make faster or move. In `v1` a run that takes more than a
//! second is answered at once; in `public` who waits for a run really waits, and who would wait for more than ten minutes on
//! that clock is answered 503 at once, and nothing is started. A run goes on when its caller goes away.
//!
//! Not documented, and so a choice of this mock: the words in `error` of `v1`, and that what is not known is 400 `not_found`
//! there and 404 in `public`; the form of streams, and in `public` their addresses, which are the vendor's example's; what a
//! list of `v1` holds.
//!
//! One route is the mock's own. `/mock`, with any method and without a key, sets these switches from its query and
//! answers with the values of all of them. 0 switches a flag off.
//!
//! | Parameter | Meaning |
//! |---|---|
//! | `speed=100` | the clock runs that many times faster from now on; 1 at the start |
//! | `advance=60000` | moves the clock by that many milliseconds |
//! | `seed=1` | outputs in `v1` are called `outputs`, as the catalogue page has it, and are not always an object |
//! | `observed=1` | `public` answers as clients saw it: numbers, nulls, outputs of any type, more members, wrapped polls |
//! | `at_once=1` | what asks for a stream in `v1` is answered at once, in the only form that its document has |
//! | `more=30` | so many more workflows are listed in `v1` |
//! | `flaky=2` | so many of the next polls of one execution are answered 503 |
//! | `throttle=2` | so many of the next requests with a good key are answered 429, with `Retry-After: 1` |
//! | `throttle_plain=1` | those answers have no `Retry-After` |
//! | `cut=1` | streams end after half of their events, as if they were whole; `cut=abort` breaks the connection there |
//! | `no_done=1` | streams end without `[DONE]` and without `app.output.completed` |
//! | `sse=odd` | streams use all that the format allows: CRLF, comments, `event:`, `id:`, data on several lines, an unknown object, writes that end in the middle of a character; `sse=plain` ends it |
//! | `only=v1` | the addresses of the other dialect are not known; `only=public`, `only=neither`, `only=both` |
//! | `cancel=empty` | a cancellation in `v1` is answered 204; `cancel=full` ends it |

mod apps;
mod call;
mod clock;
mod public_api;
mod reply;
mod runs;
mod stream;
mod submit;
mod switches;
mod v1;

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::time::sleep;

use self::apps::{App, Kind};
use self::call::Call;
use self::clock::Clock;
use self::reply::{Failure, bad_request, ok, refuse, unauthorized, unknown_address};
use self::runs::{EARLIER, Order, Run};
use self::submit::{Mode, Talk};
use self::switches::{Only, Switches};
use crate::facts::Facts;
use crate::{Vendor, lock};

const KEY: &str = "airops-mock-key-of-no-workspace";
const WEBHOOK_TOKEN: &str = "webhook-token";

static V1: LazyLock<Facts> = LazyLock::new(|| crate::facts("airops", "v1"));
static PUBLIC: LazyLock<Facts> = LazyLock::new(|| crate::facts("airops", "public"));

pub fn vendor() -> Vendor {
    let mut world = World {
        apps: apps::seed(),
        runs: Vec::new(),
        talks: Vec::new(),
        clock: Clock::start(),
        switches: Switches::default(),
    };
    for id in EARLIER {
        world.run_earlier(id);
    }
    let shared = Arc::new(Shared { world: Mutex::new(world), changed: Notify::new() });
    // There is one handler, because switches decide which paths there are.
    let router = Router::new().fallback(answer).with_state(shared);
    Vendor { settings: vec![("AIROPS_API_KEY", KEY.to_owned())], router }
}

/// Everything that one server remembers. Nothing is removed from its lists, so that a place in one stays good.
struct World {
    apps: Vec<App>,
    runs: Vec<Run>,
    talks: Vec<Talk>,
    clock: Clock,
    switches: Switches,
}

struct Shared {
    world: Mutex<World>,
    /// Wakes who waits for a time that may have come nearer.
    changed: Notify,
}

impl Shared {
    /// Waits until the clock shows what `due` says, which is asked again after every request.
    async fn until(&self, due: impl Fn(&World) -> u64) {
        loop {
            // Made before the look at the clock, so that no change falls between the two.
            let changed = self.changed.notified();
            let pause = {
                let world = lock(&self.world);
                world.clock.pause(due(&world))
            };
            let Some(pause) = pause else { return };
            tokio::select! {
                () = changed => {}
                () = sleep(pause) => {}
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    V1,
    Public,
}

/// How an accepted request is answered.
enum Answer {
    Ready(Response),
    /// When the run has ended, with what the function makes of it.
    AtEnd(usize, Shape),
    /// With what the function makes of a run that was just started.
    Now(usize, Shape),
    Stream(usize, Dialect),
}

type Shape = fn(&World, usize) -> Result<Value, Failure>;

impl Answer {
    fn to(mode: Mode, run: usize, dialect: Dialect, shape: Shape) -> Answer {
        match mode {
            Mode::Sync => Answer::AtEnd(run, shape),
            Mode::Async => Answer::Now(run, shape),
            Mode::Stream => Answer::Stream(run, dialect),
        }
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return refuse(Dialect::V1, &bad_request("The body could not be read"));
    };
    let call = Call::read(&parts, body);
    let (dialect, outcome) = {
        let mut world = lock(&shared.world);
        match call.segments.first().map(String::as_str) {
            Some("mock") => (Dialect::V1, Ok(Answer::Ready(ok(&switches::set(&mut world, &call))))),
            Some("v1") if matches!(world.switches.only, Only::Both | Only::V1) => {
                (Dialect::V1, admit(&mut world, &call, &V1, v1::answer))
            }
            Some("public_api") if matches!(world.switches.only, Only::Both | Only::Public) => {
                let outcome = match public_api::by_webhook(&mut world, &call) {
                    Some(outcome) => outcome,
                    None => admit(&mut world, &call, &PUBLIC, public_api::answer),
                };
                (Dialect::Public, outcome)
            }
            _ => return unknown_address(),
        }
    };
    shared.changed.notify_waiters();
    let look = |run, shape: Shape| shape(&lock(&shared.world), run);
    let shaped = match outcome {
        Err(failure) => Err(failure),
        Ok(Answer::Ready(response)) => return response,
        Ok(Answer::Now(run, shape)) => look(run, shape),
        Ok(Answer::AtEnd(run, shape)) => {
            shared.until(|world| world.runs[run].ends()).await;
            look(run, shape)
        }
        Ok(Answer::Stream(run, dialect)) => return stream::open(shared, run, dialect),
    };
    match shaped {
        Ok(body) => ok(&body),
        Err(failure) => refuse(dialect, &failure),
    }
}

/// Lets in who has the key, is not throttled, and asks as the document says.
fn admit(
    world: &mut World,
    call: &Call,
    facts: &Facts,
    route: fn(&mut World, &Call) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    if call.key.as_deref() != Some(KEY) {
        return Err(unauthorized());
    }
    world.switches.throttle()?;
    if !call.fits(facts)? {
        return Ok(Answer::Ready(unknown_address()));
    }
    route(world, call)
}

impl World {
    /// A run of the day before, that was asked for nothing.
    fn run_earlier(&mut self, id: &str) {
        let app = self.apps.iter().position(|app| app.is_called(id)).unwrap_or_default();
        let about = &self.apps[app];
        let order = Order { output: about.output(&Map::new()), text: about.text(&Map::new()), ..Order::default() };
        let yesterday = self.clock.now().saturating_sub(86_400_000);
        self.runs.push(Run::new(self.runs.len(), app, about, order, yesterday));
    }

    /// The place of an app, by any of its ids; an app of another kind is not there.
    fn find_app(&self, id: &str, kind: Option<Kind>) -> Result<usize, Failure> {
        let known = |app: &App| app.is_called(id) && kind.is_none_or(|kind| kind == app.kind);
        self.apps.iter().position(known).ok_or_else(|| {
            reply::not_found(match kind {
                Some(Kind::Workflow) => "Workflow",
                Some(Kind::Agent) => "Agent",
                _ => "App",
            })
        })
    }

    /// The place of an execution, by any of its ids; one of another app is not there.
    fn find_run(&self, id: &str, app: Option<usize>) -> Result<usize, Failure> {
        let known = |run: &Run| run.is_called(id) && app.is_none_or(|app| app == run.app);
        self.runs.iter().position(known).ok_or_else(|| reply::not_found("Execution"))
    }
}

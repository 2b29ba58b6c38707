//! The mock's own switches, set at `/mock`. The table of them is in the vendor's module.

use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};

use super::World;
use super::call::Call;
use super::reply::{Failure, failure, unavailable};

#[derive(Default)]
pub struct Switches {
    pub seed: bool,
    pub observed: bool,
    pub at_once: bool,
    pub more: u64,
    flaky: u64,
    throttle: u64,
    throttle_plain: bool,
    pub cut: Cut,
    pub no_done: bool,
    pub odd: bool,
    pub only: Only,
    pub empty_cancel: bool,
}

/// What happens to a stream half-way.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Cut {
    #[default]
    Never,
    /// The body ends as if it were whole.
    Ends,
    /// The connection breaks.
    Aborts,
}

/// Which dialect is spoken.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Only {
    #[default]
    Both,
    V1,
    Public,
    Neither,
}

pub fn set(world: &mut World, call: &Call) -> Value {
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<u64>().ok());
    let switches = &mut world.switches;
    let flags = [
        ("seed", &mut switches.seed),
        ("observed", &mut switches.observed),
        ("at_once", &mut switches.at_once),
        ("throttle_plain", &mut switches.throttle_plain),
        ("no_done", &mut switches.no_done),
    ];
    for (name, flag) in flags {
        *flag = call.query.get(name).map_or(*flag, |text| text == "1");
    }
    for (name, count) in
        [("flaky", &mut switches.flaky), ("throttle", &mut switches.throttle), ("more", &mut switches.more)]
    {
        *count = number(name).unwrap_or(*count);
    }
    for (name, word) in &call.query {
        match (name.as_str(), word.as_str()) {
            ("cut", "1") => switches.cut = Cut::Ends,
            ("cut", "abort") => switches.cut = Cut::Aborts,
            ("cut", _) => switches.cut = Cut::Never,
            ("sse", _) => switches.odd = word == "odd",
            ("only", "v1") => switches.only = Only::V1,
            ("only", "public") => switches.only = Only::Public,
            ("only", "neither") => switches.only = Only::Neither,
            ("only", _) => switches.only = Only::Both,
            ("cancel", _) => switches.empty_cancel = word == "empty",
            _ => {}
        }
    }
    if let Some(speed) = number("speed") {
        world.clock.set_speed(speed);
    }
    world.clock.advance(number("advance").unwrap_or_default());
    values(world)
}

fn values(world: &World) -> Value {
    let switches = &world.switches;
    json!({
        "speed": world.clock.speed(),
        "now": world.clock.now(),
        "seed": switches.seed,
        "observed": switches.observed,
        "at_once": switches.at_once,
        "more": switches.more,
        "flaky": switches.flaky,
        "throttle": switches.throttle,
        "throttle_plain": switches.throttle_plain,
        "cut": match switches.cut {
            Cut::Never => "",
            Cut::Ends => "1",
            Cut::Aborts => "abort",
        },
        "no_done": switches.no_done,
        "sse": if switches.odd { "odd" } else { "plain" },
        "only": match switches.only {
            Only::Both => "both",
            Only::V1 => "v1",
            Only::Public => "public",
            Only::Neither => "neither",
        },
        "cancel": if switches.empty_cancel { "empty" } else { "full" },
    })
}

impl Switches {
    /// Turns away a request that is one too many.
    pub fn throttle(&mut self) -> Result<(), Failure> {
        let Some(left) = self.throttle.checked_sub(1) else { return Ok(()) };
        self.throttle = left;
        let header = (!self.throttle_plain).then(|| (RETRY_AFTER, HeaderValue::from_static("1")));
        let too_many = failure(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Rate limit exceeded");
        Err(Failure { header, ..too_many })
    }

    /// Whether a poll fails for no reason of its own.
    pub fn poll(&mut self) -> Result<(), Failure> {
        match self.flaky.checked_sub(1) {
            None => Ok(()),
            Some(left) => {
                self.flaky = left;
                Err(unavailable("Service temporarily unavailable"))
            }
        }
    }
}

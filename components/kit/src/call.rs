//! One call by a caller.

use crate::api::{Api, Dialect, Effect};
use crate::dispatch::{Component, Operation, accepted, carry_out};
use crate::error::fail;
use crate::exchange::BodyCell;
use crate::settings::Settings;
use crate::types::{Error, ErrorKind};
use crate::wire::Tree;
use crate::world::{Limits, Outside, World};
use serde_json::Value;
use std::cell::Cell;
use std::rc::Rc;

/// One call by a caller: what it is about and when it has to be over. A recipe passes it on to each of its exchanges, so
/// that they share one deadline.
#[derive(Debug)]
pub struct Call {
    pub(crate) world: World,
    pub(crate) api: &'static Api,
    operations: &'static [Operation],
    pub(crate) settings: Settings,
    started_ms: u64,
    /// How long it may take where no setting says so.
    allowed_ms: Option<u64>,
    /// When it is over at the latest, where more than its own time bounds it.
    ends_ms: Option<u64>,
    /// The dialect in which the vendor has answered: all that follows is sent in it, too.
    pub(crate) dialect: Rc<Cell<Option<&'static Dialect>>>,
    /// How long the vendor asks to wait before the next look, in its last answer that told how work stands.
    pub(crate) asked_ms: Rc<Cell<u64>>,
    /// How many requests are still to come, where that is known.
    pub(crate) to_come: Rc<Cell<u32>>,
}

impl Call {
    /// A call of an operation that begins now.
    pub(crate) fn begin(component: &'static Component, operation: &Operation, world: World) -> Call {
        let Component { api, operations, .. } = *component;
        let settings = Settings(world.environment());
        Call {
            api,
            operations,
            settings,
            started_ms: world.now_ms(),
            world,
            allowed_ms: operation.row.deadline_ms.map(u64::from),
            ends_ms: None,
            dialect: Rc::default(),
            asked_ms: Rc::default(),
            to_come: Rc::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn with(api: &'static Api, settings: Settings) -> Call {
        Call {
            world: World::default(),
            api,
            operations: &[],
            settings,
            started_ms: 0,
            allowed_ms: None,
            ends_ms: None,
            dialect: Rc::default(),
            asked_ms: Rc::default(),
            to_come: Rc::default(),
        }
    }

    /// The same call, for what outlives the export that began it.
    pub(crate) fn detached(&self) -> Call {
        Call {
            world: self.world.clone(),
            settings: Settings(self.settings.0.clone()),
            dialect: self.dialect.clone(),
            asked_ms: self.asked_ms.clone(),
            to_come: self.to_come.clone(),
            ..*self
        }
    }

    /// The same call with all its time before it, which ends at this moment at the latest: for the requests of a job, which has
    /// a deadline of its own.
    pub(crate) fn renewed(&self, ends_ms: u64) -> Call {
        Call { started_ms: self.world.now_ms(), allowed_ms: None, ends_ms: Some(ends_ms), ..self.detached() }
    }

    /// Another operation as a step of this call: its input and output in WIT's spelling.
    ///
    /// A recipe's own input was checked before it began. What is wrong with the types of a step's input comes from an answer
    /// before it.
    pub fn step(&self, name: &str, input: Value) -> Result<Value, Error> {
        let Some(operation) = self.operation(name) else {
            return Err(fail(ErrorKind::Failed, format!("{} has no operation \"{name}\"", self.api.title)));
        };
        match accepted(self, operation, &input.into()) {
            Ok(input) => {
                let body_cell = BodyCell::default();
                let mut output = Tree::default();
                carry_out(self, operation, input, &body_cell, &mut output)?;
                Ok(output.take().into_value())
            }
            Err(error) => {
                let message = format!("{} answered something unexpected for {name}: {}", self.api.title, error.message);
                Err(fail(ErrorKind::Unreadable, message))
            }
        }
    }

    /// Says how many requests are still to come, as far as a recipe knows. A host that asks for it shows how far the call is.
    pub fn expect_requests(&self, to_come: u64) {
        self.to_come.set(u32::try_from(to_come).unwrap_or(u32::MAX));
    }

    /// How many requests are still to come with the next one, where that is known and the host asks for it: then it takes the number
    /// out of the request again.
    pub(crate) fn take_to_come(&self) -> Option<u32> {
        let to_come = self.to_come.get();
        self.to_come.set(to_come.saturating_sub(1));
        (to_come > 0 && self.settings.get("OUTWIT_PROGRESS").is_some()).then_some(to_come)
    }

    /// Whether an operation changes nothing.
    pub(crate) fn reads(&self, name: &str) -> bool {
        self.operation(name).is_some_and(|operation| operation.row.effect == Effect::Read)
    }

    pub(crate) fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// A setting that has to be there.
    pub fn setting(&self, name: &str) -> Result<&str, Error> {
        self.settings.require(name)
    }

    /// Seconds since 1970.
    pub fn unix_now(&self) -> u64 {
        self.world.unix_now()
    }

    pub(crate) fn limits(&self) -> Result<Limits, Error> {
        const DEADLINE: &str = "OUTWIT_DEADLINE_MS";
        let allowed = match (self.settings.get(DEADLINE), self.allowed_ms) {
            (None, Some(allowed)) => allowed,
            _ => self.settings.number(DEADLINE)?,
        };
        Ok(Limits {
            deadline_ms: self.started_ms.saturating_add(allowed).min(self.ends_ms.unwrap_or(u64::MAX)),
            connect_ms: self.settings.number("OUTWIT_CONNECT_TIMEOUT_MS")?,
            body_bytes: usize::try_from(self.settings.number("OUTWIT_MAX_BODY_BYTES")?).unwrap_or(usize::MAX),
        })
    }

    /// The dialect in which the vendor has answered in this call, where it has several.
    pub fn answered_in(&self) -> Option<&'static str> {
        self.dialect.get().map(|dialect| dialect.name)
    }
}

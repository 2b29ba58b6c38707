//! What the workspace holds: workflows, agents and legacy apps, which are all apps to the vendor. `seed.json` lists them,
//! with how long each stays in which state (milliseconds on the mock's clock) and what it puts out.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::reply::{Failure, bad_request, blank, failure};

const SEED: &str = include_str!("seed.json");

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Workflow,
    Agent,
    Legacy,
}

/// What is not the same for every vendor's app stays in `about`, as the seed has it.
pub struct App {
    pub kind: Kind,
    /// The seed dialect's id: `wf_…`, `agt_…`, or a number for a legacy app.
    pub id: String,
    pub uuid: String,
    pub number: u64,
    /// The number of the published version; 0 when there is none.
    pub version: u64,
    pub version_id: u64,
    /// In the order in which a run goes through them, with how long it stays.
    pub states: Vec<(String, u64)>,
    /// The vendor's word for the state after the last one.
    pub ending: String,
    /// Completes even if it was cancelled.
    pub stubborn: bool,
    pub about: Value,
}

pub fn seed() -> Vec<App> {
    // The file is part of the program, and a test reads it.
    let seed: Value = serde_json::from_str(SEED).expect("seed.json is a constant");
    seed["apps"].as_array().map(|apps| apps.iter().map(App::read).collect()).unwrap_or_default()
}

impl App {
    fn read(about: &Value) -> App {
        let text = |name: &str| about[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| about[name].as_u64().unwrap_or_default();
        let state =
            |pair: &Value| (pair[0].as_str().unwrap_or_default().to_owned(), pair[1].as_u64().unwrap_or_default());
        App {
            kind: match about["kind"].as_str() {
                Some("workflow") => Kind::Workflow,
                Some("agent") => Kind::Agent,
                _ => Kind::Legacy,
            },
            id: text("id"),
            uuid: text("uuid"),
            number: number("number"),
            version: number("version"),
            version_id: number("version_id"),
            states: about["states"].as_array().into_iter().flatten().map(state).collect(),
            ending: text("ending"),
            stubborn: about["stubborn"] == true,
            about: about.clone(),
        }
    }

    /// Any of its ids will do, in either dialect.
    pub fn is_called(&self, id: &str) -> bool {
        self.id == id || self.uuid == id || self.number.to_string() == id
    }

    /// How long a run takes when nobody cancels it.
    pub fn duration(&self) -> u64 {
        self.states.iter().map(|(_, length)| length).sum()
    }

    /// Whether the workspace may run it over the API at all.
    pub fn runnable(&self) -> Result<(), Failure> {
        if let Some(refusal) = self.about["refusal"].as_str() {
            return Err(failure(StatusCode::BAD_REQUEST, "forbidden", refusal));
        }
        if self.version == 0 {
            return Err(bad_request("The app has no published version"));
        }
        Ok(())
    }

    /// The id of the version that a `version_slug` names; of the published one when it is absent.
    pub fn version_of(&self, slug: Option<u64>) -> Result<u64, Failure> {
        match slug {
            None => Ok(self.version_id),
            Some(slug) if (1..=self.version).contains(&slug) => Ok(self.version_id - (self.version - slug)),
            Some(slug) => Err(bad_request(format!("There is no version {slug} of this app"))),
        }
    }

    /// Whether every required input is there and not blank.
    pub fn accepts(&self, inputs: &Map<String, Value>) -> Result<(), Failure> {
        for input in self.about["inputs"].as_array().into_iter().flatten() {
            let name = input["name"].as_str().unwrap_or_default();
            if input["required"] == true && inputs.get(name).is_none_or(is_blank) {
                return Err(blank(name));
            }
        }
        Ok(())
    }

    /// What a run with these inputs puts out.
    pub fn output(&self, inputs: &Map<String, Value>) -> Value {
        filled(&self.about["output"], inputs)
    }

    /// What a stream spells out: a text of its own, or else the output.
    pub fn text(&self, inputs: &Map<String, Value>) -> String {
        let text = self.about.get("text").unwrap_or(&self.about["output"]);
        match filled(text, inputs) {
            Value::String(text) => text,
            Value::Null => String::new(),
            value => value.to_string(),
        }
    }

    /// What an agent answers: what it knows about the first word that it finds in the message, or else the same always.
    pub fn knows(&self, message: &str) -> &str {
        let message = message.to_lowercase();
        let mut knowledge = self.about["knowledge"].as_array().into_iter().flatten();
        let fact = knowledge.find(|fact| fact["about"].as_str().is_some_and(|word| message.contains(word)));
        fact.map_or(&self.about["otherwise"], |fact| &fact["say"]).as_str().unwrap_or_default()
    }

    /// As the seed dialect lists it.
    pub fn entry(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.about["name"],
            "description": self.about["description"],
            "created_at": self.created_at(),
            "updated_at": self.updated_at(),
        })
    }

    /// As the vendor lists it. Nothing tells an agent from a workflow. Of what there is not, nothing is said.
    pub fn record(&self) -> Value {
        let mut record = json!({
            "id": self.number,
            "uuid": self.uuid,
            "name": self.about["name"],
            "description": self.about["description"],
            "background_color": self.about["background_color"],
            "emoji": "",
            "public": false,
            "readme": "",
            "active_version_id": self.about["version_id"],
            "created_at": self.created_at(),
            "updated_at": self.updated_at(),
        });
        without_nulls(&mut record);
        record
    }

    fn created_at(&self) -> &str {
        self.about["created_at"].as_str().unwrap_or("2026-01-10T10:00:00.000Z")
    }

    fn updated_at(&self) -> &str {
        self.about["updated_at"].as_str().unwrap_or("2026-05-01T10:00:00.000Z")
    }
}

pub fn without_nulls(record: &mut Value) {
    if let Some(members) = record.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Puts the inputs in the place of `{name}`, in every string.
fn filled(template: &Value, inputs: &Map<String, Value>) -> Value {
    match template {
        Value::String(text) => inputs
            .iter()
            .fold(text.clone(), |text, (name, value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                text.replace(&format!("{{{name}}}"), &value)
            })
            .into(),
        Value::Array(items) => items.iter().map(|item| filled(item, inputs)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled(value, inputs))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, seed};

    #[test]
    fn the_seed_is_read_and_no_two_apps_share_an_id() {
        let apps = seed();
        assert!(apps.iter().any(|app| app.kind == Kind::Agent) && apps.iter().any(|app| app.kind == Kind::Legacy));
        for app in &apps {
            assert_eq!(apps.iter().filter(|other| other.is_called(&app.id)).count(), 1, "{}", app.id);
            assert_eq!(apps.iter().filter(|other| other.is_called(&app.uuid)).count(), 1, "{}", app.id);
            assert_eq!(apps.iter().filter(|other| other.is_called(&app.number.to_string())).count(), 1, "{}", app.id);
            assert_eq!(app.uuid.len(), 36, "{}", app.id);
        }
    }
}

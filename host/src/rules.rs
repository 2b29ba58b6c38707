//! What an account, or whoever runs the host, allows: which operations, how often, and which only after a person agreed.

use crate::catalogue::{Catalogue, Effect, Operation};
use crate::options::Grant;
use crate::{Advice, Error, ErrorKind};
use outwit_core::nearest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;
use wildmatch::WildMatch;

/// Rules about operations. An entry of a list is an effect (`read`, `write`, `destroy`) or the name or id of operations,
/// where `*` stands for anything: `delete-*`, `accelo.list-*`. In `deny` and `confirm`, `write` covers `destroy` too.
///
/// What restricts an operation restricts what has it among its steps, too: a recipe with a step that is denied is denied before
/// anything is sent, and one with a step that needs a person's consent needs it. What is allowed may do all of its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rules {
    /// Only these may be called: with an empty list nothing, without one everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<Vec<String>>,
    /// These may not be called, even if they are allowed, nor be a step of what is called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// The most that a call may do at the vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// How many calls a minute on average, and how many at once after a pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_minute: Option<NonZeroU32>,
    /// A person must agree to each call of these, and of what has them among its steps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confirm: Vec<String>,
}

impl Rules {
    /// Whether an operation may be called.
    ///
    /// # Errors
    ///
    /// `denied`, with the rule that says so and whose rule it is, such as `[accelo.accounts.sandbox]`; and with the step of the
    /// operation that the rule is about, where it is about one.
    pub(crate) fn permit(&self, catalogue: &Catalogue, operation: &Operation, whose: &str) -> Result<(), Error> {
        let denied = |rule: String| {
            let message = format!("{} is denied by {whose}: {rule}", operation.id);
            let error = Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(&operation.id);
            Err(Error { details: Some(serde_json::json!({ "rule": rule })), ..error })
        };
        if let Some(entry) = self.deny.iter().find(|entry| covers(entry, operation)) {
            return denied(format!("deny {entry}"));
        }
        let mut of_steps = self.deny.iter().map(|entry| (entry, catalogue.steps(operation).find(|s| covers(entry, s))));
        if let Some((entry, Some(step))) = of_steps.find(|(_, step)| step.is_some()) {
            let rule = format!("deny {entry}");
            let message = format!("{} is denied by {whose}: {rule}, which denies its step {}", operation.id, step.id);
            let error = Error::new(ErrorKind::Denied, Advice::AskPerson, message).at(&operation.id);
            return Err(Error { details: Some(serde_json::json!({ "rule": rule, "step": step.id })), ..error });
        }
        if let Some(grant) = self.grant
            && operation.effect > grant.strongest()
        {
            return denied(format!("grant {}", grant.as_str()));
        }
        if let Some(allow) = &self.allow
            && !allow.iter().any(|entry| matches(entry, operation))
        {
            return denied(if allow.is_empty() {
                "allow nothing".to_owned()
            } else {
                format!("allow {}", allow.join(", "))
            });
        }
        Ok(())
    }

    /// The rule by which a person must agree to a call, if there is one: about the operation, or about a step of it.
    pub(crate) fn confirmed_by(&self, catalogue: &Catalogue, operation: &Operation) -> Option<&str> {
        let about =
            |entry: &&str| covers(entry, operation) || catalogue.steps(operation).any(|step| covers(entry, step));
        self.confirm.iter().map(String::as_str).find(about)
    }

    /// Sees to it that every entry is about something: a rule with a slip in it would else protect nothing.
    ///
    /// # Errors
    ///
    /// `misconfigured`, for an entry that fits none of the operations.
    pub fn check<'o>(&self, operations: impl Iterator<Item = &'o Operation> + Clone, whose: &str) -> Result<(), Error> {
        for (list, entries) in
            [("allow", self.allow.as_deref().unwrap_or_default()), ("deny", &self.deny), ("confirm", &self.confirm)]
        {
            for entry in entries.iter().filter(|entry| effect(entry).is_none()) {
                if !operations.clone().any(|operation| matches(entry, operation)) {
                    let names = operations.map(Operation::name).chain(["read", "write", "destroy"]);
                    let near = nearest(entry, names);
                    let hint = near.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
                    let message = format!("{whose}: {list} {entry:?} matches no operation{hint}");
                    return Err(Error::misconfigured(message).about(list));
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Rules {
    /// As they stand in a file, without its punctuation: `allow read, log-*; grant write`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |name: &str, entries: &[String]| (!entries.is_empty()).then(|| format!("{name} {}", entries.join(", ")));
        let allow =
            self.allow.as_deref().map(|allow| list("allow", allow).unwrap_or_else(|| "allow nothing".to_owned()));
        let grant = self.grant.map(|grant| format!("grant {}", grant.as_str()));
        let pace = self.calls_per_minute.map(|most| format!("calls-per-minute {most}"));
        let all = [allow, list("deny", &self.deny), grant, list("confirm", &self.confirm), pace];
        f.write_str(&all.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }
}

fn effect(entry: &str) -> Option<Effect> {
    match entry {
        "read" => Some(Effect::Read),
        "write" => Some(Effect::Write),
        "destroy" => Some(Effect::Destroy),
        _ => None,
    }
}

/// In what restricts, `write` covers what destroys as well.
fn covers(entry: &str, operation: &Operation) -> bool {
    entry == "write" && operation.effect == Effect::Destroy || matches(entry, operation)
}

fn matches(entry: &str, operation: &Operation) -> bool {
    match effect(entry) {
        Some(effect) => operation.effect == effect,
        None => {
            let pattern = WildMatch::new(entry);
            pattern.matches(operation.name()) || pattern.matches(&operation.id)
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "they test it")]
mod tests {
    use super::*;
    use serde_json::json;

    fn operation(name: &str, effect: &str) -> Operation {
        serde_json::from_value(json!({ "id": format!("acme.{name}"), "effect": effect })).unwrap()
    }

    fn rules(json: serde_json::Value) -> Rules {
        serde_json::from_value(json).unwrap()
    }

    /// Of a vendor with one more operation, `acme.make-thing`.
    fn catalogue() -> Catalogue {
        let make = json!({ "id": "acme.make-thing", "effect": "write" });
        Catalogue::parse(&json!({ "vendor": "acme", "base": "", "operations": [make] }).to_string()).unwrap()
    }

    fn recipe() -> Operation {
        Operation { steps: vec!["acme.make-thing".to_owned()], ..operation("log-it", "write") }
    }

    fn rule(rules: &Rules, name: &str, effect: &str) -> Option<String> {
        let error = rules.permit(&catalogue(), &operation(name, effect), "the account default").err()?;
        assert_eq!(error.kind, ErrorKind::Denied);
        assert!(error.message.contains("by the account default: "), "{error}");
        Some(error.details.unwrap()["rule"].as_str().unwrap().to_owned())
    }

    #[test]
    fn what_restricts_writes_restricts_what_destroys() {
        for list in ["deny", "confirm"] {
            let rules = rules(json!({ list: ["write"] }));
            for (effect, restricted) in [("read", false), ("write", true), ("destroy", true)] {
                let operation = operation("do-it", effect);
                let found = rules.permit(&catalogue(), &operation, "x").is_err()
                    || rules.confirmed_by(&catalogue(), &operation).is_some();
                assert_eq!(found, restricted, "{list} {effect}");
            }
        }
        assert!(
            rules(json!({ "allow": ["write"] })).permit(&catalogue(), &operation("do-it", "destroy"), "x").is_err()
        );
    }

    #[test]
    fn what_is_denied_names_the_rule() {
        let rules = rules(json!({ "allow": ["list-*", "write"], "deny": ["acme.list-secret*"], "grant": "write" }));
        assert_eq!(rule(&rules, "list-things", "read"), None);
        assert_eq!(rule(&rules, "make-thing", "write"), None);
        assert_eq!(rule(&rules, "list-secrets", "read").unwrap(), "deny acme.list-secret*");
        assert_eq!(rule(&rules, "delete-thing", "destroy").unwrap(), "grant write");
        assert_eq!(rule(&rules, "get-thing", "read").unwrap(), "allow list-*, write");
        for (grant, effect, denied) in [
            ("read", "read", false),
            ("read", "write", true),
            ("read", "destroy", true),
            ("write", "write", false),
            ("all", "destroy", false),
        ] {
            let rules = self::rules(json!({ "grant": grant }));
            assert_eq!(rule(&rules, "do-it", effect).is_some(), denied, "{grant} {effect}");
        }
    }

    #[test]
    fn what_restricts_a_step_restricts_the_recipe_and_what_allows_a_recipe_allows_its_steps() {
        let permit = |json| rules(json).permit(&catalogue(), &recipe(), "[acme]");
        let error = permit(json!({ "deny": ["make-*"] })).unwrap_err();
        let message = "acme.log-it is denied by [acme]: deny make-*, which denies its step acme.make-thing";
        assert_eq!((error.message.as_str(), error.operation.as_str()), (message, "acme.log-it"));
        assert_eq!(error.details.unwrap(), json!({ "rule": "deny make-*", "step": "acme.make-thing" }));
        permit(json!({ "allow": ["log-it"], "deny": ["make-other"] })).unwrap();
        assert!(permit(json!({ "allow": ["make-thing"] })).is_err(), "a step may be allowed without its recipe");
        for (entry, asked) in [("make-thing", true), ("make-other", false)] {
            let rules = rules(json!({ "confirm": [entry] }));
            assert_eq!(rules.confirmed_by(&catalogue(), &recipe()), asked.then_some(entry));
        }
    }

    #[test]
    fn an_empty_list_of_what_is_allowed_allows_nothing() {
        assert_eq!(rule(&rules(json!({ "allow": [] })), "get-thing", "read").unwrap(), "allow nothing");
    }

    #[test]
    fn rules_are_shown_as_they_stand_in_a_file() {
        let all = json!({ "allow": ["read", "log-*"], "deny": ["x"], "grant": "write", "confirm": ["write"], "calls-per-minute": 3 });
        assert_eq!(
            rules(all.clone()).to_string(),
            "allow read, log-*; deny x; grant write; confirm write; calls-per-minute 3"
        );
        assert_eq!(serde_json::to_value(rules(all.clone())).unwrap(), all);
        assert_eq!(rules(json!({ "allow": [] })).to_string(), "allow nothing");
        assert_eq!(Rules::default().to_string(), "");
    }

    #[test]
    fn without_rules_everything_is_permitted() {
        assert_eq!(rule(&Rules::default(), "delete-thing", "destroy"), None);
    }

    #[test]
    fn an_entry_that_fits_nothing_is_refused_with_the_nearest() {
        let known = [operation("delete-thing", "destroy")];
        for list in ["allow", "deny", "confirm"] {
            let slip = rules(json!({ list: ["delete-thin"] })).check(known.iter(), "the account x").unwrap_err();
            let expected =
                format!(r#"the account x: {list} "delete-thin" matches no operation; did you mean delete-thing?"#);
            assert_eq!(slip.message, expected);
        }
        rules(json!({ "deny": ["delete-*", "destroy"], "confirm": ["write"] })).check(known.iter(), "x").unwrap();
        assert!(serde_json::from_value::<Rules>(json!({ "denny": [] })).is_err());
    }
}

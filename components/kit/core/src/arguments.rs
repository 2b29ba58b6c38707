//! The arguments of a tool, read as the inputs of operations are: a whole number may be written 3.0, and what is empty is left
//! out. All that is wrong is told at once. The gateway uses this file, too.

use crate::lossy::Loss;
use crate::nearest;
use crate::received::lenient;
use serde_json::{Map, Value, json};

/// What is wrong with arguments.
#[derive(Debug, PartialEq)]
pub struct Wrong {
    /// The first field.
    pub field: String,
    /// All of it, in words.
    pub message: String,
}

impl Wrong {
    /// What the mark of a call says that is wrong: [`MARK`](crate::received::MARK).
    pub fn marked(mark: &Value) -> Wrong {
        Loss::marked(mark).into()
    }
}

impl From<Loss> for Wrong {
    fn from(loss: Loss) -> Wrong {
        Wrong { message: loss.message(), field: loss.field }
    }
}

/// The arguments, and what is wrong with those that were asked for.
pub struct Arguments<'a> {
    given: &'a Map<String, Value>,
    wrong: Vec<(String, String)>,
}

impl<'a> Arguments<'a> {
    /// Arguments of which these are known.
    pub fn new(given: &'a Map<String, Value>, known: &[&str]) -> Arguments<'a> {
        let unknown = given.keys().filter(|name| !known.contains(&name.as_str()));
        let wrong = unknown.map(|name| {
            // An operation's own fields beside its id are the common mistake.
            let hint = match nearest(name, known.iter().copied()).first() {
                Some(near) => format!("did you mean {near}?"),
                None if known.contains(&"input") => "what the operation takes belongs into `input`".to_owned(),
                None => format!("expected one of: {}", known.join(", ")),
            };
            (name.clone(), format!("unknown field `{name}`; {hint}"))
        });
        Arguments { given, wrong: wrong.collect() }
    }

    fn wrong(&mut self, field: &str, expected: &str) {
        self.wrong.push((field.to_owned(), format!("{field}: expected {expected}")));
    }

    /// A text that has to be there.
    pub fn text(&mut self, name: &str) -> &'a str {
        let text = self.given.get(name).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.wrong(name, "a text that is not empty");
        }
        text.unwrap_or_default()
    }

    /// A text that may be left out.
    pub fn optional(&mut self, name: &str) -> Option<&'a str> {
        match self.given.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.as_str()).filter(|text| !text.is_empty()),
            Some(_) => {
                self.wrong(name, "a text");
                None
            }
        }
    }

    /// A number from 1 on that may be left out.
    pub fn number(&mut self, name: &str, most: u32) -> Option<u32> {
        let given = match self.given.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) if text.trim().is_empty() => return None,
            Some(given) => given,
        };
        let number = match given {
            Value::String(text) => text.trim().parse().ok(),
            given => given.as_f64(),
        };
        let number = number.filter(|number| number.fract() == 0.0 && (1.0..=f64::from(most)).contains(number));
        if number.is_none() {
            self.wrong(name, &format!("a whole number from 1 to {most}, got {given}"));
        }
        number.map(|number| number as u32)
    }

    /// The input of an operation: an object, and one without members where it is left out, null or an empty text. Some agents send
    /// JSON as a text; what it says counts as if it stood there. A component reads the input of the command line in the same way.
    pub fn input(&mut self) -> Value {
        let given = match self.given.get("input") {
            None => return json!({}),
            Some(Value::String(text)) if text.trim().is_empty() => return json!({}),
            Some(Value::String(text)) => {
                let (read, text) = match lenient(text.trim_start_matches('\u{feff}')) {
                    Ok(read) => read,
                    Err(problem) => {
                        self.wrong.push(("input".to_owned(), format!("input: not JSON: {problem}")));
                        return json!({});
                    }
                };
                if let Some(loss) = Loss::of("input", &text) {
                    self.wrong.push((loss.field.clone(), loss.message()));
                }
                read
            }
            Some(given) => given.clone(),
        };
        if given.is_null() {
            return json!({});
        }
        if !given.is_object() {
            self.wrong("input", "an object");
        }
        given
    }

    /// Sees to it that an argument is left out where another one is given, which alone says what is meant.
    pub fn only(&mut self, given: &str, left_out: &str) {
        self.wrong(left_out, &format!("nothing beside `{given}`, which continues the result of a call as it was made"));
    }

    /// What is wrong with what was asked for.
    pub fn done(self) -> Result<(), Wrong> {
        let messages: Vec<&str> = self.wrong.iter().map(|(_, message)| &**message).collect();
        let message = messages.join("; ");
        self.wrong.into_iter().next().map_or(Ok(()), |(field, _)| Err(Wrong { field, message }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out_and_a_whole_number_may_have_a_fraction_of_zeros() {
        let given = json!({ "limit": 3.0, "account": "", "cursor": null, "input": null });
        let mut arguments = Arguments::new(given.as_object().unwrap(), &["limit", "account", "cursor", "input"]);
        assert_eq!((arguments.number("limit", 20), arguments.input()), (Some(3), json!({})));
        assert_eq!((arguments.optional("account"), arguments.optional("cursor")), (None, None));
        assert_eq!(arguments.done(), Ok(()));
        for (text, number) in [("\"3\"", Some(3)), ("\"\"", None), ("null", None)] {
            let given = serde_json::from_str(&format!("{{\"limit\":{text}}}")).unwrap();
            assert_eq!(Arguments::new(&given, &["limit"]).number("limit", 20), number);
        }
    }

    #[test]
    fn an_input_is_an_object_or_nothing_as_it_is_and_as_a_text() {
        for (given, taken) in
            [("null", true), ("{}", true), ("[]", false), ("[1]", false), ("7", false), ("true", false)]
        {
            for given in [serde_json::from_str(given).unwrap(), json!(given), json!(format!(" {given}\n"))] {
                let given = json!({ "input": given });
                let mut arguments = Arguments::new(given.as_object().unwrap(), &["input"]);
                assert_eq!(arguments.input() == json!({}), taken, "{given}");
                let wrong = arguments.done().err();
                assert_eq!(wrong.map(|wrong| wrong.field).as_deref(), (!taken).then_some("input"), "{given}");
            }
        }
    }

    #[test]
    fn an_input_as_a_text_is_read_as_one_that_is_an_object() {
        for (text, read) in [(r#"{"a":"\ud83d"}"#, Some("\u{fffd}")), (r#"{"a":"\ud83d","a":"b"}"#, None), ("{", None)]
        {
            let given = json!({ "input": text });
            let mut arguments = Arguments::new(given.as_object().unwrap(), &["input"]);
            let input = arguments.input();
            assert_eq!(arguments.done().ok().and(input["a"].as_str()), read, "{text}");
        }
        let broken = json!({ "input": r#"{"id":"311""# });
        let mut arguments = Arguments::new(broken.as_object().unwrap(), &["input"]);
        arguments.input();
        let wrong = arguments.done().unwrap_err();
        assert_eq!(wrong.message, "input: not JSON: byte 12: the end, where more is expected");
    }

    #[test]
    fn all_wrong_arguments_are_reported_at_once_with_the_nearest_names() {
        let given = json!({ "intnet": "x", "limit": 2.5 });
        let mut arguments = Arguments::new(given.as_object().unwrap(), &["intent", "limit"]);
        arguments.text("intent");
        arguments.number("limit", 20);
        let wrong = arguments.done().unwrap_err();
        let message = "unknown field `intnet`; did you mean intent?; intent: expected a text that is not empty; \
                       limit: expected a whole number from 1 to 20, got 2.5";
        assert_eq!((wrong.field.as_str(), wrong.message.as_str()), ("intnet", message));
    }
}

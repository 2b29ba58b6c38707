//! What a tool answers: a result or an error as JSON, within the budget, and the rest of what was cut.

use super::cut::{Cut, fit};
use super::structured;
use outwit::{Advice, Error, ErrorKind};
use rmcp::model::CallToolResult;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many results are kept whose rest may be asked for, and how many bytes of them. The newest is kept in any case.
const MAX_STORED: usize = 64;
const MOST_BYTES: usize = 32 << 20;

/// Makes answers, and keeps the whole of those that were cut: asking the vendor again might give something else, and would
/// do what a write does a second time.
pub(crate) struct Results {
    budget: usize,
    /// The tool that gives the rest.
    more: &'static str,
    /// Whether results may have the mark of [`structured`](super::structured).
    marked: bool,
    stored: Mutex<VecDeque<StoredResult>>,
}

/// A result that was cut.
struct StoredResult {
    id: String,
    /// The operation that gave it.
    operation: String,
    whole: Arc<Value>,
    length: usize,
}

impl Results {
    pub fn new(budget: usize, more: &'static str, marked: bool) -> Results {
        Results { budget, more, marked, stored: Mutex::default() }
    }

    /// The output of an operation: `{"result": …}`, and `cut` where something was.
    pub fn success(&self, operation: &str, output: String) -> CallToolResult {
        if self.marked
            && output.len() <= self.budget
            && let Some(result) = structured::same(&output)
        {
            return result;
        }
        // What is no JSON has a bug behind it, which is best seen as it is.
        let length = output.len();
        let whole = serde_json::from_str(&output).unwrap_or_else(|_| Value::from(output));
        CallToolResult::structured(self.fitted(operation, result(whole), length))
    }

    /// An error, as the error record says it.
    pub fn failure(&self, error: &Error) -> CallToolResult {
        let operation = error.operation.clone();
        let error = serde_json::to_value(error).unwrap_or_else(|_| json!({ "message": error.message }));
        let length = error.to_string().len();
        CallToolResult::structured_error(self.fitted(&operation, error, length))
    }

    /// What comes after a place where an answer was cut; `operation` is the one that the caller says it was of. An error names
    /// the one that it is of, where that is known.
    pub fn rest(&self, cursor: &str, operation: Option<&str>) -> Result<CallToolResult, Error> {
        let unknown = || {
            let message = "this cursor is not known, or what it stands for is no longer kept: repeat the call";
            Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("cursor")
        };
        let (id, place) = cursor.split_once('.').ok_or_else(unknown)?;
        let (from, at) = place.split_at(place.find('/').unwrap_or(place.len()));
        let from: usize = from.parse().map_err(|_| unknown())?;
        let (of, whole) = {
            let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
            let found = stored.iter().find(|entry| entry.id == id).ok_or_else(unknown)?;
            if let Some(other) = operation.filter(|other| *other != found.operation) {
                let message = format!("this cursor continues a result of {}, not of {other:?}", found.operation);
                return Err(Error::new(ErrorKind::InvalidInput, Advice::ChangeInput, message).about("operation"));
            }
            (found.operation.clone(), found.whole.clone())
        };
        let rest = match whole.pointer(at) {
            Some(Value::Array(items)) => items.get(from..).map(|items| items.iter().cloned().collect()),
            Some(Value::String(text)) => Some(Value::from(text.chars().skip(from).collect::<String>())),
            _ => None,
        };
        let rest = rest.ok_or_else(|| unknown().at(&of))?;
        let mut answer = result(rest);
        let cuts = fit(&mut answer, self.budget);
        self.report_cuts(&mut answer, &cuts, Some(id), |cut| {
            match cut.at.strip_prefix("/result").unwrap_or_default() {
                "" => (at.to_owned(), from),
                // An item of the rest has another number in the whole.
                inner => {
                    let inner = &inner[1..];
                    let (index, beyond) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
                    let index = index.parse().unwrap_or(0) + from;
                    (format!("{at}/{index}{beyond}"), 0)
                }
            }
        });
        Ok(CallToolResult::structured(answer))
    }

    fn fitted(&self, operation: &str, whole: Value, length: usize) -> Value {
        if length <= self.budget {
            return whole;
        }
        let mut answer = whole.clone();
        let cuts = fit(&mut answer, self.budget);
        if !cuts.is_empty() {
            let id = self.store(operation, whole, length);
            self.report_cuts(&mut answer, &cuts, id.as_deref(), |cut| (cut.at.clone(), 0));
        }
        answer
    }

    /// Says in an answer what was cut from it. `whole` tells where the place is in what is kept, and how much of the list or
    /// text there came before.
    fn report_cuts(&self, answer: &mut Value, cuts: &[Cut], id: Option<&str>, whole: impl Fn(&Cut) -> (String, usize)) {
        let entry = |cut: &Cut| {
            let (place, before) = whole(cut);
            let mut entry = json!({ "at": cut.at, "shown": cut.shown, "of": before + cut.of, "unit": cut.unit });
            if before > 0 {
                entry["from"] = json!(before);
            }
            if let Some(id) = id {
                entry["cursor"] = json!(format!("{id}.{}{place}", before + cut.shown));
                entry["hint"] = json!(format!("{} with this cursor gives more", self.more));
            }
            entry
        };
        if !cuts.is_empty() {
            answer["cut"] = cuts.iter().map(entry).collect();
        }
    }

    /// Keeps a result for later; gives its name. Without randomness there are no names, and the rest cannot be asked for.
    fn store(&self, operation: &str, whole: Value, length: usize) -> Option<String> {
        let id = super::handle()?;
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.push_back(StoredResult {
            id: id.clone(),
            operation: operation.to_owned(),
            whole: Arc::new(whole),
            length,
        });
        while stored.len() > 1
            && (stored.len() > MAX_STORED || stored.iter().map(|entry| entry.length).sum::<usize>() > MOST_BYTES)
        {
            stored.pop_front();
        }
        Some(id)
    }
}

/// `{"result": …}`, of the value itself: `json!` would make a copy of all that is in it.
fn result(value: Value) -> Value {
    Value::Object([("result".to_owned(), value)].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(result: &CallToolResult) -> &Value {
        result.structured_content.as_ref().unwrap()
    }

    #[test]
    fn a_list_is_given_piece_by_piece_and_nothing_is_lost() {
        let results = Results::new(1000, "more-please", false);
        let rows: Vec<Value> = (0..100).map(|id| json!({ "id": id, "text": "ü".repeat(20) })).collect();
        let mut result = results.success("acme.list", json!({ "rows": rows, "total": 100 }).to_string());
        let mut seen: Vec<Value> = answer(&result)["result"]["rows"].as_array().unwrap().clone();
        assert_eq!(answer(&result)["cut"][0]["at"], "/result/rows");
        while let Some(cut) = answer(&result).get("cut") {
            assert!(answer(&result)["result"].to_string().len() <= 1000);
            assert_eq!(cut[0]["of"], 100);
            assert_eq!(cut[0]["hint"], "more-please with this cursor gives more");
            result = results.rest(cut[0]["cursor"].as_str().unwrap(), None).unwrap();
            seen.extend(answer(&result)["result"].as_array().unwrap().iter().cloned());
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_text_in_the_rest_of_a_list_can_be_read_to_its_end() {
        let results = Results::new(1000, "more", false);
        let long: String = (0..900).map(|number| format!("{number} ")).collect();
        let rows = json!([{ "text": "b".repeat(900) }, { "text": long, "other": [1] }, 3]);
        let first = results.success("acme.list", rows.to_string());
        let list = &answer(&first)["cut"][0];
        assert_eq!((&list["at"], &list["shown"]), (&json!("/result"), &json!(1)));
        let second = results.rest(list["cursor"].as_str().unwrap(), None).unwrap();
        let [list, cut] = &answer(&second)["cut"].as_array().unwrap()[..] else { panic!("{second:?}") };
        assert_eq!(json!([list["at"], list["from"], list["shown"], list["of"]]), json!(["/result", 1, 1, 3]));
        assert_eq!(cut["at"], "/result/0/text");
        let mut text: String = answer(&second)["result"][0]["text"].as_str().unwrap().to_owned();
        text.truncate(text.find('…').unwrap());
        let mut cursor = cut["cursor"].as_str().unwrap().to_owned();
        loop {
            let more = results.rest(&cursor, None).unwrap();
            let piece = answer(&more)["result"].as_str().unwrap();
            text.push_str(&piece[..piece.find('…').unwrap_or(piece.len())]);
            let Some(cut) = answer(&more).get("cut") else { break };
            assert_eq!(cut[0]["of"], long.len());
            cursor = cut[0]["cursor"].as_str().unwrap().to_owned();
        }
        assert_eq!(text, long);
    }

    #[test]
    fn a_large_error_is_cut_too_and_says_so() {
        let results = Results::new(1000, "more", false);
        let error = Error::new(ErrorKind::Failed, Advice::GiveUp, "no");
        let error = Error { details: Some(json!({ "result": "x".repeat(5000) })), ..error };
        let failure_result = results.failure(&error);
        assert_eq!(failure_result.is_error, Some(true));
        assert_eq!(answer(&failure_result)["cut"][0]["at"], "/details/result");
        assert_eq!(answer(&failure_result)["kind"], "failed");
    }

    #[test]
    fn old_results_are_evicted_and_an_unknown_cursor_is_refused() {
        let results = Results::new(100, "more", false);
        let output = json!(vec!["0123456789"; 100]).to_string();
        let first = results.success("acme.list", output.clone());
        let cursor = answer(&first)["cut"][0]["cursor"].as_str().unwrap().to_owned();
        assert!(results.rest(&cursor, None).is_ok() && results.rest(&cursor, Some("acme.list")).is_ok());
        let other = results.rest(&cursor, Some("acme.get")).unwrap_err();
        assert_eq!(other.field.as_deref(), Some("operation"), "{other}");
        for _ in 0..MAX_STORED {
            results.success("acme.list", output.clone());
        }
        let id = cursor.split('.').next().unwrap();
        for strange in [&cursor, "", ".", "x.1/result", &format!("{id}.x"), &format!("{id}.999999/result")] {
            let error = results.rest(strange, None).unwrap_err();
            assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("cursor")), "{strange}");
        }
        let first = results.success("acme.list", output);
        let cursor = answer(&first)["cut"][0]["cursor"].as_str().unwrap().to_owned();
        let beyond = format!("{}.999999", cursor.split('.').next().unwrap());
        assert_eq!(results.rest(&beyond, None).unwrap_err().operation, "acme.list");
    }
}

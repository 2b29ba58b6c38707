//! Status and body of an answer → its result, or an error with advice.

use crate::api::{Api, Row};
use crate::error::fail;
use crate::http::Reply;
use crate::types::{Advice, Error, ErrorKind};
use serde_json::Value;

/// The result that an answer holds; none where it holds nothing.
pub(crate) fn judge(api: &Api, row: &Row, reply: &Reply) -> Result<Option<Value>, Error> {
    let parsed = serde_json::from_slice::<Value>(&reply.body);
    let success = (200..300).contains(&reply.status);
    let body = match parsed {
        Ok(body) => body,
        Err(_) if success && reply.body.iter().all(u8::is_ascii_whitespace) => return Ok(None),
        Err(problem) if success => {
            let came = if problem.is_eof() { "with JSON that breaks off" } else { "and not with JSON" };
            let message = format!("{} answered {} {came}", api.title, described(reply));
            return Err(Error { status: Some(reply.status), ..fail(ErrorKind::Unreadable, message) });
        }
        Err(_) => Value::Null,
    };
    let code = first(&body, api.code);
    if success && code.is_none_or(|code| api.ok.contains(&code)) {
        return result(api, row, body, reply);
    }
    Err(refusal(api, reply, code, first(&body, api.message)))
}

fn result(api: &Api, row: &Row, mut body: Value, reply: &Reply) -> Result<Option<Value>, Error> {
    let pointer = row.result.unwrap_or(api.result);
    let Some(result) = body.pointer_mut(pointer).map(Value::take) else {
        if row.effect == crate::Effect::Destroy {
            return Ok(None);
        }
        let message = format!("{} answered {} without {}", api.title, described(reply), &pointer[1..]);
        return Err(Error { status: Some(reply.status), ..fail(ErrorKind::Unreadable, message) });
    };
    Ok(Some(match (row.list, result) {
        (Some(member), Value::Object(mut wrapped)) if wrapped.contains_key(member) => {
            wrapped.remove(member).unwrap_or_default()
        }
        (_, result) => result,
    }))
}

fn refusal(api: &Api, reply: &Reply, code: Option<&str>, message: Option<&str>) -> Error {
    let status = reply.status;
    let by_code = code.and_then(|code| api.kinds.iter().find(|(known, _)| *known == code));
    let by_phrase = message.and_then(|m| api.phrases.iter().find(|(phrase, _)| contains(m, phrase)));
    let kind = match (by_code.or(by_phrase), status) {
        (Some((_, kind)), _) => *kind,
        (_, 401) => ErrorKind::Unauthenticated,
        (_, 403) => ErrorKind::Forbidden,
        (_, 404 | 410) => ErrorKind::NotFound,
        (_, 409) => ErrorKind::Conflict,
        (_, 429) => ErrorKind::RateLimited,
        (_, 408 | 500..) => ErrorKind::Unavailable,
        (_, _) => ErrorKind::Rejected,
    };
    let mut error = fail(kind, sentence(api, reply, code, message));
    if (300..400).contains(&status) {
        error.advice = Advice::AskPerson;
    }
    error.status = Some(status);
    error.code = code.map(|code| clean(code, 80));
    error
}

fn sentence(api: &Api, reply: &Reply, code: Option<&str>, message: Option<&str>) -> String {
    match (message, code) {
        (Some(message), _) if !message.trim().is_empty() => format!("{}: {}", api.title, clean(message, 300)),
        _ if (300..400).contains(&reply.status) => {
            let setting = api.base_setting();
            let to = header(reply, "location").map(|to| format!(" to {}", clean(to, 100))).unwrap_or_default();
            format!(
                "{} answered {}, a redirect{to}, which is not followed; check {setting}",
                api.title,
                described(reply)
            )
        }
        (_, Some(code)) => format!("{} answered {}: {}", api.title, described(reply), clean(code, 80)),
        _ => format!("{} answered {}", api.title, described(reply)),
    }
}

fn described(reply: &Reply) -> String {
    let kind = header(reply, "content-type").map(|kind| format!(" ({})", clean(kind, 40))).unwrap_or_default();
    format!("HTTP {}{kind}", reply.status)
}

fn header<'r>(reply: &'r Reply, wanted: &str) -> Option<&'r str> {
    let (_, value) = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    std::str::from_utf8(value).ok()
}

fn first<'b>(body: &'b Value, pointers: &[&str]) -> Option<&'b str> {
    pointers.iter().find_map(|pointer| body.pointer(pointer)?.as_str())
}

/// As `str::contains`, without the general string searcher that it brings along.
fn contains(text: &str, phrase: &str) -> bool {
    text.as_bytes().windows(phrase.len()).any(|window| window == phrase.as_bytes())
}

/// A vendor's words, fit for one line. What is too much is left out by whole words: of a secret that the vendor says again,
/// a half would not be recognised where secrets are taken out.
fn clean(text: &str, most: usize) -> String {
    let mut clean = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let fits = clean.chars().count() + word.chars().count() < most;
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(if fits { word } else { "…" });
        if !fits {
            break;
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: Api = Api {
        name: "acme",
        title: "Acme",
        result: "/data",
        code: &["/meta/status", "/error"],
        ok: &["ok"],
        message: &["/meta/message", "/error_description"],
        kinds: &[("duplicate", ErrorKind::Conflict)],
        phrases: &[("does not exist", ErrorKind::NotFound)],
        ..Api::DEFAULT
    };

    fn judged(status: u16, body: &str) -> Result<Option<Value>, Error> {
        let row = Row { list: Some("things"), ..Row::new("GET", "/x") };
        judge(&API, &row, &Reply { status, headers: vec![], body: body.into() })
    }

    #[test]
    fn the_result_is_taken_out_of_its_envelope() {
        assert_eq!(judged(200, r#"{"meta":{"status":"ok"},"data":[1]}"#).unwrap().unwrap(), Value::from(vec![1]));
        assert_eq!(judged(200, r#"{"data":{"things":[1],"others":[]}}"#).unwrap().unwrap(), Value::from(vec![1]));
        assert_eq!(judged(204, " \n").unwrap(), None);
    }

    #[test]
    fn an_answer_is_judged_by_its_content_too() {
        let error = judged(200, r#"{"meta":{"status":"broken","message":"Oh\n no"}}"#).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Rejected, "Acme: Oh no"));
        assert_eq!(error.code.as_deref(), Some("broken"));
    }

    #[test]
    fn what_is_no_answer_is_unreadable() {
        for body in ["<html>", r#"{"data": [1"#, "{}", "[]", "3"] {
            let error = judged(200, body).unwrap_err();
            assert_eq!((error.kind, error.advice), (ErrorKind::Unreadable, Advice::GiveUp), "{body}");
        }
    }

    #[test]
    fn long_words_are_left_out_whole() {
        assert_eq!(clean(" a\r\nbc\u{0}d ", 6), "a bc d");
        assert_eq!(clean("a secret-1234 b", 10), "a …");
        assert_eq!(clean("secret-1234", 10), "…");
    }

    #[test]
    fn code_and_phrase_tell_more_than_the_status() {
        let kind = |status, body| judged(status, body).unwrap_err().kind;
        assert_eq!(kind(400, r#"{"meta":{"status":"duplicate"}}"#), ErrorKind::Conflict);
        assert_eq!(kind(400, r#"{"error":"x","error_description":"It does not exist."}"#), ErrorKind::NotFound);
        assert_eq!(kind(400, "{}"), ErrorKind::Rejected);
        assert_eq!(kind(401, "<html>"), ErrorKind::Unauthenticated);
        assert_eq!(kind(403, ""), ErrorKind::Forbidden);
        assert_eq!(kind(404, ""), ErrorKind::NotFound);
        assert_eq!(kind(409, ""), ErrorKind::Conflict);
        assert_eq!(kind(429, ""), ErrorKind::RateLimited);
        assert_eq!(kind(503, ""), ErrorKind::Unavailable);
        assert_eq!(kind(302, ""), ErrorKind::Rejected);
    }
}

//! An answer that is no result → an error with kind, advice and the vendor's words.

use super::said;
use crate::api::Api;
use crate::dialect::ResolvedRow;
use crate::error::fail;
use crate::exchange::ours_name;
use crate::reply::Reply;
use crate::types::{Advice, Error, ErrorKind};
use crate::wire::Node;

/// The error that an answer is, by its code, its status and its words.
pub(super) fn refusal(api: &Api, resolved: ResolvedRow, reply: &Reply, body: &Node<'_>) -> Error {
    let status = reply.status;
    let code = word(body, api.code);
    // A code of success beside something else that says the opposite explains nothing, and neither do its words.
    let fine = code.is_some_and(|code| api.success_codes.contains(&code));
    let code = code.filter(|_| !fine);
    let message = first(body, api.message).filter(|message| !fine && !message.trim().is_empty());
    let problems = problems(api, resolved, body);
    let words = said(body).filter(|_| problems.is_none());
    let message = message.or(words.as_deref());
    let by_code = |kinds: &[(&str, ErrorKind)]| {
        let known = kinds.iter().find(|(known, _)| Some(*known) == code);
        known.map(|(_, kind)| *kind)
    };
    let by_status = || resolved.row.statuses.iter().find(|(known, _)| *known == status).map(|(_, kind)| *kind);
    let by_code = || by_code(resolved.row.error_codes).or_else(|| by_code(api.error_codes));
    let kind = by_phrase(api, body).or_else(by_code).or_else(by_status).unwrap_or(match status {
        401 => ErrorKind::Unauthenticated,
        // A second limit of some vendors.
        403 if reply.header("retry-after").is_some() => ErrorKind::RateLimited,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        408 | 500.. => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    });
    let mut error = fail(kind, sentence(api, reply, code, message));
    if let Some((field, problems)) = problems {
        error.message = match message {
            Some(_) => format!("{} {problems}", error.message),
            None => format!("{}: {problems}", api.title),
        };
        error.field = Some(field);
    }
    if (300..400).contains(&status) {
        error.advice = Advice::AskPerson;
    }
    error.status = Some(status);
    error.code = code.map(|code| clean(code, 80));
    error
}

/// What a phrase in the explanation of an error says.
fn by_phrase(api: &Api, body: &Node<'_>) -> Option<ErrorKind> {
    let message = first(body, api.message)?;
    api.error_phrases.iter().find(|(phrase, _)| contains(message, phrase)).map(|(_, kind)| *kind)
}

/// Whether an answer says in words that a setting is wrong, which no repetition mends.
pub(crate) fn blames_settings(api: &Api, body: &[u8]) -> bool {
    !api.error_phrases.is_empty()
        && Node::read(body).is_ok_and(|body| by_phrase(api, &body) == Some(ErrorKind::Misconfigured))
}

/// The first field with a problem, and what is wrong with all of them.
fn problems(api: &Api, resolved: ResolvedRow, body: &Node<'_>) -> Option<(String, String)> {
    if api.problems.is_empty() {
        return None;
    }
    let by_field = body.at(api.problems)?.members()?;
    let (first, _) = by_field.first()?;
    // Where JSON cannot be read, the field is told as a path from its root.
    let field = format!("input.{}", ours_name(resolved.names, first.strip_prefix("$.").unwrap_or(first)));
    let mut texts = String::new();
    let mut add = |problem: &Node<'_>| {
        texts.push_str(problem.as_str().unwrap_or_default());
        texts.push(' ');
    };
    for (_, problem) in by_field {
        match problem.items() {
            Some(several) => several.iter().for_each(&mut add),
            None => add(problem),
        }
    }
    Some((field, clean(&texts, 300)))
}

fn sentence(api: &Api, reply: &Reply, code: Option<&str>, message: Option<&str>) -> String {
    match (message, code) {
        (Some(message), _) => format!("{}: {}", api.title, clean(message, 300)),
        _ if (300..400).contains(&reply.status) => {
            let setting = api.base_setting();
            // A query may hold a token for a login.
            let place = reply.header("location").and_then(|to| to.split(['?', '#']).next());
            let to = place.map(|to| format!(" to {}", clean(to, 100))).unwrap_or_default();
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

pub(super) fn described(reply: &Reply) -> String {
    let kind = reply.header("content-type").map(|kind| format!(" ({})", clean(kind, 40))).unwrap_or_default();
    format!("HTTP {}{kind}", reply.status)
}

pub(super) fn first<'b>(body: &'b Node<'_>, pointers: &[&str]) -> Option<&'b str> {
    pointers.iter().find_map(|pointer| body.at(pointer)?.as_str())
}

/// The first that is one word: a sentence is no code.
pub(super) fn word<'b>(body: &'b Node<'_>, pointers: &[&str]) -> Option<&'b str> {
    let is_word = |text: &&str| !text.is_empty() && !text.contains(char::is_whitespace);
    pointers.iter().find_map(|pointer| body.at(pointer)?.as_str().filter(is_word))
}

/// As `str::contains`, without the general string searcher that it brings along.
fn contains(text: &str, phrase: &str) -> bool {
    text.as_bytes().windows(phrase.len()).any(|window| window == phrase.as_bytes())
}

/// A vendor's words, fit for one line. What is too much is left out by whole words: of a secret that the vendor says again,
/// a half would not be recognised where secrets are taken out.
pub(crate) fn clean(text: &str, most: usize) -> String {
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

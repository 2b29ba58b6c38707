//! Every operation of every vendor, called as one of its cases does and answered with anything: an output of its schema comes
//! out, or an error that says why.
//!
//! `OPERATION NUMBER`, the number of a case that succeeds; then answers.

use crate::engine::Target;
use crate::errors::is_documented;
use crate::schema::misfit;
use crate::vendors::{Case, Vendor, all, answers, cut, operation, written};
use kit::world::{Answer, Failure};
use outwit::{Effect, Error, ErrorKind};
use serde_json::{Value, json};

pub const TARGET: Target = Target { name: "replies", run, seeds };

fn run(data: &[u8]) -> &'static str {
    let (head, text) = cut(data, b"\n");
    let head = String::from_utf8_lossy(head);
    let (id, number) = head.split_once(' ').unwrap_or((&head, ""));
    let Some((vendor, operation, described)) = operation(id) else { return "no operation" };
    let cases = good(vendor, id);
    let Some(case) = cases.get(number.parse::<usize>().unwrap_or(0) % cases.len().max(1)) else { return "no case" };
    let settings = vendor.settings(&case.settings);
    let answers = answers(text);
    let (outcome, sent) = vendor.call(id, &case.input.to_string(), &settings, answers.clone());
    assert!(
        !sent.is_empty() || answers.is_empty() || case.answers.is_empty(),
        "a case that sends something sends nothing"
    );
    match outcome {
        Ok(output) => {
            let fits = described
                .output
                .as_ref()
                .is_none_or(|schema| misfit(&vendor.catalogue, schema, &output, "output").is_none());
            assert!(fits, "an output that is none by its schema: {output}");
            "ok"
        }
        Err(error) => {
            // What the vendor's records forbid or leave open, the input has to say; nothing is written then.
            let only_read = !sent.is_empty() && sent.iter().all(|request| request.method == "GET");
            let of_input = error.kind == ErrorKind::InvalidInput && described.effect != Effect::Read && only_read;
            let problem = undocumented(&error, &answers, described.streams).filter(|_| !of_input);
            assert!(problem.is_none(), "{}: {error:?}", problem.unwrap_or_default());
            // A recipe's error may tell what a step gave, which is the vendor's to say; hosts look through all of it.
            if operation.row.run.is_none() {
                assert_no_secret(vendor, &settings, &error);
            }
            error.kind.as_str()
        }
    }
}

fn assert_no_secret(vendor: &Vendor, settings: &[(String, String)], error: &Error) {
    let text = json!(error).to_string();
    for (name, value) in settings.iter().filter(|(name, value)| vendor.catalogue.is_secret(name) && !value.is_empty()) {
        assert!(!text.contains(&**value), "an error tells the secret {name}: {text}");
    }
}

/// What is wrong with an error. Input and settings are right.
fn undocumented(error: &Error, answers: &[Answer], streams: bool) -> Option<&'static str> {
    let says = |words: &str| error.message.contains(words);
    if error.message.trim().is_empty() {
        return Some("no sentence");
    }
    let texts = [Some(&error.message), error.code.as_ref(), error.field.as_ref(), Some(&error.operation)];
    if texts.into_iter().flatten().any(|text| text.contains(char::is_control)) {
        return Some("what a terminal would obey");
    }
    if error.operation.is_empty() {
        return Some("about no operation");
    }
    let failed =
        |wanted: fn(&Failure) -> bool| answers.iter().any(|a| matches!(a, Answer::Failed(failure) if wanted(failure)));
    match error.kind {
        ErrorKind::InvalidInput => Some("the input is right"),
        ErrorKind::Denied if !failed(|failure| matches!(failure, Failure::Denied)) => Some("nothing is forbidden here"),
        ErrorKind::TimedOut
            if !says("did not end within") && !failed(|failure| matches!(failure, Failure::TimedOut)) =>
        {
            Some("everything is answered at once")
        }
        ErrorKind::Failed if error.status.is_none() => Some("the component fails by itself"),
        ErrorKind::Unreadable if answers.iter().all(|answer| well_formed(answer, streams)) => {
            (!is_documented(&error.message)).then_some("JSON that is not understood at no place")
        }
        _ => None,
    }
}

/// Whether everything that ought to be JSON is JSON that a program can hold. What comes as a stream may hold anything.
fn well_formed(answer: &Answer, streams: bool) -> bool {
    let Answer::Whole(_, headers, body, _) = answer else { return true };
    let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let streams =
        streams && kind.is_some_and(|(_, value)| value.to_ascii_lowercase().starts_with(b"text/event-stream"));
    streams || body.trim_ascii().is_empty() || serde_json::from_slice::<Value>(body).is_ok()
}

/// The cases of an operation that succeed.
fn good<'v>(vendor: &'v Vendor, id: &str) -> Vec<&'v Case> {
    vendor.cases.iter().filter(|case| case.operation == id && case.output.is_some()).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vendor in all() {
        for operation in &vendor.catalogue.operations {
            for (number, case) in good(vendor, &operation.id).into_iter().enumerate() {
                seeds.push([format!("{} {number}\n", operation.id).as_bytes(), &written(&case.answers)].concat());
            }
        }
        // Answers of cases that fail, to other operations.
        let failing = vendor.cases.iter().filter(|case| case.output.is_none());
        seeds.extend(
            failing.map(|case| [format!("{} 0\n", case.operation).as_bytes(), &written(&case.answers)].concat()),
        );
    }
    seeds
}

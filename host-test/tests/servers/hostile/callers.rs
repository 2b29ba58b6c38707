//! Callers of a plugin: every operation of every vendor gets every input.

use super::inputs::{self, Input, NUMBERS};
use outwit::embed::{Body, HttpError, RequestOptions, Sending, Testing, Transport};
use outwit::{Catalogue, ErrorKind, Host, Options, Plugin, Plugins};
use outwit_host_test::{cases, net, test_settings, vendors};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what would have been sent.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Transport for Counter {
    fn send(&self, _: http::Request<Body>, _: RequestOptions) -> Sending {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(HttpError::HttpRequestDenied) })
    }
}

async fn plugins(counter: &Arc<Counter>) -> Vec<Plugin> {
    let transport = Some(counter.clone() as Arc<dyn Transport>);
    let host = Host::new(Options { testing: Testing { transport, ..Testing::default() }, ..net::options() }).unwrap();
    let mut plugins = Vec::new();
    for vendor in vendors().unwrap() {
        let component = Plugins::embedded().component(&vendor).unwrap().unwrap();
        let plugin = host.load(&component, outwit::Settings::default()).await.unwrap();
        let settings = test_settings(plugin.catalogue());
        plugins.push(plugin.with_settings(settings.into_iter().collect()));
    }
    plugins
}

/// RFC 8259, 8.2: how half a pair is read is open; RFC 8259, 7: control characters are to be escaped. Both are read as MCP reads
/// them, and are then what any other text is.
#[test]
fn half_a_character_and_a_control_character_are_read_as_what_they_can_only_mean() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        for plugin in plugins(&counter).await {
            let check = plugin.catalogue().check.as_ref().unwrap().operation.clone();
            for (odd, plain) in
                [(r#"{"none":"a\ud800"}"#, r#"{"none":"a\ufffd"}"#), ("{\"none\":\"a\tb\"}", r#"{"none":"a\tb"}"#)]
            {
                let said = [odd, plain].map(|input| async { plugin.call(&check, input).await.unwrap_err() });
                let [odd, plain] = said;
                let (odd, plain) = (odd.await, plain.await);
                assert!(odd == plain && !odd.message.contains("JSON"), "{odd:?} {plain:?}");
            }
        }
        assert_eq!(counter.0.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn no_operation_takes_an_input_that_means_harm() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        let inputs = inputs::all();
        for plugin in plugins(&counter).await {
            for (index, operation) in plugin.catalogue().operations.iter().enumerate() {
                // What is large is refused before the operation is looked at.
                for Input { name, text, said } in inputs.iter().filter(|input| index == 0 || input.text.len() < 100_000)
                {
                    let error = plugin.call(&operation.id, text).await.err();
                    let error = error.unwrap_or_else(|| panic!("{} took {name}", operation.id));
                    assert_eq!(error.kind, ErrorKind::InvalidInput, "{}, {name}: {error:?}", operation.id);
                    assert!(error.message.contains(said), "{}, {name}: expected {said:?}: {error:?}", operation.id);
                    assert!(
                        error.field.as_deref().is_some_and(|field| field.starts_with("input")),
                        "{name}: {error:?}"
                    );
                    assert!(error.message.len() < 1000, "{name}: {}", error.message.len());
                }
            }
        }
        assert_eq!(counter.0.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn no_whole_number_is_beyond_its_range() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        let mut tried = 0;
        for plugin in plugins(&counter).await {
            let cases = cases(plugin.name()).unwrap();
            for operation in &plugin.catalogue().operations {
                let Some(case) = cases
                    .iter()
                    .find(|case| case.operation == operation.name() && case.outcome().is_some_and(|o| o.is_ok()))
                else {
                    continue;
                };
                for (field, least, most) in whole_numbers(plugin.catalogue(), operation.input.as_ref()) {
                    let mut input = case.input.clone();
                    input[&field] = "NUMBER".into();
                    // Some fields may be negative, and some have 64 bits.
                    let fits = |number: &str| {
                        number.trim_matches('"').parse().is_ok_and(|number: i64| (least..=most).contains(&number))
                    };
                    for number in NUMBERS.iter().filter(|number| !fits(number)) {
                        tried += 1;
                        let text = input.to_string().replace("\"NUMBER\"", number);
                        let error = plugin.call(&operation.id, &text).await.err();
                        let error = error.unwrap_or_else(|| panic!("{} took {text}", operation.id));
                        let about = error.field.as_deref().unwrap_or_default();
                        assert_eq!(error.kind, ErrorKind::InvalidInput, "{}, {text}: {error:?}", operation.id);
                        assert_eq!(about, format!("input.{field}"), "{}, {text}: {error:?}", operation.id);
                    }
                }
            }
        }
        assert!(tried > 300, "{tried}");
        assert_eq!(counter.0.load(Ordering::SeqCst), 0);
    });
}

/// The fields of an input that are whole numbers, with the least and the most of the numbers that each may hold. Where a schema says
/// neither, these are numbers of 64 bits.
fn whole_numbers(catalogue: &Catalogue, schema: Option<&Value>) -> Vec<(String, i64, i64)> {
    let Some(schema) = schema else { return Vec::new() };
    let record = schema["$ref"].as_str().and_then(|to| catalogue.defs.get(to.rsplit('/').next()?)).unwrap_or(schema);
    let properties = record["properties"].as_object().into_iter().flatten();
    let whole = properties.filter(|(_, field)| field["type"] == "integer" || field["type"][0] == "integer");
    let range = |field: &Value| match (field["minimum"].as_i64(), &field["maximum"]) {
        (None, Value::Null) => (i64::MIN, i64::MAX),
        (least, _) => (least.unwrap_or(i32::MIN.into()), i32::MAX.into()),
    };
    whole.map(|(name, field)| (name.clone(), range(field).0, range(field).1)).collect()
}

#[test]
fn a_name_or_an_intent_of_megabytes_is_answered_within_the_time_of_a_call() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        for plugin in plugins(&counter).await {
            for name in
                ["x".repeat(5 << 20), format!("{}.{}", plugin.name(), "list-".repeat(1 << 20)), "é\0".repeat(1 << 20)]
            {
                let error = plugin.call(&name, "{}").await.unwrap_err();
                assert_eq!(error.kind, ErrorKind::InvalidInput, "{}", error.kind.as_str());
                assert!(error.message.len() < 1000, "{}", error.message.len());
            }
            for intent in
                ["list ".repeat(1 << 20), "x".repeat(5 << 20), (0..1 << 19).map(|n| format!("{n} ")).collect()]
            {
                if let Err(error) = plugin.search(&intent, 5).await {
                    panic!("{error:?}");
                }
            }
        }
    });
}

#[test]
fn the_largest_inputs_that_are_taken_stop_no_component() {
    net::run(async {
        let counter = Arc::new(Counter::default());
        let texts = [
            format!(r#"{{"workflow-id":"w","inputs":{{"a":[{}0]}}}}"#, "[],".repeat(310_000)),
            format!(r#"{{"workflow-id":"w","inputs":{{"a":[{}0]}}}}"#, "{},".repeat(310_000)),
            format!(r#"{{"workflow-id":"w","inputs":{{"a":"{}"}}}}"#, "\\u0001".repeat(4_000_000 / 6)),
            format!(r#"{{"workflow-id":"w","inputs":{{"a":"{}"}}}}"#, "é".repeat(4_000_000 / 2)),
            format!(
                r#"{{"workflow-id":"w","inputs":{{{}"z":0}}}}"#,
                (0..80_000).map(|n| format!("\"{n}\":0,")).collect::<String>()
            ),
        ];
        for plugin in plugins(&counter).await {
            for operation in &plugin.catalogue().operations {
                // Whoever takes any document takes these; to others they are of a wrong type.
                if plugin.name() != "airops" && operation.name() != plugin.catalogue().operations[0].name() {
                    continue;
                }
                for text in &texts {
                    if let Err(error) = plugin.call(&operation.id, text).await {
                        // These are not too large, or this would show nothing.
                        let refused = error.message.contains("more than a call can take");
                        let stopped = refused || matches!(error.kind, ErrorKind::Failed | ErrorKind::TimedOut);
                        assert!(!stopped, "{}, {}…: {error:?}", operation.id, &text[..40]);
                    }
                }
            }
        }
    });
}

//! The vendors' tools, `dist/VENDOR-tools.wasm`: what they promise, and that each does what its operation does.

use crate::file;
use crate::foreign::Tools;
use outwit::embed::Transport;
use outwit::{Catalogue, Client, Operation, Plugins, Requirements, Rules, Settings};
use outwit_host_test::{Outcome, Script, Step, Variables, cases, differences, net, scripted, test_settings, vendors};
use outwit_mocks::Server;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Type, Val};

type Environment = BTreeMap<String, String>;

fn tools(vendor: &str, transport: impl Transport) -> Tools {
    Tools::load(&file(&format!("{vendor}-tools.wasm")), Arc::new(transport))
}

/// The record that an operation takes, by its fields, and those that it requires.
fn taken<'c>(catalogue: &'c Catalogue, operation: &'c Operation) -> (Map<String, Value>, BTreeSet<&'c str>) {
    let input = operation.input.as_ref().unwrap_or(&Value::Null);
    let path = input["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    let record = path.map_or(input, |name| &catalogue.defs[name]);
    let required = record["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    (record["properties"].as_object().cloned().unwrap_or_default(), required.collect())
}

/// The parameters that stand for an input; none where a host has no way to give it.
fn params(fields: &Map<String, Value>, tool: &ComponentFunc, input: &Value) -> Option<Vec<Val>> {
    let mut rest = match input {
        Value::Null => Map::new(),
        input => input.as_object()?.clone(),
    };
    let mut params = Vec::new();
    let mut omits = false;
    for (name, ty) in tool.params() {
        if name == "options" {
            omits = true;
            continue;
        }
        let any = fields[name]
            .as_object()
            .is_some_and(|schema| schema.keys().all(|key| ["description", "examples"].contains(&key.as_str())));
        params.push(match (&ty, rest.remove(name)?) {
            (_, Value::Null) => return None,
            (Type::String, Value::String(text)) if !any => Val::String(text),
            (Type::String, value) => Val::String(value.to_string()),
            (Type::Bool, value) => Val::Bool(value.as_bool()?),
            (Type::Float32 | Type::Float64, value) => number(&ty, value.as_f64()?)?,
            (_, value) => number(&ty, value.as_i64()? as f64)?,
        });
    }
    match (omits, rest.is_empty()) {
        (true, true) => params.push(Val::String(String::new())),
        (true, false) => params.push(Val::String(Value::Object(rest).to_string())),
        (false, true) => {}
        (false, false) => return None,
    }
    Some(params)
}

/// A number as a value of the type; none where it is too large, or the type is none of numbers.
fn number(ty: &Type, number: f64) -> Option<Val> {
    let whole = number as i64;
    Some(match ty {
        Type::U8 => Val::U8(whole.try_into().ok()?),
        Type::U16 => Val::U16(whole.try_into().ok()?),
        Type::U32 => Val::U32(whole.try_into().ok()?),
        Type::S8 => Val::S8(whole.try_into().ok()?),
        Type::S16 => Val::S16(whole.try_into().ok()?),
        Type::S32 => Val::S32(whole.try_into().ok()?),
        Type::Float32 => Val::Float32(number as f32),
        Type::Float64 => Val::Float64(number),
        _ => return None,
    })
}

/// Text in each parameter that is text, and else nothing.
fn blank(tool: &ComponentFunc, text: &str, options: &str) -> Vec<Val> {
    let param = |(name, ty): (&str, Type)| match ty {
        Type::String if name == "options" => Val::String(options.to_owned()),
        Type::String => Val::String(text.to_owned()),
        Type::Bool => Val::Bool(false),
        Type::Float64 => Val::Float64(f64::NAN),
        ty => number(&ty, 0.0).unwrap_or_else(|| panic!("{name} is {ty:?}")),
    };
    tool.params().map(param).collect()
}

fn outcome(called: Result<String, String>) -> Outcome {
    let json = |text: String| serde_json::from_str(&text).unwrap_or_else(|_| panic!("this is no JSON: {text}"));
    called.map(json).map_err(json)
}

fn shown(outcome: &Outcome) -> Value {
    match outcome {
        Ok(output) => json!({ "output": output }),
        Err(error) => json!({ "error": error }),
    }
}

#[test]
fn tools_are_functions_of_plain_parameters_that_give_text_and_are_called_like_their_operations() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let plugin = scripted(&vendor, &Script::default()).await.unwrap();
            let tools = tools(&vendor, Script::default());
            let functions = tools.functions();
            let names: BTreeSet<String> = functions.keys().cloned().collect();
            let operations = &plugin.catalogue().operations;
            let expected = operations.iter().map(|operation| format!("{vendor}-{}", operation.name()));
            assert_eq!(names, expected.collect());
            for operation in operations {
                let name = format!("{vendor}-{}", operation.name());
                assert!(name.len() <= 64, "{name} is too long");
                let (fields, required) = taken(plugin.catalogue(), operation);
                let mut expected: BTreeSet<&str> = required.clone();
                if fields.len() > required.len() {
                    expected.insert("options");
                }
                let function = &functions[&name];
                assert_eq!(function.params().map(|(name, _)| name).collect::<BTreeSet<_>>(), expected, "{name}");
                for (param, ty) in function.params() {
                    let plain = [Type::Bool, Type::U8, Type::U16, Type::U32, Type::S8, Type::S16, Type::S32];
                    let known = plain.contains(&ty) || [Type::Float32, Type::Float64, Type::String].contains(&ty);
                    assert!(known, "{name}: {param} is {ty:?}");
                }
                let results: Vec<Type> = function.results().collect();
                let [Type::Result(result)] = &results[..] else { panic!("{name} gives {results:?}") };
                assert_eq!((result.ok(), result.err()), (Some(Type::String), Some(Type::String)), "{name}");
            }
        }
    });
}

#[test]
fn tools_import_no_more_than_their_operations_component() {
    for vendor in vendors().unwrap() {
        let component = Plugins::embedded().component(&vendor).unwrap().unwrap();
        let operations = Tools::load(&component, Arc::new(Script::default())).imports();
        let imports = tools(&vendor, Script::default()).imports();
        assert!(imports.iter().any(|import| import.starts_with("wasi:http/")), "{vendor}: {imports:?}");
        assert!(imports.is_subset(&operations), "{vendor}: {imports:?}, and {operations:?}");
    }
}

#[test]
fn every_case_comes_out_of_the_tool_as_out_of_its_operation() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let (script, foreign) = (Script::default(), Script::default());
            let plugin = scripted(&vendor, &script).await.unwrap();
            let (catalogue, tools) = (plugin.catalogue(), tools(&vendor, foreign.clone()));
            let (functions, mut failures) = (tools.functions(), Vec::new());
            let (mut given, mut failed) = (BTreeSet::new(), 0);
            for case in cases(&vendor).unwrap() {
                let mut settings = test_settings(catalogue);
                settings.extend(case.settings.clone());
                let (id, name) = (format!("{vendor}.{}", case.operation), format!("{vendor}-{}", case.operation));
                let plugin = plugin.with_settings(settings.clone().into_iter().collect());
                let fields = taken(catalogue, catalogue.operation(&id).unwrap()).0;
                let Some(params) = params(&fields, &functions[&name], &case.input) else {
                    assert!(case.exchanges.is_empty(), "{vendor}: {}: the tool cannot be given this", case.name);
                    continue;
                };
                script.begin(&case.exchanges, catalogue, &settings);
                let expected = match plugin.call(&id, &case.input.to_string()).await {
                    Ok(output) => Ok(serde_json::from_str(&output).unwrap()),
                    Err(error) => Err(serde_json::to_value(&error).unwrap()),
                };
                script.end();
                foreign.begin(&case.exchanges, catalogue, &settings);
                let outcome = outcome(tools.call(&name, &params, &settings).await);
                let mut problems = foreign.end();
                problems.extend(differences(&shown(&expected), &shown(&outcome)));
                if !problems.is_empty() {
                    failures.push(format!("{vendor}: {} ({name})\n    {}", case.name, problems.join("\n    ")));
                }
                failed += usize::from(outcome.is_err() && !case.exchanges.is_empty());
                given.insert(name);
            }
            assert!(failures.is_empty(), "{} cases differ:\n\n{}\n", failures.len(), failures.join("\n\n"));
            assert_eq!(given, functions.into_keys().collect(), "{vendor}: every tool has a case");
            assert!(failed > 0, "{vendor}: in no case does the vendor refuse anything");
        }
    });
}

/// What `outwit policy` grants of these settings.
fn granted(catalogue: &Catalogue, settings: &Environment) -> Environment {
    let known: Settings = settings.clone().into_iter().collect();
    let needs = Requirements::of(catalogue, &known, &Rules::default()).unwrap();
    let names = needs.environment.into_iter().map(|need| need.setting.name);
    names.filter_map(|name| Some((name.clone(), settings.get(&name)?.clone()))).collect()
}

#[test]
fn a_tour_by_tools_over_sockets_gives_what_a_tour_by_operations_gives_with_what_the_policy_grants() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let (mock, plugin) = net::mocked(&vendor).await;
            let other = outwit_mocks::start(&vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
            let environment = granted(plugin.catalogue(), &other.settings().iter().cloned().collect());
            let tools = tools(&vendor, Client::new(None).unwrap());
            let (functions, mut called) = (tools.functions(), BTreeSet::new());
            let (mut variables, mut foreign_variables) = (Variables::new(), Variables::new());
            for step in Step::of(&vendor).unwrap() {
                let (id, name) = (format!("{vendor}.{}", step.call), format!("{vendor}-{}", step.call));
                let expected = net::call(&plugin, &id, &step.filled(&variables)).await.unwrap();
                assert_eq!(step.take(&expected, &mut variables), [""; 0]);
                let input = step.filled(&foreign_variables);
                let fields = taken(plugin.catalogue(), plugin.catalogue().operation(&id).unwrap()).0;
                let params = params(&fields, &functions[&name], &input).unwrap();
                let output = outcome(tools.call(&name, &params, &environment).await);
                let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(step.take(&output, &mut foreign_variables), [""; 0], "{name}");
                assert_eq!(common(&other, &output), common(&mock, &expected), "{name}");
                called.insert(name);
            }
            assert_eq!(called, functions.into_keys().collect(), "{vendor}: the tour calls every tool");
        }
    });
}

/// What a mock's answer has in common with that of another: not its address, nor moments, as text or in seconds.
fn common(mock: &Server, value: &Value) -> Value {
    match value {
        Value::String(text) if text.get(10..11) == Some("T") && text.ends_with('Z') => "a moment".into(),
        Value::String(text) => text.replace(mock.url(), "http://mock").into(),
        Value::Number(seconds) if seconds.as_u64().is_some_and(|seconds| seconds > 1_500_000_000) => "a moment".into(),
        Value::Array(items) => items.iter().map(|item| common(mock, item)).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), common(mock, value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_wrong_with_options_is_an_error_that_names_it_and_nothing_is_sent() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let script = Script::default();
            let plugin = scripted(&vendor, &script).await.unwrap();
            let (catalogue, tools) = (plugin.catalogue(), tools(&vendor, script.clone()));
            let settings = test_settings(catalogue);
            script.begin(&[], catalogue, &settings);
            let mut refused = 0;
            for operation in &catalogue.operations {
                let name = format!("{vendor}-{}", operation.name());
                let function = &tools.functions()[&name];
                let (fields, required) = taken(catalogue, operation);
                let mut wrong = Vec::new();
                if fields.len() > required.len() {
                    wrong
                        .extend(["[]", "7", "\"text\"", "limit=1", "{"].map(|options| (options.to_owned(), "options")));
                }
                if let (true, Some(own)) = (fields.len() > required.len(), required.first()) {
                    wrong.push((json!({ *own: "twice" }).to_string(), own));
                }
                for (options, field) in wrong {
                    // JSON wherever JSON is wanted.
                    let params = blank(function, "{}", &options);
                    let error = outcome(tools.call(&name, &params, &settings).await).unwrap_err();
                    assert_eq!(error["field"], format!("input.{field}"), "{name}, {options}: {error}");
                    assert_eq!((&error["kind"], &error["advice"]), (&json!("invalid-input"), &json!("change-input")));
                    assert_eq!(error["operation"], operation.id);
                    refused += 1;
                }
            }
            assert!(refused > 0, "{vendor}: no tool has options");
            assert_eq!(script.end(), [""; 0], "{vendor}");
        }
    });
}

#[test]
fn no_text_and_no_missing_setting_makes_a_tool_trap_or_succeed() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let script = Script::default();
            let plugin = scripted(&vendor, &script).await.unwrap();
            let (catalogue, tools) = (plugin.catalogue(), tools(&vendor, script.clone()));
            script.begin(&[], catalogue, &Environment::new());
            for (name, function) in tools.functions() {
                let unknown = if blank(&function, "", "").is_empty() { "" } else { "{\"no such field\": 1}" };
                for (text, options) in [("", ""), ("{", "{}"), ("null", "null"), ("[1]", "{}"), ("é\u{0}", unknown)] {
                    let params = blank(&function, text, options);
                    let error = outcome(tools.call(&name, &params, &Environment::new()).await).unwrap_err();
                    for member in ["kind", "advice", "message", "operation", "field"] {
                        assert!(error[member].is_string(), "{name}{params:?}: {member} in {error}");
                    }
                }
            }
            assert_eq!(script.end(), [""; 0], "{vendor}");
        }
    });
}

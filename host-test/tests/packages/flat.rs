//! The vendors' tools, `dist/VENDOR-tools.wasm`: what they promise, and that each does what its operation does.

use crate::file;
use crate::foreign::Tools;
use outwit::{Catalogue, Client, Needs, Operation, Rules, Settings, Transport};
use outwit_host_test::{Case, Kept, Outcome, Script, Step, differences, net, scripted, test_settings, vendors};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Type, Val};
use wit_component::DecodedWasm;
use wit_parser::WorldItem;

/// What a component may import, without the versions.
const IMPORTS: [&str; 9] = [
    "wasi:http/types",
    "wasi:http/outgoing-handler",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:cli/environment",
    "outwit:plugin/types",
];

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
        let any = fields[name].as_object().is_some_and(|schema| schema.keys().all(|key| key == "description"));
        params.push(match (ty, rest.remove(name)?) {
            (_, Value::Null) => return None,
            (Type::String, Value::String(text)) if !any => Val::String(text),
            (Type::String, value) => Val::String(value.to_string()),
            (Type::Bool, value) => Val::Bool(value.as_bool()?),
            (Type::U32, value) => Val::U32(value.as_u64()?.try_into().ok()?),
            (Type::Float64, value) => Val::Float64(value.as_f64()?),
            (other, _) => panic!("{name}: no test knows {other:?}"),
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

/// Text in each parameter that is text, and else nothing.
fn blank(tool: &ComponentFunc, text: &str, options: &str) -> Vec<Val> {
    let param = |(name, ty): (&str, Type)| match ty {
        Type::String if name == "options" => Val::String(options.to_owned()),
        Type::String => Val::String(text.to_owned()),
        Type::Bool => Val::Bool(false),
        Type::U32 => Val::U32(0),
        Type::Float64 => Val::Float64(f64::NAN),
        other => panic!("{name}: no test knows {other:?}"),
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
fn tools_import_no_more_than_components_may() {
    for vendor in vendors().unwrap() {
        for import in tools(&vendor, Script::default()).imports() {
            let (name, version) = import.split_once('@').unwrap_or((&import, ""));
            assert!(IMPORTS.contains(&name), "{vendor} imports {import}");
            let patch = version.strip_prefix("0.2.").and_then(|patch| patch.parse::<u32>().ok());
            assert!(!name.starts_with("wasi:") || patch.is_some_and(|patch| patch <= 6), "{vendor} imports {import}");
        }
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
            for case in Case::of(&vendor).unwrap() {
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
    let needs = Needs::of(catalogue, &known, &Rules::default()).unwrap();
    let names = needs.environment.into_iter().map(|need| need.setting.name);
    names.filter_map(|name| Some((name.clone(), settings.get(&name)?.clone()))).collect()
}

#[test]
fn a_tour_by_tools_over_sockets_gives_what_a_tour_by_operations_gives_with_what_the_policy_grants() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let (_mock, plugin) = net::mocked(&vendor).await;
            let other = outwit_mocks::start(&vendor, ([127, 0, 0, 1], 0).into()).await.unwrap();
            let environment = granted(plugin.catalogue(), &other.settings().iter().cloned().collect());
            let tools = tools(&vendor, Client::new(None).unwrap());
            let (functions, mut called) = (tools.functions(), BTreeSet::new());
            let (mut kept, mut foreign_kept) = (Kept::new(), Kept::new());
            for step in Step::of(&vendor).unwrap() {
                let (id, name) = (format!("{vendor}.{}", step.call), format!("{vendor}-{}", step.call));
                let expected = net::call(&plugin, &id, &step.filled(&kept)).await.unwrap();
                assert_eq!(step.take(&expected, &mut kept), [""; 0]);
                let input = step.filled(&foreign_kept);
                let fields = taken(plugin.catalogue(), plugin.catalogue().operation(&id).unwrap()).0;
                let params = params(&fields, &functions[&name], &input).unwrap();
                let output = outcome(tools.call(&name, &params, &environment).await);
                let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(step.take(&output, &mut foreign_kept), [""; 0], "{name}");
                assert_eq!(shape(&output), shape(&expected), "{name}");
                called.insert(name);
            }
            assert_eq!(called, functions.into_keys().collect(), "{vendor}: the tour calls every tool");
        }
    });
}

/// A value without what differs between two mocks: moments and made-up tokens.
fn shape(value: &Value) -> Value {
    value.clone()
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

/// The comments of a component's own functions.
fn docs(component: &[u8]) -> BTreeMap<String, String> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).unwrap() else {
        panic!("this is no component");
    };
    let exports = resolve.worlds[world].exports.values().filter_map(|item| match item {
        WorldItem::Function(function) => Some((function.name.clone(), function.docs.contents.clone()?)),
        _ => None,
    });
    exports.collect()
}

/// The fields that a schema leads to: their names and comments.
fn fields(defs: &Map<String, Value>, schema: &Value, into: &mut BTreeSet<(String, String)>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return fields(defs, &defs[name], into);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let comment = field["description"].as_str().unwrap_or_default().to_owned();
        into.insert((name.clone(), comment));
        fields(defs, field, into);
    }
    fields_of_items(defs, schema, into);
}

fn fields_of_items(defs: &Map<String, Value>, schema: &Value, into: &mut BTreeSet<(String, String)>) {
    let several = schema["anyOf"].as_array().into_iter().flatten();
    several.chain(schema.get("items")).for_each(|schema| fields(defs, schema, into));
}

#[test]
fn a_tools_comment_says_what_it_does_and_documents_every_field_of_its_input_and_output() {
    net::run(async {
        for vendor in vendors().unwrap() {
            let plugin = scripted(&vendor, &Script::default()).await.unwrap();
            let catalogue = plugin.catalogue();
            let docs = docs(&file(&format!("{vendor}-tools.wasm")));
            for operation in &catalogue.operations {
                let name = format!("{vendor}-{}", operation.name());
                let text = docs.get(&name).unwrap_or_else(|| panic!("{name} has no comment"));
                assert!(text.starts_with(&operation.summary), "{name}: {text}");
                let mut taken = BTreeSet::new();
                fields(&catalogue.defs, operation.input.as_ref().unwrap_or(&Value::Null), &mut taken);
                for (field, comment) in taken {
                    assert!(text.contains(&comment), "{name}: {field}: {comment}");
                    let named = [format!("`{field}`"), format!(".{field}`"), format!("\"{field}\"")];
                    assert!(named.iter().any(|named| text.contains(named)), "{name}: {field} in {text}");
                }
                let (_, gives) = text.split_once("\n\nGives JSON text: ").unwrap_or_else(|| panic!("{name}: {text}"));
                let output = operation.output.as_ref().unwrap_or(&Value::Null);
                let record = output.get("items").unwrap_or(output)["$ref"].as_str();
                let record = record.and_then(|path| catalogue.defs.get(path.strip_prefix("#/$defs/")?));
                for field in record.and_then(|record| record["properties"].as_object()).into_iter().flatten() {
                    assert!(gives.contains(&format!("- `{}` (", field.0)), "{name}: {} in {gives}", field.0);
                }
            }
        }
    });
}

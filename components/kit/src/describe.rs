//! A vendor's catalogue: the facts of [`Api`] and the rows, merged with what is generated from the WIT.

use crate::api::{Api, Auth, Setting};
use crate::dispatch::Component;
use serde_json::{Map, Value};

/// Answers `operations.describe`.
pub(crate) fn describe(component: &Component) -> String {
    let Component { api, version, operations, catalogue } = *component;
    // Embedded when the component was built; were it broken, the facts would still be told.
    let catalogue = crate::unpack::unpacked(catalogue);
    let mut catalogue = match crate::wire::Node::parse(&catalogue).map(crate::wire::Node::into_value) {
        Ok(Value::Object(catalogue)) => catalogue,
        _ => Map::new(),
    };
    let mut texts = catalogue.remove("operations").unwrap_or_default();
    let inputs = catalogue.remove("inputs").unwrap_or_default();
    let operations: Vec<Value> = operations
        .iter()
        .map(|operation| {
            let row = operation.row;
            let mut entry = match texts.get_mut(operation.name).map(Value::take) {
                Some(Value::Object(entry)) => entry,
                _ => Map::new(),
            };
            put(&mut entry, "id", format!("{}.{}", api.name, operation.name));
            put(&mut entry, "interface", operation.interface);
            put(&mut entry, "effect", row.effect.word());
            put(&mut entry, "secret", row.secret);
            if !row.method.is_empty() {
                put(&mut entry, "method", row.method);
                put(&mut entry, "route", row.route);
            }
            if let Some(auth) = row.auth {
                put(&mut entry, "auth", described(auth));
            }
            if let Some(deadline) = row.deadline_ms {
                put(&mut entry, "deadline-ms", deadline);
            }
            // One after the other: what collects into a map sorts it first, with 4 KB of code.
            let mut dialects = Map::new();
            for (name, row) in row.dialects {
                let mut dialect = Map::new();
                put(&mut dialect, "method", row.method);
                put(&mut dialect, "route", row.route);
                put(&mut dialects, name, dialect);
            }
            if !dialects.is_empty() {
                put(&mut entry, "dialects", dialects);
            }
            Value::Object(entry)
        })
        .collect();
    // What callers may give. Vendors keep to nothing.
    for input in inputs.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let Some(properties) = catalogue.get_mut("$defs").and_then(|defs| defs.get_mut(input)?.get_mut("properties"))
        else {
            continue;
        };
        for (name, least, most) in api.bounds {
            if let Some(property) = properties.get_mut(&*api.names.back(name)) {
                property["minimum"] = (*least).into();
                property["maximum"] = (*most).into();
            }
        }
        for field in api.names.sensitive {
            if let Some(property) = properties.get_mut(field) {
                property["writeOnly"] = true.into();
            }
        }
    }
    let mut settings: Vec<Value> = api.settings.iter().chain(Api::COMMON_SETTINGS).map(setting).collect();
    let base_setting = api.base_setting();
    let base = "Replaces the address that requests go to: for proxies and mocks.";
    settings.push(named(&base_setting, base, false, false, Some(api.base)));
    put(&mut catalogue, "vendor", api.name);
    put(&mut catalogue, "title", api.title);
    put(&mut catalogue, "version", version);
    put(&mut catalogue, "base", api.base);
    put(&mut catalogue, "auth", described(api.auth));
    put(&mut catalogue, "settings", settings);
    put(&mut catalogue, "operations", operations);
    if let Some(dialects) = api.dialects {
        let names = dialects.all.iter().map(|dialect| dialect.name.into()).collect::<Vec<Value>>();
        put(&mut catalogue, "dialect-setting", dialects.setting);
        put(&mut catalogue, "dialects", names);
    }
    if !api.state.is_empty() {
        put(&mut catalogue, "state", api.state.iter().map(|pointer| (*pointer).into()).collect::<Vec<Value>>());
    }
    if let Some(parameter) = api.method_override {
        put(&mut catalogue, "method-override", parameter);
    }
    if let Some(oauth) = api.oauth {
        let mut entry = pairs(&[("scope", oauth.scope)]);
        put(&mut entry, "authorize", format!("{}.{}", api.name, oauth.authorize));
        put(&mut entry, "exchange", format!("{}.{}", api.name, oauth.exchange));
        put(&mut entry, "who", pairs(oauth.who));
        put(&mut catalogue, "oauth", entry);
    }
    if let Some(check) = api.check {
        let mut entry = pairs(&[("input", check.input)]);
        put(&mut entry, "operation", format!("{}.{}", api.name, check.operation));
        put(&mut entry, "who", pairs(check.who));
        put(&mut catalogue, "check", entry);
    }
    crate::wire::Node::from(Value::Object(catalogue)).to_json()
}

fn described(auth: Auth) -> Map<String, Value> {
    let parts: &[(&str, &str)] = match auth {
        Auth::None => &[("kind", "none")],
        Auth::Bearer { token } => &[("kind", "bearer"), ("token", token)],
        Auth::Basic { user, password } => &[("kind", "basic"), ("user", user), ("password", password)],
        Auth::Header { name, key } => &[("kind", "header"), ("header", name), ("key", key)],
    };
    pairs(parts)
}

fn pairs(parts: &[(&str, &str)]) -> Map<String, Value> {
    let mut entry = Map::new();
    parts.iter().for_each(|(name, value)| put(&mut entry, name, *value));
    entry
}

fn setting(setting: &Setting) -> Value {
    named(setting.name, setting.description, setting.required, setting.secret, setting.default)
}

fn named(name: &str, description: &str, required: bool, secret: bool, default: Option<&str>) -> Value {
    let mut entry = Map::new();
    put(&mut entry, "name", name);
    put(&mut entry, "description", description);
    put(&mut entry, "required", required);
    put(&mut entry, "secret", secret);
    if let Some(default) = default {
        put(&mut entry, "default", default);
    }
    Value::Object(entry)
}

fn put(entry: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    entry.insert(name.to_owned(), value.into());
}

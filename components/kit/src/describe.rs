//! A vendor's catalogue: the facts of [`Api`] and the rows, merged with what is generated from the WIT.

use crate::api::{Api, Auth, Setting};
use crate::dispatch::Operation;
use crate::wire::kebab;
use serde_json::{Map, Value, json};

/// Answers `operations.describe`. `catalogue` is the text of the vendor's `catalogue.json`.
pub fn describe(api: &Api, version: &str, operations: &[Operation], catalogue: &str) -> String {
    // The file is embedded and a test holds it true; were it broken, the facts would still be told.
    let mut catalogue: Map<String, Value> = serde_json::from_slice(catalogue.as_bytes()).unwrap_or_default();
    let texts = catalogue.remove("operations").unwrap_or_default();
    let operations: Vec<Value> = operations
        .iter()
        .map(|operation| {
            let row = operation.row;
            let name = kebab(row.name);
            let mut entry = json!({
                "id": format!("{}.{name}", api.name),
                "interface": kebab(row.interface),
                "effect": row.effect.word(),
                "secret": row.secret,
            });
            if !row.method.is_empty() {
                entry["method"] = row.method.into();
                entry["route"] = row.route.into();
            }
            if let Some(auth) = row.auth {
                entry["auth"] = described(auth);
            }
            if let (Value::Object(entry), Some(Value::Object(texts))) = (&mut entry, texts.get(&name)) {
                entry.extend(texts.clone());
            }
            entry
        })
        .collect();
    let mut settings: Vec<Value> = api.settings.iter().chain(Api::COMMON_SETTINGS).map(setting).collect();
    settings.push(json!({
        "name": api.base_setting(),
        "description": "Replaces the address that requests go to: for proxies and mocks.",
        "required": false,
        "secret": false,
        "default": api.base,
    }));
    let mut all = json!({
        "vendor": api.name,
        "title": api.title,
        "version": version,
        "base": api.base,
        "auth": described(api.auth),
        "settings": settings,
        "json-fields": api.names.json.iter().map(|field| kebab(field)).collect::<Vec<_>>(),
        "operations": operations,
    });
    if let Some(parameter) = api.method_override {
        all["method-override"] = parameter.into();
    }
    if let Value::Object(all) = &mut all {
        all.extend(catalogue);
    }
    all.to_string()
}

fn described(auth: Auth) -> Value {
    match auth {
        Auth::None => json!({ "kind": "none" }),
        Auth::Bearer { token } => json!({ "kind": "bearer", "token": token }),
        Auth::Basic { user, password } => json!({ "kind": "basic", "user": user, "password": password }),
        Auth::Header { name, key } => json!({ "kind": "header", "header": name, "key": key }),
    }
}

fn setting(setting: &Setting) -> Value {
    let mut entry = json!({
        "name": setting.name,
        "description": setting.description,
        "required": setting.required,
        "secret": setting.secret,
    });
    if let Some(default) = setting.default {
        entry["default"] = default.into();
    }
    entry
}

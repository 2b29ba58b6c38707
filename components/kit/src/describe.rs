//! A vendor's catalogue: the facts of [`Api`] and the rows, put into the text that was made of the WIT.
//!
//! Nothing is parsed. The text is JSON as it leaves, but for gaps, which control characters mark: `kit-build` puts them where
//! something stands that only the vendor's crate knows.

use crate::api::{Api, Auth, Row, Setting};
use crate::dispatch::{Component, Operation};
use crate::imported::CAN_BE;
use crate::search::Found;
use crate::unpack::{parts, summaries};
use crate::wire::Node;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Number;

/// The gaps, as `template.rs` in `kit-build` explains them.
const FACTS: u8 = 1;
const OPERATION: u8 = 2;
const BOUNDS: u8 = 3;
const BOUNDS_END: u8 = 4;
const LIST: u8 = 5;

/// Answers `operations.describe`.
pub fn describe(component: &Component) -> String {
    let api = component.api;
    let (summaries, text) = parts(component.catalogue);
    let mut operations = component.operations.iter().zip(summaries.split(|byte| *byte == b'\n'));
    let mut json = Json(Vec::with_capacity(text.len() * 2));
    let mut rest = &*text;
    while let Some(at) = gap(rest) {
        json.0.extend_from_slice(&rest[..at]);
        match rest[at] {
            FACTS => json.facts(component),
            OPERATION => {
                if let Some((operation, summary)) = operations.next() {
                    json.operation(api, operation, summary);
                }
            }
            LIST => _ = json.bounds(api, true),
            BOUNDS if json.bounds(api, false) => {
                rest = &rest[rest.iter().position(|byte| *byte == BOUNDS_END).unwrap_or(at)..];
                continue;
            }
            _ => {}
        }
        rest = &rest[at + 1..];
    }
    json.0.extend_from_slice(rest);
    String::from_utf8(json.0).unwrap_or_default()
}

/// These operations with their scores, as JSON: what a search gives, and more.
pub(crate) fn search_results(component: &Component, found: &[Found]) -> Vec<u8> {
    let summaries = summaries(component.catalogue);
    let mut json = Json(vec![b'[']);
    for one @ Found { id, score } in found {
        for (operation, summary) in component.operations.iter().zip(summaries.split(|byte| *byte == b'\n')) {
            if id.strip_suffix(operation.name).is_some_and(|vendor| vendor.len() == component.api.name.len() + 1) {
                json.0.push(b'{');
                json.operation(component.api, operation, summary);
                let score = Number::from_f64((*score).into()).map(Node::Number).unwrap_or_default();
                json.bare("score", &score.to_json());
                json.truth("weak", one.weak());
                json.close(b'}');
            }
        }
    }
    json.close(b']');
    json.0.pop();
    json.0
}

/// Where the next gap is, found by eight bytes at once: one of them is less than a space if taking a space from it borrows.
fn gap(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let plain = |eight: &&[u8; 8]| {
        let eight = u64::from_le_bytes(**eight);
        eight.wrapping_sub(ONES * 0x20) & !eight & (ONES * 0x80) == 0
    };
    let start = 8 * text.as_chunks().0.iter().take_while(plain).count();
    text[start..].iter().position(|byte| *byte < b' ').map(|at| start + at)
}

/// JSON as it is written. A comma follows each member: it is taken away where an object ends, and what comes after a gap in the
/// text is never nothing.
struct Json(Vec<u8>);

impl Json {
    fn facts(&mut self, component: &Component) {
        let api = component.api;
        self.text("vendor", api.name);
        self.text("title", api.title);
        self.text("version", component.version);
        self.text("base", api.base);
        self.auth(api.auth);
        self.base64("search-index", component.index);
        self.open("settings", b'[');
        for setting in api.settings.iter().chain(Api::COMMON_SETTINGS) {
            self.setting(setting, setting.name);
        }
        let base = Setting {
            description: "Replaces the address that requests go to: for proxies and mocks.",
            default: Some(api.base),
            ..Setting::DEFAULT
        };
        self.setting(&base, &api.base_setting());
        self.close(b']');
        if let Some(dialects) = api.dialects {
            self.text("dialect-setting", dialects.setting);
            self.open("dialects", b'[');
            dialects.all.iter().for_each(|dialect| self.item(dialect.name));
            self.close(b']');
        }
        for (name, pointers) in [("state", api.state), ("work", api.work)] {
            if !pointers.is_empty() {
                self.open(name, b'[');
                pointers.iter().for_each(|pointer| self.item(pointer));
                self.close(b']');
            }
        }
        if let Some(parameter) = api.method_override {
            self.text("method-override", parameter);
        }
        if let Some(oauth) = api.oauth {
            self.open("oauth", b'{');
            self.text("scope", oauth.scope);
            if !CAN_BE || !oauth.authorize.is_empty() {
                self.id("authorize", api, oauth.authorize);
            }
            self.id("exchange", api, oauth.exchange);
            self.pairs("who", oauth.who);
            self.close(b'}');
        }
        if let Some(check) = api.check {
            self.open("check", b'{');
            self.text("input", check.input);
            self.id("operation", api, check.operation);
            self.pairs("who", check.who);
            self.close(b'}');
        }
    }

    fn operation(&mut self, api: &Api, operation: &Operation, summary: &[u8]) {
        let row = operation.row;
        self.id("id", api, operation.name);
        self.text("interface", operation.interface);
        self.name("summary");
        self.quoted(summary);
        self.0.push(b',');
        self.text("effect", row.effect.word());
        self.truth("secret", row.secret);
        if !row.method.is_empty() && row.only.is_none() {
            self.request(row);
        }
        if let Some(auth) = row.auth {
            self.auth(auth);
        }
        if let (true, Some(base)) = (CAN_BE, row.imported.and_then(|row| row.base)) {
            self.text("base", base);
        }
        if !row.body_secrets.is_empty() {
            self.pairs("body-secrets", row.body_secrets);
        }
        if let Some(deadline) = row.deadline_ms {
            self.number("deadline-ms", deadline.into());
        }
        let only = row.only.map(|name| (name, row));
        if only.is_some() || !row.dialects.is_empty() {
            self.open("dialects", b'{');
            for (name, row) in row.dialects.iter().map(|(name, row)| (*name, row)).chain(only) {
                self.open(name, b'{');
                self.request(row);
                self.close(b'}');
            }
            self.close(b'}');
        }
    }

    /// What callers may give, where the vendor's facts say more than the type; vendors keep to nothing. The schema of a member
    /// has just begun. Whether there are bounds.
    fn bounds(&mut self, api: &Api, list: bool) -> bool {
        let member = self.0.strip_suffix(b"\":{").unwrap_or_default();
        // Names have no quotation marks.
        let is = |name: &str| member.strip_suffix(name.as_bytes()).is_some_and(|rest| rest.ends_with(b"\""));
        let sensitive = api.names.sensitive.iter().any(|name| is(name));
        let filled = api.names.filled.iter().any(|name| is(name));
        let bounds = api.names.bounds.iter().find(|(name, ..)| is(name));
        if sensitive {
            self.truth("writeOnly", true);
        }
        if filled {
            self.bare(if list { "minItems" } else { "minLength" }, "1");
        }
        if let Some((_, least, most)) = bounds {
            self.number("minimum", *least);
            self.number("maximum", *most);
        }
        bounds.is_some()
    }

    fn request(&mut self, row: &Row) {
        self.text("method", row.method);
        self.text("route", row.route);
    }

    fn auth(&mut self, auth: Auth) {
        self.open("auth", b'{');
        self.auth_members(auth);
        self.close(b'}');
    }

    fn auth_members(&mut self, auth: Auth) {
        let pairs: &[(&str, &str)] = match auth {
            Auth::None => &[("kind", "none")],
            Auth::Bearer { token } => &[("kind", "bearer"), ("token", token)],
            Auth::Basic { user, password } => &[("kind", "basic"), ("user", user), ("password", password)],
            Auth::Header { name, key } => &[("kind", "header"), ("header", name), ("key", key)],
            _ if !CAN_BE => &[],
            Auth::Query { name, key } => &[("kind", "query"), ("parameter", name), ("key", key)],
            Auth::Cookie { name, key } => &[("kind", "cookie"), ("cookie", name), ("key", key)],
            Auth::Client { user, password } => &[("kind", "client"), ("user", user), ("password", password)],
            Auth::All(_) => &[("kind", "all")],
        };
        pairs.iter().for_each(|(name, value)| self.text(name, value));
        if let (true, Auth::All(all)) = (CAN_BE, auth) {
            self.open("all", b'[');
            for auth in all {
                self.0.push(b'{');
                self.auth_members(*auth);
                self.close(b'}');
            }
            self.close(b']');
        }
    }

    fn setting(&mut self, setting: &Setting, name: &str) {
        self.0.push(b'{');
        self.text("name", name);
        self.text("description", setting.description);
        self.truth("required", setting.required);
        self.truth("secret", setting.secret);
        if let Some(default) = setting.default {
            self.text("default", default);
        }
        self.close(b'}');
    }

    fn pairs(&mut self, name: &str, pairs: &[(&str, &str)]) {
        self.open(name, b'{');
        pairs.iter().for_each(|(name, value)| self.text(name, value));
        self.close(b'}');
    }

    fn id(&mut self, name: &str, api: &Api, operation: &str) {
        self.text(name, &[api.name, ".", operation].concat());
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.item(value);
    }

    fn base64(&mut self, name: &str, bytes: &[u8]) {
        self.name(name);
        self.0.push(b'"');
        let start = self.0.len();
        self.0.resize(start + bytes.len().div_ceil(3) * 4, 0);
        // There is room for all of it.
        _ = BASE64_STANDARD.encode_slice(bytes, &mut self.0[start..]);
        self.0.extend_from_slice(b"\",");
    }

    fn item(&mut self, value: &str) {
        self.quoted(value.as_bytes());
        self.0.push(b',');
    }

    fn truth(&mut self, name: &str, value: bool) {
        self.bare(name, if value { "true" } else { "false" });
    }

    fn number(&mut self, name: &str, value: u64) {
        self.bare(name, &value.to_string());
    }

    fn bare(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.extend_from_slice(value.as_bytes());
        self.0.push(b',');
    }

    fn open(&mut self, name: &str, bracket: u8) {
        self.name(name);
        self.0.push(bracket);
    }

    fn close(&mut self, bracket: u8) {
        self.0.pop_if(|last| *last == b',');
        self.0.extend_from_slice(&[bracket, b',']);
    }

    fn name(&mut self, name: &str) {
        self.quoted(name.as_bytes());
        self.0.push(b':');
    }

    fn quoted(&mut self, text: &[u8]) {
        self.0.push(b'"');
        for byte in text {
            match byte {
                b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', *byte]),
                // Facts are lines. A control character would end the text for whoever reads it.
                0..b' ' => self.0.push(b' '),
                _ => self.0.push(*byte),
            }
        }
        self.0.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Check, Dialect, Dialects, OAuth};
    use crate::search::{Draft, Index};
    use crate::unpack::tests::literally;
    use crate::wire::{Form, Kind, Names, Type};
    use serde_json::{Value, json};

    static NOTHING: Type = Type { size: 0, align: 1, form: Form::Any, kind: Kind::Record(&[]) };
    static LIST: Row = Row { deadline_ms: Some(9000), dialects: &[("new", GET)], ..Row::new("GET", "/things") };
    const GET: Row = Row::new("GET", "/v2/things");
    static REVEAL: Row =
        Row { secret: true, auth: Some(Auth::None), body_secrets: &[("key", "ACME_SECOND")], ..Row::new("", "") };
    static API: Api = Api {
        name: "acme",
        title: "Acme \"A\\B\"\n",
        base: "https://acme.example",
        auth: Auth::Header { name: "x-key", key: "ACME_KEY" },
        names: Names { sensitive: &["code"], filled: &["parts"], bounds: &[("page-size", 1, 100)], ..Names::DEFAULT },
        method_override: Some("_method"),
        state: &["/state"],
        work: &["/job"],
        dialects: Some(Dialects::of("ACME", &[Dialect { name: "old", owns: |_| false, names: None }])),
        oauth: Some(OAuth { authorize: "reveal", exchange: "reveal", scope: "all", who: &[] }),
        check: Some(Check { operation: "list", input: r#"{"page-size":1}"#, who: &[("key", "ACME_KEY")] }),
        ..Api::DEFAULT
    };
    const ANY: Operation = Operation {
        name: "list",
        interface: "things",
        row: &LIST,
        input: None,
        spilled: false,
        output: None,
        error: &NOTHING,
        size: 0,
        payload: 0,
        resource: None,
    };
    static OPERATIONS: [Operation; 2] = [ANY, Operation { name: "reveal", row: &REVEAL, ..ANY }];

    fn component() -> Component {
        let text = "{\u{1}\"summary\":\"Makes things.\",\"operations\":[{\u{2}\"input\":{}},{\u{2}\"input\":{}}],\"$defs\":\
            {\"query\":{\"properties\":{\"code\":{\u{3}\u{4}\"type\":\"string\"},\
            \"parts\":{\u{5}\"type\":\"array\"},\
            \"page-size\":{\u{3}\"maximum\":255,\"minimum\":0,\u{4}\"type\":\"integer\"},\
            \"size\":{\u{3}\"maximum\":255,\"minimum\":0,\u{4}\"type\":\"integer\"}}}}}";
        let catalogue = Vec::leak(literally("List \"widgets\".\nReveal a secret.\n", text));
        let component = Component { api: &API, version: "1.2.3", operations: &OPERATIONS, catalogue, index: &[] };
        let described: Value = serde_json::from_str(&describe(&component)).unwrap();
        Component { index: Vec::leak(Draft::of(&described).to_bytes()), ..component }
    }

    #[test]
    fn what_only_the_vendors_crate_knows_stands_in_the_catalogue() {
        let described: Value = serde_json::from_str(&describe(&component())).unwrap();
        let facts = json!({
            "vendor": "acme", "title": "Acme \"A\\B\" ", "version": "1.2.3", "base": "https://acme.example",
            "auth": { "kind": "header", "header": "x-key", "key": "ACME_KEY" },
            "method-override": "_method", "state": ["/state"], "work": ["/job"], "dialect-setting": "ACME", "dialects": ["old"],
            "oauth": { "authorize": "acme.reveal", "exchange": "acme.reveal", "scope": "all", "who": {} },
            "check": { "operation": "acme.list", "input": "{\"page-size\":1}", "who": { "key": "ACME_KEY" } },
            "summary": "Makes things.",
        });
        for (name, fact) in facts.as_object().unwrap() {
            assert_eq!(&described[name], fact, "{name}");
        }
        let replaces = described["settings"].as_array().unwrap().last().unwrap();
        assert_eq!((&replaces["name"], &replaces["default"]), (&json!("ACME_BASE_URL"), &facts["base"]));
        let list = json!({
            "id": "acme.list", "interface": "things", "summary": "List \"widgets\".", "effect": "read", "secret": false,
            "method": "GET", "route": "/things", "deadline-ms": 9000,
            "dialects": { "new": { "method": "GET", "route": "/v2/things" } }, "input": {},
        });
        let reveal = json!({
            "id": "acme.reveal", "interface": "things", "summary": "Reveal a secret.", "effect": "write", "secret": true,
            "auth": { "kind": "none" }, "body-secrets": { "key": "ACME_SECOND" }, "input": {},
        });
        assert_eq!(described["operations"], json!([list, reveal]));
    }

    #[test]
    fn bounds_and_secrets_of_inputs_stand_in_their_schemas() {
        let described: Value = serde_json::from_str(&describe(&component())).unwrap();
        let properties = json!({
            "code": { "writeOnly": true, "type": "string" },
            "page-size": { "minimum": 1, "maximum": 100, "type": "integer" },
            "parts": { "minItems": 1, "type": "array" },
            "size": { "minimum": 0, "maximum": 255, "type": "integer" },
        });
        assert_eq!(described["$defs"]["query"]["properties"], properties);
    }

    #[test]
    fn an_operation_is_found_by_its_id_and_a_secret_one_is_not() {
        let search = |intent: &str, limit: usize| -> Value {
            serde_json::from_slice(&crate::find::found(&component(), intent, limit)).unwrap()
        };
        let found = search("acme.list", 3);
        assert_eq!((&found[0]["summary"], &found[0]["score"]), (&json!("List \"widgets\"."), &json!(1.0)));
        assert_eq!(found.as_array().unwrap().len(), 1);
        for (intent, limit) in [("acme.list", 0), ("initech.list", 3), ("acme.reveal", 3)] {
            assert_eq!(search(intent, limit), json!([]), "{intent} {limit}");
        }
        let near = search("list the widgets", 3);
        assert!(near[0]["id"] == "acme.list" && near[0]["score"].as_f64() < Some(1.0), "{near}");
    }

    #[test]
    fn the_index_stands_in_the_catalogue_and_finds_what_its_texts_find() {
        let described: Value = serde_json::from_str(&describe(&component())).unwrap();
        assert_eq!(described["search-index"], BASE64_STANDARD.encode(component().index));
        let mut texts = described.clone();
        texts["search-index"] = Value::Null;
        for intent in ["list the widgets", "reveal a secret", "Acme", "which widgets are there"] {
            let found = Index::of(&[&described]).search(intent, 9);
            assert_eq!(found, Index::of(&[&texts]).search(intent, 9), "{intent}");
            let own: Value = serde_json::from_slice(&crate::find::found(&component(), intent, 9)).unwrap();
            let own: Vec<_> = own.as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
            assert_eq!(own, found.iter().map(|one| json!(one.id)).collect::<Vec<_>>(), "{intent}");
        }
    }

    #[test]
    fn without_a_catalogue_the_description_is_empty_and_nothing_traps() {
        let without = Component { catalogue: &[], index: &[], ..component() };
        assert_eq!(describe(&without), "");
        assert_eq!(crate::find::found(&without, "list things", 3), b"[]");
    }
}
